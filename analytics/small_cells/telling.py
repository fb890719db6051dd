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

    `order`: groups, the largest first; the first `quick` are told in blocks. `block`, `period`, `cycle`: the first
    months that are not told of yet in a block, of the units below, and of the whole cycle. `blocks`: how many were told
    since `period`; `alike`: units told in them because their counts were those of the top unit.
    """

    order: tuple[int, ...]
    quick: int
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


def tell(
    house: House, courses: Sequence[Course | None], *, origin: int, month: int, threshold: float
) -> tuple[list[Course | None], list[Told]]:
    """What is told now that `month` is complete, and where each table stands then.

    `house` has the months from `origin` on, at least from the first that an open cycle needs and the twelve before it
    where they are known; months after `month` may follow and only choose the pace of a table that begins. A table
    without a course begins with the first month in which something came of a group.
    """
    told: list[Told] = []
    now = [_begun(house, table, course, origin, month, threshold) for table, course in enumerate(courses)]
    closed: list[int] = []
    for table, course in enumerate(now):
        if course is None:
            continue
        ends = month + 1
        quick = np.array(course.order[: course.quick], np.intp)
        if closes(house.over(course.block - origin, ends - origin), table, quick, threshold):
            top = _of_top(house, table, course.block, ends, quick, origin)
            told.append(top)
            alike = tuple(sorted({*course.alike, *top.units.tolist()} - {0}))
            now[table] = replace(course, block=ends, blocks=course.blocks + 1, alike=alike)
            closed.append(table)
        elif course.quick == 0 and ends - course.cycle >= CYCLE:
            closed.append(table)
    told += _units(house, now, closed, origin, month + 1, threshold)
    for table in closed:
        now[table] = _next_cycle(house, table, now[table], told, origin, month + 1, threshold)
    return now, told


def _begun(house: House, table: int, course: Course | None, origin: int, month: int, threshold: float) -> Course | None:
    if course is not None:
        return course
    came: Bools = np.asarray((np.abs(house.counts[table, :, 0]) > _NOTHING).any(axis=(0, 1)))
    if not came[: month + 1 - origin].any():
        return None
    first = origin + int(np.argmax(came))
    return _course(house, table, first, origin, threshold)


def _course(house: House, table: int, first: int, origin: int, threshold: float) -> Course:
    """A cycle that begins with the month `first`, at the pace of the twelve months before it."""
    begin, end = first - CYCLE, first
    if (np.abs(house.totals[table, :, 0, : max(first - origin, 0)]) > _NOTHING).any(axis=0).sum() < _ENOUGH:
        begin, end = first, first + CYCLE
    known = house.over(max(begin - origin, 0), max(end - origin, 1))
    found = pace(known.only(table), threshold)
    return Course(tuple(found.order[0].tolist()), int(found.quick[0]), int(found.unit_months[0]), first, first, first)


def _mirrors(house: House, table: int, first: int, last: int, origin: int) -> Ints:
    """The units whose counts are those of the top unit over these months, from the top down, itself included."""
    part = house.over(first - origin, last - origin)
    counts, totals = part.counts[table], part.totals[table]
    same = (np.abs(counts - counts[:, :1]) < _NOTHING).all(axis=(0, 2, 3))
    same &= (np.abs(totals - totals[:, :1]) < _NOTHING).all(axis=(0, 2))
    if house.silent is not None:
        same &= ~house.silent
    return np.flatnonzero(same)


def _of_top(
    house: House, table: int, first: int, last: int, groups: Ints, origin: int, *, whole_cycle: bool = False
) -> Told:
    units = _mirrors(house, table, first, last, origin)
    marks = np.zeros((len(units), house.groups), np.bool_)
    marks[:, groups] = True
    return Told(table, first, last, units, marks, whole_cycle)


def _units(
    house: House, courses: list[Course | None], closed: list[int], origin: int, ends: int, threshold: float
) -> list[Told]:
    """What is told of the units below, for tables whose block ends now and whose period is over."""
    told: list[Told] = []
    for table in closed:
        course = courses[table]
        if course is None:
            continue
        over = ends - course.cycle >= CYCLE
        if not over and (ends - course.period < course.unit_months or course.unit_months >= CYCLE):
            continue
        part = house.over(course.period - origin, ends - origin)
        same = _mirrors(house, table, course.period, ends, origin)
        if not set(course.alike) - set(same.tolist()):
            top, quick = _marks_of_top(part, table, course, threshold, over=over)
            finer = np.array([course.quick > 0 and course.blocks > 1])
            found = tell_units(part.only(table), top, quick, threshold, finer=finer)[0]
            found[same] = False
            units = np.flatnonzero(found.any(axis=1))
            if units.size:
                told.append(Told(table, course.period, ends, units, found[units]))
        courses[table] = replace(course, period=ends, blocks=0, alike=())
    return told


def _marks_of_top(part: House, table: int, course: Course, threshold: float, *, over: bool) -> tuple[Bools, Bools]:
    """(1, G) twice: the groups that the top tells over exactly the months of `part`, and those in every block."""
    number = course.quick
    if over and part.totals.shape[-1] >= CYCLE:
        number = max(number, slower(part, table, np.array(course.order), course.quick, threshold))
    top = np.zeros((1, part.groups), np.bool_)
    top[0, list(course.order[:number])] = True
    quick = np.zeros_like(top)
    quick[0, list(course.order[: course.quick])] = True
    return top, quick


def _next_cycle(
    house: House,
    table: int,
    course: Course | None,
    told: list[Told],
    origin: int,
    ends: int,
    threshold: float,
) -> Course | None:
    """The course after its block; where the cycle is over, its slow groups are told and a new one begins."""
    if course is None or ends - course.cycle < CYCLE:
        return course
    part = house.over(course.cycle - origin, ends - origin)
    number = slower(part, table, np.array(course.order), course.quick, threshold)
    if number == 0 and course.quick == 0:
        return replace(course, period=course.cycle)  # it goes on until there is enough
    if number > course.quick:
        groups = np.array(course.order[:number], np.intp)
        told.append(_of_top(house, table, course.cycle, ends, groups, origin, whole_cycle=course.quick > 0))
    return _course(house, table, ends, origin, threshold)
