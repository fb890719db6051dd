"""A whole tree of units from one file: read it, find every problem, and say what would change. No query, no clock."""

import csv
import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from typing import Final
from zoneinfo import available_timezones

from django.utils.translation import gettext as _

from org.rules import UnitKind
from org.shipped import shipped

COLUMNS: Final = (
    "code",
    "name",
    "kind",
    "tier",
    "parent_code",
    "second_parent_code",
    "calendar",
    "time_zone",
    "position",
)
_FIELDS: Final = ("code", "name", "kind", "tier", "parent", "second_parent", "calendar", "time_zone", "position")
REQUIRED: Final = ("code", "name", "tier", "parent_code")
DELIMITERS: Final = ",;\t|"
MOST_ROWS: Final = 20_000


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong and where; `row` counts from 1 with the header, 0 is the file itself."""

    row: int
    column: str
    text: str


@dataclass(frozen=True, slots=True)
class Place:
    """A unit as the file or the database describes it. References are codes; "" is none."""

    code: str
    name: str
    kind: str
    tier: int
    parent: str
    second_parent: str
    calendar: str
    time_zone: str
    position: int
    closed: bool = False


@dataclass(frozen=True, slots=True)
class House:
    """What a file is compared with: units by code, tier levels by name, names of calendars."""

    units: Mapping[str, Place]
    tiers: Mapping[str, int]
    calendars: frozenset[str]


class Step(StrEnum):
    """What happens to a unit."""

    NEW = "new"
    MOVED = "moved"
    CHANGED = "changed"
    CLOSED = "closed"
    REOPENED = "reopened"


@dataclass(frozen=True, slots=True)
class Change:
    """One unit that a file changes: `steps`, and the fields with their old and new values."""

    code: str
    steps: tuple[Step, ...]
    before: Place | None
    after: Place
    fields: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class TreePlan:
    """What a file would do. Applied only without problems, and only as it was shown (`fingerprint`)."""

    changes: tuple[Change, ...]
    problems: tuple[Problem, ...]
    same: int
    missing: tuple[str, ...]
    fingerprint: str

    def count(self, step: Step) -> int:
        """How many units take this step."""
        return sum(step in change.steps for change in self.changes)


def decoded(content: bytes) -> str:
    """Text of a file from any office program: UTF-8 with or without mark, UTF-16 with mark, else Windows-1252."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def plan_tree(text: str, house: House, *, close_missing: bool = False) -> TreePlan:
    """Compare a file with the present tree. Every problem is found at once; nothing is written."""
    rows, columns, problems = _rows(text)
    wanted: dict[str, tuple[int, Place]] = {}
    for number, row in rows:
        place, found = _place(number, row, columns, house)
        problems += found
        if place is None:
            continue
        if place.code in wanted:
            problems.append(Problem(number, "code", _("%(code)s stands in the file twice.") % {"code": place.code}))
            continue
        wanted[place.code] = (number, place)
    missing = tuple(code for code, unit in house.units.items() if code not in wanted and not unit.closed)
    after = dict(house.units) | {code: place for code, (_number, place) in wanted.items()}
    if close_missing and wanted:
        after |= {code: replace(house.units[code], closed=True) for code in missing}
    problems += _tree_problems(wanted, after)
    changes = [_change(house.units.get(code), place) for code, place in after.items()]
    changed = tuple(change for change in changes if change is not None)
    problems.sort(key=lambda p: (p.row, COLUMNS.index(p.column) if p.column in COLUMNS else -1))
    return TreePlan(
        changes=changed,
        problems=tuple(problems),
        same=len(wanted) - sum(change.code in wanted for change in changed),
        missing=() if close_missing else missing,
        fingerprint=hashlib.sha256(repr(changed).encode()).hexdigest(),
    )


