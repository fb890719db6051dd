"""Exact cells of groups of patients, for a data steward and a recorded reason; nobody else's page reads from here.

Beside each cell stands what the small-cell guard says of it, so that its work can be checked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.db import connection
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from boards import rules
from boards.models import Dimension, Measure, Reading
from boards.queries import guard, words
from org.models import Unit
from org.queries import ever_below


class CellVerdict(TextChoices):
    """What the guard says of a cell."""

    SHOWN = "shown", _("May be shown")
    SMALL = "small", _("Small: hidden")
    BESIDE = "beside", _("Hidden so that a small one cannot be worked out")
    WITHHELD = "withheld", _("Hidden by its source")


@dataclass(slots=True)
class _Cell:
    name: str
    state: str
    position: int
    numerator: float
    denominator: float
    withheld: bool = False


@dataclass(frozen=True, slots=True)
class ExactRow:
    """A group with its counts as they are, and the guard's word on it."""

    name: str
    state: str
    numerator: str
    denominator: str
    value: str
    verdict: CellVerdict
    verdict_text: str


@dataclass(frozen=True, slots=True)
class ExactTable:
    """The groups of one dimension at one unit over some days; `days`: how many of them have a number."""

    rows: Sequence[ExactRow]
    total: ExactRow | None
    days: int
    threshold: int


#: Numbers that cannot be added up over days: only the newest of the days is read.
_ALONE: Final = frozenset({rules.RollUp.NONE, rules.RollUp.MINIMUM})
_CELLS: Final = """
    WITH chosen AS (
        SELECT * FROM boards_snapshot s WHERE s.day = ANY(%(days)s) AND s.unit_id = %(unit)s
        AND s.measure_id = %(measure)s AND s.numerator IS NOT NULL ORDER BY s.day DESC LIMIT %(most)s
    )
    SELECT coalesce(m."group", c.name), min(c.state), min(coalesce(m.position, c.position)), array_agg(st.id),
    sum(coalesce(nullif(t.x, 'NaN'), 0)), sum(coalesce(nullif(t.n, 'NaN'), 0))
    FROM chosen s JOIN boards_layout l ON l.id = s.layout_id
    CROSS JOIN LATERAL unnest(l.strata, s.numerators, s.denominators) AS t (stratum, x, n)
    JOIN boards_stratum st ON st.id = t.stratum AND st.dimensions = ARRAY[%(dimension)s]
    JOIN boards_category c ON c.id = st.categories[1]
    LEFT JOIN boards_grouping g ON g.dimension_id = c.dimension_id AND g.is_default
    LEFT JOIN boards_groupmember m ON m.grouping_id = g.id AND m.category_id = c.id
    WHERE nullif(t.x, 'NaN') IS NOT NULL OR nullif(t.n, 'NaN') IS NOT NULL GROUP BY 1 ORDER BY 3, 1
"""
_TOTAL: Final = """
    SELECT count(*), sum(numerator), sum(coalesce(denominator, 0)) FROM (
        SELECT * FROM boards_snapshot s WHERE s.day = ANY(%(days)s) AND s.unit_id = %(unit)s
        AND s.measure_id = %(measure)s AND s.numerator IS NOT NULL ORDER BY s.day DESC LIMIT %(most)s
    ) chosen
"""


def exact_table(unit: Unit, measure: Measure, dimension: Dimension, first: date, last: date) -> ExactTable:
    """The cells over the days from `first` to `last`, both included. Four statements.

    For a page whose opening is on record (`boards.actions.exact.open_cells`).
    """
    days = [first + timedelta(days=i) for i in range((last - first).days + 1)]
    asked: dict[str, Any] = {
        "days": days,
        "unit": unit.pk,
        "measure": measure.pk,
        "dimension": dimension.pk,
        "most": 1 if measure.roll_up in _ALONE else len(days),
    }
    with connection.cursor() as cursor:
        cursor.execute(_TOTAL, asked)
        count, numerator, denominator = cursor.fetchone()
        cursor.execute(_CELLS, asked)
        rows = cursor.fetchall()
    withheld = _withheld(unit, measure, days)
    cells = [
        _Cell(name, state, position, float(x), float(n), bool(withheld.intersection(strata)))
        for name, state, position, strata, x, n in rows
    ]
    threshold = unit.organisation.small_cell_threshold
    if not cells:
        return ExactTable([], None, count, threshold)
    total = _Cell(str(_("All")), rules.CategoryState.KNOWN, 0, float(numerator or 0), float(denominator or 0))
    hidden = guard.hidden_rows(cells, total, rules.Kind(measure.kind), threshold)
    told = [_row(cell, measure, bool(hides), threshold) for cell, hides in zip(cells, hidden, strict=True)]
    return ExactTable(told, _row(total, measure, False, threshold), count, threshold)


def _withheld(unit: Unit, measure: Measure, days: list[date]) -> set[int]:
    """Strata of which a source hid a count somewhere in or below the unit."""
    below = ever_below(unit, days[0], days[-1])
    found = Reading.objects.filter(measure=measure, day__in=days, unit__in=below, suppressed__isnull=False)
    return {stratum for listed in found.values_list("suppressed", flat=True) for stratum in listed or ()}


def _is_small(cell: _Cell, measure: Measure, threshold: int) -> bool:
    """Whether one of the counts behind a cell is small by itself."""
    counts = [cell.denominator]
    if measure.kind in {rules.Kind.PROPORTION, rules.Kind.RATE, rules.Kind.COUNT}:
        counts.append(cell.numerator)
    if measure.kind == rules.Kind.PROPORTION:
        counts.append(cell.denominator - cell.numerator)
    return any(0 < count < threshold for count in counts)


def _row(cell: _Cell, measure: Measure, hides: bool, threshold: int) -> ExactRow:
    if cell.withheld:
        verdict = CellVerdict.WITHHELD
    elif hides:
        verdict = CellVerdict.SMALL if _is_small(cell, measure, threshold) else CellVerdict.BESIDE
    else:
        verdict = CellVerdict.SHOWN
    per = cell.denominator
    value = cell.numerator if measure.kind in _PLAIN else (cell.numerator / per * measure.multiplier if per else None)
    return ExactRow(
        cell.name,
        cell.state,
        words.count(cell.numerator),
        words.count(cell.denominator),
        words.number(value, measure.decimals),
        verdict,
        str(verdict.label),
    )


_PLAIN: Final = frozenset({rules.Kind.COUNT, rules.Kind.DAYS_SINCE, rules.Kind.MEDIAN})
