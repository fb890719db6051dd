"""Interval of a mean."""

from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from analytics.inputs import floats
from analytics.intervals.inputs import checked_confidence
from analytics.intervals.proportions import Interval
from analytics.outcomes import AnalyticsError, Reason, ShapeError

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
    error = np.sqrt((off * off).sum(axis=-1) / free / np.maximum(count, 1))
    reach = np.where(reason == 0, -stdtrit(free, tail) * error, np.nan)
    return Interval(np.where(equal, high, mean), mean - reach, mean + reach, reason)


def mean_difference(first: npt.ArrayLike, second: npt.ArrayLike, *, confidence: float = 0.95) -> Interval:
    """Mean of `first` minus mean of `second`, of single measurements with spreads of their own, with Welch's interval.

    `first`, `second`: (..., T) and (..., U), NaN where a measurement is missing; the result has the leading shape. A
    side without measurements: nothing (NO_DATA). A side with one, or both without spread: the difference stands
    without bounds (TOO_FEW_POINTS, ALL_EQUAL). Measurements that lean on those before them vary less than they seem:
    the interval is too narrow then.
    Raises as `student`. Source: Welch 1947, with Satterthwaite's degrees of freedom.
    """
    sides = [student(values, confidence=confidence) for values in (first, second)]
    counts = [(~np.isnan(floats(values))).sum(axis=-1).astype(np.float64) for values in (first, second)]
    tail = (1 - checked_confidence(confidence)) / 2
    squares = []
    for side, count in zip(sides, counts, strict=True):
        reach = np.where(side.reason == Reason.COMPUTED, side.upper - side.estimate, 0.0)
        squares.append((reach / -stdtrit(np.maximum(count - 1, 1), tail)) ** 2)
    spread = squares[0] + squares[1]
    few = [side.reason == Reason.TOO_FEW_POINTS for side in sides]
    reason = np.select(
        [
            (sides[0].reason == Reason.NO_DATA) | (sides[1].reason == Reason.NO_DATA),
            few[0] | few[1],
            spread == 0,
        ],
        [Reason.NO_DATA, Reason.TOO_FEW_POINTS, Reason.ALL_EQUAL],
        Reason.COMPUTED,
    ).astype(np.uint8)
    free = sum(part**2 / np.maximum(count - 1, 1) for part, count in zip(squares, counts, strict=True))
    degrees = np.where(spread > 0, spread**2 / np.where(free > 0, free, 1.0), 1.0)
    gap = sides[0].estimate - sides[1].estimate
    reach = np.where(reason == Reason.COMPUTED, -stdtrit(degrees, tail) * np.sqrt(spread), np.nan)
    return Interval(gap, gap - reach, gap + reach, reason)
