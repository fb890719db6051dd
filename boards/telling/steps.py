"""Measures that are told in step, so that no two of them together tell more than each does.

Two measures of the same patients tell the same number of patients. Told over other months or of other units, one minus
the other would be a small count. So the one that was first in the order goes ahead, and the other tells a group of a
unit only over months over which that one was told of it too. A measure whose counts are part of another's follows that
one and the parts before it, and what is left of the whole is guarded like a count of its own.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analytics.small_cells.steps import Ahead
from boards import rules
from boards.models import Measure, Published, Snapshot
from boards.snapshots.tree import Tree
from boards.telling.months import first_day, month_of
from boards.telling.tables import Table
from org.models import Organisation

#: Counts are the same that agree on so many of the days on which there is any of both, and are so many together.
AGREE: Final = 0.9
LEAST: Final = 50.0
#: Months that are looked at to find the same counts.
LOOKED_AT: Final = 12
#: Parts of one whole that are guarded together with what is left of it.
MOST_PARTS: Final = 4

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Step:
    """A measure in the order in which measures are told.

    `level`: after how many others; `shares`: for each of its counts, the measures before it with the same count;
    `whole`: what its counts are part of, `parts`: the other parts of that which are told before it.
    """

    measure: Measure
    level: int = 0
    shares: Sequence[Sequence[Measure]] = ()
    whole: Measure | None = None
    parts: Sequence[Measure] = ()

    @property
    def together(self) -> list[Measure]:
        """The whole and the parts before it."""
        return [] if self.whole is None else [self.whole, *self.parts]

    def ahead(self, has: Callable[[Measure], bool]) -> list[Measure]:
        """The measures that go ahead of it in a table, of those that have it."""
        owners = [next((measure for measure in each if has(measure)), None) for each in self.shares]
        found = {m.pk: m for m in (*owners, *self.together) if m is not None and has(m)}
        return list(found.values())


def ranked(organisation: Organisation, measures: Sequence[Measure], last: int) -> tuple[list[Step], list[Measure]]:
    """The measures in their order; and those that took their place in it now, with `telling_rank` set, not saved.

    A place is kept for good. New measures come after the others: those with the most dimensions first, and of these the
    ones of whose rarest count there is the most. One statement.
    """
    series, size = _series(organisation, measures, last)
    free = max((m.telling_rank for m in measures if m.telling_rank is not None), default=-1) + 1
    new = sorted((m for m in measures if m.telling_rank is None and m.pk in size), key=lambda m: (-size[m.pk], m.pk))
    for rank, measure in enumerate(new, start=free):
        measure.telling_rank = rank
    by_id = {measure.pk: measure for measure in measures}
    order = sorted(measures, key=lambda measure: _place(measure, by_id))
    return _steps(order, by_id, _same(order, series)), new


def _place(measure: Measure, by_id: Mapping[int, Measure]) -> tuple[int, ...]:
    """Where a measure stands: parts after the whole."""
    line = [measure]
    while (above := _whole(line[-1], by_id)) is not None and above not in line:
        line.append(above)
    return tuple(each.telling_rank if each.telling_rank is not None else 1 << 30 for each in reversed(line))


def _whole(measure: Measure, by_id: Mapping[int, Measure]) -> Measure | None:
    whole = by_id.get(measure.part_of_id or 0)
    return whole if whole is not None and whole.kind == measure.kind and measure.kind in rules.PARTED_KINDS else None


def _steps(
    order: Sequence[Measure], by_id: Mapping[int, Measure], same: Mapping[int, Sequence[Sequence[Measure]]]
) -> list[Step]:
    level: dict[int, int] = {}
    parts: dict[int, list[Measure]] = {}
    found: list[Step] = []
    for measure in order:
        whole = _whole(measure, by_id)
        if whole is not None and (whole.pk not in level or len(parts.get(whole.pk, ())) >= MOST_PARTS):
            continue  # parts of each other, or too many parts: none can be told
        before = list(parts.get(whole.pk, ())) if whole is not None else []
        shares = [told for each in same[measure.pk] if (told := [m for m in each if m.pk in level])]
        ahead = [*(m for each in shares for m in each), *before, *([whole] if whole else [])]
        level[measure.pk] = max((level[m.pk] + 1 for m in ahead), default=0)
        found.append(Step(measure, level[measure.pk], shares, whole, before))
        if whole is not None:
            parts.setdefault(whole.pk, []).append(measure)
    return found


_Series = Mapping[tuple[int, int], tuple[float, float]]


def _series(
    organisation: Organisation, measures: Sequence[Measure], last: int
) -> tuple[dict[int, _Series], dict[int, float]]:
    """Measure → (top unit, day) → numerator and denominator; and how much of each can be told."""
    rows = Snapshot.objects.filter(
        organisation=organisation, unit__parent=None, measure__in=measures, layout__isnull=False,
        day__range=(first_day(last - LOOKED_AT + 1), first_day(last + 1) - timedelta(days=1)),
    ).values_list("measure_id", "unit_id", "day", "numerator", "denominator", "layout__strata__len")  # fmt: skip
    series: dict[int, dict[tuple[int, int], tuple[float, float]]] = {}
    sums: dict[int, tuple[float, float, int]] = {}
    for measure, unit, day, numerator, denominator, width in rows:
        counts = numerator or 0.0, denominator or 0.0
        series.setdefault(measure, {})[unit, day.toordinal()] = counts
        x, n, most = sums.get(measure, (0.0, 0.0, 0))
        sums[measure] = x + counts[0], n + counts[1], max(most, width or 0)
    kind = {measure.pk: rules.Kind(measure.kind) for measure in measures}
    size = {}
    for measure, (x, n, width) in sums.items():
        rarest = {rules.Kind.PROPORTION: min(x, n - x), rules.Kind.RATE: min(x, n), rules.Kind.COUNT: x}
        size[measure] = width * 1e9 + rarest.get(kind[measure], n)
    return dict(series), size


def _counts(measure: Measure, own: _Series) -> list[Mapping[tuple[int, int], float]]:
    """The counts of patients that its numbers tell: with the event, all, without it."""
    kind = rules.Kind(measure.kind)
    if kind == rules.Kind.COUNT:
        return [{key: x for key, (x, _n) in own.items()}]
    every = {key: n for key, (_x, n) in own.items()}
    if kind == rules.Kind.PROPORTION:
        return [{key: x for key, (x, _n) in own.items()}, every, {key: n - x for key, (x, n) in own.items()}]
    return [{key: x for key, (x, _n) in own.items()}, every] if kind == rules.Kind.RATE else [every]


def _same(order: Sequence[Measure], series: Mapping[int, _Series]) -> dict[int, list[list[Measure]]]:
    """Measure → for each of its counts that another had before it: the measures before it with that count."""
    keys = sorted({key for own in series.values() for key in own})
    at = {key: number for number, key in enumerate(keys)}
    firsts: list[NDArray[np.float64]] = []
    holders: list[list[Measure]] = []
    found: dict[int, list[list[Measure]]] = {}
    for measure in order:
        mine: list[int] = []
        for counts in _counts(measure, series.get(measure.pk, {})):
            row = np.full(len(keys), np.nan)
            for key, value in counts.items():
                row[at[key]] = value
            number = next((i for i, first in enumerate(firsts) if i not in mine and _agree(first, row)), None)
            if number is None:
                firsts.append(row)
                holders.append([])
                number = len(firsts) - 1
            mine.append(number)
        found[measure.pk] = [list(holders[number]) for number in mine if holders[number]]
        for number in mine:
            holders[number].append(measure)
    return found


def _agree(one: NDArray[np.float64], other: NDArray[np.float64]) -> bool:
    both = ~np.isnan(one) & ~np.isnan(other) & ((one > 0) | (other > 0))
    same = both & (one == other)
    return bool(same.sum() >= AGREE * both.sum() and one[same].sum() >= LEAST)


def told_before(
    measures: Iterable[Measure], tables: Sequence[Table], tree: Tree, since: int
) -> dict[tuple[int, int, str], Ahead]:
    """Measure, dimension and answer → what was published of it in stretches that begin with `since` or later.

    Units are those of the whole tree. One statement.
    """
    place = tree.index()
    group = {(t.dimension.pk, t.answer): {name: number for number, name in enumerate(t.names)} for t in tables}
    ids = [measure.pk for measure in measures]
    found = {(pk, *key): Ahead((len(tree), len(names))) for pk in ids for key, names in group.items()}
    marks: dict[tuple[int, int, str, date, date], Bools] = {}
    rows = Published.objects.filter(measure__in=ids, first__gte=first_day(since))
    fields = rows.values_list("measure_id", "dimension_id", "answer", "first", "last", "unit_id", "names")
    for measure, dimension, answer, first, last, unit, names in fields.iterator(chunk_size=5000):
        ahead, of = found.get((measure, dimension, answer)), group.get((dimension, answer), {})
        if ahead is None or unit not in place:
            continue
        key = measure, dimension, answer, first, last
        if key not in marks:
            marks[key] = np.zeros(ahead.shape, np.bool_)
            ahead.stretches.append((month_of(first), month_of(last) + 1, marks[key]))
        marks[key][place[unit], [of[name] for name in names if name in of]] = True
    return found
