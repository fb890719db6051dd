"""What many series say: limits, marked points and the state that their latest point tells."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analytics.spc import planes
from analytics.spc.codes import LOW, Assurance, Flags, Rule, Variation
from analytics.spc.gaps import Floats, close_up
from analytics.spc.limits import CHUNK, MDC_FACTOR, XmrLimits, checked, mean_and_range

PROVISIONAL_BELOW = 13
"""Limits from fewer points are called provisional (the reference's code; its text says 12)."""

# By direction (-1, 0, 1), then by where the point lies (high, low).
_VARIATIONS = np.array(
    [
        [Variation.WORSE_HIGH, Variation.BETTER_LOW],
        [Variation.OTHER_HIGH, Variation.OTHER_LOW],
        [Variation.BETTER_HIGH, Variation.WORSE_LOW],
    ],
    dtype=np.uint8,
)


@dataclass(frozen=True, slots=True)
class SpcStates:
    """States of S series of T points.

    `mean`, `lower`, `upper`: (S,) float64 in the unit of the values, NaN where there is none (no point; one point).
    `n_points`: (S,) points that the limits rest on. `provisional`: (S,) limits rest on 2 to 12 points.
    `flat`: (S,) all points are equal; both limits are that value, nothing is marked and there is no assurance.
    `point_flags`: (S, T) uint8, the rule that marks the point (`rule_of`) plus `LOW` when it points down (`is_low`);
    0 in gaps.
    `variation`, `assurance`, `rule`: (S,) uint8 codes, told by the latest point that exists. `low`: (S,) it points
    down.
    `run`: (S,) points in a row that the rule found, up to the latest; 0 without a rule.
    `latest`: (S,) column of the latest point that exists, -1 without one.
    """

    mean: Floats
    lower: Floats
    upper: Floats
    n_points: npt.NDArray[np.int64]
    provisional: npt.NDArray[np.bool_]
    flat: npt.NDArray[np.bool_]
    point_flags: Flags
    variation: Flags
    assurance: Flags
    rule: Flags
    low: npt.NDArray[np.bool_]
    run: npt.NDArray[np.int64]
    latest: npt.NDArray[np.int64]


def xmr_states(
    values: npt.ArrayLike,
    direction: npt.ArrayLike,
    target: npt.ArrayLike = np.nan,
    *,
    limits: XmrLimits | None = None,
    screen: bool = True,
    factor: float = MDC_FACTOR,
) -> SpcStates:
    """Limits, rules and states of many XmR charts by the rules of Making Data Count.

    `values`: (S, T), oldest first, NaN where a point is missing; a missing point neither breaks a run nor counts in it.
    `direction`: (S,) or one number; 1 higher is better, -1 lower is better, 0 neither (states are then neutral).
    `target`: (S,) or one number in the unit of the values; NaN is none.
    `limits`: given limits, such as those a hospital has locked; without them they come from all points (`xmr_limits`).
    Precedence of rules at a point: outside the limits, trend of 7, two of three near a limit, shift of 7.
    Raises ValueError for wrong shapes, a direction other than -1, 0, 1 or an infinite value.
    Source: NHSRplotthedots 0.2.2, label by label.
    """
    array = checked(values)
    series, points = array.shape
    directions = _per_series(direction, series, "direction")
    if not np.isin(directions, (-1.0, 0.0, 1.0)).all():
        raise ValueError("a direction is 1 (higher is better), -1 (lower is better) or 0 (neither)")
    targets = _per_series(target, series, "target")
    if limits is not None and limits.mean.shape != (series,):
        raise ValueError("given limits must be of as many series as there are values")

    out = _Sheet(series, points)
    for start in range(0, series, CHUNK):
        part = slice(start, start + CHUNK)
        given = None if limits is None else _slice(limits, part)
        out.fill(part, array[part], given, screen=screen, factor=factor)
    return out.states(directions.astype(np.int8), targets)


def _per_series(given: npt.ArrayLike, series: int, name: str) -> Floats:
    array = np.asarray(given, dtype=np.float64)
    if array.ndim and array.shape != (series,):
        raise ValueError(f"{name} must be one number or one per series ({series}), not of shape {array.shape}")
    return np.broadcast_to(array, (series,))


def _slice(limits: XmrLimits, part: slice) -> XmrLimits:
    return XmrLimits(
        limits.mean[part], limits.lower[part], limits.upper[part], limits.moving_range[part], limits.n_points[part]
    )


class _Sheet:
    """The arrays that chunks fill."""

    def __init__(self, series: int, points: int) -> None:
        self.mean = np.full(series, np.nan)
        self.lower = np.full(series, np.nan)
        self.upper = np.full(series, np.nan)
        self.n_points = np.zeros(series, dtype=np.int64)
        self.flat = np.zeros(series, dtype=bool)
        self.flags = np.zeros((series, points), dtype=np.uint8)
        self.last_flag = np.zeros(series, dtype=np.uint8)
        self.run = np.zeros(series, dtype=np.int64)
        self.latest = np.full(series, points - 1, dtype=np.int64)

    def fill(self, part: slice, values: Floats, given: XmrLimits | None, *, screen: bool, factor: float) -> None:
        series, points = values.shape
        if not points or not series:
            return
        columns = np.ascontiguousarray(values.T)
        closed = None
        counts = np.full(series, points, dtype=np.int64)
        with np.errstate(invalid="ignore"):
            whole = bool(np.isfinite(columns.sum(axis=0)).all())
        if not whole:
            closed = close_up(values)
            columns = np.ascontiguousarray(closed.values.T)
            counts = closed.counts
        steps = np.diff(columns, axis=0)
        # Two planes of real points only: what stands before a series' first point repeats it, so it never rises or
        # falls.
        rises, falls = np.zeros((2, points, series), dtype=bool)
        np.greater(steps, 0, out=rises[1:])
        np.less(steps, 0, out=falls[1:])
        if given is None:
            np.abs(steps, out=steps)
            mean, moving, flat = mean_and_range(columns, steps, counts, screen=screen)
            reach = factor * moving
            lower, upper, used = mean - reach, mean + reach, counts
            near_low, near_high = mean - 2 * (factor / 3) * moving, mean + 2 * (factor / 3) * moving
        else:
            mean, lower, upper, used = given.mean, given.lower, given.upper, given.n_points
            flat = lower == upper
            near_low, near_high = mean - 2 / 3 * (mean - lower), mean + 2 / 3 * (upper - mean)
        real = None if closed is None else planes.pack(np.arange(points)[:, None] >= points - counts)
        flags = _flags(columns, rises, falls, (mean, lower, upper, near_low, near_high), real)
        last = flags[-1].copy()
        self.mean[part], self.lower[part], self.upper[part] = mean, lower, upper
        self.n_points[part], self.flat[part], self.last_flag[part] = used, flat, last
        self.run[part] = _runs(columns, mean, last, counts)
        if closed is None:
            self.flags[part] = flags.T
        else:
            self.flags[part] = closed.open(np.ascontiguousarray(flags.T))
            found = closed.present[:, ::-1].argmax(axis=1)
            self.latest[part] = np.where(counts > 0, points - 1 - found, -1)

    def states(self, directions: npt.NDArray[np.int8], targets: Floats) -> SpcStates:
        rule = self.last_flag & np.uint8(7)
        low = (self.last_flag & np.uint8(LOW)) != 0
        known = ~np.isnan(self.mean) & ~np.isnan(self.lower) & (self.latest >= 0)
        variation = np.where(rule > 0, _VARIATIONS[directions + 1, low.astype(np.intp)], np.uint8(Variation.COMMON))
        return SpcStates(
            mean=self.mean,
            lower=self.lower,
            upper=self.upper,
            n_points=self.n_points,
            provisional=known & (self.n_points < PROVISIONAL_BELOW),
            flat=self.flat,
            point_flags=self.flags,
            variation=np.where(known, variation, np.uint8(Variation.NONE)),
            assurance=assurance(self.lower, self.upper, directions, targets),
            rule=rule,
            low=low,
            run=self.run,
            latest=self.latest,
        )


def assurance(lower: npt.ArrayLike, upper: npt.ArrayLike, direction: npt.ArrayLike, target: npt.ArrayLike) -> Flags:
    """Assurance codes, any shapes that broadcast: where the target lies to the limits.

    None without target, limits or direction, and where the limits have no width (no variation seen yet to judge by).
    """
    low, high = np.asarray(lower, dtype=np.float64), np.asarray(upper, dtype=np.float64)
    way, aim = np.asarray(direction), np.asarray(target, dtype=np.float64)
    over, under = aim > high, aim < low
    judged = (way != 0) & ~np.isnan(aim) & (low < high)
    passes = np.where(way > 0, under, over)
    fails = np.where(way > 0, over, under)
    code = np.where(passes, Assurance.PASSES, np.where(fails, Assurance.FAILS, Assurance.HIT_OR_MISS))
    return np.where(judged, code, Assurance.NONE).astype(np.uint8)


def _flags(
    points: Floats,
    rises: npt.NDArray[np.bool_],
    falls: npt.NDArray[np.bool_],
    lines: tuple[Floats, Floats, Floats, Floats, Floats],
    real: planes.Plane | None,
) -> Flags:
    """Flags (T, S) of closed-up series lying in columns; `real` marks the points that exist."""
    mean, lower, upper, near_low, near_high = lines
    pack = planes.pack
    above, below = pack(points > mean), pack(points < mean)
    if real is not None:
        above &= real
        below &= real
    over, under = pack(points > upper) & above, pack(points < lower) & below
    close_high, close_low = pack(points > near_high) & ~over, pack(points < near_low) & ~under
    rising, falling = planes.trends(pack(rises), pack(falls))
    near_up, near_down = planes.two_of_three(close_high, above), planes.two_of_three(close_low, below)
    long_up, long_down = planes.shift(above), planes.shift(below)

    outside = over | under
    free = ~outside
    trend = (rising | falling) & free
    free &= ~trend
    near = (near_up | near_down) & free
    free &= ~near
    shifted = (long_up | long_down) & free
    low = under | (falling & trend) | (near_down & near) | (long_down & shifted)

    # Rule codes in binary: 1 outside, 2 trend, 3 two of three, 4 shift.
    series = points.shape[1]
    out = planes.unpack(outside | near, series)
    for plane, bit in ((trend | near, 1), (shifted, 2), (low, 3)):
        if plane.any():
            out |= planes.unpack(plane, series) << np.uint8(bit)
    return out


def _runs(points: Floats, mean: Floats, last: Flags, counts: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Points in a row, up to the latest, that the rule of the latest point found; (S,)."""
    rule = last & np.uint8(7)
    low = (last & np.uint8(LOW)) != 0
    out = (rule > 0).astype(np.int64)
    shifted = np.flatnonzero(rule == Rule.SHIFT)
    if len(shifted):
        centred = points[:, shifted] - mean[shifted]
        out[shifted] = np.minimum(_marks_at_end(np.where(low[shifted], centred < 0, centred > 0)), counts[shifted])
    trended = np.flatnonzero(rule == Rule.TREND)
    if len(trended):
        steps = np.diff(points[:, trended], axis=0)
        out[trended] = _marks_at_end(np.where(low[trended], steps < 0, steps > 0)) + 1
    near = np.flatnonzero(rule == Rule.TWO_OF_THREE)
    out[near] = 2
    return out


def _marks_at_end(marks: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """How many marks stand in a row at the bottom of each column."""
    broken = ~marks[::-1]
    return np.where(broken.any(axis=0), broken.argmax(axis=0), len(marks))
