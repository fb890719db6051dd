"""What is published of groups when a month is complete: exact counts in, rows of `Published` out. Only reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import product
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analytics.small_cells import House
from analytics.small_cells.telling import Course, Told, tell
from boards import rules
from boards.models import Measure, TellingCourse
from boards.snapshots.take import tree_on
from boards.snapshots.tree import Tree
from boards.telling.months import Months, first_day, mark_withheld, month_of, months, strata_in
from boards.telling.tables import Table, tables_of
from org.models import Organisation

#: Kinds of numbers of which groups are told, and which counts are guarded: events, those without, cases.
PLANES: Final = {
    rules.Kind.PROPORTION: ("numerator", "others"),
    rules.Kind.RATE: ("numerator", "denominator"),
    rules.Kind.MEAN: ("denominator",),
    rules.Kind.MINUTES: ("denominator",),
    rules.Kind.COUNT: ("numerator",),
}
TOLD_KINDS: Final = frozenset(PLANES)
#: Counts of measures × units × groups × months that are held in memory at once.
CELLS_AT_ONCE: Final = 20_000_000
#: Months before the first that is told which choose a pace.
BEHIND: Final = 12


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is told of the same groups of many units over the same months: arrays (u, g) and (u,)."""

    measure_id: int
    table: Table
    stretch: rules.Stretch
    first: date
    last: date
    groups: Sequence[int]
    units: NDArray[np.int32]
    numerators: NDArray[np.float64]
    denominators: NDArray[np.float64]
    numerator: NDArray[np.float64]
    denominator: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Telling:
    """What a run publishes, and where its courses stand then."""

    published: list[Sheet] = field(default_factory=list)
    courses: list[TellingCourse] = field(default_factory=list)


def first_needed(courses: Sequence[TellingCourse], first: int) -> int:
    """The first month whose counts may be needed to tell of the months from `first` on."""
    return _begun(courses, first) - BEHIND


def _begun(courses: Sequence[TellingCourse], first: int) -> int:
    return min([first, *(month_of(min(course.cycle, course.period)) for course in courses)])


