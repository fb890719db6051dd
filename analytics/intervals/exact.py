"""Exact intervals of one proportion and of one rate, by quantiles of the beta and gamma distributions."""

import numpy as np
import numpy.typing as npt

from analytics.inputs import setting
from analytics.intervals.inputs import Floats, checked_confidence, exposures, shares, why_not
from analytics.intervals.proportions import Interval
from analytics.special import betaincinv, gammainccinv, gammaincinv


def clopper_pearson(x: npt.ArrayLike, n: npt.ArrayLike, *, confidence: float = 0.95) -> Interval:
    """Exact interval of the proportion x / n, on the scale 0 .. 1. Never too narrow, often wider than need be.

    `x`, `n`: counts of any shapes that broadcast; NaN is "not known". Without a denominator all three are NaN.
    At x = 0 the lower bound is exactly 0, at x = n the upper exactly 1.
    Raises CountError for negative or infinite counts or x above n, ShapeError for shapes that do not fit together,
    SettingError for a confidence outside (0, 1).
    Source: Clopper and Pearson 1934; vectors: base R `binom.test`.
    """
    tail = (1 - checked_confidence(confidence)) / 2
    events, sizes = shares(x, n)
    reason = why_not(events, sizes)
    known = reason == 0
    x_, n_ = events[known], sizes[known]
    lower, upper = _beta_bounds(x_, n_, tail)
    return Interval.at(known, x_ / n_, lower, upper, reason)


def poisson_exact(x: npt.ArrayLike, n: npt.ArrayLike = 1.0, *, per: float = 1.0, confidence: float = 0.95) -> Interval:
    """Exact interval of the rate x / n for each `per` (1000 for "per 1000 bed days"), events being Poisson.

    `x`: events, `n`: what they are counted over (people, days; need not be whole), of any shapes that broadcast; NaN is
    "not known". Without n the interval is that of the count itself. At x = 0 the lower bound is exactly 0.
    Raises CountError for negative or infinite counts, ShapeError for shapes that do not fit together, SettingError for
    a confidence outside (0, 1).
    Source: Garwood 1936; vectors: base R `poisson.test`, PHEindicatormethods below 10 events.
    """
    tail = (1 - checked_confidence(confidence)) / 2
    events, sizes = exposures(x, n)
    reason = why_not(events, sizes)
    known = reason == 0
    x_, scale = events[known], setting(per, "what a rate is told for", above=0) / sizes[known]
    lower, upper = poisson_bounds(x_, tail)
    return Interval.at(known, x_ * scale, lower * scale, upper * scale, reason)


def poisson_bounds(x: Floats, tail: float) -> tuple[Floats, Floats]:
    """Bounds of the expected number of events where x (any shape, finite) were seen; `tail` on each side."""
    lower, upper = np.zeros(x.shape), np.full(x.shape, -np.log(tail))
    some = x > 0  # of no events the bounds need no quantile, and small counts that may be shown are mostly none
    if some.any():
        lower[some], upper[some] = gammaincinv(x[some], tail), gammainccinv(x[some] + 1, tail)
    return lower, upper


def _beta_bounds(x: Floats, n: Floats, tail: float) -> tuple[Floats, Floats]:
    none, all_ = x == 0, x == n
    lower = np.where(none, 0.0, betaincinv(np.where(none, 1.0, x), n - x + 1, tail))
    upper = np.where(all_, 1.0, 1 - betaincinv(np.where(all_, 1.0, n - x), x + 1, tail))
    return lower, upper


def share_of_two(x1: Floats, x2: Floats, confidence: float) -> tuple[Floats, Floats]:
    """Exact bounds of the odds that an event of two Poisson counts is of the first: lower and upper, 0 .. infinity.

    `x1`, `x2`: counts of one shape, not both zero.
    """
    tail = (1 - checked_confidence(confidence)) / 2
    total = x1 + x2
    first, second = x1 == 0, x2 == 0
    below = betaincinv(np.where(first, 1.0, x1), total - x1 + 1, tail)
    above = betaincinv(np.where(second, 1.0, x2), total - x2 + 1, tail)
    lower = np.where(first, 0.0, below / (1 - below))
    upper = np.where(second, np.inf, (1 - above) / above)
    return lower, upper
