"""Somebody who reads everything that a house tells and solves for what it does not: linear programs, nothing else.

He knows the tree, every total of every unit and day, every group that is told, and that no count is negative. He shares
no code with the guard.
"""

from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array


@dataclass
class Reader:
    """What was read of one plane of counts. Unknowns: (leaf, group, day); `below`: unit → its leaves."""

    below: list[list[int]]
    groups: int
    days: int
    truth: np.ndarray  # (l, G, D)
    rows: list[np.ndarray] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    programs: int = 0
    figures: int = 0

    def row(self, unit: int, groups: list[int], days: range) -> np.ndarray:
        mark = np.zeros((len(self.truth), self.groups, self.days))
        mark[np.ix_(self.below[unit], groups, list(days))] = 1
        return mark.ravel()

    def read(self, unit: int, groups: list[int], days: range) -> None:
        row = self.row(unit, groups, days)
        self.rows.append(row)
        self.values.append(float(row @ self.truth.ravel()))

    def derived(self, stretches: list[range], small: int = 11) -> list[tuple[int, int, range, float, float, float]]:
        """Small counts of any unit, group and stretch of days for which only small numbers fit.

        Every table that fits what was read widens the range of all counts, so that one program settles many.
        """
        where = [(u, [g], days) for u in range(len(self.below)) for g in range(self.groups) for days in stretches]
        return [(unit, groups[0], *found) for unit, groups, *found in self.derived_of(where, small)]

    def derived_of(self, where: list[tuple[int, list[int], range]], small: int = 11) -> list[tuple]:
        """The same of any sums of groups: unit, groups, days."""
        asked = np.array([self.row(u, groups, days) for u, groups, days in where])
        truth = asked @ self.truth.ravel()
        kept = np.flatnonzero((truth > 0) & (truth < small))
        asked, truth = csr_array(asked[kept]), truth[kept]
        low, high = truth.copy(), truth.copy()
        known, values = csr_array(np.array(self.rows)), np.array(self.values)
        self.figures += len(kept)
        for sign in (1.0, -1.0):
            for at in range(len(kept)):
                if np.ceil(low[at] - 1e-6) < 1 or np.floor(high[at] + 1e-6) >= small:
                    continue
                self.programs += 1
                row = asked[[at]].toarray().ravel()
                solved = linprog(sign * row, A_eq=known, b_eq=values, bounds=(0, None), method="highs")
                assert solved.status == 0, solved.message
                found = asked @ solved.x
                low, high = np.minimum(low, found), np.maximum(high, found)
        left = (np.ceil(low - 1e-6) >= 1) & (np.floor(high + 1e-6) < small)
        return [(*where[kept[at]], truth[at], low[at], high[at]) for at in np.flatnonzero(left)]
