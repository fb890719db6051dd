"""What is published of groups when a month is complete: exact counts in, rows of `Published` out. Only reads."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import combinations, product
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analytics.small_cells import House
from analytics.small_cells.steps import Ahead, ended, gate, inside
from analytics.small_cells.telling import Course, Told, tell
from boards import rules
from boards.models import Measure, TellingCourse
from boards.snapshots.take import tree_on
from boards.snapshots.tree import Tree
from boards.telling.months import Months, first_day, mark_withheld, month_of, months, strata_in
from boards.telling.steps import Step, told_before
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
    organisation: Organisation, steps: Sequence[Step], courses: Sequence[TellingCourse], first: int, last: int
) -> Telling:
    """What the months from `first` to `last` publish, in their order; numbers of months as `month_of` gives them.

    All days of the months from `first_needed` on must have been added up.
    """
    tables = tables_of(organisation)
    told = Telling()
    if not tables or not steps:
        return told
    trees = [tree_on(organisation, first_day(month + 1) - timedelta(days=1)) for month in range(first, last + 1)]
    standing = {(c.measure_id, c.dimension_id, c.answer): c for c in courses}
    new, this_year = (
        {
            (step.measure.pk, table.dimension.pk, table.answer)
            for step, table in product(steps, tables)
            if not came.get(step.measure.pk, set()).isdisjoint(table.of_stratum)
        }
        for came in (strata_in(organisation, since, last) for since in (first, min(first, last - BEHIND)))
    )
    leaders = {
        m.pk: m
        for step, table in product(steps, tables)
        for m in step.ahead(lambda m, t=table: (m.pk, t.dimension.pk, t.answer) in this_year)  # type: ignore[misc]
    }
    ahead = told_before(list(leaders.values()), tables, trees[-1], _begun(courses, first)) if leaders else {}
    house = _Whole(organisation, trees, tables, standing, new - standing.keys(), this_year, ahead, first, last)
    for level in sorted({step.level for step in steps}):
        mine = [step for step in steps if step.level == level]
        for kind, planes in PLANES.items():
            same = [step for step in mine if step.measure.kind == kind]
            for step in same:
                if step.whole is not None:
                    house.tell([step], planes, told)
            house.tell([step for step in same if step.whole is None], planes, told)
    return told


@dataclass(frozen=True, slots=True)
class _Whole:
    """What all tellings of an organisation share. By measure, dimension and answer: where courses stand, which begin,
    and of which something came within a year.
    """

    organisation: Organisation
    trees: Sequence[Tree]
    tables: Sequence[Table]
    standing: Mapping[tuple[int, int, str], TellingCourse]
    new: Collection[tuple[int, int, str]]
    has: Collection[tuple[int, int, str]]
    ahead: Mapping[tuple[int, int, str], Ahead]
    first: int
    last: int

    def tell(self, steps: Sequence[Step], planes: Sequence[str], told: Telling) -> None:
        """Tell of measures of one kind, some at once; of one that is part of another it is the only one."""
        tree, width = self.trees[-1], sum(len(table.names) for table in self.tables)
        for by_pace in (True, False):
            mine = [step for step in steps if self._begins(step.measure) == by_pace]
            if not mine:
                continue
            ids = {step.measure.pk for step in mine}
            begun = _begun([c for c in self.standing.values() if c.measure_id in ids], self.first)
            origin = begun - BEHIND if by_pace else begun
            size = max(1, CELLS_AT_ONCE // max(1, len(tree) * width * (self.last - origin + 1)))
            for start in range(0, len(mine), size):
                portion = mine[start : start + size]
                beside = [*portion[0].together] if portion[0].whole is not None else []
                measures = [*(step.measure for step in portion), *beside]
                exact = months(self.organisation, measures, tree.unit_ids, self.tables, origin, self.last)
                withhold(exact, self.organisation, measures, tree, self.tables, begun - BEHIND, self.last)
                primary_only(exact, tree)
                silent = _silent(self.trees, tree)
                for top in np.flatnonzero(tree.parents < 0).tolist():
                    run = _Run(self, portion, tree, top, silent, origin, planes)
                    run.tell(exact, told)

    def _begins(self, measure: Measure) -> bool:
        """Whether a table of it begins: months behind choose its pace, for a new cycle those of the old."""
        return any((measure.pk, table.dimension.pk, table.answer) in self.new for table in self.tables)

    def ahead_of(self, step: Step, table: Table) -> list[Ahead]:
        """What was told by the measures that go ahead of one in a table."""
        key = table.dimension.pk, table.answer
        return [self.ahead[m.pk, *key] for m in step.ahead(lambda m: (m.pk, *key) in self.has)]


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

    whole: _Whole
    steps: Sequence[Step]
    tree: Tree
    top: int
    silent: NDArray[np.bool_]
    origin: int
    planes: Sequence[str]

    def tell(self, exact: Months, told: Telling) -> None:
        begin, number = 0, len(self.steps)
        mine = slice(self.top, int(self.tree.ends[self.top]))
        for table in self.whole.tables:
            columns = slice(begin, begin + len(table.names))
            begin = columns.stop
            numerators, denominators = exact.numerators[:, mine, columns], exact.denominators[:, mine, columns]
            if not (numerators[:number].any() or denominators[:number].any()):
                continue
            house = House(
                self._planes(numerators, denominators, table),
                self._planes(exact.numerator[:, mine], exact.denominator[:, mine], table),
                ~exact.withheld[:number, mine, columns],
                np.maximum(self.tree.parents[mine] - self.top, -1),
                self.tree.ends[mine] - self.top,
                self.silent[mine],
            )
            keys = [(step.measure.pk, table.dimension.pk, table.answer) for step in self.steps]
            courses: list[Course | None] = [self._course(self.whole.standing.get(key), table) for key in keys]
            ahead = [self.whole.ahead_of(step, table) for step in self.steps]
            for month in range(self.whole.first, self.whole.last + 1):
                before = courses
                courses, new = tell(
                    house,
                    before,
                    origin=self.origin,
                    month=month,
                    threshold=self.whole.organisation.small_cell_threshold,
                    gates=[gate(each, month + 1, self.top) for each in ahead],
                )
                for each in new:
                    within = inside(each, ahead[each.table], self.top)
                    told.published.extend(self._sheets(within, table, exact, columns))
                for key, was, now in zip(keys, before, courses, strict=True):
                    if (own := self.whole.ahead.get(key)) is not None:
                        own.gates[self.top, month + 1] = ended(was, now, month + 1)
            told.courses.extend(
                self._kept(course, table, step.measure)
                for course, step in zip(courses, self.steps, strict=True)
                if course is not None
            )

    def _planes(
        self, numerators: NDArray[np.float64], denominators: NDArray[np.float64], table: Table
    ) -> NDArray[np.float64]:
        """(m, P, ...) the counts that are guarded; of a part also what is left of the whole without it and others."""
        number = len(self.steps)
        counts = {"numerator": numerators[:number], "denominator": denominators[:number]}
        found = [
            counts[name] if name in counts else denominators[:number] - numerators[:number] for name in self.planes
        ]
        step = self.steps[0]
        if step.whole is not None and (step.whole.pk, table.dimension.pk, table.answer) in self.whole.has:
            others = range(2, len(numerators))
            taken = [chosen for size in range(len(others) + 1) for chosen in combinations(others, size)]
            found += [numerators[1:2] - numerators[[0, *chosen]].sum(axis=0) for chosen in taken]
        return np.stack(found, axis=1)

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
            organisation=self.whole.organisation,
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
        measure = self.steps[each.table].measure
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
        own = self.whole.ahead.get((measure.pk, table.dimension.pk, table.answer))
        if own is not None:
            own.note(replace(each, groups=marks), self.top)
        patterns, which = np.unique(marks, axis=0, return_inverse=True)
        sheets = []
        for number, pattern in enumerate(patterns):
            same, rows = np.flatnonzero(pattern), np.flatnonzero(which.ravel() == number)
            if not same.size:
                continue
            sheets.append(
                Sheet(
                    measure.pk,
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
