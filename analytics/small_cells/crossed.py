"""Two dimensions crossed: which cells may be told of the top unit, beside the groups of each dimension by itself.

A crossing is told over whole blocks of both dimensions, so that it splits what is told already and nothing else. All
sums of its rows and columns are out; `crossings.suppress_crossing` hides the small cells and what would tell of them.
Three things are asked for beyond a single table, since units and months are told of too:

- An empty cell is hidden like a small one. It would say that two groups are the same people, and what one table hides
  of them in a unit another may tell.
- Every hidden small cell can be nothing: its people change places with people of another hidden cell of other groups,
  within their units and months, so that no row, no column and no group of any unit notices.
- Of every four told cells people can change places both ways within units and months, so that no month of a unit is
  pinned down by the sum over all of them.

A crossing is told when most patients stand in its told cells, or when a year has gone by.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np

from analytics.small_cells.crossings import suppress_crossing
from analytics.small_cells.houses import _NOTHING, Bools, Floats, Ints

#: After so many months a crossing is tried that tells of most patients; after a year as much of it as can be.
_TRIED: Final = (1, 3, 6)
#: The share of patients in told cells that is most of them.
MOST: Final = 0.75
_YEAR: Final = 12
_Blocks = Collection[tuple[int, int]]


def due(rows: _Blocks, columns: _Blocks, since: int, ends: int) -> tuple[int, float] | None:
    """The first month of a crossing that may be told now, and the least share of patients in it; None for none.

    `rows`, `columns`: first month and end (exclusive) of the blocks that were told of each dimension; `since`: the
    first month that no crossing was told of; `ends`: the month that a block of both has to end with (exclusive).
    """
    begin = [first for first, _last in rows if first >= since and any(first == other for other, _end in columns)]
    if not begin:
        return None
    first = min(begin)
    months = ends - first
    if months < 1 or (months < _YEAR and months not in _TRIED):
        return None
    for blocks in (rows, columns):
        within = [(begins, end) for begins, end in blocks if begins >= first and end <= ends]
        if not any(end == ends for _begins, end in within) or sum(end - begins for begins, end in within) != months:
            return None
    return first, MOST if months < _YEAR else 0.0


@dataclass(frozen=True, slots=True)
class Crossed:
    """What may be told: cells of `rows` × `columns`, and of what is left of each as one more; `shown` marks them.

    `rows` (R,), `columns` (C,): groups by number; `cells` (P, R + 1, C + 1); `shown` (R + 1, C + 1), also where nothing
    is left, as the sums tell anyway.
    """

    rows: Ints
    columns: Ints
    cells: Floats
    shown: Bools


def crossed(
    margins: tuple[Floats, Floats], total: Floats, counts: Floats, threshold: int, *, least: float = 0.0
) -> Crossed | None:
    """Which cells may be told; None where they would hold less than the share `least` of the patients, or nobody.

    `counts`: (P, l, A, B, T) whole numbers of people by lowest unit and month; `margins`: (P, A) and (P, B) what is
    told of each group over these months, NaN where it is not; `total`: (P,) of all patients. A group that stands in
    the way is left to the rest, the smallest first.
    """
    rows, columns = (np.flatnonzero(~np.isnan(margin).any(axis=0)) for margin in margins)
    whole = total.sum()
    while rows.size and columns.size:
        cells = with_rests(counts, margins, total, rows, columns)
        if (cells < -_NOTHING).any():
            return None
        table = _merged(_merged(counts, rows, 2), columns, 3)
        shown = _shown(cells, threshold)
        held = cells.sum(axis=0)[shown].sum()
        if not held or held < least * whole:
            return None
        culprit = _stuck(cells, table, ~shown, threshold) or _pinned(cells, table, shown, threshold)
        if culprit is None:
            rows_of, columns_of = np.asarray(cells.any(axis=(0, 2))), np.asarray(cells.any(axis=(0, 1)))
            nobody = ~rows_of[:, None] | ~columns_of
            return Crossed(rows, columns, cells, shown | nobody)
        axis, group = culprit
        rows, columns = (np.delete(rows, group), columns) if axis == 0 else (rows, np.delete(columns, group))
    return None


def with_rests(counts: Floats, margins: tuple[Floats, Floats], total: Floats, rows: Ints, columns: Ints) -> Floats:
    """(P, R + 1, C + 1): cells of some rows and columns, and at the end of each what the margins leave for all others.

    Arrays as for `crossed`.
    """
    inner = counts.sum(axis=(1, 4))[:, rows][:, :, columns]
    of_rows, of_columns = margins[0][:, rows], margins[1][:, columns]
    beside = (of_rows - inner.sum(axis=2))[:, :, None]
    below = (of_columns - inner.sum(axis=1))[:, None]
    corner = total - of_rows.sum(axis=1) - of_columns.sum(axis=1) + inner.sum(axis=(1, 2))
    upper = np.concatenate([inner, beside], axis=2)
    return np.concatenate([upper, np.concatenate([below, corner[:, None, None]], axis=2)], axis=1)


def _merged(counts: Floats, groups: Ints, axis: int) -> Floats:
    """These groups along an axis, and all others as one more."""
    others = np.delete(counts, groups, axis=axis).sum(axis=axis, keepdims=True)
    return np.concatenate([counts.take(groups, axis=axis), others], axis=axis)


def _shown(cells: Floats, threshold: int) -> Bools:
    """What may be shown of one table by itself, all sums of its rows and columns being known.

    An empty cell is protected like one that holds a single person.
    """
    found = np.zeros(cells.shape[1:], np.bool_)
    rows, columns = cells.any(axis=(0, 2)), cells.any(axis=(0, 1))  # where all are named nothing is left over
    inner = cells[:, rows][:, :, columns]
    enough = (inner > threshold - _NOTHING).all(axis=0)
    found[np.ix_(rows, columns)] = _shown_of(np.maximum(inner.round(), 1.0), threshold) & enough
    return found


def _shown_of(cells: Floats, threshold: int) -> Bools:
    planes, rows, columns = cells.shape
    known = np.zeros((rows + 1, columns + 1), np.bool_)
    known[-1], known[:, -1] = True, True
    if planes == 1:
        return np.asarray(suppress_crossing(cells[0], threshold=threshold, known=known).shown[:-1, :-1])
    table = np.moveaxis(cells, 0, -1)
    marks = np.repeat(known[..., None], planes + 1, axis=-1)
    mask = suppress_crossing(table, threshold=threshold, known=marks, together=2)
    return np.asarray(mask.shown[:-1, :-1].all(axis=-1))


def _stuck(cells: Floats, counts: Floats, hidden: Bools, threshold: int) -> tuple[int, int] | None:
    """A group (axis, number) with a hidden small cell whose people cannot all change places with those of another."""
    small = (cells > _NOTHING) & (cells < threshold - _NOTHING) & hidden
    for plane, row, column in np.argwhere(small).tolist():
        partners = hidden & hidden[row][None, :] & hidden[:, column][:, None]
        partners[row], partners[:, column] = False, False
        own = counts[plane, :, row, column]
        if not any(
            np.minimum(own, counts[plane, :, other, cross]).sum() > cells[plane, row, column] - _NOTHING
            for other, cross in np.argwhere(partners).tolist()
        ):
            return _smaller(cells, (row,), (column,))
    return None


def _pinned(cells: Floats, counts: Floats, shown: Bools, threshold: int) -> tuple[int, int] | None:
    """A group of four told cells whose people cannot change places both ways within their units and months."""
    for rows in combinations(range(cells.shape[1]), 2):
        for columns in combinations(range(cells.shape[2]), 2):
            if not shown[np.ix_(rows, columns)].all():
                continue
            (first, second), (left, right) = rows, columns
            for one, other in ((left, right), (right, left)):
                crosswise = np.minimum(counts[:, :, first, one], counts[:, :, second, other]).sum(axis=(1, 2))
                if (crosswise < threshold - _NOTHING).any():
                    return _smaller(cells, rows, columns)
    return None


def _smaller(cells: Floats, rows: Sequence[int], columns: Sequence[int]) -> tuple[int, int]:
    """The smallest of these groups, the rests apart, as axis and number."""
    people = cells.sum(axis=0)
    last = people.shape[0] - 1, people.shape[1] - 1
    found = [(people[row].sum(), 0, row) for row in rows if row != last[0]]
    found += [(people[:, column].sum(), 1, column) for column in columns if column != last[1]]
    if not found:  # both rests: the smallest group of all joins them
        found = [(people[row].sum(), 0, row) for row in range(last[0])]
        found += [(people[:, column].sum(), 1, column) for column in range(last[1])]
    _size, axis, number = min(found)
    return axis, number
