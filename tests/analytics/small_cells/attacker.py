"""What a reader can work out: bounds by linear programming over all that is shown. Knows nothing of how it was done."""

import numpy as np
from scipy.optimize import linprog

from analytics.small_cells import with_totals


def bounds(aim, fixed, values, limits=None):
    """Smallest and largest whole value of `aim` · x for x >= 0 with `fixed` · x = `values` and `limits` · x <= 0."""
    found = []
    for sign in (1, -1):
        solved = linprog(
            sign * aim,
            A_eq=fixed if len(fixed) else None,
            b_eq=values if len(values) else None,
            A_ub=limits,
            b_ub=None if limits is None else np.zeros(len(limits)),
            bounds=(0, None),
            method="highs",
        )
        assert solved.status in (0, 3), solved.message
        found.append(np.inf if solved.status == 3 else sign * solved.fun)
    return np.ceil(found[0] - 1e-6), np.floor(found[1] + 1e-6)


def crossing_bounds(counts, shown):
    """Per hidden cell of a crossing with its margins: index, true value, lower, upper."""
    counts = np.asarray(counts, dtype=float)
    full = with_totals(counts)
    unit = np.eye(counts.size).reshape(counts.size, *counts.shape)
    rows = np.stack([with_totals(one) for one in unit], axis=-1)
    fixed, values = rows[shown], full[shown]
    for index in np.argwhere(~shown).tolist():
        yield tuple(index), full[tuple(index)], *bounds(rows[tuple(index)], fixed, values)


def strata_bounds(parts, total, shown, limits=None):
    """Per hidden group of one dimension and kind of count: group, kind, true value, lower, upper.

    `limits`: rows over the (J × K) numbers that are at most zero, such as numerator - denominator.
    """
    groups, kinds = parts.shape
    unit = np.eye(groups * kinds).reshape(groups, kinds, -1)
    fixed = [unit[j, k] for j in range(groups) if shown[j] for k in range(kinds)] + list(unit.sum(axis=0))
    values = [parts[j, k] for j in range(groups) if shown[j] for k in range(kinds)] + list(total)
    for j in np.flatnonzero(~shown):
        for k in range(kinds):
            yield int(j), k, parts[j, k], *bounds(unit[j, k], np.array(fixed), np.array(values), limits)
