"""What a reader of a table can work out: bounds of every hidden cell by linear programming over all that is shown.

Knows nothing of how the cells were chosen. The only module that uses `scipy.optimize`.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Bound:
    """The smallest and the largest whole number that a hidden cell can be."""

    index: tuple[int, ...]
    lower: float
    upper: float


def bounds(full: npt.ArrayLike, hidden: npt.ArrayLike) -> list[Bound]:
    """Bounds of the hidden cells of a table with its totals (last index of each axis), from what is not hidden.

    `full`: the true table, of which only shown cells are used. Counts are whole and not negative.
    Raises ValueError where the shown figures contradict each other.
    """
    table, out = np.asarray(full, dtype=np.float64), np.asarray(hidden, dtype=np.bool_)
    sums = _rows(table.shape)
    shown = ~out.reshape(-1)
    known = {"A_eq": sums[shown], "b_eq": table.reshape(-1)[shown]} if shown.any() else {"A_eq": None, "b_eq": None}
    found: list[Bound] = []
    for cell in np.flatnonzero(~shown):
        ends: list[float] = []
        for sign in (1.0, -1.0):
            solved = linprog(sign * sums[cell], **known, bounds=(0, None), method="highs")
            if solved.status not in {0, 3}:
                raise ValueError(f"what is shown contradicts itself: {solved.message}")
            ends.append(float(np.inf) if solved.status == 3 else sign * float(solved.fun))
        index = tuple(int(place) for place in np.unravel_index(cell, table.shape))
        found.append(Bound(index, float(np.ceil(ends[0] - 1e-7)), float(np.floor(ends[1] + 1e-7))))
    return found


def _rows(shape: tuple[int, ...]) -> Floats:
    """One row per cell of the table with totals: which inner cells it is the sum of."""
    rows: Floats = np.ones((1, 1))
    for size in shape:
        # Each level stands for itself, the total for all of them.
        axis = np.vstack([np.eye(size - 1), np.ones((1, size - 1))])
        rows = np.asarray(np.kron(rows, axis), dtype=np.float64)
    return rows
