"""The gap of every unit at once: what `comparison.compare` and `worst` find in each block, without a block for each."""

import numpy as np
from numpy.typing import NDArray

from analytics.intervals import newcombe_difference, rate_difference
from boards import rules
from boards.models import Measure
from boards.queries.comparison import LEAST_MARKED, LEAST_TOLD
from boards.queries.newest import Newest

_WAYS = {rules.Direction.HIGHER: -1.0, rules.Direction.LOWER: 1.0}


def marks(told: Newest, measure: Measure, group: str = "") -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """(r,) place of the marked group that fares worst in each unit, -1 where no gap is marked, and (r,) how far it lies
    from its comparator, in the measure's unit.

    `group` is the reference; where it is not told, or empty, everyone else is. Equals `worst(compare(...))`.
    """
    x, n = told.numerators, told.denominators
    none = np.full(len(x), -1), np.zeros(len(x))
    way, kind = _WAYS.get(rules.Direction(measure.direction)), rules.Kind(measure.kind)
    if way is None or kind not in {rules.Kind.PROPORTION, rules.Kind.RATE} or not x.size:
        return none
    fixed = told.names.index(group) if group in told.names else None
    if fixed is None:
        x2, n2 = told.numerator[:, None] - x, told.denominator[:, None] - n
    else:
        x2, n2 = np.broadcast_to(x[:, [fixed]], x.shape), np.broadcast_to(n[:, [fixed]], x.shape)
    looked_at = np.array([name != "" for name in told.names])
    looked_at &= np.array([state == rules.CategoryState.KNOWN for state in told.states])
    looked_at &= np.arange(len(told.names)) != (-1 if fixed is None else fixed)
    marked = looked_at & (n >= LEAST_MARKED) & (n2 >= LEAST_MARKED)
    if kind == rules.Kind.PROPORTION:
        rest_x, rest_n = told.numerator - x.sum(axis=1), told.denominator - n.sum(axis=1)
        marked &= ~((x > n).any(axis=1) | (rest_x > rest_n))[:, None]
    base = measure.multiplier * np.divide(x2, n2, out=np.zeros_like(x), where=n2 > 0)
    apart = measure.multiplier * np.divide(x, n, out=np.zeros_like(x), where=n > 0) - base
    marked &= (way * apart > 0) & (np.abs(apart) > 0.999 * LEAST_TOLD * base) & (base > 0)
    counts = x[marked], n[marked], x2[marked], n2[marked]
    if kind == rules.Kind.PROPORTION:
        found = newcombe_difference(*counts)
        apart[marked] = found.estimate * measure.multiplier
    else:
        found = rate_difference(*counts, per=measure.multiplier)
        apart[marked] = found.estimate
    certain = (found.lower > 0) | (found.upper < 0)
    marked[marked] = certain & (np.abs(apart[marked]) / base[marked] >= LEAST_TOLD)
    place = np.where(marked.any(axis=1), np.where(marked, way * apart, -np.inf).argmax(axis=1), -1)
    return place, apart[np.arange(len(x)), place]
