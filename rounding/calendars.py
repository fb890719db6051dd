"""A calendar as programs read it: iCalendar, RFC 5545. Only the few properties that are needed. No query, no clock."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

#: Octets of a line; a longer one goes on in the next after a blank (RFC 5545, 3.1).
LINE_OCTETS: Final = 75
_BREAK: Final = "\r\n"


@dataclass(frozen=True, slots=True)
class Entry:
    """Something in a calendar: `minutes` from `starts_at` (aware), or all of `day`. `busy`: the time is taken."""

    uid: str
    title: str
    where: str = ""
    starts_at: datetime | None = None
    minutes: int = 0
    day: date | None = None
    busy: bool = False


def calendar(entries: Iterable[Entry], *, name: str, host: str, made_at: datetime) -> str:
    """The calendar as text with its line breaks. `host` makes identifiers unique in the world."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//huddleboard//rounds//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escaped(name)}",
    ]
    for entry in entries:
        lines += _event(entry, host, made_at)
    lines.append("END:VCALENDAR")
    return "".join(folded(line) + _BREAK for line in lines)


def _event(entry: Entry, host: str, made_at: datetime) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{entry.uid}@{host}"
    yield f"DTSTAMP:{_moment(made_at)}"
    if entry.starts_at is not None:
        yield f"DTSTART:{_moment(entry.starts_at)}"
        yield f"DTEND:{_moment(entry.starts_at.astimezone(UTC) + timedelta(minutes=entry.minutes))}"
    elif entry.day is not None:
        yield f"DTSTART;VALUE=DATE:{entry.day:%Y%m%d}"
        yield f"DTEND;VALUE=DATE:{entry.day + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{escaped(entry.title)}"
    if entry.where:
        yield f"LOCATION:{escaped(entry.where)}"
    yield f"TRANSP:{'OPAQUE' if entry.busy else 'TRANSPARENT'}"
    yield "END:VEVENT"


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def escaped(text: str) -> str:
    """A text value: its backslashes, semicolons, commas and line breaks escaped, control signs gone (3.3.11)."""
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    text = text.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "\\n")
    return "".join(sign for sign in text if sign.isprintable() or sign in "\u200d\u00a0")


def folded(line: str) -> str:
    """A line in pieces of at most 75 octets, never cut inside a letter (RFC 5545, 3.1)."""
    pieces, piece, size = [], "", 0
    for sign in line:
        octets = len(sign.encode())
        if size + octets > LINE_OCTETS:
            pieces.append(piece)
            # The blank that begins the next line counts.
            piece, size = " ", 1
        piece += sign
        size += octets
    return _BREAK.join([*pieces, piece])
