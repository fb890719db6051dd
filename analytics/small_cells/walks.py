"""Walks: longer moves of a crossing, for cells that no box can move.

In two dimensions a move is a closed walk over rows and columns that adds and takes in turn; the one that hides the
fewest and smallest further cells is a cheapest path (Kelly, Golden and Assad 1992 for the idea). In more dimensions a
walk in one plane is done in pairs of planes with opposite signs.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from analytics.small_cells.cells import Floats, Marks
from analytics.small_cells.moves import Index, signs

_NOTHING = 0.5


@dataclass(slots=True)
class Walk:
    """A closed walk: what it costs, and the cells that it adds to or takes from."""

    cost: float
    cells: Marks


class Walks:
    """The walks of one table; `together`: an axis that is not walked along."""

    def __init__(self, table: Floats, together: int | None) -> None:
        self.table, self.together, self.sign = table, together, signs(table.shape)

    def cheapest(self, cell: Index, escapes: tuple[tuple[float, float], ...], cost: Floats) -> Walk | None:
        """The cheapest walk that moves the cell (up or down, by how much); None where there is none."""
        best: Walk | None = None
        for plane, partners in self._planes(cell):
            for way, amount in escapes:
                walk = self._walk(cell, plane, partners, way * float(self.sign[cell]), amount, cost)
                if walk is not None and (best is None or walk.cost < best.cost):
                    best = walk
            if best is not None and best.cost < _NOTHING:
                break
        return best

    def _planes(self, cell: Index) -> Iterator[tuple[tuple[int, int], Index]]:
        """Pairs of axes to walk in, each with the opposite levels on the other axes (-1 stands for the walked axes)."""
        for plane in itertools.combinations(range(self.table.ndim), 2):
            if self.together in plane:
                continue
            choices = [
                (-1,) if axis in plane else tuple(level for level in range(size) if level != cell[axis])
                for axis, size in enumerate(self.table.shape)
            ]
            for partners in itertools.product(*choices):
                yield plane, partners

    def _walk(
        self, cell: Index, plane: tuple[int, int], partners: Index, way: float, amount: float, cost: Floats
    ) -> Walk | None:
        """The cheapest closed walk in a plane that moves the cell by `amount`; `way` is its sign in the plane."""
        slices = list(_paired(cell, plane, partners))
        rows, columns = self.table.shape[plane[0]], self.table.shape[plane[1]]
        price = np.zeros((rows, columns))
        plus, minus = np.ones((2, rows, columns), dtype=bool)
        for index, parity in slices:
            price += cost[index]
            enough = self.table[index] >= amount
            falls = self.sign[index] * parity < 0
            plus &= ~falls | enough
            minus &= falls | enough
        row, column = cell[plane[0]], cell[plane[1]]
        same, opposite = (plus, minus) if way > 0 else (minus, plus)
        if not (same[row, column] and np.isfinite(price[row, column])):
            return None
        out, back = np.where(same, price, np.inf), np.where(opposite, price, np.inf)
        out[row, column] = back[row, column] = np.inf
        steps = _cheapest_path(out, back, row, column)
        if steps is None:
            return None
        cells = np.zeros(self.table.shape, dtype=bool)
        for index, _ in slices:
            view = cells[index]
            for at in (*steps, (row, column)):
                view[at] = True
        return Walk(float(sum(price[at] for at in steps) + price[row, column]), cells)


def _paired(cell: Index, plane: tuple[int, int], partners: Index) -> Iterator[tuple[tuple[int | slice, ...], float]]:
    """The planes that are walked together, each with its parity."""
    choices: list[tuple[tuple[int | slice, float], ...]] = [
        ((slice(None), 1.0),) if axis in plane else ((cell[axis], 1.0), (partners[axis], -1.0))
        for axis in range(len(cell))
    ]
    for chosen in itertools.product(*choices):
        yield tuple(level for level, _ in chosen), float(np.prod([parity for _, parity in chosen]))


def _cheapest_path(out: Floats, back: Floats, row: int, column: int) -> list[Index] | None:
    """Cells of the cheapest way from a column to a row: column to row costs `back`, row to column `out`."""
    to_row = np.full(out.shape[0], np.inf)
    to_column = np.full(out.shape[1], np.inf)
    to_column[column] = 0
    from_column, from_row = np.full(out.shape[0], -1), np.full(out.shape[1], -1)
    while True:
        reach = to_column + back
        best = reach.argmin(axis=1)
        cost = reach[np.arange(len(best)), best]
        better = cost < to_row
        to_row, from_column = np.where(better, cost, to_row), np.where(better, best, from_column)
        reach = to_row[:, None] + out
        best = reach.argmin(axis=0)
        cost = reach[best, np.arange(len(best))]
        better = cost < to_column
        if not better.any():
            break
        to_column, from_row = np.where(better, cost, to_column), np.where(better, best, from_row)
    if not np.isfinite(to_row[row]):
        return None
    steps: list[Index] = []
    at = row
    while True:
        by = int(from_column[at])
        steps.append((at, by))
        if by == column:
            return steps
        at = int(from_row[by])
        steps.append((at, by))
