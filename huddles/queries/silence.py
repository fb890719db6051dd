"""Where the cascade is silent: huddles of the units below, day by day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any, Final

from django.db import connection
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from huddles.queries.cascade import in_tree_order
from huddles.queries.states import STATE, state_values
from org.models import Unit
from org.shipped import shipped

DAYS: Final = 14
#: With more units below than this, only those are shown in which a huddle was not held.
MOST_UNITS: Final = 80

_CELLS: Final = f"""
    SELECT u.id, u.parent_id, u.path, u.position, u.name, t.level, t.name, h.day,
    count(h.id) FILTER (WHERE NOT h.is_extra AND {STATE} = 'held'),
    count(h.id) FILTER (WHERE NOT h.is_extra AND {STATE} = 'not_held' AND h.not_held_reason_id IS NOT NULL),
    count(h.id) FILTER (WHERE NOT h.is_extra AND {STATE} = 'not_held' AND h.not_held_reason_id IS NULL),
    count(h.id) FILTER (WHERE NOT h.is_extra AND {STATE} IN ('coming', 'due', 'running')),
    count(h.id) FILTER (WHERE h.is_extra AND {STATE} IN ('held', 'running'))
    FROM org_unit u JOIN org_tier t ON t.id = u.tier_id
    LEFT JOIN huddles_huddle h ON h.unit_id = u.id AND h.day > %(before)s AND h.day <= %(last)s
    WHERE u.organisation_id = %(organisation)s AND u.path LIKE %(below)s AND u.id <> %(unit)s AND u.closed_on IS NULL
    GROUP BY u.id, t.id, h.day ORDER BY u.path, h.day
"""  # noqa: S608 - of constants


class Heard(TextChoices):
    """What a day of a unit says. The order is the order of loudness."""

    NONE = "none", _("No huddle planned")
    HELD = "held", _("Held")
    OPEN = "open", _("Still to come")
    REASON = "reason", _("Not held, with a reason")
    SILENT = "silent", _("Not held, no reason given")


@dataclass(frozen=True, slots=True)
class Cell:
    """The planned huddles of one unit on one day. `called`: met outside the calendar, counted nowhere else."""

    day: date
    held: int = 0
    with_reason: int = 0
    silent: int = 0
    open: int = 0
    called: int = 0

    @property
    def heard(self) -> Heard:
        """The loudest of what there is."""
        found = ((self.silent, Heard.SILENT), (self.with_reason, Heard.REASON), (self.open, Heard.OPEN))
        return next((heard for count, heard in found if count), Heard.HELD if self.held else Heard.NONE)

    @property
    def planned(self) -> int:
        """How many huddles there were to be, as far as their time is over."""
        return self.held + self.with_reason + self.silent


@dataclass(frozen=True, slots=True)
class UnitDays:
    """A unit and its days, one cell each, the oldest first."""

    unit_id: int
    name: str
    depth: int
    level: int
    tier: str
    cells: Sequence[Cell]

    @property
    def held(self) -> int:
        """Huddles held."""
        return sum(cell.held for cell in self.cells)

    @property
    def planned(self) -> int:
        """Huddles whose time is over."""
        return sum(cell.planned for cell in self.cells)

    @property
    def called(self) -> int:
        """Huddles called outside the calendar."""
        return sum(cell.called for cell in self.cells)

    @property
    def silent(self) -> int:
        """Huddles that were not held, and nobody has said why."""
        return sum(cell.silent for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Silence:
    """The days; the units below in the order of the tree. `left_out`: units that are not shown."""

    days: Sequence[date]
    rows: Sequence[UnitDays]
    left_out: int


def silence(unit: Unit, today: date, now: datetime, days: int = DAYS) -> Silence:
    """Huddles of the units below `unit` on the last `days` days up to `today`. One statement."""
    shown = [today - timedelta(days=back) for back in range(days - 1, -1, -1)]
    values: dict[str, Any] = {
        **state_values(now),
        "organisation": unit.organisation_id,
        "unit": unit.pk,
        "below": f"{unit.path}%",
        "before": today - timedelta(days=days),
        "last": today,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CELLS, values)
        found = in_tree_order(cursor.fetchall())
    base = unit.path.count("/")
    rows = [_row(list(own), shown, base) for _pk, own in groupby(found, lambda row: row[0])]
    kept = [row for row in rows if row.planned > row.held][:MOST_UNITS] if len(rows) > MOST_UNITS else rows
    return Silence(tuple(shown), tuple(kept), len(rows) - len(kept))


def _row(rows: list[tuple[Any, ...]], days: Sequence[date], base: int) -> UnitDays:
    pk, _parent, path, _position, name, level, tier = rows[0][:7]
    by_day = {row[7]: Cell(*row[7:]) for row in rows if row[7] is not None}
    cells = tuple(by_day.get(day) or Cell(day) for day in days)
    return UnitDays(pk, name, path.count("/") - base, level, shipped(tier), cells)
