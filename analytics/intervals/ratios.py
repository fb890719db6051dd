"""Intervals of the ratio of two proportions."""

from functools import partial
from typing import Final

import numpy as np
import numpy.typing as npt

from analytics.intervals.differences import unbiased
from analytics.intervals.inputs import Floats, normal_quantile, scattered, two_groups
from analytics.intervals.proportions import Interval
from analytics.intervals.search import crossing, in_errors
from analytics.outcomes import Reason, Reasons

#: Natural logarithms between which a ratio's bound is sought: 1e-26 to 1e26.
_WIDEST: Final = 60.0
#: The farthest that a bound may lie from its ratio, as a natural logarithm: only parts of an event lead beyond.
_FARTHEST: Final = 600.0


def katz_ratio(
    x1: npt.ArrayLike, n1: npt.ArrayLike, x2: npt.ArrayLike, n2: npt.ArrayLike, *, confidence: float = 0.95
) -> Interval:
    """Ratio (x1 / n1) / (x2 / n2) of two independent proportions with the interval of its logarithm.

    `x1`, `n1`: the group of interest, `x2`, `n2`: the comparator; shapes that broadcast; NaN without a denominator.
    Where a group has no event there is no interval (NO_EVENTS; nothing is added to the cells): the ratio stands as 0 or
    infinity, and is NaN where neither has one. Where everybody in both groups has the event, it is 1 without bounds
    (ALL_MET). Parts of an event so small that no float holds the bounds: none (OUT_OF_RANGE).
    Raises CountError for negative or infinite counts or a numerator above its denominator, ShapeError for shapes that
    do not fit together, SettingError for a confidence outside (0, 1).
    Source: Katz et al. 1978; vectors: DescTools `BinomRatioCI(method = "katz.log")`, epitools.
    """
    z = normal_quantile(confidence)
    parts, reason = two_groups(x1, n1, x2, n2, proportions=True)
    first, size1, second, size2 = parts
    ratio = ratio_of(parts, reason)
    counted = reason == 0
    reason[counted & ((first == 0) | (second == 0))] = Reason.NO_EVENTS
    reason[counted & (first == size1) & (second == size2) & (first > 0)] = Reason.ALL_MET
    known = reason == 0
    x1_, n1_, x2_, n2_ = (part[known] for part in parts)
    stretch = stretched(z * np.sqrt(1 / x1_ - 1 / n1_ + 1 / x2_ - 1 / n2_), known, reason)
    return Interval(ratio, scattered(known, ratio[known] / stretch), scattered(known, ratio[known] * stretch), reason)


def stretched(reach: Floats, known: npt.NDArray[np.bool_], reason: Reasons) -> Floats:
    """exp(reach) for the places that are `known`; NaN where no float holds it, and `reason` then says so in place."""
    wild = reach > _FARTHEST
    reason[known] = np.where(wild, np.uint8(Reason.OUT_OF_RANGE), reason[known])
    return np.exp(np.where(wild, np.nan, reach))


def miettinen_nurminen_ratio(
    x1: npt.ArrayLike, n1: npt.ArrayLike, x2: npt.ArrayLike, n2: npt.ArrayLike, *, confidence: float = 0.95
) -> Interval:
    """Ratio (x1 / n1) / (x2 / n2) of two independent proportions by the score.

    `x1`, `n1`: the group of interest, `x2`, `n2`: the comparator; shapes that broadcast; NaN without a denominator.
    Without an event in the first group ratio and lower bound are 0; without one in the second, ratio and upper bound
    are infinite; without any, all three are NaN (NO_EVENTS).
    Raises CountError for negative or infinite counts or a numerator above its denominator, ShapeError for shapes that
    do not fit together, SettingError for a confidence outside (0, 1).
    Source: Miettinen and Nurminen 1985, with their variance N / (N - 1); vectors: ratesci
    `scoreci(contrast = "RR", skew = FALSE)`.
    """
    z = normal_quantile(confidence)
    parts, reason = two_groups(x1, n1, x2, n2, proportions=True)
    ratio = ratio_of(parts, reason)
    reason[(reason == 0) & (parts[0] == 0) & (parts[2] == 0)] = Reason.NO_EVENTS
    known = reason == 0
    mine = tuple(part[known] for part in parts)
    score = partial(_score, mine)
    widest = np.full(mine[0].shape, _WIDEST)
    lower = np.where(mine[0] == 0, 0.0, np.exp(crossing(score, z, -widest, widest)))
    upper = np.where(mine[2] == 0, np.inf, np.exp(crossing(score, -z, -widest, widest)))
    return Interval(ratio, scattered(known, lower), scattered(known, upper), reason)


def ratio_of(parts: tuple[Floats, ...], reason: Reasons) -> Floats:
    """(x1 / n1) / (x2 / n2): infinite where only the second has no event, NaN where neither has or `reason` says so."""
    first, size1, second, size2 = parts
    counted = (reason == 0) & (first + second > 0)
    over = np.where(counted, first * size2, np.nan)
    under = np.where(counted, second * size1, 1.0)
    return np.where(under > 0, over / np.where(under > 0, under, 1.0), np.where(counted, np.inf, np.nan))


def _score(parts: tuple[Floats, ...], logarithm: Floats) -> Floats:
    x1, n1, x2, n2 = parts
    ratio = np.exp(logarithm)
    # The likeliest second proportion p with this ratio: N ratio p² - (n1 ratio + x1 + n2 + x2 ratio) p + x1 + x2 = 0.
    total, events = n1 + n2, x1 + x2
    b = n1 * ratio + x1 + n2 + x2 * ratio
    share2 = 2 * events / (b + np.sqrt(np.maximum(b * b - 4 * total * ratio * events, 0.0)))
    share2 = np.minimum(share2, np.minimum(1.0, 1 / ratio))
    share1 = np.minimum(share2 * ratio, 1.0)
    variance = share1 * (1 - share1) / n1 + ratio * ratio * share2 * (1 - share2) / n2
    off = x1 / n1 - ratio * x2 / n2
    return in_errors(off, variance * unbiased(total))
