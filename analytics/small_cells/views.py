"""What is published of one set of finest cells: tables, windows of time and totals, as figures over those cells."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from analytics.inputs import floats, wholes
from analytics.outcomes import CountError, SettingError, ShapeError
from analytics.small_cells.cells import Floats, Marks, Mask
from analytics.small_cells.moves import Whole


@dataclass(frozen=True, slots=True)
class View:
    """Figures that are shown together, each the sum of some finest cells.

    `name`: for people. `rows`: (figures, cells) 1 where a figure counts a cell, else 0. `shape`: of the figures as they
    are shown. `known`: (figures,) those that are out already and cannot be taken back. `together`: (figures,) numbers;
    figures with the same number are shown or hidden as one. `lines`: groups of figures of which the first is the sum of
    the others.
    """

    name: str
    rows: Floats
    shape: tuple[int, ...]
    known: Marks
    together: Whole
    lines: tuple[tuple[int, ...], ...] = ()

    def __post_init__(self) -> None:
        if self.rows.ndim != 2 or not np.isin(self.rows, (0, 1)).all():
            raise ShapeError("rows are an array (figures, cells) of 0 and 1")
        count = len(self.rows)
        if self.known.shape != (count,) or self.together.shape != (count,) or int(np.prod(self.shape)) != count:
            raise ShapeError(f"{count} figures need a shape of as many, and as many marks")
        for line in self.lines:
            if not line or not all(0 <= figure < count for figure in line):
                raise ShapeError(f"a line names figures 0 to {count - 1}, the first of them its sum")
            whole, *parts = line
            if not np.array_equal(self.rows[whole], self.rows[parts].sum(axis=0)):
                raise ShapeError("the first figure of a line is the sum of the others")

    def published(self, mask: Mask) -> "View":
        """The view as it went out under a mask: what was shown then is known for ever. Raises ShapeError."""
        if mask.codes.shape != self.shape:
            raise ShapeError(f"a mask of shape {mask.codes.shape} is not of a view of shape {self.shape}")
        return replace(self, known=mask.shown.ravel())


@dataclass(frozen=True, slots=True)
class Cells:
    """The finest cells over all that is published, such as day × race × payer × (met, not met).

    `counts`: whole numbers >= 0, one axis a name of `axes`. Raises CountError and ShapeError.
    """

    counts: Floats
    axes: tuple[str, ...]
    _places: Mapping[str, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if self.counts.ndim != len(self.axes) or len(set(self.axes)) != len(self.axes):
            raise ShapeError(f"cells of {self.counts.ndim} axes need as many different names, not {self.axes}")
        counts = self.counts
        if not np.isfinite(counts).all() or (counts < 0).any() or (counts != np.floor(counts)).any():
            raise CountError("counts are whole numbers, not negative and all known")
        object.__setattr__(self, "_places", {name: place for place, name in enumerate(self.axes)})

    @classmethod
    def of(cls, counts: npt.ArrayLike, axes: Sequence[str]) -> "Cells":
        """Cells of anything like an array, with the names of its axes. Raises as the class does."""
        return cls(floats(counts), tuple(axes))

    def view(
        self,
        name: str,
        by: Sequence[str] = (),
        *,
        where: Mapping[str, Sequence[int]] | None = None,
        totals: bool = True,
        known: bool = False,
        together: Sequence[str] = (),
    ) -> View:
        """A table by some axes, with its totals as the last level of each; summed over the axes that are not named.

        `where`: the levels of an axis that count, such as the days of a window, or one role's units; in a named axis
        they are the levels that are shown. `known`: the view is out already. `together`: axes along which figures are
        shown or hidden as one, such as met and not met (their total, the denominator, included).
        Shape (a+1, b+1, ...) with totals, (a, b, ...) without; () for a single total. Raises SettingError for an axis
        or a level that does not exist.
        """
        chosen = {
            axis: tuple(wholes(levels, "levels of an axis").ravel().tolist()) for axis, levels in (where or {}).items()
        }
        if unknown := [axis for axis in (*by, *chosen, *together) if axis not in self._places]:
            raise SettingError(f"there is no axis {unknown[0]!r} in {self.axes}")
        if len(set(by)) != len(by):
            raise SettingError(f"a table names each of its axes once, not {tuple(by)}")
        if strange := [axis for axis in together if axis not in by]:
            raise SettingError(f"figures go together along axes of the table, not along {strange[0]!r}")
        masks, shape, split = np.ones((1, 1)), [], []
        for place, axis in enumerate(self.axes):
            size = self.counts.shape[place]
            levels = chosen.get(axis, tuple(range(size)))
            if any(not 0 <= level < size for level in levels) or len(set(levels)) != len(levels):
                raise SettingError(f"axis {axis!r} has the levels 0 to {size - 1}, each once")
            units = np.eye(size)[list(levels)]
            whole = units.sum(axis=0, keepdims=True)
            marks = whole if axis not in by else np.vstack((units, whole)) if totals else units
            masks = np.kron(masks, marks)
            if axis in by:
                shape.append(len(marks))
                split.append(axis)
        masks, shape = _reordered(masks, shape, split, by)
        numbers = np.arange(len(masks)).reshape(shape)
        groups = numbers
        for axis in together:
            place = list(by).index(axis)
            groups = np.broadcast_to(groups.min(axis=place, keepdims=True), groups.shape)
        return View(
            name,
            masks,
            tuple(shape),
            np.full(len(masks), known),
            groups.ravel().copy(),
            tuple(_lines(numbers)) if totals else (),
        )


def _reordered(masks: Floats, shape: list[int], split: list[str], by: Sequence[str]) -> tuple[Floats, list[int]]:
    """Figures in the order in which the axes were asked for."""
    order = [split.index(axis) for axis in by]
    numbers = np.arange(len(masks)).reshape(shape).transpose(order)
    return masks[numbers.ravel()], [shape[place] for place in order]


def _lines(numbers: Whole) -> list[tuple[int, ...]]:
    found: list[tuple[int, ...]] = []
    for axis in range(numbers.ndim):
        lines = np.moveaxis(numbers, axis, -1).reshape(-1, numbers.shape[axis])
        found.extend((int(line[-1]), *(int(part) for part in line[:-1])) for line in lines)
    return found
