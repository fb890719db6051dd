"""What limits rest on: a center and a spread for each series, from which the lines at points of any size follow."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analytics.inputs import setting, whole_setting
from analytics.outcomes import Reason, Reasons, SettingError, ShapeError
from analytics.spc.columns import Columns, asked, columns, refuse_sizes
from analytics.spc.gaps import Floats
from analytics.spc.kinds import EXACT_FACTOR, RANGE_LIMIT, TIME_POWER, Kind
from analytics.spc.limits import CHUNK, SCREEN_FACTOR, checked, mean_range, width_of

TAYLOR_SCREEN = 3.2665
"""The same as SCREEN_FACTOR in the units of Taylor's weighted ranges, as the reference has it."""
EQUAL = 1e-12
"""Ratios this close to each other, relative to themselves, are equal: a quotient is exact to no more digits."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """What the limits of S series of one kind rest on; each array of shape (S,). Small enough to lock and to store.

    `center`: the center line, in the unit of the figures. `middle`: what the limits lie around; for G the mean while
    the center is the median, for T on the scale of the 3.6th root, for MR 0, else the center. `spread`: XMR, MR and T:
    one standard deviation, in the unit of `middle`. P_PRIME, U_PRIME, C_PRIME: how much wider than by chance alone the
    points spread (sigma z). I_PRIME: one standard deviation of a point of size 1. P, U, C, G: 1. RUN: NaN.
    `n_points`: points it rests on. `reason`: `analytics.outcomes.Reason`, why there are no limits; COMPUTED where there
    are, and for RUN, which never has any.
    """

    kind: Kind
    center: Floats
    middle: Floats
    spread: Floats
    n_points: npt.NDArray[np.int64]
    reason: Reasons

    def __getitem__(self, part: slice) -> "Baseline":
        return Baseline(
            self.kind, self.center[part], self.middle[part], self.spread[part], self.n_points[part], self.reason[part]
        )

    @property
    def chance(self) -> Floats:
        """(S,) one standard deviation by chance alone, of a point of size 1; 1 for kinds that do not know it."""
        middle = self.middle
        with np.errstate(invalid="ignore"):
            if self.kind.share:
                return np.sqrt(np.maximum(middle * (1 - middle), 0))
            if self.kind in {Kind.U, Kind.U_PRIME, Kind.C, Kind.C_PRIME}:
                return np.sqrt(middle)
            if self.kind is Kind.G:
                return np.sqrt(middle * (middle + 1))
        return np.ones_like(middle)

    @property
    def sigma(self) -> Floats:
        """(S,) one standard deviation of a point of size 1, on the scale of `middle`; NaN where there are no limits."""
        return self.chance * self.spread

    @property
    def flat(self) -> npt.NDArray[np.bool_]:
        """(S,) the limits have no width: all points are equal, or there were no events."""
        flat: npt.NDArray[np.bool_] = self.sigma == 0
        return flat


def baseline(
    kind: Kind,
    values: npt.ArrayLike,
    sizes: npt.ArrayLike | None = None,
    *,
    screen: bool = True,
    factor: float = EXACT_FACTOR,
) -> Baseline:
    """What the limits of many series rest on.

    `values`: (S, T), oldest first, NaN where a point is missing: events of P, U, C and their primes, cases or days
    between events of G, times between events of T, any figure of the others. `sizes`: (S, T), cases or exposure of
    each point, 0 or NaN is a gap; RUN, XMR and MR divide by them where they are given.
    `screen`: leave out, once, moving ranges from 3.267 times their mean up (XMR, T and the primes).
    `factor`: limits of XMR lie so many mean moving ranges from the mean; 3 / 1.128, or 2.66 (Making Data Count).
    Raises ShapeError, CountError and SettingError for input that cannot be (see `figures`).
    Source: qicharts2 0.8.1; Laney 2002 for the primes, Taylor for I', Nelson 1994 for T, Benneyan 2001 for G.
    """
    return baseline_of(kind, *asked(kind, values, sizes), screen=screen, factor=width_of(kind, factor))


def baseline_of(kind: Kind, array: Floats, beside: Floats | None, *, screen: bool, factor: float) -> Baseline:
    """The same of what `asked` gives."""
    parts = [_nothing(kind, 0)]
    for begin in range(0, len(array), CHUNK):
        part = slice(begin, begin + CHUNK)
        if array.shape[1]:
            cols = columns(kind, array[part], None if beside is None else beside[part])
            parts.append(fit(kind, cols, screen, factor)[0])
        else:
            parts.append(_nothing(kind, len(array[part])))
    return Baseline(
        kind=kind,
        center=np.concatenate([part.center for part in parts]),
        middle=np.concatenate([part.middle for part in parts]),
        spread=np.concatenate([part.spread for part in parts]),
        n_points=np.concatenate([part.n_points for part in parts]),
        reason=np.concatenate([part.reason for part in parts]),
    )


def _nothing(kind: Kind, series: int) -> Baseline:
    none = np.full(series, np.nan)
    reason = np.full(series, Reason.NO_DATA, dtype=np.uint8)
    return Baseline(kind, none, none, none, np.zeros(series, dtype=np.int64), reason)


def placed(given: Baseline, part: Columns) -> Floats:
    """The points of a chunk on the scale on which limits are straight lines, (T, S).

    Sized kinds: distance from the middle times the root of the size. T: 3.6th root. Else the points.
    """
    if part.sizes is not None:
        out: Floats = np.subtract(part.points, given.middle)
        out *= np.sqrt(part.sizes)
        return out
    if given.kind is Kind.T:
        return np.asarray(np.power(part.points, 1 / TIME_POWER))
    return part.points


def fit(kind: Kind, part: Columns, screen: bool, factor: float) -> tuple[Baseline, Floats]:
    """The baseline of a chunk, and its points as `placed` gives them."""
    points, counts = part.points, part.counts
    none = counts == 0
    reason = np.where(none, np.uint8(Reason.NO_DATA), np.uint8(Reason.COMPUTED))
    if kind.spread_seen:
        reason[counts == 1] = Reason.TOO_FEW_POINTS
    middle = _middle(part)
    center, spread = middle, np.ones_like(middle)
    if kind in {Kind.RUN, Kind.G}:
        center = _medians(points, counts)
    if kind.spread_seen:
        equal = _equal(points)
        if part.sizes is not None:
            points[:, equal] = points[-1, equal]
        middle = np.where(equal, points[-1], middle)
        center = middle
    if kind is Kind.RUN:
        middle, spread = center, np.full_like(center, np.nan)
    elif kind is Kind.MR:
        center, middle, spread = middle, np.zeros_like(middle), RANGE_LIMIT / 3 * middle
    elif kind is Kind.T:
        reason[(points <= 0).any(axis=0) & ~none] = Reason.OUT_OF_RANGE
    elif kind.share:
        reason[(middle == 0) | (middle == 1)] = Reason.ALL_MET
    lacking = reason != Reason.COMPUTED
    draft = Baseline(kind, center, middle, spread, counts, reason)
    at = placed(draft, part)
    if kind.spread_seen:
        middle, center, spread = _seen(draft, part, at, screen, factor)
    center = np.where(none | (reason == Reason.OUT_OF_RANGE), np.nan, center)
    middle = np.where(np.isnan(center), np.nan, middle)
    spread = np.where(lacking, np.nan, spread)
    return Baseline(kind, center, middle, spread, counts, reason), at


def _equal(points: Floats) -> npt.NDArray[np.bool_]:
    """(S,) whether all points of a column (T, S) are equal."""
    last = points[-1]
    reach = EQUAL * np.abs(last)
    equal: npt.NDArray[np.bool_] = (np.abs(points[0] - last) <= reach) & (
        np.abs(points[len(points) // 2] - last) <= reach
    )
    asked = np.flatnonzero(equal)
    equal[asked] = (np.abs(points[:, asked] - last[asked]) <= reach[asked]).all(axis=0)
    return equal


def _middle(part: Columns) -> Floats:
    if part.mean is not None:
        return part.mean
    padding = len(part.points) - part.counts
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((part.points.sum(axis=0) - padding * part.points[0]) / part.counts)


def _medians(points: Floats, counts: npt.NDArray[np.int64]) -> Floats:
    total = len(points)
    rows = np.array(points.T, order="C")
    rows[np.arange(total) < (total - counts)[:, None]] = np.inf
    rows.sort(axis=1)
    series = np.arange(len(rows))
    low, high = rows[series, np.maximum(counts - 1, 0) // 2], rows[series, np.minimum(counts // 2, total - 1)]
    return np.where(counts > 0, (low + high) / 2, np.nan)


def _seen(draft: Baseline, part: Columns, at: Floats, screen: bool, factor: float) -> tuple[Floats, Floats, Floats]:
    """Middle, center and spread of a kind whose spread comes from moving ranges."""
    kind, middle = draft.kind, draft.middle
    steps = np.abs(np.diff(part.points if kind is Kind.I_PRIME else at, axis=0))
    limit = SCREEN_FACTOR
    if kind is Kind.I_PRIME:
        assert part.sizes is not None
        before, after = part.sizes[:-1], part.sizes[1:]
        steps *= np.sqrt(np.pi / 2 * before * after / (before + after))
        limit = TAYLOR_SCREEN
    mean = mean_range(steps, steps.sum(axis=0), part.counts - 1, screen=limit if screen else None)
    if kind is Kind.I_PRIME:
        return middle, middle, mean
    if kind is Kind.XMR:
        return middle, middle, mean * (factor / 3)
    if kind is Kind.T:
        padding = len(at) - part.counts
        with np.errstate(invalid="ignore", divide="ignore"):
            roots = (at.sum(axis=0) - padding * at[0]) / part.counts
        equal = (at == at[-1]).all(axis=0)
        roots = np.where(equal, at[-1], roots)
        center = np.where(equal, part.points[-1], roots**TIME_POWER)
        return roots, center, mean * (EXACT_FACTOR / 3)
    chance = draft.chance
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = np.where(chance > 0, mean * (EXACT_FACTOR / 3) / chance, np.where(mean == 0, 0.0, np.nan))
    return middle, middle, spread


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of S series at T points, each (S, T), in the unit of the figures; NaN where there is none.

    `lower`, `upper`: the limits, three standard deviations away. `lower_two`, `upper_two`: two of three.
    """

    center: Floats
    lower: Floats
    upper: Floats
    lower_two: Floats
    upper_two: Floats


