"""What pages, snapshots and tasks need to know about people and units."""

from org.queries.calendars import NextHuddle, next_huddle_of, next_huddle_text, open_days
from org.queries.devices import DEVICE_COOKIE, boards_of, device_of, with_boards
from org.queries.house import Standing, home_units, standing_of
from org.queries.lines import Line, lines_around, lines_on
from org.queries.people import people_of
from org.queries.sessions import session_limits, start_session
from org.queries.trees import house_of, tree_file

__all__ = [
    "DEVICE_COOKIE",
    "Line",
    "NextHuddle",
    "Standing",
    "boards_of",
    "device_of",
    "home_units",
    "house_of",
    "lines_around",
    "lines_on",
    "next_huddle_of",
    "next_huddle_text",
    "open_days",
    "people_of",
    "session_limits",
    "standing_of",
    "start_session",
    "tree_file",
    "with_boards",
]
