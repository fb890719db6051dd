"""The parts of the visual language in a real browser: accessible, reachable by keys, whole on every screen."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from org.models import User

WIDTHS = (360, 768, 1440, 3840)
PAGES = ("", "board/", "measure/", "wall/")


@pytest.fixture
def visit(
    live_server: LiveServer, browser: Browser, client: Client, transactional_db: None, request: pytest.FixtureRequest
) -> Callable[..., Page]:
    """Opens a page of the style guide as a technical administrator; keyword arguments go to the browser context."""
    client.force_login(User.objects.create_user("ada@example.org", name="Ada Lovelace", is_staff=True))

    def open_page(path: str, **context: object) -> Page:
        opened = browser.new_context(**{"viewport": {"width": 1440, "height": 900}, **context})  # type: ignore[arg-type]
        request.addfinalizer(opened.close)
        opened.add_cookies(
            [
                {
                    "name": settings.SESSION_COOKIE_NAME,
                    "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
                    "url": live_server.url,
                }
            ]
        )
        page = opened.new_page()
        page.complaints = []  # type: ignore[attr-defined]
        page.on("pageerror", lambda error: page.complaints.append(str(error)))  # type: ignore[attr-defined]
        page.on(
            "console",
            lambda message: message.type == "error" and page.complaints.append(message.text),  # type: ignore[attr-defined]
        )
        page.goto(f"{live_server.url}/styleguide/{path}")
        return page

    return open_page


@pytest.mark.parametrize("path", PAGES)
def test_page_is_accessible_and_obeys_the_policy(visit: Callable[..., Page], axe: Axe, path: str) -> None:
    page = visit(path)
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        if path in {"", "measure/"}:
            expect(page.locator("figure.is-drawn")).to_have_count(2)
        answer = axe.run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
        found += [(scheme, rule["id"], rule["nodes"][0]["html"]) for rule in answer.response["violations"]]
    assert found == []
    assert page.complaints == []  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", PAGES)
def test_page_never_scrolls_sideways(visit: Callable[..., Page], path: str) -> None:
    page = visit(path)
    widths = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        widths[width] = page.evaluate("document.documentElement.scrollWidth")
    assert {width: found for width, found in widths.items() if found > width} == {}


def test_touch_targets_on_a_phone_are_large_enough(visit: Callable[..., Page]) -> None:
    page = visit("board/", viewport={"width": 360, "height": 800}, has_touch=True)
    small = page.evaluate(
        """[...document.querySelectorAll("button, .btn, .brand, .crumbs a, input, .def summary")]
            .filter((one) => one.offsetParent && one.getBoundingClientRect().height < 43.5)
            .map((one) => one.outerHTML)"""
    )
    assert small == []


def test_keys_walk_through_the_measures(visit: Callable[..., Page]) -> None:
    page = visit("board/")
    tiles = page.locator("[data-stop]")
    page.keyboard.press("j")
    expect(tiles.nth(0).locator("h3 a")).to_be_focused()
    page.keyboard.press("j")
    expect(tiles.nth(1).locator("h3 a")).to_be_focused()
    page.keyboard.press("k")
    expect(tiles.nth(0).locator("h3 a")).to_be_focused()
    page.keyboard.press("/")
    expect(page.locator("[data-search]")).to_be_focused()
    page.keyboard.type("j")
    expect(page.locator("[data-search]")).to_have_value("j")


def test_question_mark_shows_the_keys_and_escape_hides_them(visit: Callable[..., Page]) -> None:
    page = visit("board/")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()


def test_chart_answers_to_pointer_and_wheel_under_the_policy(visit: Callable[..., Page]) -> None:
    page = visit("measure/")
    chart = page.locator("figure.is-drawn").first
    plot = chart.locator("svg.marks")
    labels = "(figure) => [...figure.querySelectorAll('.role-axis-label text')].map((one) => one.textContent).join()"
    before = chart.evaluate(labels)
    box = plot.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 150)
    page.mouse.wheel(0, 300)
    page.wait_for_function("() => scrollY > 0")
    assert chart.evaluate(labels) == before
    page.evaluate("scrollTo(0, 0)")
    page.keyboard.down("Shift")
    page.mouse.wheel(0, 300)
    page.keyboard.up("Shift")
    page.wait_for_function(f"(before) => ({labels})(document.querySelector('figure')) !== before", arg=before)
    chart.locator(".mark-symbol path").last.hover()
    expect(page.locator("#vg-tooltip-element")).to_be_visible()
    assert page.complaints == []  # type: ignore[attr-defined]


def test_the_readers_theme_beats_the_systems_and_stays(visit: Callable[..., Page]) -> None:
    page = visit("", color_scheme="light")
    switch = page.locator("main [data-theme-next]")
    paper = "getComputedStyle(document.documentElement).getPropertyValue('--paper')"
    light = page.evaluate(paper)
    switch.click()
    switch.click()
    dark = page.evaluate(paper)
    assert dark != light
    page.reload()
    assert page.evaluate(paper) == dark
    switch.click()
    assert page.evaluate(paper) == light


def test_wall_shows_one_screen_after_the_other(visit: Callable[..., Page]) -> None:
    page = visit("wall/", viewport={"width": 1920, "height": 1080})
    screens = page.locator("[data-screen]")
    expect(page.locator("[data-clock]")).to_have_text(re.compile(r"^\d\d:\d\d$"))
    expect(page.locator("[data-screen]:visible")).to_have_count(1)
    expect(screens.nth(0)).to_be_visible()
    page.clock.install()
    page.reload()
    page.clock.run_for(21_000)
    expect(screens.nth(1)).to_be_visible()
    expect(page.locator("[data-screen]:visible")).to_have_count(1)


def test_wall_drifts_so_that_nothing_burns_in(visit: Callable[..., Page]) -> None:
    page = visit("wall/", viewport={"width": 1920, "height": 1080})
    page.clock.install(time=datetime(2026, 11, 22, 12, 0, tzinfo=UTC))
    page.reload()
    places = set()
    for _minute in range(8):
        box = page.locator("#wall h1").bounding_box()
        assert box is not None
        places.add((box["x"], box["y"]))
        assert page.evaluate("document.documentElement.scrollWidth") <= 1920
        page.clock.run_for(60_000)
    assert len(places) >= 6


def test_wall_goes_on_to_the_next_board_of_its_rotation(visit: Callable[..., Page]) -> None:
    page = visit("wall/", viewport={"width": 1920, "height": 1080})
    page.clock.install()
    page.reload()
    page.evaluate("document.body.dataset.next = '?board=2'")
    with page.expect_navigation(url=re.compile(r"board=2$")):
        page.clock.run_for(21_000 * 8)
    expect(page.locator("[data-screen]").first).to_be_visible()


def test_wall_stays_when_the_next_board_does_not_answer(visit: Callable[..., Page]) -> None:
    page = visit("wall/", viewport={"width": 1920, "height": 1080})
    page.clock.install()
    page.reload()
    page.evaluate("document.body.dataset.next = '/styleguide/nothing-here/'")
    page.clock.run_for(21_000 * 8)
    page.wait_for_timeout(300)
    assert page.url.endswith("/styleguide/wall/")
    expect(page.locator("[data-screen]:visible")).to_have_count(1)


def test_wall_fits_its_screen_and_can_be_read_from_three_metres(visit: Callable[..., Page]) -> None:
    page = visit("wall/", viewport={"width": 1920, "height": 1080})
    below = page.evaluate(
        """[...document.querySelectorAll(".tile .spark, .glyph, h1, [data-clock]")]
            .filter((one) => one.checkVisibility() && one.getBoundingClientRect().bottom > innerHeight).length"""
    )
    assert below == 0
    size = page.evaluate("parseFloat(getComputedStyle(document.querySelector('.tile:not([hidden]) .val b')).fontSize)")
    millimetres = size * 0.727 * 952 / 1920  # capitals of Inter, on a screen of 43 inches
    assert millimetres >= 15


def test_wall_says_since_when_it_is_cut_off(visit: Callable[..., Page]) -> None:
    page = visit("wall/", viewport={"width": 1920, "height": 1080})
    page.clock.install()
    page.reload()
    expect(page.locator("[data-cut]")).to_be_hidden()
    page.context.set_offline(True)
    page.clock.run_for(100_000)
    expect(page.locator("[data-cut]")).to_be_visible()
    expect(page.locator("[data-cut-since]")).to_have_text(re.compile(r"^\d\d:\d\d$"))
