"""Pages of people, units and displays in a real browser: rules of accessibility, the policy header, and no script."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from playwright.sync_api import Error as PlaywrightError
from pytest_django.live_server_helper import LiveServer

from org import links, outbox
from org.models import Message, Unit, User, WallDevice
from org.rules import Role
from tests.factories import NOW, PASSWORD, make_calendar, make_device, make_membership, make_unit, make_user

SHOTS = os.environ.get("SHOTS", "")


@pytest.fixture
def top(transactional_db: None) -> Unit:
    top = make_unit(name="Harbor Valley Health", code="HVH", kind="executive")
    line = make_unit(top, name="Medicine", code="MED", kind="service_line", level=2)
    make_unit(line, name="5 West", code="5W", kind="inpatient", level=1)
    surgery = make_unit(top, name="Surgery", code="SUR", kind="service_line", level=2)
    make_unit(surgery, name="Operating rooms", code="OR", kind="operating", level=1, second_parent=line)
    make_calendar(top.organisation, name="Every day", is_default=True)
    return top


@pytest.fixture
def ada(top: Unit) -> User:
    return make_user(Role.ADMINISTRATOR, top, name="Ada Min", email="ada@example.org")


@pytest.fixture
def opened(browser: Browser, live_server: LiveServer) -> Iterator[Callable[..., Page]]:
    """Opens a page for somebody (or nobody), and fails at the end for anything that the policy header refused."""
    contexts = []
    refused: list[str] = []

    def open_page(path: str, user: User | None = None, **options: object) -> Page:
        context = browser.new_context(**options)
        contexts.append(context)
        if user is not None:
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


def faults(axe: Axe, page: Page) -> list[tuple[str, str]]:
    found = axe.run(page).response["violations"]
    return [(v["id"], node["html"][:120]) for v in found for node in v["nodes"]]


def pages(top: Unit, ada: User) -> dict[str, str]:
    """Every page of set-up, by name."""
    ward = Unit.objects.get(code="5W")
    person = make_user(Role.UNIT_LEAD, ward, name="Lee Lead")
    make_membership(make_user(name="Dana Deputy"), ward, Role.UNIT_LEAD, stands_in_for=person.memberships.get())
    device, _token = make_device(ada, ward)
    outbox.queue(
        template="invitation",
        recipient="n@example.org",
        dedup_key="x",
        at=NOW,
        organisation_id=top.organisation_id,
    )
    Message.objects.update(failed_at=NOW, failure="SMTPServerDisconnected", attempts=8)
    here = f"/set-up/{top.organisation.slug}/"
    calendar = top.organisation.calendars.get()
    return {
        "settings": here,
        "tiers": here + "tiers/",
        "tree": here + "units/",
        "unit-new": here + "units/new/",
        "unit": here + f"units/{ward.pk}/",
        "unit-move": here + f"units/{ward.pk}/move/",
        "tree-file": here + "units/file/",
        "calendars": here + "calendars/",
        "calendar": here + f"calendars/{calendar.pk}/",
        "people": here + "people/",
        "invite": here + "people/invite/",
        "person": here + f"people/{person.pk}/",
        "trail": here + "trail/",
        "messages": here + "messages/",
        "displays": "/displays/",
        "display": f"/displays/{device.pk}/",
        "pair": "/displays/pair/",
        "me": "/me/",
        "units": "/units/",
    }


def test_every_page_of_set_up_keeps_the_rules_of_accessibility(
    top: Unit, ada: User, opened: Callable[..., Page], axe: Axe, live_server: LiveServer
) -> None:
    page = opened("/me/", ada)
    found = {}
    for name, path in pages(top, ada).items():
        page.goto(f"{live_server.url}{path}")
        shoot(page, name)
        found[name] = faults(axe, page)
    page.set_viewport_size({"width": 360, "height": 780})
    for name in ("tree", "person", "calendar", "settings"):
        page.goto(f"{live_server.url}{pages_path(top, name)}")
        shoot(page, f"{name}-360")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def pages_path(top: Unit, name: str) -> str:
    here = f"/set-up/{top.organisation.slug}/"
    return {
        "tree": here + "units/",
        "settings": here,
        "person": here + f"people/{User.objects.get(name='Lee Lead').pk}/",
        "calendar": here + f"calendars/{top.organisation.calendars.get().pk}/",
    }[name]


def test_the_public_pages_keep_the_rules_of_accessibility(ada: User, opened: Callable[..., Page], axe: Axe) -> None:
    invited = make_user(name="Nora New")
    token = links.token(invited, links.INVITATION, timezone.now())
    found = {}
    for path in ("/login/", "/password/", "/password/sent/", "/welcome/none/", f"/welcome/{token}/", "/wall/pair/"):
        page = opened(path)
        shoot(page, "public" + path.replace("/", "-")[:20])
        found[path] = faults(axe, page)
    assert {path: wrong for path, wrong in found.items() if wrong} == {}


def test_a_morning_without_a_script(top: Unit, ada: User, opened: Callable[..., Page]) -> None:
    page = opened("/login/?next=/set-up/", None, java_script_enabled=False)
    page.get_by_label("E-mail").fill("ada@example.org")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="Units").click()
    page.get_by_role("link", name="5 West").click()
    page.get_by_role("link", name="Move", exact=True).click()
    page.get_by_label("Reports to").select_option(label="– Surgery")
    page.get_by_role("button", name="Move").click()
    expect(page.get_by_text("5 West was moved.")).to_be_visible()
    assert Unit.objects.get(code="5W").parent.code == "SUR"


def test_a_screen_is_paired_from_another_device(
    top: Unit, ada: User, opened: Callable[..., Page], live_server: LiveServer
) -> None:
    screen = opened("/wall/pair/")
    code = screen.locator(".pairing-code").inner_text()
    lead = opened(f"/displays/pair/?code={code}", ada)
    expect(lead.get_by_label("Code on the screen")).to_have_value(code)
    lead.get_by_label("Name").fill("Corridor")
    lead.get_by_label("Boards").select_option(label="– – 5 West")
    lead.get_by_role("button", name="Pair").click()
    expect(lead.get_by_role("link", name="Corridor")).to_be_visible()
    screen.wait_for_url(f"{live_server.url}/wall/**", timeout=15_000)
    expect(screen.get_by_role("heading", name="5 West")).to_be_visible(timeout=15_000)
    shoot(screen, "wall")
    lead.goto(f"{live_server.url}/displays/{WallDevice.objects.get().pk}/")
    lead.get_by_role("button", name="Revoke").click()
    expect(lead.get_by_text("The display shows nothing any more.")).to_be_visible()
    try:
        screen.goto(f"{live_server.url}/wall/pair/")
    except PlaywrightError:  # the display has just been told, and went away by itself
        screen.goto(f"{live_server.url}/wall/pair/")
    expect(screen.get_by_role("heading", name="Pair this screen")).to_be_visible()
