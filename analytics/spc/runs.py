"""Runs and crossings around a center line: the rules of Anhøj, for run charts and any other chart."""

from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from math import comb, log2

import numpy as np
import numpy.typing as npt

from analytics.inputs import floats, whole_setting
from analytics.outcomes import ShapeError
from analytics.spc.gaps import Floats
from analytics.spc.limits import bounded, checked

LEAST_USEFUL = 10
"""Points off the center below which nothing is told: chance alone makes such short series look odd."""
ON_CENTER = 1e-12
"""A point this close to the center, relative to it, lies on it: a mean is exact to no more digits."""

Ints = npt.NDArray[np.int64]


def run_limits(useful: int) -> tuple[int, int]:
    """Longest run and fewest crossings that chance alone still explains, among so many points off the center.

    round(log2(n)) + 3, and the 5 % quantile of the binomial distribution of n - 1 tosses, by exact sums. Raises
    SettingError for fewer than one point. Source: Anhøj & Olesen 2014; qicharts2 0.8.1.
    """
    return _run_limits(whole_setting(useful, "a number of points off the center", least=1))


@lru_cache(maxsize=4096)
def _run_limits(useful: int) -> tuple[int, int]:
    tosses = useful - 1
    sums = accumulate(comb(tosses, k) for k in range(useful))
    fewest = next(k for k, below in enumerate(sums) if 20 * below >= 2**tosses)
    return round(log2(useful)) + 3, fewest


@dataclass(frozen=True, slots=True)
class Runs:
    """Runs of S series, each array of shape (S,) but `in_long_run`.

    `n_obs`: points. `n_useful`: points off the center. `longest`: points in the longest run on one side; a point on the
    center neither breaks nor extends it. `longest_max`: what chance explains. `crossings` of the center and
    `crossings_min`. All 0 where no point is off the center. `long_run`, `few_crossings`: beyond those limits, however
    few the points. `in_long_run`: (S, T) points of runs that are too long, where ten points or more are useful.
    """

    n_obs: Ints
    n_useful: Ints
    longest: Ints
    longest_max: Ints
    crossings: Ints
    crossings_min: Ints
    long_run: npt.NDArray[np.bool_]
    few_crossings: npt.NDArray[np.bool_]
    in_long_run: npt.NDArray[np.bool_]

    @property
    def beyond_chance(self) -> npt.NDArray[np.bool_]:
        """(S,) the longest run is too long or crossings too few, however few the points, as the reference has it."""
        return self.long_run | self.few_crossings

    @property
    def signal(self) -> npt.NDArray[np.bool_]:
        """(S,) the same where ten points or more are useful: fewer say nothing."""
        return self.beyond_chance & (self.n_useful >= LEAST_USEFUL)


def sides_of(values: Floats, center: Floats) -> npt.NDArray[np.int8]:
    """Where points (S, T) lie to their center (S, T) or (S, 1): 1 above, -1 below, 0 on it or missing."""
    with np.errstate(invalid="ignore"):
        away = values - center
        reach = ON_CENTER * np.abs(center)
        return np.greater(away, reach).astype(np.int8) - np.less(away, -reach).astype(np.int8)


def median_runs(values: npt.ArrayLike, *, center: npt.ArrayLike | None = None) -> Runs:
    """Runs and crossings of many series.

    `values`: (S, T), oldest first, NaN where a point is missing. `center`: (S,) or (S, T) in the same unit; without one
    the median of each series. Raises ShapeError for other shapes, CountError for infinite values.
    Source: Anhøj & Olesen 2014 (PLoS ONE 9(11):e113825); qicharts2 0.8.1.
    """
    array = checked(values)
    if center is None:
        lines = np.array([[np.median(row[~np.isnan(row)]) if (~np.isnan(row)).any() else np.nan] for row in array])
        lines = lines.reshape(len(array), 1)
    else:
        lines = bounded(floats(center))
        if lines.ndim == 1:
            lines = lines[:, None]
        if lines.ndim != 2 or len(lines) != len(array) or lines.shape[1] not in {1, array.shape[1]}:
            raise ShapeError(f"a center must be one number per series or point, not of shape {lines.shape}")
    return runs_of(sides_of(array, lines), (~np.isnan(array)).sum(axis=1))


def runs_of(sides: npt.NDArray[np.int8], n_obs: Ints) -> Runs:
    """Runs of sides (S, T) as `sides_of` gives them, among `n_obs` (S,) points."""
    series = len(sides)
    useful = sides != 0
    counts = useful.sum(axis=1)
    ends = np.cumsum(counts)
    flat = sides[useful]
    begins = np.ones(len(flat), dtype=bool)
    np.not_equal(flat[1:], flat[:-1], out=begins[1:])
    begins[(ends - counts)[counts > 0]] = True
    first = np.flatnonzero(begins)
    lengths = np.diff(np.append(first, len(flat)))
    runs = np.diff(np.searchsorted(first, np.append(0, ends)))
    owner = np.repeat(np.arange(series), runs)
    longest = np.zeros(series, dtype=np.int64)
    if len(first):
        some = np.flatnonzero(runs)
        longest[some] = np.maximum.reduceat(lengths, (np.cumsum(runs) - runs)[some])
    kinds, back = np.unique(counts, return_inverse=True)
    known = np.array([run_limits(int(n)) if n else (0, 0) for n in kinds], dtype=np.int64).reshape(-1, 2)[back]
    crossings = np.maximum(runs - 1, 0)
    told = counts >= LEAST_USEFUL
    marked = np.zeros(sides.shape, dtype=bool)
    marked[useful] = np.repeat((lengths > known[owner, 0]) & told[owner], lengths)
    return Runs(
        n_obs=np.asarray(n_obs, dtype=np.int64),
        n_useful=counts,
        longest=longest,
        longest_max=known[:, 0],
        crossings=crossings,
        crossings_min=known[:, 1],
        long_run=longest > known[:, 0],
        few_crossings=crossings < known[:, 1],
        in_long_run=marked,
    )
