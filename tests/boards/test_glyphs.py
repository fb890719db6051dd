"""Letters as calendars."""

import re
from datetime import date, timedelta
from xml.etree import ElementTree as ET

import pytest
from django.utils import translation

from boards.glyphs import MASKS, calendar_summary, letter_svg, positions
from boards.pages import Cell
from boards.rules import Status


def month(statuses: str, *, url: str = "") -> list[Cell]:
    """Cells of November 2026 from letters: m met, x missed, - no data, r at risk, . not due."""
    codes = {
        "m": Status.MET,
        "x": Status.MISSED,
        "-": Status.NO_DATA,
        "r": Status.AT_RISK,
        ".": Status.NOT_DUE,
    }
    first = date(2026, 11, 1)
    return [
        Cell(first + timedelta(days=index), codes[letter].value, today=index == 2, url=url)
        for index, letter in enumerate(statuses)
    ]


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)


@pytest.mark.parametrize("letter", sorted(MASKS))
def test_letter_has_room_for_the_longest_month_and_no_box_twice(letter: str) -> None:
    corners = positions(letter)
    assert len(corners) >= 31
    assert len(set(corners)) == len(corners)


@pytest.mark.parametrize("letter", sorted(MASKS))
def test_mask_is_five_by_eight(letter: str) -> None:
    assert [len(line) for line in MASKS[letter].split()] == [5] * 8


def test_masks_are_all_different() -> None:
    assert len(set(MASKS.values())) == len(MASKS)


@pytest.mark.parametrize("days", [28, 29, 30, 31])
def test_each_day_has_one_box_and_the_rest_stays_faint(days: int) -> None:
    drawn = re.findall(r'href="#c-(\w+)"', letter_svg("S", month("m" * days)))
    assert drawn.count("met") == days
    assert drawn.count("ghost") == len(positions("S")) - days


@pytest.mark.parametrize("status", [status.value for status in Status])
def test_every_status_is_drawn_by_its_own_mark(status: str) -> None:
    svg = letter_svg("Q", [Cell(date(2026, 11, 1), status)])
    assert f'href="#c-{status}"' in svg


def test_days_stand_in_reading_order() -> None:
    texts = parsed(letter_svg("D", month("m" * 30))).findall(".//text")
    assert [int(text.text) for text in texts] == list(range(1, 31))
    places = [(int(text.get("y")), int(text.get("x"))) for text in texts]
    assert places == sorted(places)


def test_today_is_outlined_once() -> None:
    assert letter_svg("P", month("mmmmm")).count("#c-today") == 1


def test_letter_without_mask_is_a_calendar_of_seven_columns() -> None:
    assert len({x for x, _y in positions("IT")}) == 7
    assert len(positions("IT")) == 31


def test_without_links_the_letter_is_one_image_with_its_summary() -> None:
    svg = parsed(letter_svg("S", month("mmx")))
    assert svg.get("role") == "img"
    assert svg.get("aria-label") == "S – November: 2 days met, 1 missed."


def test_with_links_each_day_is_named_and_only_missed_ones_are_tab_stops() -> None:
    svg = parsed(letter_svg("S", month("mx-", url="?day=1&by=x")))
    links = svg.findall("a")
    assert svg.get("role") == "group"
    assert [link.find("title").text for link in links] == ["1 Nov: Met", "2 Nov: Missed", "3 Nov: No data"]
    assert [link.get("tabindex") for link in links] == ["-1", None, "-1"]
    assert {link.get("href") for link in links} == {"?day=1&by=x"}


def test_what_comes_from_outside_is_escaped() -> None:
    svg = letter_svg("S", [Cell(date(2026, 11, 1), "met", url='"><script>')], label='<b>"x"</b>')
    assert "<script" not in svg
    assert "<b>" not in svg


def test_a_drawing_is_remembered_per_language() -> None:
    cells = month("mx", url="?")
    english = letter_svg("S", cells)
    with translation.override("es"):
        spanish = letter_svg("S", cells)
    assert "November:" in english
    assert "Noviembre:" in spanish
    assert letter_svg("S", cells) == english


def test_summary_leaves_out_what_did_not_happen() -> None:
    assert calendar_summary(month("m..")) == "November: 1 day met."
    assert calendar_summary(month("...")) == "November: nothing due yet."
    assert calendar_summary([]) == ""


def test_no_inline_style_and_small() -> None:
    svg = letter_svg("S", month("m" * 20 + "x" * 10, url="?day=2026-11-01"))
    assert "style=" not in svg
    assert len(svg) < 6000