def lines(
    given: Baseline, sizes: npt.ArrayLike | None = None, *, points: int = 1, per: float = 1.0, cut: bool = True
) -> Lines:
    """The lines of a baseline at points of these sizes.

    `sizes`: (S, T), for the sized kinds; a size of 0 or NaN has no limits there. Other kinds have the same lines at
    all `points`. `per`: figures are shown per so many (1,000 patient days). `cut`: where figures cannot lie no line
    does: shares are cut at 0 and 1, counts, rates and times at 0.
    Raises ShapeError or SettingError for sizes that do not fit, CountError for one that is negative or infinite.
    """
    series = len(given.center)
    setting(per, "what figures are told for", above=0)
    root: Floats = np.ones((series, whole_setting(points, "a number of points")))
    if given.kind.sized:
        if sizes is None:
            raise SettingError(f"lines of the kind {given.kind.name} need the size of each point")
        array = checked(sizes)
        if len(array) != series:
            raise ShapeError(f"sizes must be of {series} series, not of {len(array)}")
        refuse_sizes(array)
        with np.errstate(invalid="ignore"):
            root = np.sqrt(np.where(array > 0, array, np.nan))
    center = np.repeat(given.center[:, None], root.shape[1], axis=1)
    sigma = given.sigma[:, None] / root
    sides = [given.middle[:, None] + way * sigma for way in (-3, 3, -2, 2)]
    if given.kind is Kind.T:
        # Root and power of equal times differ from them in the last digit.
        flat = given.flat[:, None]
        sides = [np.where(flat, center, np.maximum(side, 0) ** TIME_POWER) for side in sides]
    if cut and given.kind.never_negative:
        sides = [np.maximum(side, 0) for side in sides]
    if cut and given.kind.share:
        sides = [np.minimum(side, 1) for side in sides]
    return Lines(center * per, *(side * per for side in sides))
