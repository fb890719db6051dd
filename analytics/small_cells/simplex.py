"""The cheapest other table: a small linear program, solved by the bounded simplex method on a dense tableau.

Sizes here are tens of figures over some hundred cells, for which a tableau in NumPy is quick, while SciPy's solvers
would cost every process fifty megabytes (ADR 0013). What it finds is checked by the caller, who takes it as a proof
only if every shown number fits. Method: Dantzig 1955 (upper bounds), Bland 1977 (no cycling).
"""

import numpy as np

from analytics.small_cells.cells import Floats
from analytics.small_cells.moves import Whole

_ZERO = 1e-9
_NOISE = 1e-7
_MISSED = 1e-6
_DEGENERATE = 40
_FORBIDDEN = 1e7
_MOST_STEPS = 20_000


def cheapest_change(counts: Floats, aim: Floats, amount: float, shown: Floats, prices: Floats) -> Floats | None:
    """What to add to the cells (M,) so that `aim` · change = `amount` at the least cost; None where it cannot be done.

    `counts` (M,) stay >= 0. A shown figure (a row of `shown`, (F, M)) costs its price times what it changes by; a price
    of infinity forbids any change.
    """
    figures, cells = shown.shape
    free = np.flatnonzero(np.isfinite(prices))
    rows = np.vstack((shown, np.sign(amount) * aim))
    units = np.eye(figures + 1)
    held = np.append(np.where(np.isfinite(prices), prices, _FORBIDDEN), _FORBIDDEN)
    slacks = np.hstack((units, -units[:, free])), np.append(held, prices[free])
    change = _solved(counts, rows, np.append(np.zeros(figures), abs(amount)), np.zeros(cells), slacks)
    reached = abs(float(aim @ change) - amount) < _MISSED * (1 + abs(amount))
    return change if reached and _fits(counts, change, shown[np.isinf(prices)]) else None


def corner(counts: Floats, shown: Floats, weights: Floats) -> Floats | None:
    """What to add to the cells (M,) so that no shown figure changes and the weighted sum of all is as small as can be.

    `weights` (M,) are above zero. Such a table has no more cells with people in them than there are shown figures, so
    that one program takes most cells to zero.
    """
    figures = len(shown)
    slacks = np.eye(figures), np.full(figures, _FORBIDDEN)
    change = _solved(counts, shown, np.zeros(figures), weights, slacks)
    return change if _fits(counts, change, shown) else None


def _solved(counts: Floats, rows: Floats, right: Floats, weights: Floats, slacks: tuple[Floats, Floats]) -> Floats:
    """The change (M,) of least cost: cells rise, or fall as far as to zero; the first slacks are where it begins."""
    cells = len(counts)
    falls = np.flatnonzero(counts > 0)
    tableau = np.hstack((rows, -rows[:, falls], slacks[0]))
    cost = np.concatenate((weights, -weights[falls], slacks[1]))
    upper = np.full(tableau.shape[1], np.inf)
    upper[cells : cells + len(falls)] = counts[falls]
    values = _Tableau(tableau, right, cost, upper, cells + len(falls)).solve()
    change = values[:cells].copy()
    change[falls] -= values[cells : cells + len(falls)]
    change[np.abs(change) < _NOISE] = 0
    return change


def _fits(counts: Floats, change: Floats, held: Floats) -> bool:
    """Whether no count is negative and what is held has not changed."""
    return bool((np.abs(held @ change) < _MISSED).all()) and float((counts + change).min(initial=0)) > -_MISSED


class _Tableau:
    """Rows in which the basic variables are a unit matrix; a variable at its upper bound is counted down from it."""

    def __init__(self, rows: Floats, right: Floats, cost: Floats, upper: Floats, first: int) -> None:
        self.rows, self.right, self.upper = rows, right, upper
        self.basis: Whole = np.arange(first, first + len(rows))
        self.turned = np.zeros(len(cost), dtype=bool)
        self.reduced: Floats = cost - cost[self.basis] @ rows

    def solve(self) -> Floats:
        """Values of all variables at the least cost."""
        stalled = 0
        for _ in range(_MOST_STEPS):
            wanted = self.reduced < -_ZERO * 100
            if not wanted.any():
                break
            entering = int(wanted.argmax()) if stalled > _DEGENERATE else int(self.reduced.argmin())
            stalled = stalled + 1 if self._enter(entering) <= _ZERO else 0
        values = np.zeros(len(self.turned))
        values[self.basis] = self.right
        return np.where(self.turned, self.upper - values, values)

    def _enter(self, entering: int) -> float:
        """Let a variable grow as far as it may; returns how far."""
        column = self.rows[:, entering]
        room = np.full(len(column), np.inf)
        falls, rises = column > _ZERO, column < -_ZERO
        room[falls] = self.right[falls] / column[falls]
        limit = self.upper[self.basis]
        capped = rises & np.isfinite(limit)
        room[capped] = (limit[capped] - self.right[capped]) / -column[capped]
        far = float(room.min(initial=np.inf))
        if self.upper[entering] <= far:
            far = float(self.upper[entering])
            self.right = np.maximum(self.right - column * far, 0)
            self.rows[:, entering] *= -1
            self.reduced[entering] *= -1
            self.turned[entering] ^= True
            return far
        tied = np.flatnonzero(room <= far + _ZERO)
        leaving = int(tied[self.basis[tied].argmin()])
        if capped[leaving]:
            self._turn_basic(leaving)
        self._pivot(leaving, entering)
        return max(far, 0.0)

    def _turn_basic(self, row: int) -> None:
        variable = self.basis[row]
        self.rows[row] *= -1
        self.rows[row, variable] = 1
        self.right[row] = self.upper[variable] - self.right[row]
        self.turned[variable] ^= True

    def _pivot(self, row: int, entering: int) -> None:
        pivot = self.rows[row, entering]
        self.rows[row] /= pivot
        self.right[row] /= pivot
        column = self.rows[:, entering].copy()
        column[row] = 0
        touched = np.flatnonzero(column)
        self.rows[touched] -= column[touched, None] * self.rows[row]
        self.right[touched] = np.maximum(self.right[touched] - column[touched] * self.right[row], 0)
        self.reduced -= self.reduced[entering] * self.rows[row]
        self.basis[row] = entering
