"""Several tables over the same people, protected together: nothing small can be derived from all of them at once.

A reader subtracts yesterday's window from today's, one dimension's groups from another's, a page's rows from a total on
a tile. So all that one reader may see – over time, dimensions, pages and all his roles – is one publication. For each
small figure the cheapest other table is sought that fits all that stays shown and in which the figure is zero or
publishable (`simplex`); the figures that would have to change are hidden. Such tables are kept: one often serves many
figures. Method: Fischetti and Salazar-González 2001 (protection by other tables), greedy as in Kelly, Golden and Assad
1992.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analytics.inputs import floats
from analytics.outcomes import ShapeError
from analytics.small_cells.cells import THRESHOLD, Floats, Marks, Mask, checked_threshold, coded
from analytics.small_cells.crossings import suppress_crossing
from analytics.small_cells.moves import Whole
from analytics.small_cells.simplex import cheapest_change, corner
from analytics.small_cells.views import Cells, View

_SAME = 1e-6
_ZERO_COST = 5.0
_HIDE_ANY = 1e-3
_CORNERS = 4
_GOLDEN = (5**0.5 - 1) / 2


@dataclass(frozen=True, slots=True)
class Protection:
    """What may be shown of a publication.

    `masks`: one for each view, of its shape. `derivable`: (view, figure) of small figures that cannot be protected,
    because what is out already (`known`) gives them away; (-1, cell, ...) for people whom no view shows by themselves,
    such as the hidden parts of a line together, with the finest cells that they are in. Empty where nothing can be
    derived.
    """

    masks: tuple[Mask, ...]
    derivable: tuple[tuple[int, ...], ...]

    @property
    def safe(self) -> bool:
        """Whether nothing small can be derived."""
        return not self.derivable


def protect(
    cells: Cells, views: Sequence[View], *, threshold: int = THRESHOLD, zeros: bool = True, finest: bool = True
) -> Protection:
    """Masks of the views under which all that stays shown, taken together, tells no count of 1 .. threshold-1.

    `views`: everything one reader can see, the union over his roles. The same figure in two views is shown in both or
    in none. `zeros`: zero may show; without it a zero is small too ("0 of 12" tells something about all 12).
    `finest`: the finest cells are protected even where no view shows them, such as the one day by which two windows
    differ. Differences of two shown figures, one of which contains the other, and what the hidden parts of a line come
    to are protected too. Raises ShapeError for views of other cells, SettingError for a threshold below 2.
    """
    least = checked_threshold(threshold)
    if any(view.rows.shape[1] != cells.counts.size for view in views):
        raise ShapeError("a view counts other cells than these")
    if not views:
        return Protection((), ())
    plan = _Plan(cells.counts.ravel(), views, least, zeros=zeros, finest=finest)
    plan.hide()
    plan.thin_out()
    masks = []
    for view, own in zip(views, plan.figures_of, strict=True):
        hidden = plan.hidden[own].reshape(view.shape)
        masks.append(coded(hidden & plan.small[own].reshape(view.shape), hidden))
    return Protection(tuple(masks), tuple(plan.derivable()))


def suppress_table(
    counts: npt.ArrayLike,
    *,
    threshold: int = THRESHOLD,
    zeros: bool = True,
    margins: bool = True,
    sums: bool = False,
) -> Mask:
    """Codes of one table of one dimension or more, as an agency publishes it.

    `counts`: inner cells. `margins`: shown with all totals, the codes have the shape with totals; without, of the inner
    cells, and only small ones are hidden. `zeros`: zero may show. `sums`: what the hidden parts of a line come to is
    protected as well (always with one dimension, or where zeros are hidden). The figures of `suppress_crossing` where
    that can do it, else of `protect`. Raises CountError, ShapeError, SettingError.
    """
    inner = floats(counts)
    if inner.ndim < 1 or not inner.size:
        raise ShapeError("a table has a dimension or more, and cells")
    if margins and zeros and inner.ndim > 1:
        return suppress_crossing(inner, threshold=threshold, sums=sums)
    axes = [str(axis) for axis in range(inner.ndim)]
    cells = Cells.of(inner, axes)
    if not margins:
        least = checked_threshold(threshold)
        small = (inner < least) & ((inner > 0) | (not zeros))
        return coded(small, small)
    return protect(cells, [cells.view("table", axes)], threshold=threshold, zeros=zeros).masks[0]


class _Plan:
    """The different figures of all views while they are being hidden."""

    def __init__(self, counts: Floats, views: Sequence[View], threshold: int, *, zeros: bool, finest: bool) -> None:
        self.counts, self.threshold, self.zeros = counts, threshold, zeros
        every = np.vstack([view.rows for view in views])
        self.rows, first, number = np.unique(every, axis=0, return_index=True, return_inverse=True)
        number = number.ravel()
        ends = np.cumsum([len(view.rows) for view in views])
        self.figures_of: list[Whole] = np.split(number, ends[:-1])
        self.where = [_place(int(at), ends) for at in first]
        self.values: Floats = self.rows @ counts
        self.known: Marks = np.zeros(len(self.rows), dtype=bool)
        for view, own in zip(views, self.figures_of, strict=True):
            self.known[own[view.known]] = True
        self.small: Marks = self._is_small(self.values)
        self.group = _joined_groups(views, self.figures_of, len(self.rows))
        self.lines = [own[list(line)] for view, own in zip(views, self.figures_of, strict=True) for line in view.lines]
        self.price: Floats = (1 + self.values / (1 + self.values.max(initial=0))) * np.sqrt(self.rows.sum(axis=1))
        self.price = np.where(self.values == 0, self.price + _ZERO_COST, self.price)
        self.aims: Floats = np.vstack((self.rows[self.small], self._hidden_aims(finest=finest)))
        self.others: Floats = np.zeros((0, len(counts)))
        self.lost: set[int] = set()
        self.rigid: set[int] = set()
        self.hidden: Marks = self._spread(self.small & ~self.known)
        self.start = self.hidden

    def _is_small(self, values: Floats) -> Marks:
        return np.asarray((values < self.threshold) & ((values > 0) | (not self.zeros)), dtype=bool)

    def _spread(self, marks: Marks) -> Marks:
        """The marks spread over the figures that go together."""
        taken = np.zeros(len(self.rows), dtype=bool)
        taken[self.group[marks]] = True
        return taken[self.group] & ~self.known

    def _hidden_aims(self, *, finest: bool) -> Floats:
        """What no view shows but must not be derivable: small differences of two figures, and small finest cells."""
        size = self.rows.sum(axis=1)
        part, whole = np.nonzero(
            (self.rows @ self.rows.T == size[:, None])
            & (size[:, None] < size[None, :])
            & self._is_small(self.values[None, :] - self.values[:, None])
        )
        found = self.rows[whole] - self.rows[part]
        if finest:
            # A cell that no figure counts is not published at all.
            cells = self._is_small(self.counts) & self.rows.any(axis=0)
            found = np.vstack((found, np.eye(len(self.counts))[cells]))
        figures = {row.tobytes() for row in self.rows}
        fresh = {row.tobytes(): row for row in found if row.tobytes() not in figures}
        return np.array(list(fresh.values()), dtype=np.float64).reshape(-1, len(self.counts))

    def hide(self) -> None:
        """Hide until no difference, line or table gives a small count away."""
        while True:
            before = self.hidden
            self._close_lines()
            self._look_around()
            prices = np.where(self.known, np.inf, self.price)
            for number in self._bare(self.others):
                if number not in self.lost and self._bare(self.others, number) and not self._free(number, prices):
                    self.lost.add(number)
            for figure in self._stiff():
                if figure not in self.rigid and not self._loosen(figure, prices):
                    self.rigid.add(figure)
            if np.array_equal(before, self.hidden):
                return

    def _look_around(self) -> None:
        """A few other tables that fit what is shown now: they take most cells to zero, and need no search each."""
        for turn in range(1, _CORNERS + 1):
            if not self._bare(self.others):
                return
            weights = np.asarray(0.5 + np.arange(1, len(self.counts) + 1) * turn * _GOLDEN % 1, dtype=np.float64)
            change = corner(self.counts, self.rows[~self.hidden], weights)
            if change is not None:
                self.others = np.vstack((self.others, self.counts + change))

    def thin_out(self) -> None:
        """Show again what later figures have made unnecessary, the dearest first."""
        extra = np.flatnonzero(self.hidden & ~self.start)
        extra = extra[np.argsort(-self.price[extra], kind="stable")]
        for number in dict.fromkeys(self.group[extra].tolist()):
            before, kept = self.hidden, self.others
            again = self.group == number
            self.hidden = before & ~again
            moved = np.abs(kept @ self.rows[again].T - self.values[again]) > _SAME
            self.others = kept[~moved.any(axis=1)]
            if any(self._line_leaks(line) for line in self.lines) or not self._held():
                self.hidden, self.others = before, kept

    def _held(self) -> bool:
        """Whether all that can be protected still is, with nothing more hidden."""
        never = np.full(len(self.rows), np.inf)
        for number in self._bare(self.others):
            if number not in self.lost and self._bare(self.others, number) and not self._free(number, never):
                return False
        return all(figure in self.rigid or self._loosen(figure, never) for figure in self._stiff())

    def _stiff(self) -> list[int]:
        """Hidden figures that have the same value in all other tables found, so that they may be computed exactly."""
        away = np.flatnonzero(self.hidden)
        moved = np.abs(self.others @ self.rows[away].T - self.values[away]) > 1 - _SAME
        return [int(at) for at in away[~moved.any(axis=0)]]

    def _free(self, number: int, prices: Floats) -> bool:
        """Take an aim out of the small counts, at the least price; False where that cannot be done."""
        value = float(self.aims[number] @ self.counts)
        ways = [self.threshold - value, -value] if self.zeros else [self.threshold - value]
        return self._use(self._cheapest(self.aims[number], ways, prices))

    def _loosen(self, figure: int, prices: Floats) -> bool:
        """Find another value for a hidden figure, at the least price; False where there is none."""
        ways = [1.0, -1.0] if self.values[figure] >= 1 else [1.0]
        return self._use(self._cheapest(self.rows[figure], ways, prices))

    def _use(self, change: Floats | None) -> bool:
        """Keep another table and hide the figures by which it differs."""
        if change is None:
            return False
        self.others = np.vstack((self.others, self.counts + change))
        moved = (np.abs(self.rows @ change) > _SAME) & ~self.known
        self.hidden = self._spread(self.hidden | moved)
        return True

    def _bare(self, others: Floats, number: int | None = None) -> list[int]:
        """Numbers of the aims that no other table takes out of the small counts, the smallest first."""
        numbers = np.arange(len(self.aims)) if number is None else np.array([number])
        aims = self.aims[numbers]
        values = others @ aims.T
        out = values >= self.threshold - _SAME
        if self.zeros:
            out |= values <= _SAME
        bare = numbers[~out.any(axis=0)]
        return [int(at) for at in bare[np.argsort(self.aims[bare] @ self.counts, kind="stable")]]

    def _cheapest(self, aim: Floats, ways: Sequence[float], prices: Floats) -> Floats | None:
        """The cheapest change that moves an aim in one of the ways; None where there is none."""
        shown = ~self.hidden
        found: tuple[float, Floats] | None = None
        for amount in ways:
            change = cheapest_change(self.counts, aim, amount, self.rows[shown], prices[shown])
            if change is None:
                continue
            moved = np.abs(self.rows[shown] @ change) > _SAME
            cost = float(prices[shown][moved].sum())
            if found is None or cost < found[0]:
                found = cost, change
            if cost < _HIDE_ANY:
                break
        return None if found is None else found[1]

    def _line_leaks(self, line: Whole) -> bool:
        """Whether the hidden parts of a line come to a small number that its shown total gives away."""
        whole, parts = line[0], line[1:]
        away = self.hidden[parts]
        if self.hidden[whole] or not away.any():
            return False
        rest = float(self.values[parts][away].sum())
        return bool(self._is_small(np.array([rest]))[0]) and rest < float(self.values[whole])

    def _close_lines(self) -> None:
        for line in self.lines:
            while self._line_leaks(line):
                free = [
                    at for at in line.tolist() if not self.hidden[at] and not self.known[at] and self.values[at] > 0
                ]
                if not free:
                    break
                choice = min(free, key=lambda at: self.price[at])
                self.hidden = self._spread(self.hidden | (np.arange(len(self.rows)) == choice))

    def derivable(self) -> list[tuple[int, ...]]:
        """Where the small figures stand that cannot be protected, or which finest cells they count."""
        own = np.flatnonzero(self.small)
        out = self.lost | {int(at) for at in np.flatnonzero(self.known[own])}
        found: list[tuple[int, ...]] = [
            self.where[own[number]] if number < len(own) else (-1, *np.flatnonzero(self.aims[number]).tolist())
            for number in sorted(out)
        ]
        rests = [self._rest(line) for line in self.lines if self._line_leaks(line)]
        return list(dict.fromkeys(found + rests))

    def _rest(self, line: Whole) -> tuple[int, ...]:
        """(-1, cell, ...): the finest cells in the hidden parts of a line."""
        parts = line[1:]
        return -1, *np.flatnonzero(self.rows[parts[self.hidden[parts]]].any(axis=0)).tolist()


def _place(at: int, ends: Whole) -> tuple[int, int]:
    view = int(np.searchsorted(ends, at, side="right"))
    return view, at - (int(ends[view - 1]) if view else 0)


def _joined_groups(views: Sequence[View], figures_of: Sequence[Whole], count: int) -> Whole:
    """(figures,) the first of the figures that go together in any view."""
    group = np.arange(count)
    together = [np.unique(view.together, return_inverse=True)[1].ravel() for view in views]
    changed = True
    while changed:
        before = group.copy()
        for joined, own in zip(together, figures_of, strict=True):
            least = np.full(len(own), count)
            np.minimum.at(least, joined, group[own])
            np.minimum.at(group, own, least[joined])
        changed = not np.array_equal(before, group)
    return group
