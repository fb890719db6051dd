"""Set-up of huddles and issues, and alerts, in a real browser: rules of accessibility, the policy, without scripts."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from huddles.actions import alerts
from huddles.actions.agendas import start_for_unit
from huddles.actions.defaults import furnish
from huddles.models import Agenda, Choice, Confidant, SystemAlert
from org.models import User
from org.rules import Role
from tests.factories import make_user
from tests.huddles.factories import House, make_house

SHOTS = os.environ.get("SHOTS", "")


@pytest.fixture
def stage(transactional_db: None) -> House:
    house = make_house()
    furnish(organisation=house.organisation, at=timezone.now())
    for person in (house.lead(house.branch), house.lead(house.ward)):
        Confidant.objects.create(organisation=house.organisation, user=person)
    sent = alerts.send(
        unit=house.top,
        title="Infusion pumps of lot 7 are recalled",
        text="Take them out of use and bring them to supply.",
        uid=uuid4(),
        by=house.lead(house.top),
        at=timezone.now(),
    )
    alerts.read(alert=sent, unit=house.other_ward, by=house.lead(house.other_ward), at=timezone.now())
    house.people["ADA"] = make_user(Role.ADMINISTRATOR, house.top, name="Ada Min")
    tier = Agenda.objects.get(organisation=house.organisation, tier_level=1)
    start_for_unit(unit=house.other_ward, like=tier, by=house.people["ADA"], at=timezone.now())
    return house


@pytest.fixture
def opened(browser: Browser, live_server: LiveServer) -> Iterator[Callable[..., Page]]:
    """Opens a page for somebody, and fails at the end for anything that the policy header refused."""
    contexts = []
    refused: list[str] = []

    def open_page(path: str, user: User, **options: object) -> Page:
        context = browser.new_context(**options)
        contexts.append(context)
        client = Client()
        client.force_login(user)
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


def shoot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)


def pages(house: House) -> dict[str, str]:
    here = f"/set-up/{house.organisation.slug}/"
    tier = Agenda.objects.get(organisation=house.organisation, tier_level=1, unit=None)
    word = Choice.objects.filter(organisation=house.organisation).first()
    return {
        "agendas": here + "agendas/",
        "agenda": here + f"agendas/{tier.pk}/",
        "version": here + f"agendas/{tier.pk}/versions/1/",
        "choices": here + "issues/choices/",
        "choice": here + f"issues/choices/{word.pk}/",
        "clocks": here + "issues/clocks/",
        "clock": here + "issues/clocks/1/routine/",
        "trust": here + "issues/trust/?q=lead",
    }


def test_every_page_keeps_the_rules_of_accessibility_wide_and_narrow(
    stage: House, opened: Callable[..., Page], axe: Axe, live_server: LiveServer
) -> None:
    alert = SystemAlert.objects.get()
    found = {}
    ada, executive, ward = stage.people["ADA"], stage.lead(stage.top), stage.lead(stage.ward)
    seen = [(ada, pages(stage)), (executive, {"alerts": "/alerts/", "alert-new": "/alerts/new/"})]
    seen.append((ward, {"alert": f"/alerts/{alert.pk}/", "habits": f"/boards/{stage.ward.pk}/habits/"}))
    for user, addresses in seen:
        for width, scheme in ((1440, "light"), (360, "dark")):
            page = opened("/me/", user, viewport={"width": width, "height": 800}, color_scheme=scheme)
            for name, path in addresses.items():
                page.goto(f"{live_server.url}{path}")
                shoot(page, f"{name}-{width}")
                violations = axe.run(page).response["violations"]
                found[name, width] = [(v["id"], n["html"][:120]) for v in violations for n in v["nodes"]]
                assert page.evaluate("() => document.documentElement.scrollWidth") <= width, (name, width)
    assert {name: faults for name, faults in found.items() if faults} == {}


def test_an_agenda_is_edited_and_published_without_scripts(stage: House, opened: Callable[..., Page]) -> None:
    page = opened(pages(stage)["agenda"], stage.people["ADA"], java_script_enabled=False)
    page.get_by_label("Title").first.fill("Good morning")
    page.get_by_role("button", name="Welcome later").click()
    page.get_by_label("Step to add").select_option(label="System alert needed?")
    page.get_by_role("button", name="Add this step").click()
    expect(page.get_by_role("status")).to_contain_text("not published yet")
    page.get_by_role("button", name="Publish as the next version").click()
    expect(page.get_by_text("Version 2 is published")).to_be_visible()
    expect(page.get_by_label("Title").nth(1)).to_have_value("Good morning")


def test_a_unit_says_that_it_has_read_an_alert(stage: House, opened: Callable[..., Page]) -> None:
    alert = SystemAlert.objects.get()
    page = opened(f"/alerts/{alert.pk}/", stage.people["STAFF"])
    page.get_by_role("button", name="We at 5 West have read it").click()
    expect(page.get_by_role("heading", name="2 of 6 units have read it")).to_be_visible()
    assert alert.receipts.get(unit=stage.ward).read_by == stage.people["STAFF"]
