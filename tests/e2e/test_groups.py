"""Groups of patients beside each other, over time, and what waits because of a gap: in a real browser."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.cache import cache
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django import DjangoDbBlocker

from boards.models import BoardMeasure, Dimension, ReferenceChoice
from huddles.actions import signals
from org.models import Unit, User
from tests.boards.factories import make_measure, make_published
from tests.e2e.stage import PHONE, Visitors, Web
from tests.e2e.test_journeys_pages import wrong_with
from tests.huddles.signals import make_stage

#: The width of each card and what is drawn in the cells of its rows, labels for the ear alone left out:
#: [left, right, top, bottom, whether it is a number].
DRAWN = """() => {
    const boxes = (cell) => {
        const words = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
        const found = [...cell.querySelectorAll("svg")].map((drawing) => drawing.getBoundingClientRect());
        for (let node = words.nextNode(); node; node = words.nextNode()) {
            const range = document.createRange();
            range.selectNodeContents(node);
            if (!node.parentElement.closest(".sr")) found.push(...range.getClientRects());
        }
        return found.filter((box) => box.width && box.height);
    };
    return [...document.querySelectorAll(".eq-card")].map((card) => {
        const { left, width } = card.getBoundingClientRect();
        const cells = (row) => [...row.children].map((cell) => [cell, boxes(cell)]).filter(([, found]) => found.length);
        const drawn = ([cell, found]) => [
            Math.min(...found.map((box) => box.left)) - left, Math.max(...found.map((box) => box.right)) - left,
            Math.min(...found.map((box) => box.top)), Math.max(...found.map((box) => box.bottom)),
            cell.classList.contains("num"),
        ];
        return { width, rows: [...card.querySelectorAll("tr")].map((row) => cells(row).map(drawn)) };
    });
}"""
WIDTHS = (360, 720, 1280, 1440)


@dataclass
class Place:
    """An officer, a ward whose groups were told, and the addresses of pages about gaps by name."""

    officer: User
    ward: Unit
    paths: dict[str, str]


@pytest.fixture(scope="module")
def place(web: Web, django_db_blocker: DjangoDbBlocker) -> Iterator[Place]:
    with django_db_blocker.unblock():
        try:
            yield made()
        finally:
            call_command("flush", interactive=False, verbosity=0)
            cache.clear()


def made() -> Place:
    """Twelve months of three measures, with long names, large numbers and a group that fares worse."""
    house, signal = make_stage()
    boarding = make_measure(
        house.organisation,
        "boarding",
        name="Boarding over 4 hours",
        unit_text="% of admitted visits",
        direction="lower",
    )
    falls = make_measure(
        house.organisation, "falls", name="Falls with an injury among adults in acute care", kind="rate",
        multiplier=1000, unit_text="per 1,000 patient days", direction="lower", decimals=2,
    )  # fmt: skip
    language: Dimension = signal.dimension
    last = timezone.now().date().replace(day=1) - timedelta(days=1)
    if (timezone.now().date() - last).days < 8:
        last = last.replace(day=1) - timedelta(days=1)
    for position, measure in enumerate((signal.measure, boarding, falls)):
        for unit in (house.ward, house.other_ward):
            BoardMeasure.objects.create(unit=unit, measure=measure, role="driver", position=position)
    month = last
    for number in range(12):
        told = {"English": (638 - number, 840), "Spanish": (101, 190), "Native Hawaiian or Pacific Islander": (60, 78)}
        make_published(house.ward, signal.measure, language, month, told, rest=(30, 41), hidden=("Thai", "Urdu"))
        few = {"English": (212 + number, 1040), "Spanish": (86, 190), "Somali": (0, 4)}
        make_published(house.ward, boarding, language, month, few)
        make_published(house.ward, falls, language, month, {"English": (31, 114789), "Spanish": (44, 12339.5)})
        month = month.replace(day=1) - timedelta(days=1)
    signals.carry_on(at=timezone.now())
    groups = reverse("boards:groups", args=[house.ward.pk, boarding.pk])
    return Place(
        house.people["EQUITY"],
        house.ward,
        {
            "cards": reverse("boards:equity", args=[house.ward.pk]),
            "groups": groups,
            "groups of rates": reverse("boards:groups", args=[house.ward.pk, falls.pk]),
            "no groups": reverse("boards:equity", args=[house.other_ward.pk]),
            "measure": reverse("boards:measure", args=[house.ward.pk, signal.measure_id]) + "?by=language",
            "home": reverse("improvement:equity-home"),
            "signals": reverse("huddles:signals"),
            "signals of a unit": reverse("huddles:unit-signals", args=[house.ward.pk]),
            "signal": reverse("huddles:signal", args=[signal.pk]),
        },
    )


@pytest.mark.parametrize("language", ["en-US", "es-ES"])
def test_pages_are_accessible_and_fit_every_screen(place: Place, visitors: Visitors, axe: Axe, language: str) -> None:
    page = visitors.come(place.officer, "/", locale=language)
    found = {}
    for name, path in place.paths.items():
        page.goto(visitors.url + path)
        assert page.locator("html").get_attribute("lang") == language[:2]
        wrong = wrong_with(page, axe)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            wide = page.evaluate("document.documentElement.scrollWidth")
            wrong += [f"{wide} px wide at {width} px"] if wide > width else []
        if wrong:
            found[name] = wrong
    assert found == {}


@pytest.mark.parametrize("language", ["en-US", "es-ES"])
def test_numbers_of_cards_stand_under_each_other_and_touch_nothing(
    place: Place, visitors: Visitors, language: str
) -> None:
    page = visitors.come(place.officer, place.paths["cards"], locale=language)
    expect(page.locator(".eq-card")).to_have_count(3)
    # Else the browser draws only the cards that are in sight.
    page.evaluate(
        "() => document.querySelectorAll('.eq-card').forEach((c) => { c.style.contentVisibility = 'visible' })"
    )
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        edges = []
        for card in page.evaluate(DRAWN):
            for row in card["rows"]:
                touching = [(a, b) for i, a in enumerate(row) for b in row[i + 1 :] if _touch(a, b)]
                assert touching == [], width
                assert [cell for cell in row if cell[0] < -1 or cell[1] > card["width"] + 1] == [], width
                edges.append([right for _left, right, _top, _bottom, number in row if number])
        apart = [max(column) - min(column) for column in zip(*edges, strict=True)]
        assert [each < 1.5 for each in apart] == [True] * 3, (width, apart)


def _touch(a: list[float], b: list[float]) -> bool:
    return a[0] < b[1] - 1 and b[0] < a[1] - 1 and a[2] < b[3] - 1 and b[2] < a[3] - 1


def test_a_gap_is_said_in_points_and_marked_alike_on_card_chart_and_table(place: Place, visitors: Visitors) -> None:
    page = visitors.come(place.officer, place.paths["cards"])
    card = page.locator(".eq-card").filter(has_text="Boarding over 4 hours")
    said = "Spanish: 45.3 against 20.3 for everyone else, a gap of 25.0 points."
    expect(card).to_contain_text(said)
    expect(card.locator("tr").filter(has_text="Somali")).to_contain_text("too few to judge")
    assert card.locator("path.worse").count() == 1
    card.get_by_role("link").click()
    expect(page.locator(".question")).to_contain_text(said)
    chart = page.locator("figure.is-drawn").first
    expect(chart.locator("svg.marks")).to_be_visible()
    missed = page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--missed').trim()")
    assert chart.locator(f"path[fill='{missed}']").count() == 1
    names = page.locator(".strata-table tbody th").all_inner_texts()
    drawn = [text for text in chart.locator("svg.marks text").all_text_contents() if text in names]
    assert names == drawn == ["English", "Spanish", "Somali"]
    worse = page.get_by_role("row").filter(has_text="fares worse, more than chance")
    expect(worse.get_by_role("rowheader")).to_have_text("Spanish")


def test_without_a_script_everything_is_told_too(place: Place, visitors: Visitors) -> None:
    page = visitors.come(place.officer, place.paths["groups"], java_script_enabled=False)
    expect(page.get_by_role("row", name="Spanish").first).to_contain_text("45.3")
    expect(page.get_by_role("button", name="Print")).to_be_hidden()
    assert [drawing for drawing in page.locator("[data-draw]").all() if drawing.is_visible()] == []
    with page.expect_download() as taken:
        page.get_by_role("link", name="CSV").click()
    assert "45.3" in taken.value.path().read_text()
    page.get_by_label("Compare each group with").select_option("fixed")
    page.get_by_label("Group, where you name one").select_option("English")
    page.get_by_role("button", name="Compare so").click()
    expect(page.get_by_role("alert")).to_contain_text("Name a group of which the whole organization can be told.")
    assert not ReferenceChoice.objects.exists()
    visitors.complaints = [said for said in visitors.complaints if "422" not in said]  # as it should be


def test_keys_lead_from_the_board_to_a_group_and_its_gap(place: Place, visitors: Visitors) -> None:
    page = visitors.come(place.officer, reverse("boards:board", args=[place.ward.pk]))
    _press_on(page, "All measures by groups of patients")
    expect(page.get_by_role("heading", level=1)).to_have_text("Groups of patients")
    _press_on(page, "Boarding over 4 hours")
    expect(page.locator("#gap")).to_contain_text("Spanish – compared with everyone else in the same place")
    _press_on(page, "English", within="#gap")
    expect(page.locator("#gap")).to_contain_text("English – compared with everyone else in the same place")


def _press_on(page: Page, name: str, within: str = "main") -> None:
    """Tab to a link, at most a hundred times, and follow it."""
    link = page.locator(within).get_by_role("link", name=name).first
    for _ in range(100):
        page.keyboard.press("Tab")
        if link.evaluate("link => link === document.activeElement"):
            break
    expect(link).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_load_state()


def test_paper_holds_the_cards_and_none_of_the_buttons(place: Place, visitors: Visitors) -> None:
    page = visitors.come(place.officer, place.paths["cards"], viewport={"width": 690, "height": 900})
    page.emulate_media(media="print")
    expect(page.locator("nav.tabs")).to_be_hidden()
    expect(page.locator(".eq-card")).to_have_count(3)
    assert page.evaluate("document.documentElement.scrollWidth") <= 690
    page.goto(visitors.url + place.paths["groups"])
    for name in ("Print", "Compare so"):
        expect(page.get_by_role("button", name=name)).to_be_hidden()
    expect(page.locator("#reference")).to_contain_text("everyone else in the same place")


def test_where_nothing_is_told_the_page_says_why_and_where_more_is(place: Place, visitors: Visitors) -> None:
    page = visitors.come(place.officer, place.paths["no groups"], **PHONE)
    expect(page.locator(".empty")).to_contain_text("as soon as enough patients of each are behind the numbers")
    page.get_by_role("link", name="Groups of Medicine").tap()
    expect(page.get_by_role("heading", level=1)).to_have_text("Groups of patients")
    expect(page.locator(".eq-top")).to_contain_text("Medicine")