def _rows(text: str) -> tuple[list[tuple[int, dict[str, str]]], frozenset[str], list[Problem]]:
    lines = text.splitlines()
    header = next((line for line in lines if line.strip()), "")
    delimiter = max(DELIMITERS, key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    problems: list[Problem] = []
    found: list[tuple[int, dict[str, str]]] = []
    names: list[str] | None = None
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if not any(cells):
                continue
            if names is None:
                names = [cell.lower().replace(" ", "_") for cell in cells]
                problems += _header_problems(names)
                if problems:
                    break
                continue
            if len(found) >= MOST_ROWS:
                problems.append(Problem(reader.line_num, "", _("A tree has %(n)s units at most.") % {"n": MOST_ROWS}))
                break
            if len(cells) > len(names):
                text_ = _("The row has %(found)s cells, the header %(named)s.")
                problems.append(Problem(reader.line_num, "", text_ % {"found": len(cells), "named": len(names)}))
                continue
            cells += [""] * (len(names) - len(cells))
            found.append((reader.line_num, dict(zip(names, cells, strict=True))))
    except csv.Error as error:
        problems.append(Problem(reader.line_num, "", _("The row cannot be read: %(why)s.") % {"why": error}))
    if names is None:
        problems.append(Problem(0, "", _("The file is empty.")))
    elif not found and not problems:
        problems.append(Problem(0, "", _("The file has a header and no units.")))
    return found, frozenset(names or ()), problems


def _header_problems(names: Sequence[str]) -> list[Problem]:
    problems = [
        Problem(1, name, _("The column is missing. The first row names the columns."))
        for name in REQUIRED
        if name not in names
    ]
    problems += [
        Problem(1, name, _("The column stands in the file twice."))
        for name in sorted(set(names))
        if names.count(name) > 1
    ]
    known = ", ".join(COLUMNS)
    problems += [
        Problem(1, name, _("The column is not known. Known are: %(known)s.") % {"known": known})
        for name in names
        if name not in COLUMNS
    ]
    return problems


def _place(
    number: int, row: Mapping[str, str], columns: frozenset[str], house: House
) -> tuple[Place | None, list[Problem]]:
    """One row; a column that the file does not have keeps what the unit has."""
    problems: list[Problem] = []

    def wrong(column: str, text: str) -> None:
        problems.append(Problem(number, column, text))

    code = row["code"]
    if not code or len(code) > 40:
        wrong("code", _("A code has 1 to 40 characters."))
        return None, problems
    if not row["name"] or len(row["name"]) > 120:
        wrong("name", _("A name has 1 to 120 characters."))
    before = house.units.get(code)
    tier = _tier(row["tier"], house)
    if tier is None:
        levels = ", ".join(f"{level} ({name})" for name, level in house.tiers.items())
        wrong("tier", _("%(tier)s is no tier. Known are: %(known)s.") % {"tier": row["tier"] or "–", "known": levels})
    kind = _kind(row.get("kind", ""))
    if kind is None:
        wrong("kind", _("%(kind)s is no kind of unit.") % {"kind": row["kind"]})
    calendar = row.get("calendar", "")
    if calendar and calendar not in house.calendars:
        wrong("calendar", _("There is no calendar %(name)s.") % {"name": calendar})
    zone = row.get("time_zone", "")
    if zone and zone not in _zones():
        wrong("time_zone", _("%(zone)s is no time zone; America/New_York is one.") % {"zone": zone})
    position = row.get("position", "")
    if position and not (position.isascii() and position.isdigit() and len(position) < 9):
        wrong("position", _("The position is a whole number."))
        position = ""
    here = before or Place(code, "", str(UnitKind.OTHER), 0, "", "", "", "", number)
    return (
        Place(
            code=code,
            name=row["name"],
            kind=kind or here.kind,
            tier=tier or 0,
            parent=row["parent_code"],
            second_parent=row["second_parent_code"] if "second_parent_code" in columns else here.second_parent,
            calendar=calendar if "calendar" in columns else here.calendar,
            time_zone=zone if "time_zone" in columns else here.time_zone,
            position=int(position) if position else here.position,
        ),
        problems,
    )


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _tier(text: str, house: House) -> int | None:
    if text.isascii() and text.isdigit():
        return int(text) if int(text) in house.tiers.values() else None
    return {name.casefold(): level for name, level in house.tiers.items()}.get(shipped(text).casefold())


def _kind(text: str) -> str | None:
    """The kind by value or by label; "" where none is given, None where it is not known."""
    if not text:
        return ""
    wanted = text.casefold()
    return next((k.value for k in UnitKind if wanted in {k.value, str(k.label).casefold()}), None)


def _tree_problems(wanted: Mapping[str, tuple[int, Place]], after: Mapping[str, Place]) -> list[Problem]:
    problems: list[Problem] = []
    numbers = {code: number for code, (number, _place_) in wanted.items()}

    def wrong(code: str, column: str, text: str, **names: object) -> None:
        problems.append(Problem(numbers.get(code, 0), column, text % ({"code": code} | names)))

    for number, place in wanted.values():
        problems += _line_problems(number, place, after)
    turning = _in_circles(after)
    for code in turning:
        wrong(code, "parent_code", _("%(code)s reports to itself in a circle."))
    tops = [code for code, place in after.items() if not place.parent and not place.closed]
    for code in tops[1:]:
        wrong(code, "parent_code", _("%(code)s reports to nobody, like %(first)s: a tree has one top."), first=tops[0])
    if wanted and not tops and not turning:
        problems.append(Problem(0, "parent_code", _("No unit stands at the top, with an empty parent_code.")))
    for code, place in after.items():
        if place.closed:
            continue
        for column, above in (("parent_code", place.parent), ("second_parent_code", place.second_parent)):
            if above in after and after[above].closed:
                wrong(code, column, _("%(above)s, to which %(code)s reports, is closed or would be."), above=above)
        if not turning and place.second_parent in after and code in _line_up(place.second_parent, after):
            wrong(code, "second_parent_code", _("%(above)s lies below %(code)s."), above=place.second_parent)
    return problems


def _line_problems(number: int, place: Place, after: Mapping[str, Place]) -> list[Problem]:
    problems: list[Problem] = []
    parent, second = after.get(place.parent), place.second_parent
    unknown = _("There is no unit %(code)s.")
    if place.parent and parent is None:
        problems.append(Problem(number, "parent_code", unknown % {"code": place.parent}))
    elif parent is not None and parent.tier and place.tier > parent.tier:
        text = _("A unit cannot stand on a higher tier (%(tier)s) than the unit to which it reports (%(above)s).")
        problems.append(Problem(number, "tier", text % {"tier": place.tier, "above": parent.tier}))
    if second and second not in after:
        problems.append(Problem(number, "second_parent_code", unknown % {"code": second}))
    elif second and second == place.parent:
        text = _("The second line leads to another unit than the first.")
        problems.append(Problem(number, "second_parent_code", text))
    return problems


def _line_up(code: str, after: Mapping[str, Place]) -> list[str]:
    line = [code]
    while (above := after[line[-1]].parent) in after and above not in line:
        line.append(above)
    return line


def _in_circles(after: Mapping[str, Place]) -> list[str]:
    """Codes of units whose line leads back to themselves, in the order of `after`."""
    done: set[str] = set()
    turning: set[str] = set()
    for start in after:
        walked: dict[str, int] = {}
        code = start
        while code in after and code not in done and code not in walked:
            walked[code] = len(walked)
            code = after[code].parent
        if code in walked:
            turning |= {unit for unit, place in walked.items() if place >= walked[code]}
        done |= walked.keys()
    return [code for code in after if code in turning]


def _change(before: Place | None, after: Place) -> Change | None:
    if before is None:
        return Change(after.code, (Step.NEW,), None, after, ())
    steps: list[Step] = []
    if before.closed != after.closed:
        steps.append(Step.CLOSED if after.closed else Step.REOPENED)
    if (before.parent, before.second_parent) != (after.parent, after.second_parent):
        steps.append(Step.MOVED)
    pairs = [
        (column, getattr(before, field), getattr(after, field)) for field, column in zip(_FIELDS, COLUMNS, strict=True)
    ]
    fields = tuple((column, str(old), str(new)) for column, old, new in pairs if old != new)
    if any(column not in {"parent_code", "second_parent_code"} for column, _old, _new in fields):
        steps.append(Step.CHANGED)
    return Change(after.code, tuple(steps), before, after, fields) if steps else None
