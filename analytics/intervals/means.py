"""Interval of a mean."""

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from analytics.inputs import floats
from analytics.intervals.inputs import checked_confidence
from analytics.intervals.proportions import Interval
from analytics.outcomes import AnalyticsError, Reason, ShapeError
from analytics.special import stdtrit

LARGEST: Final = 1e145
"""Squares of larger measurements, summed over many, are beyond the range of a float."""


def student(values: npt.ArrayLike, *, confidence: float = 0.95) -> Interval:
    """Mean of single measurements with Student's interval, in their own unit.

    `values`: (..., T), NaN where a measurement is missing; the result has the leading shape. No measurement: nothing
    (NO_DATA). One, or all equal: the mean stands without bounds (TOO_FEW_POINTS, ALL_EQUAL). Times of waiting are
    seldom symmetrical: show the median too.
    Raises AnalyticsError for a value that is infinite or beyond 1e145, ShapeError without an axis, SettingError for a
    confidence outside (0, 1). Source: Student 1908; vectors: PHEindicatormethods `phe_mean`.
    """
    tail = (1 - checked_confidence(confidence)) / 2
    found = _mean_of(values)
    reach = np.where(found.reason == 0, -stdtrit(found.free, tail) * np.sqrt(found.square), np.nan)
    return Interval(found.mean, found.mean - reach, found.mean + reach, found.reason)


class _Mean(NamedTuple):
    """A mean with its squared standard error, degrees of freedom (1 at least) and why there may be no bounds."""

    mean: npt.NDArray[np.float64]
    square: npt.NDArray[np.float64]
    free: npt.NDArray[np.float64]
    reason: npt.NDArray[np.uint8]


def _mean_of(values: npt.ArrayLike) -> _Mean:
    array = floats(values)
    if array.ndim == 0:
        raise ShapeError("measurements need an axis: one number has no spread")
    if (np.abs(array) > LARGEST).any():
        raise AnalyticsError("a measurement is infinite, or so large that its square is")
    there = ~np.isnan(array)
    count = there.sum(axis=-1)
    filled = np.where(there, array, 0.0)
    mean = np.where(count > 0, filled.sum(axis=-1) / np.maximum(count, 1), np.nan)
    off = np.where(there, array - mean[..., None], 0.0)
    high = np.max(np.where(there, array, -np.inf), axis=-1, initial=-np.inf)
    low = np.min(np.where(there, array, np.inf), axis=-1, initial=np.inf)
    equal = high == low
    reason = np.select(
        [count == 0, count == 1, equal],
        [Reason.NO_DATA, Reason.TOO_FEW_POINTS, Reason.ALL_EQUAL],
        Reason.COMPUTED,
    ).astype(np.uint8)
    free = np.maximum(count - 1, 1).astype(np.float64)
    square = np.where(equal, 0.0, (off * off).sum(axis=-1) / free / np.maximum(count, 1))
    return _Mean(np.where(equal, high, mean), square, free, reason)


def mean_difference(first: npt.ArrayLike, second: npt.ArrayLike, *, confidence: float = 0.95) -> Interval:
    """Mean of `first` minus mean of `second`, of single measurements with spreads of their own, with Welch's interval.

    `first`, `second`: (..., T) and (..., U), NaN where a measurement is missing; the result has the leading shape. A
    side without measurements: nothing (NO_DATA). A side with one, or both without spread: the difference stands
    without bounds (TOO_FEW_POINTS, ALL_EQUAL). Measurements that lean on those before them vary less than they seem:
    the interval is too narrow then.
    Raises as `student`. Source: Welch 1947, with Satterthwaite's degrees of freedom.
    """
    tail = (1 - checked_confidence(confidence)) / 2
    one, two = _mean_of(first), _mean_of(second)
    spread = one.square + two.square
    reasons = (one.reason, two.reason)
    reason = np.select(
        [
            np.logical_or(*(side == Reason.NO_DATA for side in reasons)),
            np.logical_or(*(side == Reason.TOO_FEW_POINTS for side in reasons)),
            np.logical_and(*(side == Reason.ALL_EQUAL for side in reasons)),
        ],
        [Reason.NO_DATA, Reason.TOO_FEW_POINTS, Reason.ALL_EQUAL],
        Reason.COMPUTED,
    ).astype(np.uint8)
    shares = [side.square / np.where(spread > 0, spread, 1.0) for side in (one, two)]
    free = sum(share**2 / side.free for share, side in zip(shares, (one, two), strict=True))
    degrees = 1 / np.where(free > 0, free, 1.0)
    gap = one.mean - two.mean
    reach = np.where(reason == Reason.COMPUTED, -stdtrit(degrees, tail) * np.sqrt(spread), np.nan)
    return Interval(gap, gap - reach, gap + reach, reason)
