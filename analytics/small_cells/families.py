"""Which groups of the units below the top may be told over one period, family by family from the top down.

See `analytics.small_cells.houses` for the rules and the shapes of arrays.
"""

from dataclasses import dataclass

import numpy as np

from analytics.small_cells.houses import _NOTHING, Bools, Floats, House, Ints, _tellable, is_safe


@dataclass(frozen=True, slots=True)
class _Rows:
    """The units straight below one, and what the unit above has beside them: arrays over r rows.

    `cells`: (M, P, r, G) of the period, `totals`: (M, P, r), `months`: (M, P, r, G, T); `there`: (M, r) whether
    anything came; `told`: (M, r) whether it may be told of at all.
    """

    cells: Floats
    totals: Floats
    months: Floats
    there: Bools
    told: Bools
    whole: Bools
    moves: Bools


@dataclass(frozen=True, slots=True)
class _Above:
    """What the top unit tells: (M, G) `period` over these months, `monthly` in every block within them."""

    period: Bools
    monthly: Bools


def tell_units(house: House, top: Bools, quick: Bools, threshold: float, *, finer: Bools) -> Bools:
    """(M, n, G): which groups of which units may be told over all the months of `house`; the top row is `top`.

    `top`: (M, G) groups that the top unit tells over exactly these months; `quick`: (M, G) those that it tells in its
    blocks too; `finer`: (M,) whether there is more than one block within the period.
    """
    told = np.zeros((house.counts.shape[0], house.counts.shape[2], house.groups), np.bool_)
    told[:, 0] = top
    cells, totals = house.counts.sum(axis=-1), house.totals.sum(axis=-1)
    moves = _moves(house, threshold) | ~finer[:, None, None]
    for unit in range(len(house.parents)):
        below = np.flatnonzero(house.parents == unit)
        if not below.size or not told[:, unit].any():
            continue
        rows = _rows(house, cells, totals, moves, unit, below)
        chosen = _family(rows, told[:, unit], _Above(top, quick & finer[:, None]), threshold)
        told[:, below] = chosen[:, : len(below)]
    return told


def _rows(house: House, cells: Floats, totals: Floats, moves: Bools, unit: int, below: Ints) -> _Rows:
    mine, sums, months = cells[:, :, below], totals[:, :, below], house.counts[:, :, below]
    own = cells[:, :, unit] - mine.sum(axis=2)
    rest = totals[:, :, unit] - sums.sum(axis=2)
    left = house.counts[:, :, unit] - months.sum(axis=2)
    mine, sums = np.append(mine, own[:, :, None], axis=2), np.append(sums, rest[:, :, None], axis=2)
    months = np.append(months, left[:, :, None], axis=2)
    there = np.asarray((np.abs(sums) > _NOTHING).any(axis=1) | (np.abs(mine) > _NOTHING).any(axis=(1, 3)), np.bool_)
    told = there.copy()
    told[:, -1] = False
    if house.silent is not None:
        told[:, :-1] &= ~house.silent[below]
    nobody = np.zeros((len(mine), 1, house.groups), np.bool_)
    whole = np.append(house.whole[:, below], ~nobody, axis=1)
    return _Rows(mine, sums, months, there, told, whole, np.append(moves[:, below], nobody, axis=1))


def _moves(house: House, threshold: float) -> Bools:
    """(M, n, G): whether every small month of a group in a unit can be moved to other months of the unit, against
    another group and against other units, so that nothing that is told changes.
    """
    tables, _planes, units, groups, length = house.counts.shape
    if length < 2:
        return np.ones((tables, units, groups), np.bool_)
    leaf = house.ends == np.arange(units) + 1
    before = np.concatenate([[0], np.cumsum(leaf)])
    start, end = before[:-1], before[house.ends]
    size = house.counts[:, :, 0].sum(axis=(1, 3))
    largest = np.argsort(-size, axis=1, kind="stable")
    partner = np.where(np.arange(groups) == largest[:, :1], largest[:, min(1, groups - 1)][:, None], largest[:, :1])
    own = house.counts[:, :, leaf]
    other = np.take_along_axis(own, partner[:, None, None, :, None], axis=3)
    small = (house.counts > _NOTHING) & ~is_safe(house.counts, threshold)
    movable: Bools = ~small
    for shift in _shifts(length):
        here = _below(np.minimum(own, np.roll(other, shift, axis=-1)), start, end)
        there = np.minimum(other, np.roll(own, shift, axis=-1))
        away = there.sum(axis=2, keepdims=True) - _below(there, start, end)
        movable = np.asarray(movable | (np.minimum(here, away) >= house.counts - _NOTHING), np.bool_)
    return np.asarray(movable.all(axis=(1, 4)), np.bool_)


