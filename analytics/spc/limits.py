"""Limits of the XmR (individuals and moving range) chart."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analytics.inputs import floats, setting
from analytics.outcomes import CountError, ShapeError
from analytics.spc.gaps import Floats, close_up
from analytics.spc.kinds import EXACT_FACTOR, Kind

MDC_FACTOR = 2.66
"""Limits lie this many mean moving ranges from the mean: 3 / 1.128 as Making Data Count rounds it."""
SCREEN_FACTOR = 3.267
"""Moving ranges from this many mean moving ranges up are left out, once (Nelson 1982; D4 for n = 2)."""
CHUNK = 1024
"""Series handled at a time, so that a chunk stays in the processor's cache. A multiple of 64: the rules pack 64
series a word."""
MOST = 1e100
"""No figure and no size lies further from 0: squares and powers of it stay numbers."""


@dataclass(frozen=True, slots=True)
class XmrLimits:
    """Limits of S series, each array of shape (S,), in the unit of the values.

    `mean` is NaN for a series without points; `lower` and `upper` are NaN below two points. Where all points are equal
    both equal the mean. `moving_range` is the mean moving range after screening, `n_points` the points that were used.
    """

    mean: Floats
    lower: Floats
    upper: Floats
    moving_range: Floats
    n_points: npt.NDArray[np.int64]


def bounded(array: Floats) -> Floats:
    """The same array, of any shape. CountError where a number is infinite, or so large that sums may be."""
    if array.size and (np.fmax.reduce(array, axis=None) > MOST or np.fmin.reduce(array, axis=None) < -MOST):
        raise CountError("a series holds an infinite value, or one that is too large for any chart")
    return array


def checked(values: npt.ArrayLike) -> Floats:
    """The values as a (S, T) float64 array; ShapeError for another number of dimensions, CountError as `bounded`."""
    array = floats(values)
    if array.ndim != 2:
        raise ShapeError(f"series must come as a two-dimensional array (series, points), not {array.ndim}-dimensional")
    return bounded(array)


def width_of(kind: Kind, factor: float | None) -> float:
    """Mean moving ranges from the mean to a limit: as given, else 2.66 for XmR; SettingError unless above 0."""
    if factor is None:
        return MDC_FACTOR if kind is Kind.XMR else EXACT_FACTOR
    return setting(factor, "the factor of mean moving ranges", above=0)


def mean_and_range(
    points: Floats, steps: Floats, counts: npt.NDArray[np.int64], *, screen: bool
) -> tuple[Floats, Floats, npt.NDArray[np.bool_]]:
    """Mean, screened mean moving range and whether all points are equal, each (S,), of closed-up series lying in
    columns.

    `points` is (T, S), `steps` (T-1, S) their moving ranges, `counts` (S,) how many points at the bottom of each column
    are real; what stands above them repeats the first real one, so that its moving range is zero.

    Where screening would leave only ranges of zero (nothing for weeks, one event, nothing again) nothing is screened:
    the
    reference then draws both limits on the mean and calls every single point exceptional.
    """
    total, series = points.shape
    if not total:
        none = np.full(series, np.nan)
        return none, none, np.zeros(series, dtype=bool)
    padding = total - counts
    sums = steps.sum(axis=0)
    flat = (sums == 0) & (counts > 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = (points.sum(axis=0) - padding * points[0]) / counts
    moving = mean_range(steps, sums, counts - 1, screen=SCREEN_FACTOR if screen else None)
    # The mean of equal numbers can differ from them in the last digit, which would put every point "above" it.
    mean[flat] = points[-1, flat]
    return mean, moving, flat


def mean_range(steps: Floats, sums: Floats, ranges: npt.NDArray[np.int64], *, screen: float | None) -> Floats:
    """Mean moving range (S,) of `steps` (T-1, S), of which `ranges` (S,) are real and the others 0; NaN without any.

    `sums` (S,) are their sums. `screen`: ranges from so many means up are left out, once; None keeps all.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        moving = np.where(ranges > 0, sums / ranges, np.nan)
        if screen is None:
            return moving
        rows, hit = np.nonzero(steps >= screen * moving)
        if not len(hit):
            return moving
        series = len(sums)
        kept = sums - np.bincount(hit, weights=steps[rows, hit], minlength=series)
        left = ranges - np.bincount(hit, minlength=series)
        # A kept sum of nothing but rounding is zero.
        return np.where(kept > 1e-12 * sums, kept / left, moving)


def xmr_limits(values: npt.ArrayLike, *, screen: bool = True, factor: float = MDC_FACTOR) -> XmrLimits:
    """Mean and limits of many series: mean ± factor × mean moving range.

    `values`: shape (S, T), any unit, oldest point first, NaN where a point is missing (the moving range spans the gap).
    `screen`: leave out, once, moving ranges from 3.267 times their mean up (NHSRplotthedots' default; its Excel twin
    does not).
    `factor`: 2.66 (Making Data Count) or 3 / 1.128 (qicharts2, NIST).
    Raises ValueError unless `values` has two dimensions and no infinite number.
    Source: NHSRplotthedots 0.2.2; Nelson 1982 for the screening.
    """
    factor = width_of(Kind.XMR, factor)
    array = checked(values)
    series = len(array)
    mean, moving, counts = np.empty(series), np.empty(series), np.empty(series, dtype=np.int64)
    for start in range(0, series, CHUNK):
        part = slice(start, start + CHUNK)
        closed = close_up(array[part])
        columns = np.ascontiguousarray(closed.values.T)
        steps = np.abs(np.diff(columns, axis=0))
        mean[part], moving[part], _ = mean_and_range(columns, steps, closed.counts, screen=screen)
        counts[part] = closed.counts
    return XmrLimits(mean, mean - factor * moving, mean + factor * moving, moving, counts)
