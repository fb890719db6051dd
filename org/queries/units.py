"""Units as lists and trees."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from org.models import ReportingLine, Unit
from org.models.units import UnitQuerySet
from org.rules import LineKind

DEEPEST_SHOWN = 5
_NUMBERS = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True)
class TreeRow:
    """A unit in the tree; `depth` counts from the topmost unit shown, at most `DEEPEST_SHOWN`."""

    unit: Unit
    depth: int


@dataclass(frozen=True, slots=True)
class LineRow:
    """To whom a unit reported from a day until the day before another; None is open."""

    kind: str
    parent: str
    first: date | None
    until: date | None


def units_like(units: UnitQuerySet, sought: str) -> "QuerySet[Unit]":
    """Open units whose name or code contains `sought`, in the order of the tree."""
    found = units.open()
    if sought:
        found = found.filter(Q(name__icontains=sought) | Q(code__icontains=sought))
    return found.select_related("tier", "organisation").order_by("organisation__name", "path")


def tree_rows(units: Sequence[Unit]) -> list[TreeRow]:
    """Units in the order of the tree: children under their parent, neighbors by their position, then the higher tier
    first, then by name as people count ("3 West" before "12 West"). Their tiers are loaded. No statement.
    """
    ids = {unit.pk for unit in units}
    children: dict[int | None, list[Unit]] = {}
    for unit in units:
        children.setdefault(unit.parent_id if unit.parent_id in ids else None, []).append(unit)
    rows: list[TreeRow] = []
    stack = [(unit, 0) for unit in _reversed(children.get(None, []))]
    while stack:
        unit, depth = stack.pop()
        rows.append(TreeRow(unit, min(depth, DEEPEST_SHOWN)))
        stack.extend((child, depth + 1) for child in _reversed(children.get(unit.pk, [])))
    return rows


def _reversed(units: list[Unit]) -> list[Unit]:
    return sorted(units, key=lambda unit: (unit.position, -unit.tier.level, natural(unit.name)), reverse=True)


def natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """A key that sorts names as people count and spell: "3 West" before "12 West", "Ärzte" beside "Arzt"."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(sign for sign in plain if not unicodedata.combining(sign))
    parts = (part for part in _NUMBERS.split(letters) if part.strip())
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part.strip()) for part in parts)


def lines_of(unit: Unit) -> list[LineRow]:
    """Every line of a unit, the newest first. One statement."""
    lines = ReportingLine.objects.filter(unit=unit).select_related("parent").order_by("-valid")
    return [
        LineRow(str(LineKind(line.kind).label), line.parent.name, line.valid.lower, line.valid.upper) for line in lines
    ]
