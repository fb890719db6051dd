"""A roster from a file: read it, find every problem, and say what it would change. No query, no clock.

A row is a shift: who (`id`, `name`), where (`unit`), when (`start`, `end`; or `day` with two times). Somebody without a
shift has a row without times. Encodings, separators and days are read as feeds read them.
"""

import hashlib
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from boards.feeds import dates
from boards.feeds.encoding import Unreadable, to_utf8
from boards.feeds.mapping import Dates, Order
from boards.feeds.problems import Problems, sentence, severity
from boards.feeds.sheet import Sheet, read_sheet
from rounding.rules import roster as rules

COLUMNS: Final = ("id", "name", "unit", "start", "end", "day", "began", "email")
REQUIRED: Final = ("id", "name", "start", "end")
MOST_PROBLEMS: Final = 200
_TIME: Final = re.compile(r"(\d{1,2})[:.h](\d{2})(?::\d{2}(?:\.\d+)?)?\s*([ap])?\.?m?\.?", re.IGNORECASE)
_OFFSET: Final = re.compile(r"\s*(Z|[+-]\d{2}:?\d{2})$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong and where. `row` counts as a spreadsheet does; 0 is the file itself."""

    row: int
    column: str
    text: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """A colleague as the file or the database has them. `unit` is a code; `email` "" says nothing of an account."""

    key: str
    name: str
    unit: str
    began: date | None = None
    email: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Time:
    """A shift of somebody: moments in UTC, half-open."""

    key: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Staffed:
    """What a file is compared with. `units`: code → zone, of those whose roster the reader may bring; `elsewhere`:
    numbers that belong to people of other units; `left`: numbers of people who had been ended; `accounts`: addresses
    under which people of the house sign in.
    """

    units: Mapping[str, tzinfo]
    people: Mapping[str, Person]
    left: Collection[str]
    elsewhere: Collection[str]
    accounts: Collection[str]
    times: Collection[Time]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a file would do. Applied only without problems, and only as it was shown (`fingerprint`)."""

    people: tuple[Person, ...]
    added: tuple[Person, ...]
    changed: tuple[tuple[Person, Person], ...]
    back: tuple[Person, ...]
    ended: tuple[Person, ...]
    new_times: tuple[Time, ...]
    gone_times: tuple[Time, ...]
    same_times: int
    problems: tuple[Problem, ...]
    more_problems: int
    fingerprint: str

    @property
    def is_empty(self) -> bool:
        """Whether the file says what is known already."""
        return not (self.added or self.changed or self.back or self.ended or self.new_times or self.gone_times)


def plan_roster(content: bytes, staffed: Staffed, *, unit: str, order: Order = "") -> Plan:
    """Compare a file with what is known. `unit` is meant where a row names none; `order`: day or month first.

    Whoever of the units that the file speaks of is not in it is ended; their shifts from now on are what the file says
    for the days that it spans.
    """
    reader = _Reader(staffed, unit, order)
    reader.read(content)
    people, times = reader.people, reader.times
    spoken = {person.unit for person in people.values()}
    known = staffed.people
    present = {key: person for key, person in known.items() if key not in staffed.left}
    added = tuple(person for key, person in people.items() if key not in known)
    back = tuple(person for key, person in people.items() if key in staffed.left)
    ended = tuple(person for key, person in present.items() if person.unit in spoken and key not in people)
    changed = tuple(
        (present[key], person) for key, person in people.items() if key in present and present[key] != person
    )
    new, gone = _times(times, staffed, {person.key for person in ended}, set(people))
    shown = tuple(sorted(reader.problems, key=lambda one: one.row)[:MOST_PROBLEMS])
    said = (added, changed, back, ended, new, gone)
    return Plan(
        people=tuple(people.values()),
        added=added,
        changed=changed,
        back=back,
        ended=ended,
        new_times=new,
        gone_times=gone,
        same_times=len(times) - len(new),
        problems=shown,
        more_problems=len(reader.problems) - len(shown),
        fingerprint=hashlib.sha256(repr(said).encode()).hexdigest(),
    )


def same_names(plan: Plan) -> list[str]:
    """Names that come and go at once: perhaps one person under another number."""
    gone = {person.name.casefold() for person in plan.ended}
    return sorted({person.name for person in plan.added if person.name.casefold() in gone})


def shift_lines(times: Sequence[Time], plan: Plan, staffed: Staffed) -> list[tuple[str, str]]:
    """Shifts as people read them, with whose they are: ("Ana Ruiz", "24 Nov 15:00–23:00"), by the clock of the unit."""
    people = {person.key: person for person in plan.people}
    found = []
    for one in times:
        zone = staffed.units[people[one.key].unit]
        starts, ends = one.starts_at.astimezone(zone), one.ends_at.astimezone(zone)
        when = f"{date_format(starts, _('j M'))} {starts:%H:%M}–{ends:%H:%M}"
        found.append((people[one.key].name, when))
    return found


def _times(
    times: Mapping[tuple[str, datetime], Time], staffed: Staffed, ended: Collection[str], named: Collection[str]
) -> tuple[tuple[Time, ...], tuple[Time, ...]]:
    """Shifts that come and go. Of people in the file those that begin within its span and are not in it go; of people
    who are ended all that are kept ahead of its beginning.
    """
    wanted = set(times.values())
    known = set(staffed.times)
    if not wanted:
        return (), tuple(sorted(time for time in known if time.key in ended))
    first = min(time.starts_at for time in wanted)
    last = max(time.starts_at for time in wanted)
    gone = {
        time
        for time in known - wanted
        if (time.key in named and first <= time.starts_at <= last) or (time.key in ended and time.starts_at >= first)
    }
    # What begins at the same moment is replaced, however far from the span it lies.
    begins = {(time.key, time.starts_at) for time in wanted}
    gone |= {time for time in known - wanted if (time.key, time.starts_at) in begins}
    return tuple(sorted(wanted - known)), tuple(sorted(gone))


class _Reader:
    """Reads rows one by one and keeps what is wrong with them."""

    def __init__(self, staffed: Staffed, unit: str, order: Order) -> None:
        self._staffed = staffed
        self._unit = unit
        self._form = Dates(order=order)
        self._first_row: dict[str, int] = {}
        self.people: dict[str, Person] = {}
        self.times: dict[tuple[str, datetime], Time] = {}
        self.problems: list[Problem] = []

    def read(self, content: bytes) -> None:
        found = Problems()
        sheet = None
        try:
            sheet = read_sheet(to_utf8(content).content, found, chooses=set)
        except Unreadable as error:
            found.add(error.code)
        self.problems += [
            Problem(one.row or 0, one.column, sentence(one.code), one.value)
            for one in found.kept()
            if severity(one.code) == "error"
        ]
        if sheet is None or self.problems:
            return
        sheet = _renamed(sheet)
        missing = [name for name in REQUIRED if name not in sheet.columns]
        self.problems += [
            Problem(1, name, _("The column is missing. The first row names the columns.")) for name in missing
        ]
        if len(sheet) > rules.MOST_ROWS:
            self.problems.append(Problem(0, "", _("A roster has at most %(n)s rows.") % {"n": rules.MOST_ROWS}))
        if not self.problems:
            self._rows(sheet)

    def _rows(self, sheet: Sheet) -> None:
        columns = sheet.columns
        for index, row in enumerate(sheet.rows.tolist()):
            said = {
                name: columns[name].texts[columns[name].codes[index]] if name in columns else "" for name in COLUMNS
            }
            if any(said.values()):
                self._row(int(row), said)

    def _wrong(self, row: int, column: str, text: str, value: str = "") -> None:
        problem = Problem(row, column, text, value[:80])
        if problem not in self.problems[-2:]:
            self.problems.append(problem)

    def _day(self, row: int, column: str, text: str) -> date | None:
        found = dates.day(text, self._form)
        if isinstance(found, date) and found.year > rules.LATEST_YEAR:
            says = _("This day lies after %(year)s. Is it right?") % {"year": rules.LATEST_YEAR}
            self._wrong(row, column, says, text)
            return None
        if isinstance(found, date):
            return found
        ambiguous = found == "ambiguous_date"
        self._wrong(
            row,
            column,
            _("Day or month first? Say so where you choose the file.") if ambiguous else sentence(found),
            text,
        )
        return None

    def _row(self, row: int, said: Mapping[str, str]) -> None:
        person = self._person(row, said)
        if person is None:
            return
        earlier = self.people.get(person.key)
        if earlier is not None and replace(person, began=None, email="") != replace(earlier, began=None, email=""):
            place = self._first_row[person.key]
            self._wrong(
                row, "id", _("Row %(row)s has this number with another name or unit.") % {"row": place}, person.key
            )
            return
        self._first_row.setdefault(person.key, row)
        if earlier is None or not earlier.began or not earlier.email:
            began, email = (earlier.began, earlier.email) if earlier is not None else (None, "")
            self.people[person.key] = replace(person, began=began or person.began, email=email or person.email)
        span = self._span(row, said, self._staffed.units[person.unit])
        if span is None:
            return
        time = Time(person.key, *span)
        other = self.times.get((time.key, time.starts_at))
        if other is not None and other != time:
            self._wrong(row, "end", _("The same shift stands in the file with another end."), said["end"])
            return
        self.times[time.key, time.starts_at] = time

    def _person(self, row: int, said: Mapping[str, str]) -> Person | None:
        key, name, unit = said["id"], " ".join(said["name"].split()), said["unit"] or self._unit
        before = len(self.problems)
        if not key or len(key) > rules.ID_LENGTH:
            self._wrong(row, "id", _("Give each person a number of 1 to %(n)s signs.") % {"n": rules.ID_LENGTH}, key)
        if not name or len(name) > rules.NAME_LENGTH:
            self._wrong(row, "name", _("A name has 1 to %(n)s signs.") % {"n": rules.NAME_LENGTH}, name)
        if unit not in self._staffed.units:
            self._wrong(row, "unit", _("There is no unit with this code whose roster you may bring."), unit)
        if key in self._staffed.elsewhere:
            self._wrong(
                row, "id", _("Somebody at a unit that is not yours has this number. Ask whoever leads it first."), key
            )
        known = self._staffed.people.get(key)
        began: date | None = known.began if known is not None else None
        if said["began"]:
            began = self._day(row, "began", said["began"])
        if len(self.problems) > before:
            return None
        email = said["email"].lower()
        return Person(
            key, name, unit, began, email if email in self._staffed.accounts else known.email if known else ""
        )

    def _span(self, row: int, said: Mapping[str, str], zone: tzinfo) -> tuple[datetime, datetime] | None:
        if not said["start"] and not said["end"]:
            return None
        before = len(self.problems)
        start = self._moment(row, "start", said, zone)
        end = self._moment(row, "end", said, zone)
        if start is None or end is None or len(self.problems) > before:
            return None
        if end <= start and said["day"]:
            # A night: its end is of the next day.
            end = self._moment(row, "end", said, zone, later=1) or end
        if end <= start:
            again = self._moment(row, "end", said, zone, fold=1)
            end = again if again is not None else end
        if end <= start:
            self._wrong(row, "end", _("The shift ends before it begins."), said["end"])
            return None
        if end - start > rules.LONGEST_SHIFT:
            self._wrong(row, "end", _("A shift has at most 36 hours. Is the date right?"), said["end"])
            return None
        return start, end

    def _moment(
        self, row: int, column: str, said: Mapping[str, str], zone: tzinfo, *, later: int = 0, fold: int = 0
    ) -> datetime | None:
        """A cell as a moment in UTC. What the clock skips in spring is as much later; of the hour that comes twice in
        autumn the first is meant.
        """
        text = said[column]
        if not text:
            self._wrong(row, column, _("Give the shift a beginning and an end, or neither."))
            return None
        if said["day"]:
            day, clock, offset = said["day"], text, None
        else:
            match = _OFFSET.search(text)
            offset, text = (match[1], text[: match.start()]) if match and ":" in text[: match.start()] else (None, text)
            day, _gap, clock = text.replace("T", " ", 1).partition(" ")
        on = self._day(row, "day" if said["day"] else column, day)
        if on is None:
            return None
        at = _clock(clock)
        if at is None:
            self._wrong(row, column, _("This is no time of day. Write it as 15:00."), said[column])
            return None
        local = datetime.combine(on + timedelta(days=later), at)
        if offset is not None:
            try:
                return datetime.fromisoformat(f"{local.isoformat()}{_plain(offset)}").astimezone(UTC)
            except ValueError:
                self._wrong(row, column, _("This is no time of day. Write it as 15:00."), said[column])
                return None
        return local.replace(tzinfo=zone, fold=fold).astimezone(UTC)


def _plain(offset: str) -> str:
    if offset.upper() == "Z":
        return "+00:00"
    return offset if ":" in offset else f"{offset[:3]}:{offset[3:]}"


def _clock(text: str) -> time | None:
    """A time of day as people and programs write it: 15:00, 15:00:00, 3:00 PM, 15.00."""
    match = _TIME.fullmatch(text.strip())
    if match is None:
        return None
    hour, minute = int(match[1]), int(match[2])
    if match[3]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if match[3].lower() == "p" else 0)
    return time(hour, minute) if hour <= 23 and minute <= 59 else None


def _renamed(sheet: Sheet) -> Sheet:
    """The columns under plain names: small letters, "_" for blanks; others than ours are not looked at."""
    columns = {name.strip().lower().replace(" ", "_"): column for name, column in sheet.columns.items()}
    return Sheet({name: columns[name] for name in COLUMNS if name in columns}, sheet.rows, sheet.delimiter)