def _shifts(length: int) -> tuple[int, ...]:
    return tuple(range(1, length)) if length <= 3 else (1, 2, length // 2, length - 1)


def _below(values: Floats, start: Ints, end: Ints) -> Floats:
    """Sums of (M, P, l, G, T) over the leaves of each unit."""
    running = np.concatenate([np.zeros_like(values[:, :, :1]), np.cumsum(values, axis=2)], axis=2)
    found: Floats = running[:, :, end] - running[:, :, start]
    return found


def _family(rows: _Rows, above: Bools, top: _Above, threshold: float) -> Bools:
    """(M, r, G): what is told of each row; `above`: (M, G) what the unit above tells."""
    size = np.where(above, np.where(rows.told[:, None, :, None], rows.cells, 0).sum(axis=(1, 2)), -1.0)
    order = np.argsort(-size, axis=1, kind="stable")
    many = above.sum(axis=1)
    cells = np.take_along_axis(rows.cells, order[:, None, None], axis=3)
    usable = np.take_along_axis(rows.whole & rows.moves & above[:, None], order[:, None], axis=2)
    can = _tellable(np.moveaxis(cells, 1, 0), np.moveaxis(rows.totals, 1, 0), usable, threshold)
    can &= rows.told[..., None] & (np.arange(cells.shape[3]) < many[:, None, None])
    score = np.where(can.any(axis=1), can.sum(axis=1) * np.arange(1, cells.shape[3] + 1), 0)
    told = np.zeros(rows.cells.shape[:1] + rows.cells.shape[2:], np.bool_)
    open_: Bools = np.asarray(score.any(axis=1))
    while open_.any():
        best = np.argmax(score, axis=1)
        for table in np.flatnonzero(open_).tolist():
            number = int(best[table]) + 1
            shown = can[table, :, number - 1].copy()
            groups = order[table, :number]
            if _fits(rows, table, groups, shown, top, threshold):
                told[table][np.ix_(shown, groups)] = True
                open_[table] = False
            else:
                score[table, number - 1] = 0
        open_ &= score.any(axis=1)
    return told


def _fits(rows: _Rows, table: int, groups: Ints, shown: Bools, top: _Above, threshold: float) -> bool:
    """Whether `groups` may be told of the rows `shown`, which are made fewer until the others are safe together."""
    cells, totals = rows.cells[table], rows.totals[table]
    while shown.any():
        left = rows.there[table] & ~shown
        if not left.any() or _left_safe(rows, table, groups, left, threshold):
            return _hidden_move(rows, table, groups, shown, top, threshold)
        smallest = np.where(shown, totals.sum(axis=0), np.inf)
        shown[int(np.argmin(smallest))] = False
    return bool(cells.size < 0)


def _left_safe(rows: _Rows, table: int, groups: Ints, left: Bools, threshold: float) -> bool:
    """Whether the untold rows are safe as one; a single one of them is as good as told."""
    cells = rows.cells[table][:, left].sum(axis=1)[:, groups]
    totals = rows.totals[table][:, left].sum(axis=1)
    whole = np.ones(len(groups), np.bool_)
    if left.sum() == 1:
        whole = (rows.moves[table] & rows.whole[table])[left][0, groups]
    return bool(_tellable(cells, totals, whole, threshold)[-1])


def _hidden_move(rows: _Rows, table: int, groups: Ints, shown: Bools, top: _Above, threshold: float) -> bool:
    """Whether every small untold count of the family can be moved to other untold ones without touching what is told.

    Of groups that the top tells in every block the move stays within the month.
    """
    months = rows.months[table]
    untold = np.ones(months.shape[1:3], np.bool_)
    untold[np.ix_(shown, groups)] = False
    untold &= rows.there[table][:, None]
    period = months.sum(axis=-1)
    small = untold & (period > _NOTHING) & ~is_safe(period, threshold)
    if not small.any():
        return True
    free = ~top.period[table]
    for row, group in np.argwhere(small.any(axis=0)):
        if free[group] and (untold[row] & free).sum() > 1:
            continue  # nobody tells of either: they may be each other's
        partners = untold & untold[:, [group]] & untold[row]
        partners[row] = False
        partners[:, group] = False
        for plane in np.flatnonzero(small[:, row, group]):
            need, room = months[plane, row, group], months[plane][partners].sum(axis=0)
            if not top.monthly[table, group]:
                need, room = need.sum(), room.sum()
            if (np.asarray(room) < np.asarray(need) - _NOTHING).any():
                return False
    return True
