"""Every page that a menu leads to answers, is accessible in light and dark, stays within a phone, never complains."""

import re
from urllib.parse import urljoin, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.e2e.stage import Hospital, Visitors

pytestmark = pytest.mark.slow

STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# Colors are all in which dark differs from light; the rules are in the page already by then.
DARK = """async () => (await axe.run(document, { runOnly: { type: "rule", values: ["color-contrast"] },
    resultTypes: ["violations"] })).violations.map((rule) => `dark: ${rule.id}: ${rule.nodes[0].html.slice(0, 160)}`)"""
HREF = re.compile(r'<a\b[^>]*?\bhref="([^"#]*)')
FILE = re.compile(r"\.(csv|png|svg)$")


def kind(path: str) -> str:
    """Pages with the same kind of address are one page: one unit stands for all."""
    return re.sub(r"(?<=/)(\d{4}-\d\d-\d\d|\d+)(?=/)", "…", path)


def wrong_with(page: Page, axe: Axe) -> list[str]:
    """What is wrong with the open page."""
    page.emulate_media(color_scheme="light")
    violations = axe.run(page, options={"runOnly": STANDARD}).response["violations"]
    found = [f"light: {rule['id']}: {rule['nodes'][0]['html'][:160]}" for rule in violations]
    page.emulate_media(color_scheme="dark")
    found += page.evaluate(DARK)
    page.set_viewport_size({"width": 360, "height": 780})
    wide = page.evaluate("document.documentElement.scrollWidth")
    page.set_viewport_size({"width": 1440, "height": 900})
    return [*found, f"{wide} px wide at 360 px"] if wide > 360 else found


def walk(page: Page, visitors: Visitors, axe: Axe, known: set[str]) -> tuple[set[str], dict[str, int], dict]:
    """Every kind of page that links lead to from the start, those that do not answer, and what is wrong with each.

    Kinds that are `known` have been looked at as somebody else; they are asked for their links alone.
    """
    waiting, found, refused, faults = [urlsplit(page.url).path, "/me/"], set(), {}, {}
    while waiting:
        path = waiting.pop(0)
        if kind(path) in found:
            continue
        found.add(kind(path))
        new = kind(path) not in known
        asked = page.goto(visitors.url + path) if new else page.request.get(visitors.url + path)
        if asked.status != 200:
            refused[path] = asked.status
        if new and (wrong := wrong_with(page, axe)):
            faults[path] = wrong
        parts = [urlsplit(urljoin(asked.url, address)) for address in HREF.findall(asked.text())]
        waiting += [p.path for p in parts if p.netloc == urlsplit(visitors.url).netloc and not FILE.search(p.path)]
    return found, refused, faults


def test_every_page_of_the_menu(house: Hospital, visitors: Visitors, axe: Axe) -> None:
    looked: set[str] = set()
    for who in ("admin", "data"):
        page = visitors.come(house.people[who], "/")
        found, refused, faults = walk(page, visitors, axe, looked)
        assert (who, refused, faults) == (who, {}, {})
        looked |= found
    slug = house.organisation.slug
    everywhere = {"/boards/", "/feeds/", "/displays/", "/me/", f"/set-up/{slug}/people/", f"/set-up/{slug}/trail/"}
    assert everywhere <= looked
    assert len(looked) > 35


def test_without_a_script_no_button_stands_there_that_needs_one(house: Hospital, visitors: Visitors) -> None:
    shown = {}
    for scripted in (True, False):
        page = visitors.come(house.people["lead"], "/me/", java_script_enabled=scripted)
        page.locator("details.menu summary").click()
        expect(page.get_by_role("button", name="Sign out")).to_be_visible()
        buttons = [button for button in page.locator("details.menu button").all() if button.is_visible()]
        shown[scripted] = [button.inner_text().splitlines()[0] for button in buttons]
    assert shown == {
        True: ["Light, dark or automatic", "More contrast", "Keys", "Sign out"],
        False: ["Sign out"],
    }


def test_names_of_tiers_and_holidays_can_be_read_on_a_phone(house: Hospital, visitors: Visitors) -> None:
    page = visitors.come(house.people["admin"], viewport={"width": 360, "height": 780})
    slug = house.organisation.slug
    for path, first in (("tiers/", "#id_form-0-name"), ("calendars/new/", "#id_holidays-0-name")):
        page.goto(urljoin(visitors.url, f"/set-up/{slug}/{path}"))
        assert page.locator(first).evaluate("box => box.clientWidth") >= 160
        assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_a_dark_reader_prints_in_ink_on_paper(house: Hospital, visitors: Visitors) -> None:
    unit = house.unit("ED")
    path = f"/boards/{unit.pk}/measures/{house.sent(unit)[0].pk}/"
    page = visitors.come(house.people["lead"], path, color_scheme="dark")
    expect(page.locator("figure.is-drawn").first).to_be_visible()
    ink = "getComputedStyle(document.body).color"
    line = "document.querySelector('figure.chart svg').innerHTML.includes('#4a4e55')"
    width = "document.querySelector('figure.chart svg').clientWidth"
    dark, wide = page.evaluate(ink), page.evaluate(width)
    assert not page.evaluate(line)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.wait_for_function(f"() => {line}")
    assert page.evaluate(width) < 720 < wide
    assert page.evaluate(ink) == "rgb(27, 29, 32)"
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.wait_for_function(f"() => !{line}")
    assert (page.evaluate(ink), page.evaluate(width)) == (dark, wide)


def test_all_boards_on_a_phone_say_what_is_late_red_and_unexplained(house: Hospital, visitors: Visitors) -> None:
    page = visitors.come(house.people["executive"], "/boards/", viewport={"width": 360, "height": 780})
    heads = page.locator("table.overview thead th")
    shown = [head for head in heads.all() if head.is_visible()]
    assert [head.inner_text() for head in shown] == ["Unit", "Late", "Missed", "Without a reason"]
    assert all((box := head.bounding_box()) and box["x"] + box["width"] <= 360 for head in shown)


def test_a_wall_is_dark_by_the_hospitals_night_wherever_its_own_clock_stands(
    house: Hospital, visitors: Visitors
) -> None:
    unit = house.unit("ED")
    now = timezone.now().astimezone(house.organisation.zone)
    night = now.hour >= 19 or now.hour < 6
    for zone in ("Asia/Tokyo", "Europe/London", "America/Los_Angeles"):
        page = visitors.come(house.people["lead"], f"/boards/{unit.pk}/wall/", timezone_id=zone)
        expect(page.locator("html")).to_have_attribute("data-theme", "dark" if night else "light")
