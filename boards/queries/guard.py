"""The small-cell guard as the tables of this room use it: which rows must not be shown."""

from collections.abc import Sequence
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from analytics.small_cells import Table, suppress
from boards import rules

#: Kinds whose numerator is not a count of people or events: only the cases behind them are guarded.
_CASES_ONLY: Final = frozenset({rules.Kind.MEAN, rules.Kind.MINUTES, rules.Kind.MEDIAN, rules.Kind.DAYS_SINCE})


class Counted(Protocol):
    """A group with its counts; `withheld` where the source itself hid them."""

    numerator: float
    denominator: float
    withheld: bool


def _table(groups: Sequence[Counted], total: Counted, kind: rules.Kind) -> Table:
    numerators = np.array([g.numerator for g in groups])
    denominators = np.array([g.denominator for g in groups])
    withheld = np.array([g.withheld for g in groups], bool)
    whole = (total.numerator, total.denominator)
    if kind == rules.Kind.COUNT:
        return Table.of_counts(numerators, total.numerator, withheld)
    if kind in _CASES_ONLY:
        return Table.of_counts(denominators, total.denominator, withheld)
    # NaN is a group without a reading; it must not cost the others the guard on those who are not in the numerator.
    fits = not (numerators > denominators)[~withheld].any() and whole[0] <= whole[1]
    if kind == rules.Kind.PROPORTION and fits:
        return Table.of_proportion(numerators, denominators, whole, withheld)
    return Table.of_rate(numerators, denominators, whole, withheld)


def hidden_rows(groups: Sequence[Counted], total: Counted, kind: rules.Kind, threshold: int) -> NDArray[np.bool_]:
    """Which groups (j,) must not be shown beside each other and the total; why a group is hidden stays unsaid.

    `threshold` counts below it are small; below 2 there is nothing to hide but what the source withheld.
    """
    withheld = np.array([g.withheld for g in groups], bool)
    if threshold < 2:
        return withheld
    return np.asarray(suppress(_table(groups, total, kind), threshold=threshold).hidden | withheld, bool)
