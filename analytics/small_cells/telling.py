"""Month after month: what a house tells of its groups when a month is complete. See `analytics.small_cells.houses`."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from analytics.small_cells.families import tell_units
from analytics.small_cells.houses import _NOTHING, Bools, House, Ints, closes, pace, slower

#: Months of a cycle; it ends with the first block that ends then or later.
CYCLE: Final = 12
#: With fewer months behind, the pace is chosen by the months to come, as far as they are known.
_ENOUGH: Final = 6


@dataclass(frozen=True, slots=True)
class Course:
    """Where the telling of one table stands. Months are numbers of any origin.

    `order`: groups, the largest first; the first `quick` are told in blocks: a month where that can be, else up to the
    next multiple of `months` in the cycle. `block`, `period`, `cycle`: the first months that are not told of yet in a
    block, of the units below, and of the whole cycle. `blocks`: how many were told since `period`; `alike`: units told
    in them because their counts were those of the top unit.
    """

    order: tuple[int, ...]
    quick: int
    months: int
    unit_months: int
    block: int
    period: int
    cycle: int
    blocks: int = 0
    alike: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of one table over the months from `first` to before `last`.

    `units`: indices; `groups`: (u, G) which groups of each. `whole_cycle`: it is told beside the blocks of its months.
    """

    table: int
    first: int
    last: int
    units: Ints
    groups: Bools
    whole_cycle: bool = False


@dataclass(frozen=True, slots=True)
class Gate:
    """What of a table may end with a month: a block, a period of the units below, a cycle, each with those before."""

    block: bool = True
    period: bool = True
    cycle: bool = True


#: Nothing may end.
SHUT: Final = Gate(block=False, period=False, cycle=False)


def tell(
    house: House,
    courses: Sequence[Course | None],
    *,
    origin: int,
    month: int,
    threshold: float,
    gates: Sequence[Gate] | None = None,
) -> tuple[list[Course | None], list[Told]]:
    """What is told now that `month` is complete, and where each table stands then.

    `house` has the months from `origin` on, at least from the first that an open cycle needs and the twelve before it
    where they are known; months after `month` may follow and only choose the pace of a table that begins. A table
    without a course begins with the first month in which something came of a group. `gates`: of each table what may end
    with `month`; everything where there are none.
    """
    told: list[Told] = []
    now = _begun(house, courses, origin, month, threshold)
    closed: list[int] = []
    ends = month + 1
    over = [
        course is not None and ends - course.cycle >= CYCLE and (gates is None or gates[table].cycle)
        for table, course in enumerate(now)
    ]
    for table, course in enumerate(now):
        if course is None:
            continue
        quick = np.array(course.order[: course.quick], np.intp)
        due = course.months > 0 and (
            ends - course.block == 1 or (ends - course.cycle) % course.months == 0 or ends - course.cycle > CYCLE
        )
        due = due and (gates is None or gates[table].block)
        if due and closes(house.over(course.block - origin, ends - origin), table, quick, threshold):
            top = _of_top(house, table, course.block, ends, quick, origin)
            told.append(top)
            alike = tuple(sorted({*course.alike, *top.units.tolist()} - {0}))
            now[table] = replace(course, block=ends, blocks=course.blocks + 1, alike=alike)
            closed.append(table)
        elif course.quick == 0 and over[table]:
            closed.append(table)
    may = [table for table in closed if gates is None or gates[table].period]
    told += _units(house, now, may, over, origin, ends, threshold)
    _next_cycles(house, now, [table for table in closed if over[table]], told, origin, ends, threshold)
    return now, told


def _begun(
    house: House, courses: Sequence[Course | None], origin: int, month: int, threshold: float
) -> list[Course | None]:
    """The courses, with those of tables that begin by now."""
    now = list(courses)
    new = [table for table, course in enumerate(now) if course is None]
    if not new:
        return now
    came: Bools = np.asarray((np.abs(house.counts[new][:, :, 0]) > _NOTHING).any(axis=(1, 2)))
    first = np.where(came[:, : month + 1 - origin].any(axis=1), origin + np.argmax(came, axis=1), -1)
    for begin in np.unique(first[first >= 0]).tolist():
        tables = [new[at] for at in np.flatnonzero(first == begin).tolist()]
        for table, course in zip(tables, _courses(house, tables, begin, origin, threshold), strict=True):
            now[table] = course
    return now


