"""Moves of a crossing: what may be added to some cells and taken from others while every sum stays as it is.

The smallest move takes two levels of every axis, the total being a level like others, and changes the corners of that
box in turn by plus and minus the same number; a total counts with the opposite sign. A hidden cell that is a corner of
a box all of whose corners are hidden can hold another number. All boxes of a cell are weighed at once as an array of
the shape of the table: the entry at p is the box between the cell and p.
"""

import numpy as np
import numpy.typing as npt

from analytics.small_cells.cells import Floats, Marks

Index = tuple[int, ...]
Whole = npt.NDArray[np.intp]

_AT_ONCE = 4_000_000
_KEPT = 200


def signs(shape: Index) -> Floats:
    """+1 where an even number of axes is at its total, else -1."""
    sign = np.ones(shape)
    for axis, size in enumerate(shape):
        sign *= np.where(np.arange(size) == size - 1, -1.0, 1.0).reshape(
            [-1 if k == axis else 1 for k in range(len(shape))]
        )
    return sign


class Boxes:
    """The boxes of one table that a cell can use, given by how far it has to move."""

    def __init__(self, table: Floats) -> None:
        self.table, self.shape, self.size = table, table.shape, table.size
        self.sign = signs(table.shape)
        self.turns = np.ones(1)
        for _ in table.shape:
            self.turns = np.repeat(self.turns, 2) * np.tile([1.0, -1.0], len(self.turns))
        self.steps = np.cumprod((1, *table.shape[:0:-1]))[::-1]

    def usable(self, cells: Whole, up: Floats, down: Floats) -> Marks:
        """(n, *shape): boxes of the n cells (n, axes) in which it can rise by `up` or fall by `down` (inf: no way).

        The cells that fall hold enough, so that the other table has no negative count.
        """
        count = len(cells)
        out = np.zeros((count, *self.shape), dtype=bool)
        chunk = max(1, _AT_ONCE // self.size)
        for start in range(0, count, chunk):
            part = slice(start, start + chunk)
            out[part] = self._rising(cells[part], up[part], 1.0) | self._rising(cells[part], down[part], -1.0)
        for axis in range(len(self.shape)):
            out[_along(count, cells, axis, len(self.shape))] = False
        return out

    def _rising(self, cells: Whole, amount: Floats, way: float) -> Marks:
        dims = len(self.shape)
        wide = (len(cells), *(1,) * dims)
        own = (self.sign[tuple(cells.T)] * way).reshape(wide)
        enough = self.table >= amount.reshape(wide)
        rises = self.sign * own > 0
        with_it, against = rises | enough, ~rises | enough
        if dims % 2:
            with_it, against = against, with_it
        for axis in range(dims):
            at = _along(len(cells), cells, axis, dims)
            with_it, against = (
                with_it & np.expand_dims(against[at], axis + 1),
                against & np.expand_dims(with_it[at], axis + 1),
            )
        return np.asarray(with_it, dtype=bool)

    def costs(self, price: Floats, cell: Index) -> Floats:
        """Of the shape of the table: what all corners of each box of the cell cost together."""
        total = price
        for axis, level in enumerate(cell):
            total = total + total[(*(slice(None),) * axis, slice(level, level + 1))]
        return total

    def corners(self, cell: Index, partner: int) -> Whole:
        """Flat indices of the corners of the box between a cell and a partner, which is given flat."""
        other = np.unravel_index(partner, self.shape)
        found = np.zeros(1, dtype=np.intp)
        for axis, step in enumerate(self.steps):
            found = (found[:, None] + np.array([cell[axis], int(other[axis])]) * step).ravel()
        return found

    def climb(self, cell: Index, way: float, amount: float, hidden: Marks) -> Floats | None:
        """Another table in which a cell is higher (`way` 1) or lower (-1) by `amount`, reached by several boxes.

        Only hidden cells change. Each step takes the box in which the cell can go farthest; None where that ends early.
        """
        open_boxes = self.costs((~hidden).astype(np.float64), cell) == 0
        for axis, level in enumerate(cell):
            open_boxes[(slice(None),) * axis + (level,)] = False
        if not open_boxes.any():
            return None
        dims, now, left = len(self.shape), self.table.copy(), amount
        rises = self.sign * self.sign[cell] * way > 0
        while left > 0:
            beside, against = np.where(rises, np.inf, now), np.where(rises, now, np.inf)
            if dims % 2:
                beside, against = against, beside
            for axis, level in enumerate(cell):
                at = (slice(None),) * axis + (slice(level, level + 1),)
                beside, against = np.minimum(beside, against[at]), np.minimum(against, beside[at])
            room = np.where(open_boxes, beside, 0)
            partner = int(room.argmax())
            step = min(float(room.flat[partner]), left)
            if step <= 0:
                return None
            corners = self.corners(cell, partner)
            now.flat[corners] += step * way * self.sign[cell] * self.sign.flat[corners] * self.turns
            left -= step
        return now

    def covered(self, cells: Whole, usable: Marks, hidden: Marks, axes: tuple[int, ...]) -> tuple[Whole, Whole]:
        """Boxes whose corners are all hidden: number of the cell (K,), and flat corners (K, 2 ** len(axes)).

        Corners are listed for `axes` only: on an axis of cells that go together one level stands for all.
        """
        dims = len(self.shape)
        free = np.broadcast_to(hidden, (len(cells), *self.shape))
        for axis in range(dims):
            free = free & np.expand_dims(free[_along(len(cells), cells, axis, dims)], axis + 1)
        flat = (free & usable).reshape(len(cells), self.size)
        number, partner = np.nonzero(flat)
        if len(number) > _KEPT * len(cells):
            rank = np.arange(len(number)) - np.searchsorted(number, number)
            number, partner = number[rank < _KEPT], partner[rank < _KEPT]
        levels = np.unravel_index(partner, self.shape)
        own = cells[number]
        found = np.zeros((len(number), 1), dtype=np.intp)
        for axis, step in enumerate(self.steps):
            here = [found + own[:, axis, None] * step]
            if axis in axes:
                here.append(found + levels[axis][:, None] * step)
            found = np.concatenate(here, axis=1)
        return number, found


def _along(count: int, cells: Whole, axis: int, dims: int) -> tuple[Whole | slice, ...]:
    """Index that takes, of each of the tables, the slice at its own cell's level of an axis."""
    at: list[Whole | slice] = [np.arange(count), *(slice(None),) * dims]
    at[axis + 1] = cells[:, axis]
    return tuple(at)
