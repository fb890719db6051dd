"""What pages, snapshots and tasks need to know about people and units."""

from org.queries.calendars import NextHuddle, next_huddle_of, next_huddle_text, open_days
from org.queries.lines import Line, lines_on
from org.queries.sessions import session_limits, start_session

__all__ = [
    "Line",
    "NextHuddle",
    "lines_on",
    "next_huddle_of",
    "next_huddle_text",
    "open_days",
    "session_limits",
    "start_session",
]
