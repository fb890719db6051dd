"""Tables of two or more crossed dimensions, shown with all their margins.

A hidden cell is safe when the shown numbers also fit another table in which it is zero or publishable. Such a table is
reached by a move that adds to some hidden cells and takes from others and leaves every sum as it is: in two
dimensions a
closed walk over rows and columns that adds and takes in turn. For each small cell the walk that hides the fewest and
smallest further cells is found (cheapest path; Kelly, Golden and Assad 1992 for the idea). In more dimensions a walk
in one plane is done in pairs of
planes with opposite signs. No solver is needed, and what is found is a proof: the other table exists.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analytics.small_cells.cells import THRESHOLD, Floats, Marks, Mask, checked_threshold, coded, is_small

Index = tuple[int, ...]

_MARGIN_COST = 3.0
_ZERO_COST = 20.0
_GRAND_COST = 1000.0
_HIDDEN_COST = 1e-6
_NOTHING = 0.5
_TRIED = 6


def with_totals(counts: npt.ArrayLike) -> Floats:
    """The table with its sums: (a, b, ...) becomes (a+1, b+1, ...), where the last index of an axis is its total."""
    table = np.asarray(counts, dtype=np.float64)
    for axis in range(table.ndim):
        table = np.concatenate((table, table.sum(axis=axis, keepdims=True)), axis=axis)
    return table


def suppress_crossing(
    counts: npt.ArrayLike,
    *,
    threshold: int = THRESHOLD,
    known: npt.ArrayLike | None = None,
    together: int | None = None,
    sums: bool = True,
) -> Mask:
    """Codes of a crossing and all its margins: shape (a+1, b+1, ...), totals at the last index of each axis.

    `counts`: inner cells, whole numbers >= 0, two dimensions or more: groups × groups, groups × periods or units, and
    with
    a third axis (events, no events) the same for a proportion.
    `known`: marks, of the shape with totals, of cells that are shown anyway (totals on other pages): never hidden, and
    what they tell is reckoned with.
    `together`: an axis whose cells are shown or hidden as one, such as the events and no events of a group.
    `sums`: also hide so much of every line that its hidden parts together are publishable or zero, since "Asian or
    other: 7" is a small cell too. Without it only single cells are safe, as in the reference, and fewer are lost.
    Small are counts of 1 .. threshold-1, margins too. Raises ValueError for other shapes or counts.
    Vectors: GaussSuppression 0.8.8 (Statistics Norway) for the number of cells lost.
    """
    least = checked_threshold(threshold)
    inner = np.asarray(counts, dtype=np.float64)
    if inner.ndim < 2:
        raise ValueError("a crossing has two dimensions or more; the groups of one dimension are a Table")
    if not np.isfinite(inner).all() or (inner < 0).any() or (inner != np.floor(inner)).any():
        raise ValueError("counts are whole numbers, not negative and all known")
    if together is not None and not (inner.ndim > 2 and 0 <= together < inner.ndim):
        raise ValueError("cells can go together along an axis of a table of three dimensions or more")
    table = with_totals(inner)
    fixed = np.zeros(table.shape, dtype=bool) if known is None else np.asarray(known, dtype=bool)
    if fixed.shape != table.shape:
        raise ValueError(f"known must mark the table with its totals, of shape {table.shape}")
    small = is_small(table, least) & ~fixed
    if not small.any():
        return coded(small, small)
    return coded(small, _Crossing(table, small, fixed, together, least, sums=sums).hide())


@dataclass(slots=True)
class _Walk:
    """A closed walk: what it costs, and the cells that it adds to or takes from."""

    cost: float
    cells: Marks


class _Crossing:
    """One table while its cells are being hidden."""

    def __init__(
        self, table: Floats, small: Marks, known: Marks, together: int | None, threshold: int, *, sums: bool
    ) -> None:
        self.table, self.small, self.known, self.together, self.threshold = table, small, known, together, threshold
        self.sums = sums
        totals = sum(
            (np.arange(size) == size - 1).reshape([-1 if axis == k else 1 for k in range(table.ndim)]).astype(np.int64)
            for axis, size in enumerate(table.shape)
        )
        self.sign: Floats = np.where(np.asarray(totals) % 2, -1.0, 1.0)
        price = (1 + table / (table.flat[-1] + 1)) * np.where(np.asarray(totals) > 0, _MARGIN_COST, 1.0)
        price = np.where(table == 0, price + _ZERO_COST, price)
        price.flat[-1] = _GRAND_COST
        self.price: Floats = np.where(known, np.inf, price)
        self.hidden = small
        self.walks: dict[Index, Marks] = {}

    def hide(self) -> Marks:
        """The cells to hide."""
        if self.small.flat[-1]:
            return ~self.known
        small = [tuple(cell) for cell in np.argwhere(self.small).tolist()]
        plans = []
        for order in (1.0, -1.0):
            self.hidden, self.walks = self._joined(self.small), {}
            ordered = sorted(small, key=lambda cell: order * float(self.table[cell]))
            if all(self._protect(cell) for cell in ordered) and self._close_lines():
                self._thin_out()
                plans.append(self.hidden)
        if not plans:
            return self._all_but_grand()
        return min(plans, key=lambda hidden: (int(hidden.sum()), float(self.table[hidden].sum())))

    def _close_lines(self) -> bool:
        """Hide more where hidden parts of a line come to a small number; False where that cannot be done."""
        while (line := self._leaking_line()) is not None:
            walks = [(cell, self._cheapest_walk(cell)) for cell in self._free_in(line)]
            best = min(
                ((cell, walk) for cell, walk in walks if walk is not None), key=lambda p: p[1].cost, default=None
            )
            if best is None:
                return False
            self._take(*best)
        return True

    def _thin_out(self) -> None:
        """Show again what later walks have made unnecessary, the most valuable first."""
        spared = True
        while spared:
            spared = False
            extra = np.argwhere(self.hidden & ~self._joined(self.small)).tolist()
            for cell in sorted((tuple(at) for at in extra), key=lambda at: -float(self.price[at])):
                spared |= bool(self.hidden[cell]) and self._spare(cell)

    def _spare(self, cell: Index) -> bool:
        """Show a cell again, if all that it protects finds other protection among what is hidden."""
        before, walks = self.hidden, dict(self.walks)
        self.hidden = before & ~self._joined(np.zeros_like(before), cell)
        bare = np.where(self.hidden, _HIDDEN_COST, np.inf)
        self.walks.pop(cell, None)
        touched = [at for at, used in self.walks.items() if (used & ~self.hidden).any()]
        if all(self._protect(at, bare) for at in touched) and self._leaking_line() is None and self._all_move(bare):
            return True
        self.hidden, self.walks = before, walks
        return False

    def _all_move(self, cost: Floats) -> bool:
        """Whether every hidden cell is part of a walk, so that none can be computed."""
        covered = np.zeros_like(self.hidden)
        for used in self.walks.values():
            covered |= used
        still = np.argwhere(self.hidden & ~covered).tolist()
        return all(self._protect(tuple(at), cost) for at in still)

    def _escapes(self, cell: Index) -> tuple[tuple[float, float], ...]:
        """Moves that a cell needs: a small one out of the small counts, another any: (up or down, by how much)."""
        if not self.small[cell]:
            return ((1.0, 1.0), (-1.0, 1.0))
        value = float(self.table[cell])
        return ((1.0, self.threshold - value), (-1.0, value))

    def _all_but_grand(self) -> Marks:
        """Everything but the grand total and what is known anyway."""
        hidden = ~self.known
        hidden.flat[-1] = False
        return hidden

    def _joined(self, marks: Marks, cell: Index | None = None) -> Marks:
        """The marks, with the cell, spread over the cells that go together."""
        out = marks.copy()
        if cell is not None:
            out[cell] = True
        if self.together is not None:
            out |= out.any(axis=self.together, keepdims=True) & ~self.known
        return out

    def _protect(self, cell: Index, cost: Floats | None = None) -> bool:
        """Hide what the cheapest walk through the cell needs; False where there is none."""
        walk = self._cheapest_walk(cell, cost)
        if walk is not None:
            self._take(cell, walk)
        return walk is not None

    def _take(self, cell: Index, walk: _Walk) -> None:
        self.hidden = self._joined(self.hidden | walk.cells)
        self.walks[cell] = walk.cells

    def _cheapest_walk(self, cell: Index, cost: Floats | None = None) -> _Walk | None:
        if cost is None:
            cost = np.where(self.hidden, _HIDDEN_COST, self.price)
        best: _Walk | None = None
        for plane, partners in self._planes(cell):
            for way, amount in self._escapes(cell):
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
    ) -> _Walk | None:
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
        return _Walk(float(sum(price[at] for at in steps) + price[row, column]), cells)

    def _leaking_line(self) -> Index | None:
        """A line (-1 marks its axis) whose hidden parts come to a small number that its shown total gives away."""
        for axis in range(self.table.ndim if self.sums else 0):
            parts = np.moveaxis(self.table, axis, -1)[..., :-1]
            marks = np.moveaxis(self.hidden, axis, -1)
            sums = (parts * marks[..., :-1]).sum(axis=-1)
            some_shown = sums < np.moveaxis(self.table, axis, -1)[..., -1]
            leaks = np.argwhere(is_small(sums, self.threshold) & some_shown & ~marks[..., -1])
            if len(leaks):
                at = leaks[0].tolist()
                return (*at[:axis], -1, *at[axis:])
        return None

    def _free_in(self, line: Index) -> list[Index]:
        """The cheapest few cells of a line that are neither hidden nor known nor empty."""
        axis = line.index(-1)
        at = tuple(slice(None) if level == -1 else level for level in line)
        free = np.flatnonzero(~self.hidden[at] & (self.table[at] > 0) & np.isfinite(self.price[at]))
        free = free[np.argsort(self.price[at][free], kind="stable")[:_TRIED]]
        return [(*line[:axis], int(level), *line[axis + 1 :]) for level in free]


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
