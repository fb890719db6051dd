"""Calendars as RFC 5545 wants them."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rounding.calendars import LINE_OCTETS, Entry, calendar, escaped, folded

AT = datetime(2026, 11, 24, 15, 30, tzinfo=UTC)


def test_a_calendar_has_its_routes_and_its_days():
    walk = Entry(
        "route-1",
        "Tuesday walk; east, west",
        "5 West, 4 East",
        datetime(2026, 11, 24, 10, tzinfo=ZoneInfo("America/New_York")),
        60,
        busy=True,
    )
    day = Entry("promise-2", "Promise to 5 West", day=date(2026, 12, 31))
    assert calendar([walk, day], name="Rounds", host="board.example.org", made_at=AT).split("\r\n") == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//huddleboard//rounds//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "X-WR-CALNAME:Rounds",
        "BEGIN:VEVENT",
        "UID:route-1@board.example.org",
        "DTSTAMP:20261124T153000Z",
        "DTSTART:20261124T150000Z",
        "DTEND:20261124T160000Z",
        r"SUMMARY:Tuesday walk\; east\, west",
        r"LOCATION:5 West\, 4 East",
        "TRANSP:OPAQUE",
        "END:VEVENT",
        "BEGIN:VEVENT",
        "UID:promise-2@board.example.org",
        "DTSTAMP:20261124T153000Z",
        "DTSTART;VALUE=DATE:20261231",
        "DTEND;VALUE=DATE:20270101",
        "SUMMARY:Promise to 5 West",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]


def test_a_walk_over_the_change_of_the_clock_lasts_as_long_as_it_says():
    night = datetime(2026, 11, 1, 1, 30, tzinfo=ZoneInfo("America/New_York"))
    found = calendar([Entry("a", "A", starts_at=night, minutes=60)], name="N", host="h", made_at=AT)
    assert "DTSTART:20261101T053000Z\r\nDTEND:20261101T063000Z\r\n" in found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a\\b", r"a\\b"),
        ("a\r\nb\nc\rd", r"a\nb\nc\nd"),
        ("END:VEVENT\r\nX", r"END:VEVENT\nX"),
        ("bell\x07 and \x00nothing", "bell and nothing"),
        ("Señora 👩‍⚕️", "Señora 👩‍⚕️"),
    ],
)
def test_a_text_cannot_leave_its_line(text, said):
    assert escaped(text) == said


@given(st.text(st.characters(codec="utf-8"), max_size=300))
def test_lines_are_folded_within_75_octets_and_nothing_is_lost(text):
    line = "SUMMARY:" + escaped(text)
    pieces = folded(line).split("\r\n")
    assert all(len(piece.encode()) <= LINE_OCTETS for piece in pieces)
    assert pieces[0] + "".join(piece[1:] for piece in pieces[1:]) == line
    assert all(piece.startswith(" ") for piece in pieces[1:])
