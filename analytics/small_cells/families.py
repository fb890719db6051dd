"""Which groups of the units below the top may be told over one period, family by family from the top down.

See `analytics.small_cells.houses` for the rules and the shapes of arrays. All tables are decided together.
"""

from dataclasses import dataclass

import numpy as np

from analytics.small_cells.houses import _NOTHING, Bools, Floats, House, Ints, _tellable, is_safe


@dataclass(frozen=True, slots=True)
class _Rows:
    """The units straight below one, and what the unit above has beside them: arrays over r rows.

    `cells`: (M, P, r, G) of the period, `totals`: (M, P, r), `months`: (M, P, r, G, T); `there`: (M, r) whether
    anything came; `told`: (M, r) whether it may be told of at all; `whole`, `moves`: (M, r, G).
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
    """What the top unit tells: (M, G) `period` over these months, `monthly` in every block within them.

    `slack`: (M, P, G, T) how many of a group's month all units together could take from another month, against another
    group, without touching what is told.
    """

    period: Bools
    monthly: Bools
    slack: Floats


def tell_units(house: House, top: Bools, quick: Bools, threshold: float, *, finer: Bools) -> Bools:
    """(M, n, G): which groups of which units may be told over all the months of `house`; the top row is `top`.

    `top`: (M, G) groups that the top unit tells over exactly these months; `quick`: (M, G) those that it tells in its
    blocks too; `finer`: (M,) whether there is more than one block within the period.
    """
    told = np.zeros((house.counts.shape[0], house.counts.shape[2], house.groups), np.bool_)
    told[:, 0] = top
    cells, totals = house.counts.sum(axis=-1), house.totals.sum(axis=-1)
    free, slack = _moves(house, threshold)
    moves = free | ~finer[:, None, None]
    above = _Above(top, np.asarray(quick & finer[:, None], np.bool_), slack)
    families = np.split(np.argsort(house.parents, kind="stable"), np.flatnonzero(np.diff(np.sort(house.parents))) + 1)
    for below in sorted(families, key=lambda units: int(house.parents[units[0]])):
        unit = int(house.parents[below[0]])
        if unit < 0 or not told[:, unit].any():
            continue
        rows = _rows(house, cells, totals, moves, unit, below)
        told[:, below] = _family(rows, told[:, unit], above, threshold)[:, : len(below)]
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


def _moves(house: House, threshold: float) -> tuple[Bools, Floats]:
    """(M, n, G): whether every small month of a group in a unit can be moved to other months of the unit, against
    another group and against other units, so that nothing that is told changes; and the slack of all units.
    """
    tables, planes, units, groups, length = house.counts.shape
    if length < 2:
        return np.ones((tables, units, groups), np.bool_), np.zeros((tables, planes, groups, length))
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
    slack = np.zeros((tables, planes, groups, length))
    for shift in _shifts(length):
        here = _below(np.minimum(own, np.roll(other, shift, axis=-1)), start, end)
        there = np.minimum(other, np.roll(own, shift, axis=-1))
        slack = np.maximum(slack, there.sum(axis=2))
        away = there.sum(axis=2, keepdims=True) - _below(there, start, end)
        movable = np.asarray(movable | (np.minimum(here, away) >= house.counts - _NOTHING), np.bool_)
    return np.asarray(movable.all(axis=(1, 4)), np.bool_), slack


def _shifts(length: int) -> tuple[int, ...]:
    return tuple(range(1, length)) if length <= 3 else (1, 2, length // 2, length - 1)


def _below(values: Floats, start: Ints, end: Ints) -> Floats:
    """Sums of (M, P, l, G, T) over the leaves of each unit."""
    running = np.concatenate([np.zeros_like(values[:, :, :1]), np.cumsum(values, axis=2)], axis=2)
    found: Floats = running[:, :, end] - running[:, :, start]
    return found


def _family(rows: _Rows, above: Bools, top: _Above, threshold: float) -> Bools:
    """(M, r, G): what is told of each row; `above`: (M, G) what the unit above tells.

    Tried are the largest groups, as many of them as let the most figures be told; then the next best.
    """
    tables, groups = above.shape
    size = np.where(above, np.where(rows.told[:, None, :, None], rows.cells, 0).sum(axis=(1, 2)), -1.0)
    order = np.argsort(-size, axis=1, kind="stable")
    cells = np.take_along_axis(rows.cells, order[:, None, None], axis=3)
    usable = np.take_along_axis(rows.whole & rows.moves & above[:, None], order[:, None], axis=2)
    can = _tellable(np.moveaxis(cells, 1, 0), np.moveaxis(rows.totals, 1, 0), usable, threshold)
    can &= rows.told[..., None]
    score = can.sum(axis=1) * np.arange(1, groups + 1)
    rank = np.argsort(order, axis=1, kind="stable")
    told = np.zeros((tables, *rows.cells.shape[2:]), np.bool_)
    every = np.arange(tables)
    while True:
        trying = np.asarray(score.any(axis=1))
        if not trying.any():
            return told
        best = np.argmax(score, axis=1)
        chosen = rank <= best[:, None]
        shown = np.take_along_axis(can, best[:, None, None], axis=2)[..., 0] & trying[:, None]
        _hide(rows, chosen, shown, threshold)
        fits = shown.any(axis=1)
        if fits.any():
            fits &= _hidden_move(rows, chosen, shown, top, threshold)
        told |= fits[:, None, None] & shown[..., None] & chosen[:, None]
        score[fits] = 0
        score[every[trying], best[trying]] = 0


def _hide(rows: _Rows, chosen: Bools, shown: Bools, threshold: float) -> None:
    """Make `shown` (M, r) fewer, the smallest first, until the rows that are left out are safe together."""
    while True:
        left = rows.there & ~shown
        need = shown.any(axis=1) & left.any(axis=1)
        if not need.any():
            return
        need &= ~_left_safe(rows, chosen, left, threshold)
        if not need.any():
            return
        smallest = np.argmin(np.where(shown, rows.totals.sum(axis=1), np.inf), axis=1)
        shown[need, smallest[need]] = False


def _left_safe(rows: _Rows, chosen: Bools, left: Bools, threshold: float) -> Bools:
    """(M,): whether the untold rows are safe as one; a single one of them is as good as told."""
    cells = (rows.cells * left[:, None, :, None]).sum(axis=2)
    totals = (rows.totals * left[:, None]).sum(axis=2)
    rest = totals - (cells * chosen[:, None]).sum(axis=2)
    each = (is_safe(cells, threshold) | ~chosen[:, None]).all(axis=2)
    large = ((cells > threshold - _NOTHING) & chosen[:, None]).sum(axis=2) + (rest > threshold - _NOTHING)
    safe = (each & is_safe(rest, threshold) & ((large >= 2) | (np.abs(totals) < _NOTHING))).all(axis=1)
    alone = left.sum(axis=1) == 1
    usable = (rows.whole & rows.moves | ~chosen[:, None]).all(axis=2)
    single = (usable & left).any(axis=1)
    return np.asarray(safe & (~alone | single), np.bool_)


def _hidden_move(rows: _Rows, chosen: Bools, shown: Bools, top: _Above, threshold: float) -> Bools:
    """(M,): whether every small untold count of the family can be moved to other untold ones, and nothing told changes.

    It goes to another untold group of the unit, and as many of that group come from another unit of the family in which
    both are untold: from the other units that are told of, the groups that are not; from untold units, any. Of groups
    that the top tells in every block the move stays within the month.
    """
    months = rows.months
    period = months.sum(axis=-1)
    away = ~chosen[:, None] | ~shown[..., None]
    untold = away & rows.there[..., None]
    small = untold[:, None] & (period > _NOTHING) & ~is_safe(period, threshold)
    free = ~top.period[:, None] & untold
    either = free & (free.sum(axis=2, keepdims=True) > 1)
    small &= ~either[:, None]
    asked = np.asarray(small.any(axis=(1, 2, 3)))
    if not asked.any():
        return np.ones(len(chosen), np.bool_)
    within = _room(months, chosen, shown, rows.there)
    moved = (within >= months - _NOTHING).all(axis=-1)
    over = _room(period[..., None], chosen, shown, rows.there)[..., 0] >= period - _NOTHING
    between = ((top.slack[:, :, None] >= 2 * months) | (months < _NOTHING)).all(axis=-1)
    enough = np.where(top.monthly[:, None, None], moved | (over & between), over)
    return np.asarray((~small | enough).all(axis=(1, 2, 3)), np.bool_)


def _room(counts: Floats, chosen: Bools, shown: Bools, there: Bools) -> Floats:
    """(M, P, r, G, T): how much of other untold groups the other rows have, of which a count could take the place."""
    left = (there & ~shown)[:, None, :, None, None]
    seen = shown[:, None, :, None, None]
    hidden = ~chosen[:, None, None, :, None]
    of_hidden = (counts * hidden).sum(axis=3, keepdims=True)  # of each row: its groups that are told of nowhere here
    of_all = counts.sum(axis=3, keepdims=True)
    told_rows = (of_hidden * seen).sum(axis=2, keepdims=True) - (counts * seen).sum(axis=2, keepdims=True)
    left_all = (of_all * left).sum(axis=2, keepdims=True) - (counts * left).sum(axis=2, keepdims=True)
    left_hidden = (of_hidden * left).sum(axis=2, keepdims=True) - (counts * left).sum(axis=2, keepdims=True)
    own_hidden, own_all = of_hidden - counts, of_all - counts
    for_told = told_rows + left_hidden - own_hidden
    for_left = left_all - own_all + np.where(hidden, told_rows, 0.0)
    return np.asarray(np.where(seen, for_told, for_left), np.float64)
