"""Two dimensions of patients crossed, in a real browser: it fits, is read aloud, walked by keys, printed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.cache import cache
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect
from pytest_django import DjangoDbBlocker

from org.models import User
from tests.boards.crossed import REST, tell
from tests.boards.factories import make_dimension, make_measure
from tests.e2e.stage import Visitors, Web
from tests.e2e.test_journeys_pages import wrong_with
from tests.huddles.signals import make_stage

GROUPS = ("English", "Spanish", "Haitian Creole and other creoles", REST)
AGES = ("0–17", "18–34", "35–49", "50–64", "65–74", "75–84", "85 and older", REST)


@dataclass
class Place:
    """An officer, and the page of a measure whose groups were told crossed."""

    officer: User
    path: str


@pytest.fixture(scope="module")
def place(web: Web, django_db_blocker: DjangoDbBlocker) -> Iterator[Place]:
    with django_db_blocker.unblock():
        try:
            house, _signal = make_stage()
            make_dimension(house.organisation, "age", position=9)
            measure = make_measure(house.organisation, "visits", denominator_text="visits", unit_text="%")
            counted = {(group, age): (8100.0, 9000.0) for group in GROUPS for age in AGES}
            counted |= {("Spanish", "18–34"): (6000.0, 9000.0), ("Spanish", "65–74"): (0.0, 11.0)}
            hidden = {(group, age) for group in GROUPS[2:] for age in AGES[-2:]}
            last = timezone.now().date().replace(day=1) - timedelta(days=1)
            tell(house.top, measure, last, columns="age", counted=counted, hidden=hidden)
            path = reverse("boards:groups", args=[house.ward.pk, measure.pk])
            yield Place(house.people["EQUITY"], f"{path}?by=language&with=age")
        finally:
            call_command("flush", interactive=False, verbosity=0)
            cache.clear()


@pytest.mark.parametrize("language", ["en-US", "es-ES"])
def test_the_table_is_accessible_and_fits_every_screen(
    place: Place, visitors: Visitors, axe: Axe, language: str
) -> None:
    page = visitors.come(place.officer, place.path, locale=language)
    assert page.locator("html").get_attribute("lang") == language[:2]
    expect(page.locator("#crossed tbody tr")).to_have_count(4)
    assert wrong_with(page, axe) == []
    for width in (360, 720, 1280, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_names_of_rows_stay_while_keys_lead_through_the_columns(place: Place, visitors: Visitors) -> None:
    page = visitors.come(place.officer, place.path, viewport={"width": 360, "height": 780})
    region, name = page.locator("#crossed .scroll"), page.locator("#crossed tbody th").first
    before = name.bounding_box()
    region.focus()
    for _ in range(100):
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(50)
        if region.evaluate("e => e.scrollLeft > 100 && e.scrollLeft + e.clientWidth >= e.scrollWidth - 1"):
            break
    assert name.bounding_box()["x"] == before["x"]
    last = page.locator("#crossed tbody tr").first.locator("td").last
    box, own = last.bounding_box(), region.bounding_box()
    assert box["x"] + box["width"] <= own["x"] + own["width"] + 1
    assert box["x"] >= before["x"] + before["width"] - 1


def test_a_pair_is_chosen_and_turned_without_a_script(place: Place, visitors: Visitors) -> None:
    page = visitors.come(place.officer, place.path.partition("?")[0], java_script_enabled=False)
    expect(page.locator("#crossed table")).to_have_count(0)
    page.locator("#crossed").get_by_role("link", name="Age").click()
    row = page.locator("#crossed").get_by_role("row", name="Spanish")
    expect(row).to_contain_text("fares worse, more than chance")
    expect(row).to_contain_text("too few to judge")
    expect(page.locator("#crossed .crossed-gap")).to_contain_text("Spanish × 18–34: 66.7 against 90.0")
    with page.expect_download() as taken:
        page.locator("#crossed").get_by_role("link", name="CSV").click()
    assert "guarded" in taken.value.path().read_text()


def test_paper_holds_all_columns(place: Place, visitors: Visitors) -> None:
    page = visitors.come(place.officer, place.path, viewport={"width": 690, "height": 900})
    page.emulate_media(media="print")
    expect(page.locator("#crossed nav")).to_be_hidden()
    wide, shown = page.locator("#crossed .scroll").evaluate("e => [e.scrollWidth, e.clientWidth]")
    assert wide <= shown
    cells = page.locator("#crossed tbody tr").first.locator("td").all()
    edges = [box["x"] + box["width"] for cell in cells if (box := cell.bounding_box())]
    assert len(edges) == len(AGES) + 1
    assert max(edges) <= 690