def _courses(house: House, tables: Sequence[int], first: int, origin: int, threshold: float) -> list[Course]:
    """Cycles that begin with the month `first`, at the pace of the twelve months before it."""
    part = house.of(tables)
    came: Bools = np.asarray((np.abs(part.totals[:, :, 0, : max(first - origin, 0)]) > _NOTHING).any(axis=1))
    behind = came[:, -CYCLE:].sum(axis=1)
    found: list[Course | None] = [None] * len(tables)
    for enough in (True, False):
        chosen = np.flatnonzero((behind >= _ENOUGH) == enough).tolist()
        if not chosen:
            continue
        begin, end = (first - CYCLE, first) if enough else (first, first + CYCLE)
        known = part.of(chosen).over(max(begin - origin, 0), max(end - origin, 1))
        paces = pace(known, threshold)
        for number, at in enumerate(chosen):
            order = tuple(paces.order[number].tolist())
            quick, months, units = (int(of[number]) for of in (paces.quick, paces.months, paces.unit_months))
            found[at] = Course(order, quick, months, units, first, first, first)
    return [course for course in found if course is not None]


def _mirrors(house: House, table: int, first: int, last: int, origin: int) -> Ints:
    """The units whose counts are those of the top unit over these months, from the top down, itself included."""
    part = house.over(first - origin, last - origin)
    same = (np.abs(part.totals[table] - part.totals[table][:, :1]) < _NOTHING).all(axis=(0, 2))
    if house.silent is not None:
        same &= ~house.silent
    alike = np.flatnonzero(same)
    counts = part.counts[table][:, alike]
    found: Ints = alike[(np.abs(counts - counts[:, :1]) < _NOTHING).all(axis=(0, 2, 3))]
    return found


def _of_top(
    house: House, table: int, first: int, last: int, groups: Ints, origin: int, *, whole_cycle: bool = False
) -> Told:
    units = _mirrors(house, table, first, last, origin)
    marks = np.zeros((len(units), house.groups), np.bool_)
    marks[:, groups] = True
    return Told(table, first, last, units, marks, whole_cycle)


def _units(
    house: House,
    courses: list[Course | None],
    closed: Sequence[int],
    over: Sequence[bool],
    origin: int,
    ends: int,
    threshold: float,
) -> list[Told]:
    """What is told of the units below, for tables whose block ends now and whose period is over."""
    together: dict[int, list[tuple[int, Course, Ints]]] = {}
    for table in closed:
        course = courses[table]
        if course is None:
            continue
        if not over[table] and (ends - course.period < course.unit_months or course.unit_months >= CYCLE):
            continue
        courses[table] = replace(course, period=ends, blocks=0, alike=())
        same = _mirrors(house, table, course.period, ends, origin)
        if not set(course.alike) - set(same.tolist()):
            together.setdefault(course.period, []).append((table, course, same))
    told: list[Told] = []
    for first, chosen in together.items():
        part = house.over(first - origin, ends - origin)
        marks = [_marks_of_top(part, table, c, threshold, over=over[table]) for table, c, _same in chosen]
        finer = np.array([c.quick > 0 and c.blocks > 1 for _table, c, _same in chosen])
        tops, quick = (np.array(each) for each in zip(*marks, strict=True))
        found = tell_units(part.of([table for table, _c, _same in chosen]), tops, quick, threshold, finer=finer)
        for number, (table, _course, same) in enumerate(chosen):
            found[number, same] = False
            units = np.flatnonzero(found[number].any(axis=1))
            if units.size:
                told.append(Told(table, first, ends, units, found[number, units]))
    return told


def _marks_of_top(part: House, table: int, course: Course, threshold: float, *, over: bool) -> tuple[Bools, Bools]:
    """(G,) twice: the groups that the top tells over exactly the months of `part`, and those in every block."""
    number = course.quick
    if over and part.totals.shape[-1] >= CYCLE:
        number = max(number, slower(part, table, np.array(course.order), course.quick, threshold))
    top, quick = np.zeros(part.groups, np.bool_), np.zeros(part.groups, np.bool_)
    top[list(course.order[:number])] = True
    quick[list(course.order[: course.quick])] = True
    return top, quick


def _next_cycles(
    house: House,
    courses: list[Course | None],
    closed: Sequence[int],
    told: list[Told],
    origin: int,
    ends: int,
    threshold: float,
) -> None:
    """Where a cycle is over with its block, its slow groups are told and a new one begins."""
    over: list[int] = []
    for table in closed:
        course = courses[table]
        if course is None:
            continue
        part = house.over(course.cycle - origin, ends - origin)
        number = slower(part, table, np.array(course.order), course.quick, threshold)
        if number == 0 and course.quick == 0:
            courses[table] = replace(course, period=course.cycle)  # it goes on until there is enough
            continue
        if number > course.quick:
            groups = np.array(course.order[:number], np.intp)
            told.append(_of_top(house, table, course.cycle, ends, groups, origin, whole_cycle=course.quick > 0))
        over.append(table)
    if over:
        for table, course in zip(over, _courses(house, over, ends, origin, threshold), strict=True):
            courses[table] = course
