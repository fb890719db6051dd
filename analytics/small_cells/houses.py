"""What a whole house may tell of its groups, month after month, so that nothing small follows from all of it together.

A house is a tree of units. The totals of every unit are out, for every day. Groups are told in stretches of whole
months that are written once: the top unit in *blocks* (a month, or as many as its groups need) and once a *cycle* of
about a year also the slower groups; every other unit in *periods* of blocks. What may be told is decided so that for
each small count another story fits everything that is told, in which it is nothing:

- Every told part, and what the untold groups of a unit come to, is nothing or not small. So are they of all untold
  units of a family (the units straight below one) together. Two parts at least are not small, or the days of a part
  would be those of the total.
- Within a family the same groups are told of every unit that tells any, and only groups that the unit above tells too.
- Counts of single months, and of what is not told, can be moved to other months, groups or units without touching
  anything that is told (`Slack`).

The tests let an attacker try by linear programming (`tests/analytics/small_cells/test_houses.py`).
Arrays: M tables of the same groups (one for each measure), P planes of counts that are guarded (events and
non-events), n units in pre-order, G groups, T months.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.intp]

#: Lengths of a stretch that are tried, in months.
LENGTHS: Final = (1, 3, 6, 12)
#: A shorter period of the units below has to let so many of them tell something, of those that a year lets.
_NEARLY: Final = 0.8
_NOTHING: Final = 0.5
#: Most units that are looked at to choose a pace.
SAMPLE: Final = 64


@dataclass(frozen=True, slots=True)
class House:
    """Counts of M tables. `counts`: (M, P, n, G, T); `totals`: (M, P, n, T), all patients; `whole`: (M, n, G) False
    where a source withheld a count.

    `parents`: (n,) index of the unit above, -1 for the top, which is unit 0; `ends`: (n,) exclusive end of the units
    below, which follow their unit. Units that nothing came from have zeros. `silent`: (n,) units that are never told
    of, nor those below them; None where there are none.
    """

    counts: Floats
    totals: Floats
    whole: Bools
    parents: Ints
    ends: Ints
    silent: Bools | None = None

    @property
    def groups(self) -> int:
        """G."""
        return int(self.counts.shape[3])

    def over(self, first: int, last: int) -> "House":
        """The months from `first` to before `last`."""
        return replace(self, counts=self.counts[..., first:last], totals=self.totals[..., first:last])

    def of(self, tables: Sequence[int]) -> "House":
        """Some of its tables."""
        chosen = list(tables)
        if chosen == list(range(len(self.counts))):
            return self
        return replace(self, counts=self.counts[chosen], totals=self.totals[chosen], whole=self.whole[chosen])


def is_safe(counts: Floats, threshold: float) -> Bools:
    """Whether counts are nothing or not small; a negative one is not."""
    safe: Bools = (np.abs(counts) < _NOTHING) | (counts > threshold - _NOTHING)
    return safe


def _tellable(cells: Floats, totals: Floats, whole: Bools, threshold: float) -> Bools:
    """(..., G): whether the first k + 1 groups may be told beside the total. cells (P, ..., G), totals (P, ...)."""
    running = np.cumsum(cells, axis=-1)
    rest = totals[..., None] - running
    each = np.logical_and.accumulate(is_safe(cells, threshold) & whole, axis=-1)
    large = np.cumsum(cells > threshold - _NOTHING, axis=-1) + (rest > threshold - _NOTHING)
    split = (large >= 2) | (np.abs(totals) < _NOTHING)[..., None]
    return np.asarray((each & is_safe(rest, threshold) & split).all(axis=0), np.bool_)


@dataclass(frozen=True, slots=True)
class Pace:
    """How the groups of M tables are told until the cycle ends.

    `order`: (M, G) groups, the largest first; `quick`: (M,) how many of them are told in every block; `months`: (M,)
    usual months of a block, 0 where nothing can be told but over a cycle; `unit_months`: (M,) months of a period of the
    units below.
    """

    order: Ints
    quick: Ints
    months: Ints
    unit_months: Ints


def pace(house: House, threshold: float) -> Pace:
    """Choose the pace from months that are known, such as those of the last cycle.

    Blocks of up to three months that tell two groups or else one, else longer ones; for the units below the shortest
    periods in which nearly as many units can tell a group as over a year.
    """
    top = house.counts[:, :, 0]
    order = np.argsort(-np.where(house.whole[:, 0], top.sum(axis=(1, 3)), -1.0), axis=1, kind="stable")
    tables = len(order)
    quick, months = np.zeros(tables, np.intp), np.zeros(tables, np.intp)
    found = {length: _most(house, order, length, threshold) for length in LENGTHS}
    for lengths in ((1, 3), (6, 12)):
        for least in (2, 1):
            for length in lengths:
                take = (months == 0) & (found[length] >= least)
                quick[take], months[take] = found[length][take], length
    return Pace(order, quick, months, _unit_months(house, order, quick, months, threshold))


def _windows(values: Floats, length: int) -> Floats:
    """Sums over whole stretches of `length` months along the last axis; over all months where there are fewer."""
    months = values.shape[-1]
    if months < length:
        return np.asarray(values.sum(axis=-1, keepdims=True), np.float64)
    cut = months // length * length
    return np.asarray(values[..., :cut].reshape(*values.shape[:-1], -1, length).sum(axis=-1), np.float64)


def _ordered(house: House, order: Ints) -> tuple[Floats, Bools]:
    counts = np.take_along_axis(house.counts, order[:, None, None, :, None], axis=3)
    return counts, np.take_along_axis(house.whole, order[:, None, :], axis=2)


def _most(house: House, order: Ints, length: int, threshold: float) -> Ints:
    """(M,) how many groups the top unit can tell in every stretch of `length` months."""
    top = replace(house, counts=house.counts[:, :, :1], whole=house.whole[:, :1])
    counts, whole = _ordered(top, order)
    cells = np.moveaxis(_windows(counts[:, :, 0], length), 2, 3)  # (M, P, W, G)
    totals = _windows(house.totals[:, :, 0], length)
    told = _tellable(np.moveaxis(cells, 1, 0), np.moveaxis(totals, 1, 0), whole[:, 0][:, None], threshold)
    there: Bools = np.asarray((totals > _NOTHING).any(axis=1))  # (M, W)
    share = (told & there[..., None]).sum(axis=1) / np.maximum(there.sum(axis=1), 1)[:, None]
    enough = share > 1 - 1e-9
    return np.where(enough.any(axis=1), enough.shape[1] - np.argmax(enough[:, ::-1], axis=1), 0)


def _unit_months(house: House, order: Ints, quick: Ints, months: Ints, threshold: float) -> Ints:
    some = np.unique(np.linspace(1, max(house.counts.shape[2] - 1, 1), SAMPLE).round().astype(np.intp))
    sample = (
        replace(house, counts=house.counts[:, :, some], totals=house.totals[:, :, some], whole=house.whole[:, some])
        if house.counts.shape[2] > 1
        else house
    )
    counts, whole = _ordered(sample, order)
    chosen = np.full(len(order), LENGTHS[-1], np.intp)
    many = np.zeros((len(LENGTHS), len(order)))
    for at, length in enumerate(LENGTHS):
        cells = np.moveaxis(_windows(counts, length), 3, 4)  # (M, P, n, W, G)
        totals = _windows(sample.totals, length)
        told = _tellable(np.moveaxis(cells, 1, 0), np.moveaxis(totals, 1, 0), whole[:, :, None], threshold)
        there: Bools = np.asarray((totals > _NOTHING).any(axis=1))  # (M, n, W)
        counted = np.asarray(there.any(axis=1)).sum(
            axis=-1
        )  # stretches in which nothing came of anybody say nothing of the pace
        many[at] = (told.any(axis=-1) & there).sum(axis=(1, 2)) / np.maximum(counted, 1)
    for at in reversed(range(len(LENGTHS))):
        usable = (
            (many[at] >= _NEARLY * many[-1]) & (many[at] > 0) & (months > 0) & (months <= LENGTHS[at]) & (quick > 0)
        )
        chosen[usable] = LENGTHS[at]
    return chosen


def closes(house: House, table: int, groups: Ints, threshold: float) -> bool:
    """Whether the top unit may tell `groups` of one table over all the months of `house` as one block."""
    if not groups.size:
        return False
    cells = house.counts[table, :, 0][:, groups].sum(axis=-1)
    totals = house.totals[table, :, 0].sum(axis=-1)
    if (np.abs(totals) < _NOTHING).all():
        return False
    return bool(_tellable(cells, totals, house.whole[table, 0][groups], threshold)[-1])


def slower(house: House, table: int, order: Ints, quick: int, threshold: float) -> int:
    """How many groups in `order` the top unit may tell of a whole cycle, the quick ones included; 0 for none.

    What is told only now was in no block, and its months can be moved among the slow groups.
    """
    cells = house.counts[table, :, 0][:, order].sum(axis=-1)
    totals = house.totals[table, :, 0].sum(axis=-1)
    if (np.abs(totals) < _NOTHING).all():
        return 0
    told = _tellable(cells, totals, house.whole[table, 0][order], threshold)
    for number in range(len(order), 0, -1):
        if told[number - 1] and (number <= quick or _can_move(house, table, order[quick:], threshold)):
            return number
    return 0


def _can_move(house: House, table: int, slow: Ints, threshold: float) -> bool:
    """Whether every small month of a slow group can be moved to other months within the slow groups."""
    if slow.size < 2:
        return True
    month = house.counts[table, :, 0][:, slow]  # (P, S, T)
    others = month.sum(axis=1, keepdims=True) - month
    elsewhere = others.sum(axis=2, keepdims=True) - others
    small = (month > _NOTHING) & ~is_safe(month, threshold)
    return bool((~small | (elsewhere >= month - _NOTHING)).all())
