"""A goal with two halves is written and begins in a browser: what is missing stands beside it while it is typed."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from improvement.models import Goal
from improvement.rules.goals import Status
from tests.improvement.factories import BASELINE, BEFORE, MONTH_5, House, make_goal, make_house, tell

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}


@pytest.fixture
def house(transactional_db: None) -> House:
    made = make_house()
    tell(made, BASELINE, *BEFORE)
    tell(made, MONTH_5, date(2026, 7, 1), date(2026, 10, 1))
    return made


@pytest.fixture
def opened(browser: Browser, live_server: LiveServer, house: House) -> Iterator[Callable[..., Page]]:
    """Opens a page for the manager, and fails at the end for anything that the policy header refused."""
    contexts, refused = [], []

    def open_page(path: str, **options: object) -> Page:
        context = browser.new_context(**options)
        contexts.append(context)
        client = Client()
        client.force_login(house.manager)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
        page = context.new_page()
        page.on("console", lambda m: refused.append(m.text) if "Content Security Policy" in m.text else None)
        page.goto(f"{live_server.url}{path}")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert refused == []


def faults(axe: Axe, page: Page) -> list[tuple[str, str]]:
    found = axe.run(page, options=RULES).response["violations"]
    return [(fault["id"], node["html"]) for fault in found for node in fault["nodes"]]


def test_a_goal_is_written_and_begins(opened: Callable[..., Page], house: House, axe: Axe):
    page = opened(reverse("improvement:goals"))
    page.get_by_role("link", name="Set a goal").click()
    page.get_by_label("Unit that owns the goal").select_option(label="Emergency department")
    page.get_by_label("Title").fill("Pain relief in time")
    page.get_by_role("button", name="Write it").click()
    smart = page.locator("#smart")
    expect(smart).to_contain_text("A goal has two halves. Say by how much the measure gets better.")
    page.get_by_label("Measure", exact=True).select_option(label=house.measure.name)
    page.get_by_label("By how many per cent of what it was", exact=True).fill("20")
    page.get_by_label("Group of patients").select_option(label="Spanish")
    page.get_by_label("Compared with").select_option(label="English")
    expect(smart).not_to_contain_text("Say by how much the measure gets better.")
    expect(smart).to_contain_text("A goal has two halves. Say by how much the gap narrows.")
    page.get_by_label("Gap: narrower by how many per cent").fill("20")
    for label, month in (
        ("Months before: from", "2025-07"),
        ("Months before: to", "2026-06"),
        ("Goal: from", "2026-07"),
        ("Goal: to", "2039-06"),  # The clock of this journey is the real one, and a goal ends ahead of it.
    ):
        page.get_by_label(label).fill(month)
    page.get_by_label("Owner").select_option(label=str(house.manager))
    page.get_by_label("Executive sponsor").select_option(label=str(house.sponsor))
    page.get_by_label("Balancing measure").select_option(label=house.balancing.name)
    page.get_by_label("What happens if it is missed").fill("The executive team hears why.")
    page.get_by_label("Where the data come from").fill("Asked at triage.")
    expect(smart).not_to_contain_text("Choose a balancing measure")
    expect(smart).to_contain_text("Does the group fare worse today? Yes")
    assert faults(axe, page) == []
    page.get_by_role("button", name="Keep it").click()
    begin = page.get_by_role("button", name="Let it begin")
    begin.click()
    expect(page.get_by_role("alert")).to_contain_text("Plan at least one review. Record whom you have heard")
    page.get_by_label("Plan a review for").fill((timezone.localdate() + timedelta(days=60)).isoformat())
    page.get_by_role("button", name="Plan it").click()
    page.get_by_role("link", name="Record a voice").click()
    page.get_by_label("Who was heard").fill("Patient and family council")
    page.get_by_label("What was said").fill("Nobody asks about pain in our language.")
    page.get_by_role("button", name="Keep it").click()
    assert faults(axe, page) == []
    begin.click()
    expect(page.get_by_role("heading", name="Raised but widened")).to_be_visible()
    assert Goal.objects.get().status == Status.ACTIVE
    assert faults(axe, page) == []


@pytest.mark.parametrize("width", [360, 1440])
def test_the_quadrant_is_drawn_and_its_table_stands_behind(
    opened: Callable[..., Page], house: House, axe: Axe, width: int
):
    goal = make_goal(house)
    page = opened(reverse("improvement:goals"), viewport={"width": width, "height": 900})
    drawn = page.locator("figure.quadrant.is-drawn svg")
    expect(drawn).to_contain_text("rising tide,")
    expect(page.locator("table.goals")).to_contain_text("18 points → 23 points")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert faults(axe, page) == []
    for name in ("improvement:goal", "improvement:goal-charter", "improvement:goal-close"):
        page.goto(page.url.split("/goals/")[0] + reverse(name, args=[goal.pk]))
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        assert faults(axe, page) == [], name
