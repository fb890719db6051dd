"""What is published of two dimensions crossed, for the top unit: exact counts in, crossings out. Only reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

import numpy as np
from django.db.models import Max
from numpy.typing import NDArray

from analytics.small_cells.crossed import Crossed, crossed, due, with_rests
from boards import rules
from boards.models import Measure, Published, PublishedCrossing
from boards.snapshots.take import tree_on
from boards.snapshots.tree import Tree
from boards.telling.months import Months, first_day, month_of, months
from boards.telling.pairs import Pair, pairs_of
from boards.telling.steps import Step
from boards.telling.tell import PLANES, primary_only, withhold
from org.models import Organisation

#: Months that a crossing may reach back.
REACH: Final = 36
_Floats = NDArray[np.float64]


def crossings(organisation: Organisation, steps: Sequence[Step], first: int, last: int) -> list[PublishedCrossing]:
    """The crossings that the months from `first` to `last` let tell; their groups by themselves are told already.

    A part of another measure has none. One that goes after another has only cells that were told of that one too, over
    the same months. A few statements, and those of `months` where a crossing may be due.
    """
    pairs = pairs_of(organisation)
    if not pairs:
        return []
    tree = tree_on(organisation, first_day(last + 1) - timedelta(days=1))
    tops = np.flatnonzero(tree.parents < 0).tolist()
    told = _Told.read(organisation, steps, [int(tree.unit_ids[top]) for top in tops], pairs, last)
    found: list[PublishedCrossing] = []
    for step in sorted(steps, key=lambda step: step.level):
        measure = step.measure
        mine = [pair for pair in pairs if step.whole is None and told.may_be_due(measure, pair, first, last)]
        if not mine:
            continue
        begin = min(told.begin(measure, pair) for pair in mine)
        exact = months(organisation, [measure], tree.unit_ids, [pair.cells for pair in mine], begin, last)
        withhold(exact, organisation, [measure], tree, [pair.cells for pair in mine], begin, last)
        primary_only(exact, tree)
        for top in tops:
            at = 0
            for pair in mine:
                columns = slice(at, at + len(pair.cells.names))
                at = columns.stop
                run = _Run(organisation, measure, pair, tree, top, columns, begin, told)
                new = run.tell(exact, first, last)
                told.crossed += new
                found += new
    return found


@dataclass(frozen=True, slots=True)
class _Block:
    first: int
    last: int  # exclusive
    numerators: Mapping[str, float]
    denominators: Mapping[str, float]
    numerator: float
    denominator: float


@dataclass(slots=True)
class _Told:
    """What was told of the top units: (unit, measure, dimension) → blocks; and up to where crossings were told.

    `steps`: by measure; `crossed`: the crossings that others may follow.
    """

    blocks: dict[tuple[int, int, int], list[_Block]]
    since: dict[tuple[int, int, int, int], int]
    tops: Sequence[int]
    earliest: int
    steps: Mapping[int, Step]
    crossed: list[PublishedCrossing]

    @classmethod
    def read(
        cls,
        organisation: Organisation,
        steps: Sequence[Step],
        tops: Sequence[int],
        pairs: Sequence[Pair],
        last: int,
    ) -> "_Told":
        earliest, measures = last - REACH, [step.measure for step in steps]
        blocks: dict[tuple[int, int, int], list[_Block]] = {}
        rows = Published.objects.filter(
            organisation=organisation, unit__in=tops, measure__in=measures, answer="", stretch=rules.Stretch.BLOCK,
            dimension__in={pk for pair in pairs for pk in pair.key}, first__gte=first_day(earliest),
            last__lt=first_day(last + 1),
        ).order_by("last")  # fmt: skip
        for row in rows:
            blocks.setdefault((row.unit_id, row.measure_id, row.dimension_id), []).append(
                _Block(
                    month_of(row.first),
                    month_of(row.last) + 1,
                    dict(zip(row.names, row.numerators, strict=True)),
                    dict(zip(row.names, row.denominators, strict=True)),
                    row.numerator,
                    row.denominator,
                )
            )
        done = PublishedCrossing.objects.filter(unit__in=tops, measure__in=measures).values_list(
            "unit", "measure", "rows", "columns"
        )
        since = {(u, m, a, b): month_of(day) + 1 for u, m, a, b, day in done.annotate(day=Max("last"))}
        leaders = {m.pk for step in steps for each in step.shares for m in each}
        crossed = PublishedCrossing.objects.filter(unit__in=tops, measure__in=leaders, first__gte=first_day(earliest))
        return cls(blocks, since, tops, earliest, {step.measure.pk: step for step in steps}, list(crossed))

    def of(self, unit: int, measure: Measure, pair: Pair, before: int) -> tuple[list[_Block], list[_Block]]:
        """The blocks of both dimensions that end by a month (exclusive)."""
        rows, columns = (
            [block for block in self.blocks.get((unit, measure.pk, pk), ()) if block.last <= before] for pk in pair.key
        )
        return rows, columns

    def from_(self, unit: int, measure: Measure, pair: Pair) -> int:
        """The first month of which no crossing was told."""
        return self.since.get((unit, measure.pk, *pair.key), self.earliest)

    def begin(self, measure: Measure, pair: Pair) -> int:
        """The first month that a crossing of any top unit could need."""
        firsts = [
            block.first
            for unit in self.tops
            for block in self.of(unit, measure, pair, 12 * 9999)[0]
            if block.first >= self.from_(unit, measure, pair)
        ]
        return min(firsts, default=self.earliest)

    def may_be_due(self, measure: Measure, pair: Pair, first: int, last: int) -> bool:
        """Whether a crossing could be told in one of these months."""
        return any(
            self.due(unit, measure, pair, ends) is not None for unit in self.tops for ends in range(first + 1, last + 2)
        )

    def due(self, unit: int, measure: Measure, pair: Pair, ends: int) -> tuple[int, float] | None:
        """See `analytics.small_cells.crossed.due`."""
        rows, columns = (
            [(block.first, block.last) for block in blocks] for blocks in self.of(unit, measure, pair, ends)
        )
        since = self.from_(unit, measure, pair)
        ahead = self.ahead(unit, measure, pair)
        if not ahead:
            return due(rows, columns, since, ends)
        begun = {self._begun(pk, unit, pair, ends) for pk in ahead}
        first = min((each for each in begun if each is not None), default=None)
        found = None if first is None or first < since else due(rows, columns, first, ends)
        return found if found is not None and {found[0]} == begun else None

    def ahead(self, unit: int, measure: Measure, pair: Pair) -> list[int]:
        """The measures of which a crossing goes ahead: the first with the same count that tells both dimensions."""
        step = self.steps[measure.pk]
        ahead = step.ahead(lambda m: all((unit, m.pk, pk) in self.blocks for pk in pair.key))
        return [each.pk for each in ahead]

    def crossing(self, measure: int, unit: int, pair: Pair, ends: int) -> PublishedCrossing | None:
        """The crossing of a measure that ends before a month."""
        key = measure, unit, *pair.key, first_day(ends) - timedelta(days=1)
        every = (
            each
            for each in self.crossed
            if key == (each.measure_id, each.unit_id, each.rows_id, each.columns_id, each.last)
        )
        return next(every, None)

    def _begun(self, measure: int, unit: int, pair: Pair, ends: int) -> int | None:
        found = self.crossing(measure, unit, pair, ends)
        return None if found is None else month_of(found.first)

    def within(self, unit: int, measure: Measure, pair: Pair, ends: int, made: Crossed) -> NDArray[np.bool_] | None:
        """(R + 1, C + 1) the cells that those told which go ahead; None where they told other groups."""
        shown = np.ones_like(made.shown)
        for pk in self.ahead(unit, measure, pair):
            other = self.crossing(pk, unit, pair, ends)
            names = (
                [pair.rows.names[group] for group in made.rows],
                [pair.columns.names[group] for group in made.columns],
            )
            if other is None or (other.row_names, other.column_names) != names:
                return None
            shown &= np.array([value is not None for value in other.denominators]).reshape(shown.shape)
        return shown


@dataclass(frozen=True, slots=True)
class _Run:
    """The crossings of one measure by one pair in the house under one top unit."""

    organisation: Organisation
    measure: Measure
    pair: Pair
    tree: Tree
    top: int
    columns: slice
    origin: int
    told: _Told

    def tell(self, exact: Months, first: int, last: int) -> list[PublishedCrossing]:
        unit = int(self.tree.unit_ids[self.top])
        if exact.withheld[0, self.top, self.columns].any():
            return []
        found = []
        for ends in range(first + 1, last + 2):
            begun = self.told.due(unit, self.measure, self.pair, ends)
            if begun is None:
                continue
            made = self._made(exact, unit, begun[0], ends, least=begun[1])
            if made is not None:
                found.append(made)
                self.told.since[unit, self.measure.pk, *self.pair.key] = ends
        return found

    def _made(self, exact: Months, unit: int, begin: int, ends: int, *, least: float) -> PublishedCrossing | None:
        until = self.told.of(unit, self.measure, self.pair, ends)
        rows, columns = ([block for block in each if block.first >= begin] for each in until)
        totals = [(sum(b.numerator for b in each), sum(b.denominator for b in each)) for each in (rows, columns)]
        if totals[0] != totals[1]:  # corrected between two blocks of which one was told before: their days differ
            return None
        sums = [_sums(rows, self.pair.rows.names), _sums(columns, self.pair.columns.names)]
        numerators, denominators = (
            self._lowest(counts, begin, ends) for counts in (exact.numerators, exact.denominators)
        )
        made = crossed(
            (self._planes(*sums[0]), self._planes(*sums[1])),
            self._planes(np.array(totals[0][0]), np.array(totals[0][1])),
            self._planes(numerators, denominators),
            self.organisation.small_cell_threshold,
            least=least,
        )
        within = None if made is None else self.told.within(unit, self.measure, self.pair, ends, made)
        if made is None or within is None or not (made.shown & within).any():
            return None
        made = replace(made, shown=made.shown & within)
        full = [
            with_rests(
                counts[None],
                (sums[0][side][None], sums[1][side][None]),
                np.array([totals[0][side]]),
                made.rows,
                made.columns,
            )[0]
            for side, counts in enumerate((numerators, denominators))
        ]
        return self._row(unit, begin, ends, made, full)

    def _row(self, unit: int, begin: int, ends: int, made: Crossed, full: Sequence[_Floats]) -> PublishedCrossing:
        return PublishedCrossing(
            organisation=self.organisation,
            unit_id=unit,
            measure=self.measure,
            rows=self.pair.rows.dimension,
            columns=self.pair.columns.dimension,
            first=first_day(begin),
            last=first_day(ends) - timedelta(days=1),
            row_names=[self.pair.rows.names[group] for group in made.rows.tolist()],
            row_states=[self.pair.rows.states[group] for group in made.rows.tolist()],
            column_names=[self.pair.columns.names[group] for group in made.columns.tolist()],
            column_states=[self.pair.columns.states[group] for group in made.columns.tolist()],
            numerators=_told_only(full[0], made.shown),
            denominators=_told_only(full[1], made.shown),
        )

    def _lowest(self, counts: _Floats, begin: int, ends: int) -> _Floats:
        """(l, R, C, T): what each unit has that no unit below it has."""
        end = int(self.tree.ends[self.top])
        mine = counts[0, self.top : end, self.columns, begin - self.origin : ends - self.origin].copy()
        own = mine.copy()
        np.subtract.at(own, self.tree.parents[self.top + 1 : end] - self.top, mine[1:])
        shape = (len(self.pair.rows.names), len(self.pair.columns.names), ends - begin)
        return own[np.abs(own).any(axis=(1, 2))].reshape(-1, *shape)

    def _planes(self, numerators: _Floats, denominators: _Floats) -> _Floats:
        counts = {"numerator": numerators, "denominator": denominators, "others": denominators - numerators}
        return np.stack([counts[name] for name in PLANES[rules.Kind(self.measure.kind)]])


def _sums(blocks: Sequence[_Block], names: Sequence[str]) -> tuple[_Floats, _Floats]:
    """(G,) twice: what was told of each group over all blocks; NaN of one that is not told in all of them."""
    numerators, denominators = (
        np.array([sum(getattr(block, side).get(name, np.nan) for block in blocks) for name in names])
        for side in ("numerators", "denominators")
    )
    return numerators, denominators


def _told_only(table: _Floats, shown: NDArray[np.bool_]) -> list[float | None]:
    return [value if told else None for value, told in zip(table.ravel().tolist(), shown.ravel().tolist(), strict=True)]
