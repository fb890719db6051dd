"""Tables of two or more crossed dimensions, shown with all their margins.

A hidden cell is safe when the shown numbers also fit another table in which it is zero or publishable. Such a table is
reached by a move that adds to some hidden cells and takes from others and leaves every sum as it is (`moves`, `walks`).
For each small cell the move that hides the fewest and smallest further cells is taken; then what later moves have made
unnecessary is shown again. No solver is needed, and what is found is a proof: the other table exists.
"""

import numpy as np
import numpy.typing as npt

from analytics.inputs import flags, floats, whole_setting
from analytics.outcomes import CountError, SettingError, ShapeError
from analytics.small_cells.cells import THRESHOLD, Floats, Marks, Mask, checked_threshold, coded, is_small
from analytics.small_cells.moves import Boxes, Index, Whole
from analytics.small_cells.walks import Walks

_MARGIN_COST = 3.0
_ZERO_COST = 5.0
_GRAND_COST = 1000.0
_HIDDEN_COST = 1e-6
_NOTHING = 0.5
_TRIED = 6
_CELLS_KEPT = 6_000
_CLIMBS = 16
_NO_CELLS: Whole = np.zeros(0, dtype=np.intp)


def with_totals(counts: npt.ArrayLike) -> Floats:
    """The table with its sums: (a, b, ...) becomes (a+1, b+1, ...), where the last index of an axis is its total.

    Changes of counts may be negative. Raises CountError for infinite ones.
    """
    table = floats(counts)
    if np.isinf(table).any():
        raise CountError("counts must be finite")
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
    with a third axis (events, no events) the same for a proportion.
    `known`: marks, of the shape with totals, of cells that are shown anyway (totals on other pages): never hidden, and
    what they tell is reckoned with. What they give away by themselves is not told here, but by `protect`.
    `together`: an axis whose cells are shown or hidden as one, such as the events and no events of a group.
    `sums`: also hide so much of every line that its hidden parts together are publishable or zero, since "Asian or
    other: 7" is a small cell too. Without it only single cells are safe, as in the reference, and fewer are lost.
    Small are counts of 1 .. threshold-1, margins too. Raises CountError, ShapeError, SettingError.
    Vectors: GaussSuppression 0.8.8 (Statistics Norway) for the number of cells lost.
    """
    least = checked_threshold(threshold)
    inner = floats(counts)
    if inner.ndim < 2:
        raise ShapeError("a crossing has two dimensions or more; the groups of one dimension are a Table")
    if not np.isfinite(inner).all() or (inner < 0).any() or (inner != np.floor(inner)).any():
        raise CountError("counts are whole numbers, not negative and all known")
    if together is not None and not (inner.ndim > 2 and whole_setting(together, "an axis") < inner.ndim):
        raise SettingError("cells can go together along an axis of a table of three dimensions or more")
    table = with_totals(inner)
    fixed = np.zeros(table.shape, dtype=bool) if known is None else flags(known)
    if fixed.shape != table.shape:
        raise ShapeError(f"known must mark the table with its totals, of shape {table.shape}")
    small = is_small(table, least) & ~fixed
    if not small.any():
        return coded(small, small)
    return coded(small, _Crossing(table, small, fixed, together, least, sums=sums).hide())


class _Crossing:
    """One table while its cells are being hidden."""

    def __init__(
        self, table: Floats, small: Marks, known: Marks, together: int | None, threshold: int, *, sums: bool
    ) -> None:
        self.table, self.small, self.known, self.together, self.threshold = table, small, known, together, threshold
        self.sums = sums
        self.boxes = Boxes(table)
        margin = np.zeros(table.shape, dtype=bool)
        for axis in range(table.ndim):
            np.moveaxis(margin, axis, -1)[..., -1] = True
        price = (1 + table / (table.flat[-1] + 1)) * np.where(margin, _MARGIN_COST, 1.0)
        price = np.where(table == 0, price + _ZERO_COST, price)
        price.flat[-1] = _GRAND_COST
        self.price: Floats = np.where(known, np.inf, price)
        self.all_cells: Whole = np.argwhere(np.ones(table.shape, dtype=bool))
        self.up = np.where(small, threshold - table, 1.0).ravel()
        self.down = np.where(small, table, np.where(table > 0, 1.0, np.inf)).ravel()
        self.kept = self._usable(np.arange(table.size)) if table.size <= _CELLS_KEPT else None
        self.start = self._joined(small)
        self.hidden = self.start
        self.locked = np.zeros_like(small)
        self.others: Floats = np.zeros((0, table.size))
        self.climbs = 0
        self.cost = self.price

    def hide(self) -> Marks:
        """The cells to hide."""
        if self.small.flat[-1]:
            return ~self.known
        small = np.flatnonzero(self.small)
        by_size = small[np.argsort(self.table.flat[small], kind="stable")]
        plans = []
        for ordered in (by_size, by_size[::-1]):
            self.locked = np.zeros_like(self.small)
            self.others, self.climbs = np.zeros((0, self.table.size)), _CLIMBS
            self._set(self.start)
            if self._cover(ordered):
                self._thin_out()
                plans.append(self.hidden)
        if not plans:
            return self._all_but_grand()
        return min(plans, key=lambda hidden: (int(hidden.sum()), float(self.table[hidden].sum())))

    def _set(self, hidden: Marks) -> None:
        self.hidden = hidden
        self.cost = np.where(hidden, _HIDDEN_COST, self.price)

    def _usable(self, flat: Whole) -> Marks:
        return self.boxes.usable(self.all_cells[flat], self.up[flat], self.down[flat])

    def _allowed(self, flat: Whole) -> Marks:
        return self._usable(flat) if self.kept is None else self.kept[flat]

    def _cover(self, ordered: Whole) -> bool:
        """Hide what the small cells need, what the lines need, and what the cells hidden by that need in turn."""
        waiting = ordered
        while True:
            if not all(self._protect(int(flat)) for flat in waiting) or not self._close_lines():
                return False
            waiting = self._fixed()
            if not len(waiting):
                return True

    def _fixed(self) -> Whole:
        """Hidden cells that nothing hidden moves yet."""
        flat = np.flatnonzero(self.hidden & ~self.locked)
        flat = flat[~self._served(flat).any(axis=0)]
        number, _ = self.boxes.covered(self.all_cells[flat], self._allowed(flat), self.hidden, ())
        return np.asarray(flat[np.bincount(number, minlength=len(flat)) == 0])

    def _cheapest(self, flat: int) -> tuple[float, Whole, bool]:
        """Cost of the cheapest move of a cell (inf: none), its cells, and whether it is a walk."""
        cell: Index = tuple(self.all_cells[flat].tolist())
        costs = np.where(self._allowed(np.array([flat]))[0], self.boxes.costs(self.cost, cell), np.inf)
        partner = int(costs.argmin())
        cost = float(costs.flat[partner])
        if cost < _NOTHING:
            return cost, _NO_CELLS, False
        if np.isfinite(cost):
            return cost, self.boxes.corners(cell, partner), False
        escapes = ((1.0, float(self.up[flat])), (-1.0, float(self.down[flat])))
        walk = Walks(self.table, self.together).cheapest(cell, escapes, self.cost)
        return (np.inf, _NO_CELLS, True) if walk is None else (walk.cost, np.flatnonzero(walk.cells), True)

    def _protect(self, flat: int) -> bool:
        """Hide what the cheapest move of a cell needs; False where there is none."""
        move = self._cheapest(flat)
        return (move[0] >= _NOTHING and self._climbed(flat)) or self._take(*move)

    def _climbed(self, flat: int) -> bool:
        """Whether another table protects a cell with no more hidden: one that is known, or one that is found now."""
        if self._served(np.array([flat])).any():
            return True
        if not self.climbs:
            return False
        self.climbs -= 1
        cell: Index = tuple(self.all_cells[flat].tolist())
        for way, amount in ((-1.0, float(self.down[flat])), (1.0, float(self.up[flat]))):
            other = self.boxes.climb(cell, way, amount, self.hidden) if np.isfinite(amount) else None
            if other is not None:
                self.others = np.vstack((self.others, other.ravel()))
                return True
        return False

    def _served(self, flat: Whole) -> Marks:
        """(others, n): which other tables take which cells as far as they have to move."""
        change = self.others[:, flat] - self.table.flat[flat]
        return np.asarray((change >= self.up[flat]) | (change <= -self.down[flat]), dtype=bool)

    def _take(self, cost: float, cells: Whole, walked: bool) -> bool:
        if not np.isfinite(cost):
            return False
        if walked:
            self.locked.flat[cells] = True
        if cost >= _NOTHING:
            hidden = self.hidden.copy()
            hidden.flat[cells] = True
            self._set(self._joined(hidden))
        return True

    def _close_lines(self) -> bool:
        """Hide more where hidden parts of a line come to a small number; False where that cannot be done."""
        while (line := self._leaking_line(self.hidden)) is not None:
            moves = [self._cheapest(flat) for flat in self._free_in(line)]
            if not moves or not self._take(*min(moves, key=lambda move: move[0])):
                return False
        return True

    def _thin_out(self) -> None:
        """Show again what later moves have made unnecessary, the most valuable first."""
        axes = tuple(axis for axis in range(self.table.ndim) if axis != self.together)
        flat = np.flatnonzero(self.hidden)
        group = self._groups()
        number, corners = self.boxes.covered(self.all_cells[flat], self._allowed(flat), self.hidden, axes)
        corners = group[corners]
        wanted = self.hidden & ~self._joined(self.start | self.locked)
        order = np.flatnonzero(wanted)
        order = order[np.argsort(-self.price.flat[order], kind="stable")]
        waiting = list(dict.fromkeys(group[order].tolist()))
        while waiting:
            serves = self._served(flat).astype(np.float64)
            changes = np.zeros((len(self.others), self.table.size))
            row, cell = np.nonzero(self.others != self.table.ravel())
            changes[row, group[cell]] = 1
            needed = np.bincount(number, minlength=len(flat)) + serves.sum(axis=0)
            pairs = (number[:, None] * self.table.size + corners).ravel()
            through = np.bincount(pairs, minlength=len(flat) * self.table.size).reshape(len(flat), -1)
            lost = (through + serves.T @ changes == needed[:, None]) & (needed > 0)[:, None]
            lost[np.arange(len(flat)), group[flat]] = False
            waiting = [at for at in waiting if not lost[:, at].any()]
            spared = next((at for at in waiting if self._leaking_line(self._without(group, at)) is None), None)
            if spared is None:
                return
            self._set(self._without(group, spared))
            waiting.remove(spared)
            gone = (corners == spared).any(axis=1) | (group[flat] == spared)[number]
            number, corners = number[~gone], corners[~gone]
            self.others = self.others[changes[:, spared] == 0]

    def _without(self, group: Whole, spared: int) -> Marks:
        """What is hidden, but for the cells of a group."""
        return np.asarray(self.hidden & (group != spared).reshape(self.table.shape), dtype=bool)

    def _groups(self) -> Whole:
        """(cells,) the first of the cells that go together with each cell, flat; known cells stand alone."""
        flat = np.arange(self.table.size)
        if self.together is None:
            return flat
        levels = self.all_cells[:, self.together]
        return np.where(self.known.ravel(), flat, flat - levels * self.boxes.steps[self.together])

    def _all_but_grand(self) -> Marks:
        """Everything but the grand total and what is known anyway."""
        hidden = ~self.known
        hidden.flat[-1] = False
        return hidden

    def _joined(self, marks: Marks) -> Marks:
        """The marks spread over the cells that go together."""
        if self.together is None:
            return marks.copy()
        return np.asarray(marks | (marks.any(axis=self.together, keepdims=True) & ~self.known), dtype=bool)

    def _leaking_line(self, hidden: Marks) -> Index | None:
        """A line (-1 marks its axis) whose hidden parts come to a small number that its shown total gives away."""
        for axis in range(self.table.ndim if self.sums else 0):
            parts = np.moveaxis(self.table, axis, -1)
            marks = np.moveaxis(hidden, axis, -1)
            sums = (parts[..., :-1] * marks[..., :-1]).sum(axis=-1)
            leaks = is_small(sums, self.threshold) & (sums < parts[..., -1]) & ~marks[..., -1]
            if leaks.any():
                at = np.argwhere(leaks)[0].tolist()
                return (*at[:axis], -1, *at[axis:])
        return None

    def _free_in(self, line: Index) -> list[int]:
        """The cheapest few cells of a line that are neither hidden nor known nor empty, flat."""
        axis = line.index(-1)
        at = tuple(slice(None) if level == -1 else level for level in line)
        free = np.flatnonzero(~self.hidden[at] & (self.table[at] > 0) & np.isfinite(self.price[at]))
        free = free[np.argsort(self.price[at][free], kind="stable")[:_TRIED]]
        return [int(np.ravel_multi_index((*line[:axis], int(k), *line[axis + 1 :]), self.table.shape)) for k in free]
