"""Funnel of proportions: which units lie further from the average than chance explains. Never a league table."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from statistics import NormalDist
from typing import Final

import numpy as np
import numpy.typing as npt

from analytics.inputs import floats
from analytics.intervals.inputs import LEAST, Floats, shares, why_not
from analytics.outcomes import CountError, Reason, Reasons, SettingError, ShapeError

#: Shares of the normal distribution below a line: 95 % and 99.8 % of units that are like the others lie between two.
TAILS: Final = (0.975, 0.999)


class Level(IntEnum):
    """Where a unit lies, told by the outermost line that it crosses; the numbers are kept as int8."""

    LOW_OUTER = -2
    LOW_INNER = -1
    USUAL = 0
    HIGH_INNER = 1
    HIGH_OUTER = 2


@dataclass(frozen=True, slots=True)
class FunnelLimits:
    """Lines of a funnel at the sizes asked for, on the scale 0 .. 1.

    `target`: (...) the middle line. `lower`, `upper`: (..., K) for K `tails`, from inside to outside, NaN where
    `reason` (...) says why.
    """

    target: Floats
    lower: Floats
    upper: Floats
    reason: Reasons


@dataclass(frozen=True, slots=True)
class Significance:
    """Where units lie: `level` (..., J) int8 of `Level`, USUAL where `reason` (..., J) says that nothing is known."""

    level: npt.NDArray[np.int8]
    reason: Reasons


def proportion_limits(sizes: npt.ArrayLike, target: npt.ArrayLike, *, tails: Sequence[float] = TAILS) -> FunnelLimits:
    """Lines between which a unit of this size lies by chance: target ± z sqrt(target (1 - target) / size), cut at 0, 1.

    A point outside is one whose Wilson interval does not hold the target. `sizes`: denominators, of any shape;
    `target`: the average (0 .. 1), broadcast against it. Size 0: ZERO_DENOMINATOR; an average of 0 or 1: ALL_MET.
    Raises CountError for a negative or infinite size or a target outside 0 .. 1, ShapeError for shapes that do not fit
    together, SettingError for tails outside (0.5, 1) or not rising.
    Source: Spiegelhalter 2005; vectors: PHEindicatormethods `calculate_funnel_limits`.
    """
    z = quantiles(tails)
    middle, size = shares_and_sizes(target, sizes)
    reason = why_not(middle, size)
    reason[(reason == 0) & ((middle == 0) | (middle == 1))] = Reason.ALL_MET
    known = reason == 0
    spread = np.where(known, np.sqrt(middle * (1 - middle) / np.where(known, size, 1.0)), np.nan)
    reach = spread[..., None] * z
    return FunnelLimits(
        middle,
        np.maximum(middle[..., None] - reach, 0.0),
        np.minimum(middle[..., None] + reach, 1.0),
        reason,
    )


def proportion_significance(
    x: npt.ArrayLike, n: npt.ArrayLike, target: npt.ArrayLike | None = None, *, tails: Sequence[float] = TAILS
) -> Significance:
    """Where each unit of a funnel of proportions lies.

    `x`, `n`: (..., J) counts of J units; NaN is "not known". `target`: (...) the middle line, by default the sum of
    numerators over the sum of denominators of the units that are known. `tails`: two, inner and outer.
    Raises CountError for negative or infinite counts or x above n, else as `proportion_limits`.
    Source: PHEindicatormethods `assign_funnel_significance`.
    """
    z = inner_and_outer(tails)
    events, sizes = shares(x, n)
    if events.ndim == 0 or events.shape[-1] == 0:
        raise ShapeError("a funnel needs units along the last axis")
    middle = average(events, sizes) if target is None else floats(target)
    limits = proportion_limits(sizes, middle[..., None], tails=tails)
    reason = np.where(np.isnan(events), np.uint8(Reason.NO_DATA), limits.reason)
    known = reason == 0
    error = np.where(known, np.sqrt(limits.target * (1 - limits.target) / np.where(known, sizes, 1.0)), 1.0)
    score = np.where(known, (events / np.where(known, sizes, 1.0) - limits.target) / error, 0.0)
    return Significance(levels(score > z[0], score > z[1], score < -z[0], score < -z[1]), reason)


def average(events: Floats, sizes: Floats) -> Floats:
    """Sum of numerators over sum of denominators along the last axis, of units where both are known; else NaN."""
    known = ~(np.isnan(events) | np.isnan(sizes))
    total = np.where(known, sizes, 0.0).sum(axis=-1)
    sum_ = np.where(known, events, 0.0).sum(axis=-1)
    return np.asarray(np.where(total > 0, sum_ / np.where(total > 0, total, 1.0), np.nan))


def levels(
    high: npt.NDArray[np.bool_],
    far_high: npt.NDArray[np.bool_],
    low: npt.NDArray[np.bool_],
    far_low: npt.NDArray[np.bool_],
) -> npt.NDArray[np.int8]:
    """Codes of `Level` from what lies beyond the inner and the outer lines."""
    found = np.select(
        [far_high, far_low, high, low], [Level.HIGH_OUTER, Level.LOW_OUTER, Level.HIGH_INNER, Level.LOW_INNER]
    )
    return found.astype(np.int8)


def quantiles(tails: Sequence[float]) -> Floats:
    """Normal quantiles of the lines. Raises SettingError for tails outside (0.5, 1) or not rising."""
    shares = floats(tails)
    if shares.ndim != 1 or not shares.size or not ((shares > 0.5) & (shares < 1)).all() or (np.diff(shares) <= 0).any():
        raise SettingError(f"lines of a funnel lie at rising shares between 0.5 and 1, not at {shares.tolist()}")
    return np.array([NormalDist().inv_cdf(tail) for tail in shares.tolist()])


def inner_and_outer(tails: Sequence[float]) -> Floats:
    """The normal quantiles of an inner and an outer line. Raises SettingError for another number of tails."""
    z = quantiles(tails)
    if z.size != 2:
        raise SettingError("significance is told by two lines, an inner and an outer one")
    return z


def shares_and_sizes(target: npt.ArrayLike, sizes: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Targets and sizes as float arrays of one shape. Raises CountError for what can be neither."""
    middle, size = floats(target), floats(sizes)
    if ((middle < 0) | (middle > 1) | ((middle > 0) & (middle < LEAST))).any():
        raise CountError(f"an average proportion lies at 0 or from {LEAST} to 1")
    if (size < 0).any() or np.isinf(size).any() or ((size > 0) & (size < LEAST)).any():
        raise CountError(f"counts must be finite, and 0 or from {LEAST} on")
    try:
        first, second = np.broadcast_arrays(middle, size)
    except ValueError as error:
        raise ShapeError(f"shapes {middle.shape} and {size.shape} do not fit together") from error
    return first, second
