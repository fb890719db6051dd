"""Score intervals of the difference of two proportions and of two rates."""

from functools import partial

import numpy as np
import numpy.typing as npt

from analytics.inputs import setting
from analytics.intervals.inputs import Floats, normal_quantile, two_groups
from analytics.intervals.proportions import Interval
from analytics.intervals.search import crossing, in_errors, reach


def miettinen_nurminen_difference(
    x1: npt.ArrayLike, n1: npt.ArrayLike, x2: npt.ArrayLike, n2: npt.ArrayLike, *, confidence: float = 0.95
) -> Interval:
    """Difference x1 / n1 - x2 / n2 of two independent proportions, on the scale -1 .. 1, by the score.

    `x1`, `n1`: the group of interest, `x2`, `n2`: the comparator; shapes that broadcast; NaN without a denominator.
    For audits: a board shows `newcombe_difference`, which needs no search and differs by little.
    Raises CountError for negative or infinite counts or a numerator above its denominator, ShapeError for shapes that
    do not fit together, SettingError for a confidence outside (0, 1).
    Source: Miettinen and Nurminen 1985, with their variance N / (N - 1); vectors: ratesci `scoreci(skew = FALSE)`.
    """
    z = normal_quantile(confidence)
    counts, reason = two_groups(x1, n1, x2, n2, proportions=True)
    known = reason == 0
    parts = tuple(part[known] for part in counts)
    gap = parts[0] / parts[1] - parts[2] / parts[3]
    score = partial(_proportion_score, parts, gap)
    lower = crossing(score, z, np.full_like(gap, -1.0), gap)
    upper = crossing(score, -z, gap, np.full_like(gap, 1.0))
    return Interval.at(known, gap, lower, upper, reason)


def rate_difference(
    x1: npt.ArrayLike,
    n1: npt.ArrayLike,
    x2: npt.ArrayLike,
    n2: npt.ArrayLike,
    *,
    per: float = 1.0,
    confidence: float = 0.95,
) -> Interval:
    """Difference x1 / n1 - x2 / n2 of two independent rates for each `per`, events being Poisson, by the score.

    `x1`, `n1`: events of the group of interest and what they are counted over (people, days; need not be whole),
    `x2`, `n2`: the comparator; shapes that broadcast; NaN without a denominator. Zero events are fine.
    Raises CountError for negative or infinite counts, ShapeError for shapes that do not fit together, SettingError for
    a confidence outside (0, 1).
    Source: Miettinen and Nurminen 1985; vectors: ratesci `scoreci(distrib = "poi", skew = FALSE, bcf = FALSE)`.
    """
    z = normal_quantile(confidence)
    unit = setting(per, "what a rate is told for", above=0)
    counts, reason = two_groups(x1, n1, x2, n2, proportions=False)
    known = reason == 0
    parts = tuple(part[known] for part in counts)
    gap = parts[0] / parts[1] - parts[2] / parts[3]
    score = partial(_rate_score, parts, gap)
    step = (z * z + 1) * (1 / parts[1] + 1 / parts[3])
    lower = crossing(score, z, reach(score, z, gap, -step), gap)
    upper = crossing(score, -z, gap, reach(score, -z, gap, step))
    return Interval.at(known, gap * unit, lower * unit, upper * unit, reason)


def _rate_score(parts: tuple[Floats, ...], gap: Floats, difference: Floats) -> Floats:
    x1, n1, x2, n2 = parts
    total, events = n1 + n2, x1 + x2
    # The likeliest rates with this difference: x1 / r1 + x2 / r2 = n1 + n2, r1 = r2 + difference.
    rate1 = _larger_root(total, -total * difference - events, x1 * difference)
    rate2 = _larger_root(total, total * difference - events, -x2 * difference)
    return in_errors(gap - difference, rate1 / n1 + rate2 / n2)


def _larger_root(a: Floats, b: Floats, c: Floats) -> Floats:
    """The larger root of a t² + b t + c = 0 (a > 0, never complex here), without losing digits to cancellation."""
    root = np.sqrt(np.maximum(b * b - 4 * a * c, 0.0))
    sum_ = np.where(b > 0, b + root, root - b)
    safe = np.where(sum_ > 0, sum_, 1.0)
    return np.where(sum_ > 0, np.where(b > 0, -2 * c / safe, sum_ / (2 * a)), 0.0)


def _proportion_score(parts: tuple[Floats, ...], gap: Floats, difference: Floats) -> Floats:
    _x1, n1, _x2, n2 = parts
    total = n1 + n2
    share2 = _likeliest(parts, difference)
    share1 = np.clip(share2 + difference, 0.0, 1.0)
    variance = share1 * (1 - share1) / n1 + share2 * (1 - share2) / n2
    return in_errors(gap - difference, variance * unbiased(total))


def unbiased(total: Floats) -> Floats:
    """The factor N / (N - 1) of Miettinen and Nurminen's variance; 1 where parts of people leave no N - 1."""
    return np.where(total > 1, total / np.where(total > 1, total - 1, 1.0), 1.0)


def _likeliest(parts: tuple[Floats, ...], difference: Floats) -> Floats:
    """The likeliest second proportion where the first is larger by `difference`: the root of a cubic in closed form."""
    x1, n1, x2, n2 = parts
    total, events = n1 + n2, x1 + x2
    square = ((n1 + 2 * n2) * difference - total - events) / (3 * total)
    line = ((n2 * difference - total - 2 * x2) * difference + events) / (3 * total)
    rest = x2 * difference * (1 - difference) / (2 * total)
    twist = square**3 - 1.5 * square * line + rest
    size = np.copysign(np.sqrt(np.maximum(square * square - line, 0.0)), twist)
    cube = size**3
    turn = np.clip(np.where(cube == 0, 1.0, twist / np.where(cube == 0, 1.0, cube)), -1.0, 1.0)
    found = 2 * size * np.cos((np.pi + np.arccos(turn)) / 3) - square
    likeliest: Floats = np.clip(found, np.maximum(0.0, -difference), np.minimum(1.0, 1 - difference))
    return likeliest