def tellings(
    organisation: Organisation,
    measures: Sequence[Measure],
    courses: Sequence[TellingCourse],
    first: int,
    last: int,
) -> Telling:
    """What the months from `first` to `last` publish, in their order; numbers of months as `month_of` gives them.

    All days of the months from `first_needed` on must have been added up.
    """
    tables = tables_of(organisation)
    told = Telling()
    if not tables or not measures:
        return told
    trees = [tree_on(organisation, first_day(month + 1) - timedelta(days=1)) for month in range(first, last + 1)]
    tree = trees[-1]
    width = sum(len(table.names) for table in tables)
    standing = {(c.measure_id, c.dimension_id, c.answer): c for c in courses}
    paced = _paced(organisation, measures, standing, tables, first, last)
    for (kind, planes), by_pace in product(PLANES.items(), (True, False)):
        mine = [m for m in measures if m.kind == kind and (m.pk in paced) == by_pace]
        if not mine:
            continue
        ids = {measure.pk for measure in mine}
        begun = _begun([c for c in courses if c.measure_id in ids], first)
        origin = begun - BEHIND if by_pace else begun
        size = max(1, CELLS_AT_ONCE // max(1, len(tree) * width * (last - origin + 1)))
        for start in range(0, len(mine), size):
            portion = mine[start : start + size]
            exact = months(organisation, portion, tree.unit_ids, tables, origin, last)
            withhold(exact, organisation, portion, tree, tables, begun - BEHIND, last)
            primary_only(exact, tree)
            silent = _silent(trees, tree)
            for top in np.flatnonzero(tree.parents < 0).tolist():
                run = _Run(organisation, portion, tree, top, silent, origin, first, last, planes)
                run.tell(exact, tables, standing, told)
    return told


def _paced(
    organisation: Organisation,
    measures: Sequence[Measure],
    standing: Mapping[tuple[int, int, str], TellingCourse],
    tables: Sequence[Table],
    first: int,
    last: int,
) -> set[int]:
    """Ids of the measures of which a table begins: months behind choose its pace, for a new cycle those of the old."""
    came = strata_in(organisation, first, last)
    return {
        measure.pk
        for measure, table in product(measures, tables)
        if (measure.pk, table.dimension.pk, table.answer) not in standing
        and not came.get(measure.pk, set()).isdisjoint(table.of_stratum)
    }


def withhold(
    exact: Months,
    organisation: Organisation,
    portion: Sequence[Measure],
    tree: Tree,
    tables: Sequence[Table],
    origin: int,
    last: int,
) -> None:
    """Mark what sources hid, in every unit of the tree that it belongs to. One statement."""
    place = {measure.pk: number for number, measure in enumerate(portion)}
    above: dict[int, list[int]] = {}
    ids = tree.unit_ids.tolist()
    for at, parent in enumerate(tree.parents.tolist()):
        above[ids[at]] = [*above.get(ids[parent], []), ids[parent]] if parent >= 0 else []
    mark_withheld(exact, organisation, place, tree.index(), above, tables, origin, last)


def primary_only(exact: Months, tree: Tree) -> None:
    """Take out what units have on their second lines, so that all of a house adds up along one tree."""
    for counts in (exact.numerators, exact.denominators, exact.numerator, exact.denominator):
        whole = counts[:, tree.extras[:, 1]].copy()
        for number, receiver in enumerate(tree.extras[:, 0].tolist()):
            counts[:, receiver] -= whole[:, number]


def _silent(trees: Sequence[Tree], tree: Tree) -> NDArray[np.bool_]:
    """Units of which nothing is told: those of a family that changed in these months."""
    silent = np.zeros(len(tree), np.bool_)
    now = {int(u): int(tree.unit_ids[p]) if p >= 0 else 0 for u, p in zip(tree.unit_ids, tree.parents, strict=True)}
    broken: set[int] = set()
    for other in trees[:-1]:
        for unit, parent in zip(other.unit_ids.tolist(), other.parents.tolist(), strict=True):
            was = int(other.unit_ids[parent]) if parent >= 0 else 0
            if now.get(unit, was) != was:
                broken |= {was, now[unit]}
    silent |= np.isin([now[int(unit)] for unit in tree.unit_ids], sorted(broken - {0}))
    return silent


@dataclass(frozen=True, slots=True)
class _Run:
    """The telling of some measures of one kind in the house under one top unit."""

    organisation: Organisation
    measures: Sequence[Measure]
    tree: Tree
    top: int
    silent: NDArray[np.bool_]
    origin: int
    first: int
    last: int
    planes: Sequence[str]

    def tell(
        self,
        exact: Months,
        tables: Sequence[Table],
        standing: Mapping[tuple[int, int, str], TellingCourse],
        told: Telling,
    ) -> None:
        begin = 0
        mine = slice(self.top, int(self.tree.ends[self.top]))
        for table in tables:
            columns = slice(begin, begin + len(table.names))
            begin = columns.stop
            numerators, denominators = exact.numerators[:, mine, columns], exact.denominators[:, mine, columns]
            if not (numerators.any() or denominators.any()):
                continue
            house = House(
                self._planes(numerators, denominators),
                self._planes(exact.numerator[:, mine], exact.denominator[:, mine]),
                ~exact.withheld[:, mine, columns],
                np.maximum(self.tree.parents[mine] - self.top, -1),
                self.tree.ends[mine] - self.top,
                self.silent[mine],
            )
            courses: list[Course | None] = [
                self._course(standing.get((m.pk, table.dimension.pk, table.answer)), table) for m in self.measures
            ]
            for month in range(self.first, self.last + 1):
                courses, new = tell(
                    house, courses, origin=self.origin, month=month, threshold=self.organisation.small_cell_threshold
                )
                for each in new:
                    told.published.extend(self._sheets(each, table, exact, columns))
            told.courses.extend(
                self._kept(course, table, measure)
                for course, measure in zip(courses, self.measures, strict=True)
                if course is not None
            )

    def _planes(self, numerators: NDArray[np.float64], denominators: NDArray[np.float64]) -> NDArray[np.float64]:
        found = np.empty((len(numerators), len(self.planes), *numerators.shape[1:]))
        for number, name in enumerate(self.planes):
            if name == "others":
                np.subtract(denominators, numerators, out=found[:, number])
            else:
                found[:, number] = numerators if name == "numerator" else denominators
        return found

    def _course(self, kept: TellingCourse | None, table: Table) -> Course | None:
        if kept is None:
            return None
        place = {name: number for number, name in enumerate(table.names)}
        known = [place[name] for name in kept.order if name in place]
        # A group that is gone ends the blocks of its cycle: what was told of it stays.
        quick = kept.quick if all(name in place for name in kept.order[: kept.quick]) else 0
        order = (*known, *(number for number in range(len(table.names)) if number not in known))
        index = self.tree.index()
        alike = tuple(index[unit] - self.top for unit in kept.alike if unit in index)
        return Course(
            order,
            quick,
            kept.months,
            kept.unit_months,
            month_of(kept.block),
            month_of(kept.period),
            month_of(kept.cycle),
            kept.blocks,
            alike,
        )

    def _kept(self, course: Course, table: Table, measure: Measure) -> TellingCourse:
        return TellingCourse(
            organisation=self.organisation,
            measure=measure,
            dimension=table.dimension,
            answer=table.answer,
            order=[table.names[number] for number in course.order],
            quick=course.quick,
            months=course.months,
            unit_months=course.unit_months,
            block=first_day(course.block),
            period=first_day(course.period),
            cycle=first_day(course.cycle),
            blocks=course.blocks,
            alike=[int(self.tree.unit_ids[self.top + unit]) for unit in course.alike],
        )

    def _with_second_lines(self, each: Told) -> tuple[NDArray[np.bool_], dict[int, list[int]]]:
        """(u, G) what is told of each unit, and row → the places that report to it on a second line.

        A unit to which others report on a second line was looked at without them. With them it may be told as far as
        they are told over the same months too: whoever reads can add them up anyway.
        """
        row_of = {self.top + unit: row for row, unit in enumerate(each.units.tolist())}
        beside: dict[int, list[int]] = {}
        for receiver, source in self.tree.extras.tolist():
            if receiver in row_of:
                beside.setdefault(row_of[receiver], []).append(source)
        marks = each.groups.copy()
        for row, sources in beside.items():
            for source in sources:
                marks[row] &= each.groups[row_of[source]] if source in row_of else np.False_
        return marks, beside

    def _sheets(self, each: Told, table: Table, exact: Months, columns: slice) -> list[Sheet]:
        months_ = slice(each.first - self.origin, each.last - self.origin)
        numbers = [
            counts[each.table, :, columns, months_].sum(axis=-1) for counts in (exact.numerators, exact.denominators)
        ]
        totals = [counts[each.table, :, months_].sum(axis=-1) for counts in (exact.numerator, exact.denominator)]
        marks, beside = self._with_second_lines(each)
        at = self.top + each.units
        cells, whole = [counts[at] for counts in numbers], [counts[at] for counts in totals]
        for row, sources in beside.items():
            for side in (0, 1):
                cells[side][row] += numbers[side][sources].sum(axis=0)
                whole[side][row] += totals[side][sources].sum()
        patterns, which = np.unique(marks, axis=0, return_inverse=True)
        sheets = []
        for number, pattern in enumerate(patterns):
            same, rows = np.flatnonzero(pattern), np.flatnonzero(which.ravel() == number)
            if not same.size:
                continue
            sheets.append(
                Sheet(
                    self.measures[each.table].pk,
                    table,
                    rules.Stretch.YEAR if each.whole_cycle else rules.Stretch.BLOCK,
                    first_day(each.first),
                    _last_day(each.last),
                    same.tolist(),
                    self.tree.unit_ids[at[rows]],
                    *(side[np.ix_(rows, same)] for side in cells),
                    *(side[rows] for side in whole),
                )
            )
        return sheets


def _last_day(month: int) -> date:
    return first_day(month) - timedelta(days=1)
