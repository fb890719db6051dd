"""What pages, snapshots and tasks need to know about people and units."""

from org.queries.calendars import NextHuddle, next_huddle_of, open_days
from org.queries.devices import DEVICE_COOKIE, boards_of, device_of, with_boards
from org.queries.events import (
    MESSAGE_ATTEMPTS,
    EventRow,
    event_rows,
    in_need_first,
    told_whole,
    verbs_of,
    with_kept_back,
)
from org.queries.house import Standing, home_units, standing_of
from org.queries.lines import Line, ever_below, lines_around, lines_on, tree_changes_after
from org.queries.people import people_of, roles_beyond
from org.queries.sessions import SHARED_DEVICE, session_limits, start_session
from org.queries.trees import house_of, tree_file
from org.queries.units import LineRow, TreeRow, lines_of, tree_rows, units_like

__all__ = [
    "DEVICE_COOKIE",
    "MESSAGE_ATTEMPTS",
    "SHARED_DEVICE",
    "EventRow",
    "Line",
    "LineRow",
    "NextHuddle",
    "Standing",
    "TreeRow",
    "boards_of",
    "device_of",
    "event_rows",
    "ever_below",
    "home_units",
    "house_of",
    "in_need_first",
    "lines_around",
    "lines_of",
    "lines_on",
    "next_huddle_of",
    "open_days",
    "people_of",
    "roles_beyond",
    "session_limits",
    "standing_of",
    "start_session",
    "told_whole",
    "tree_changes_after",
    "tree_file",
    "tree_rows",
    "units_like",
    "verbs_of",
    "with_boards",
    "with_kept_back",
]
