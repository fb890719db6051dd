"""Numbers of units become the numbers of the units above them. Pure NumPy: no query, no clock."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boards.rules import RollUp
from boards.snapshots.tree import Tree

#: Rules by which numerators and denominators are added.
ADDED = frozenset({RollUp.RATIO, RollUp.SUM, RollUp.WEIGHTED_MEAN})


@dataclass(slots=True)
class Figures:
    """`m` measures of `n` units for one day, over `s` strata (column 0 is the total).

    `numerators`, `denominators` (n, m, s), NaN where nothing is known; `own` (n, m): the unit sent this itself;
    `expected`, `reported` (n, m): how many units should have sent, and did; `newest` (n, m): microseconds of the
    newest reading, 0 where there is none; `corrected` (n, m): something in it replaced an earlier word.
    """

    numerators: NDArray[np.float64]
    denominators: NDArray[np.float64]
    own: NDArray[np.bool_]
    expected: NDArray[np.int32]
    reported: NDArray[np.int32]
    newest: NDArray[np.int64]
    corrected: NDArray[np.bool_]

    @classmethod
    def empty(cls, units: int, measures: int, strata: int) -> "Figures":
        """Nothing known yet."""
        flat = (units, measures)
        return cls(
            np.full((*flat, strata), np.nan),
            np.full((*flat, strata), np.nan),
            np.zeros(flat, bool),
            np.zeros(flat, np.int32),
            np.zeros(flat, np.int32),
            np.zeros(flat, np.int64),
            np.zeros(flat, bool),
        )


def _family_sums(values: NDArray[np.float64], starts: NDArray[np.intp]) -> NDArray[np.float64]:
    known = ~np.isnan(values)
    if known.all():
        return np.add.reduceat(values, starts, axis=0)
    sums = np.add.reduceat(np.where(known, values, 0.0), starts, axis=0)
    sums[~np.logical_or.reduceat(known, starts, axis=0)] = np.nan
    return sums


def _gather(
    values: NDArray[Any],
    family: tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]],
    own: NDArray[np.bool_],
    combine: Any,
) -> None:
    children, starts, parents = family
    kept = own[parents]
    made = combine(values[children], starts)
    if kept.any():
        kept = kept.reshape(kept.shape + (1,) * (made.ndim - kept.ndim))
        made = np.where(kept, values[parents], made)
    values[parents] = made


def _add_up(values: NDArray[Any], starts: NDArray[np.intp]) -> NDArray[Any]:
    return np.add.reduceat(values, starts, axis=0)


def _smallest(values: NDArray[np.float64], starts: NDArray[np.intp]) -> NDArray[Any]:
    return np.fmin.reduceat(values, starts, axis=0)


def _largest(values: NDArray[Any], starts: NDArray[np.intp]) -> NDArray[Any]:
    return np.maximum.reduceat(values, starts, axis=0)


def roll_up(tree: Tree, figures: Figures, rule: RollUp) -> None:
    """Fill in, in place, every unit that did not send its own number from the units below it.

    What a unit sent itself stands, and goes up instead of what lies below it. Ratios and means add numerators and
    denominators, never values. Without a rule (`RollUp.NONE`) nothing goes up: each level sends its own.
    """
    if rule == RollUp.NONE:
        return
    f = figures
    nums, dens = f.numerators, f.denominators
    added = rule in ADDED
    for family in tree.levels():
        if added:
            _gather(nums, family, f.own, _family_sums)
            _gather(dens, family, f.own, _family_sums)
        else:
            _gather(nums, family, f.own, _smallest)
        children, starts, parents = family
        for counts in (f.expected, f.reported):
            counts[parents] += np.where(f.own[parents], 0, _add_up(counts[children], starts))
        for marks in (f.newest, f.corrected):
            _gather(marks, family, f.own, _largest)
    if not len(tree.extras):
        return
    everything = (nums, dens, f.expected, f.reported, f.newest, f.corrected)
    along_primary = tuple(values.copy() for values in everything)
    for receiver, source in tree.extras:
        free = ~f.own[receiver]
        if added:
            for values, primary in ((nums, along_primary[0]), (dens, along_primary[1])):
                here, there = values[receiver], primary[source]
                both = np.where(np.isnan(here), there, here + np.where(np.isnan(there), 0.0, there))
                values[receiver] = np.where(free[:, None], both, here)
        else:
            least = np.fmin(nums[receiver], along_primary[0][source])
            nums[receiver] = np.where(free[:, None], least, nums[receiver])
        f.expected[receiver] += np.where(free, along_primary[2][source], 0)
        f.reported[receiver] += np.where(free, along_primary[3][source], 0)
        f.newest[receiver] = np.where(
            free, np.maximum(f.newest[receiver], along_primary[4][source]), f.newest[receiver]
        )
        f.corrected[receiver] |= free & along_primary[5][source]
