"""The last points of many series, laid out for sparklines of one size."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from analytics.inputs import floats, whole_setting
from analytics.intervals.inputs import Floats
from analytics.outcomes import AnalyticsError, ShapeError

LARGEST: Final = 1e300
"""Between larger values of two signs lies a distance beyond the range of a float."""


@dataclass(frozen=True, slots=True)
class SparkWindow:
    """The last L points of each series, and where they stand between the ends of its own scale.

    `values`, `heights`: (..., L), NaN in gaps; a height is 0 at the bottom, 1 at the top, 0.5 where the scale has one
    value only. `levels`: (..., K) heights of the lines that were given. `low`, `high`: (...) ends of the scale, NaN
    without a point. `latest`: (...) place of the latest point that exists, -1 without one.
    """

    values: Floats
    heights: Floats
    levels: Floats
    low: Floats
    high: Floats
    latest: npt.NDArray[np.int64]


def spark_window(values: npt.ArrayLike, length: int, levels: npt.ArrayLike = ()) -> SparkWindow:
    """The last `length` points of each series and their heights on a scale that holds points and lines.

    `values`: (..., T), oldest first, NaN where a point is missing; a series shorter than `length` begins with gaps.
    `levels`: (..., K) lines that the drawing shows too (limits, mean, target), NaN where there is none; they widen the
    scale only where the series has a point.
    Raises AnalyticsError for values that are infinite or beyond 1e300, ShapeError for shapes that do not fit together,
    SettingError for a length below 1.
    """
    whole_setting(length, "the points of a window", least=1)
    array, lines = floats(values), floats(levels)
    if array.ndim == 0 or lines.ndim == 0:
        raise ShapeError("points and lines lie along an axis")
    if (np.abs(array) > LARGEST).any() or (np.abs(lines) > LARGEST).any():
        raise AnalyticsError("a point or a line is infinite, or so far off that the length of a scale would be")
    try:
        lines = np.broadcast_to(lines, (*array.shape[:-1], lines.shape[-1]))
    except ValueError as error:
        raise ShapeError(f"lines {lines.shape} do not fit series {array.shape}") from error
    missing = max(0, length - array.shape[-1])
    pad = [(0, 0)] * (array.ndim - 1) + [(missing, 0)]
    window = np.pad(array[..., max(0, array.shape[-1] - length) :], pad, constant_values=np.nan)
    there = ~np.isnan(window)
    some = there.any(axis=-1)
    both = np.concatenate([window, lines], axis=-1)
    known = ~np.isnan(both)
    low = np.where(some, np.min(np.where(known, both, np.inf), axis=-1, initial=np.inf), np.nan)
    high = np.where(some, np.max(np.where(known, both, -np.inf), axis=-1, initial=-np.inf), np.nan)
    span = np.where(high > low, high - low, 1.0)[..., None]
    heights = np.where((high > low)[..., None], (both - low[..., None]) / span, both * 0 + 0.5)
    latest = np.where(some, length - 1 - np.argmax(there[..., ::-1], axis=-1), -1)
    return SparkWindow(window, heights[..., :length], heights[..., length:], low, high, latest)
