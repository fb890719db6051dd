"""What many series say: limits, marked points and the state that their latest point tells."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analytics.inputs import fitting, floats, setting
from analytics.outcomes import AnalyticsError, Reason, Reasons, SettingError, ShapeError
from analytics.spc.baselines import Baseline, fit, placed
from analytics.spc.codes import LOW, SIDELESS, Assurance, Flags, Rule, Variation, rule_of
from analytics.spc.columns import Columns, asked, columns
from analytics.spc.gaps import Floats
from analytics.spc.kinds import TIME_POWER, Kind
from analytics.spc.limits import CHUNK, MDC_FACTOR, XmrLimits, checked, mean_and_range, width_of
from analytics.spc.rulesets import RuleSet, Sheet, flags_of
from analytics.spc.runs import LEAST_USEFUL, sides_of

PROVISIONAL_BELOW = 13
"""Limits from fewer points are called provisional (the reference's code; its text says 12)."""

LEAST_POINTS = 2
"""Limits from fewer points say nothing: a single figure is always as usual as itself."""
LOCK_FROM = 20
"""Limits from so many points are offered for locking: fixed on fewer, they give several times as many false signals."""

_SIDELESS = np.array(sorted(SIDELESS), dtype=np.uint8)
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

    `mean`, `lower`, `upper`: (S,) float64, the center line and the limits at the latest point, in the unit of the
    figures, NaN where there is none (no point, also beside locked limits; one point; a run chart).
    `n_points`: (S,) points that the limits rest on. `provisional`: (S,) limits rest on fewer than 13 points.
    `flat`: (S,) all points are equal; both limits are that value, nothing is marked and there is no assurance.
    `point_flags`: (S, T) uint8, the rule that marks the point (`rule_of`) plus `LOW` when it points down (`is_low`);
    0 in gaps, and everywhere in a series without variation.
    `variation`, `assurance`, `rule`: (S,) uint8 codes, told by the latest point that exists; none without limits, with
    limits from a single point, and on a run chart of fewer than ten. `low`: (S,) it points down.
    `run`: (S,) points in a row that the rule found, up to the latest; 0 without a rule.
    `latest`: (S,) column of the latest point that exists, -1 without one.
    `reason`: (S,) why there are no limits (`analytics.outcomes.Reason`), COMPUTED where there are.
    `narrow`: (S,) the points of a P', U' or C' chart spread less than by chance alone.
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
    reason: Reasons
    narrow: npt.NDArray[np.bool_]


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
    factor = width_of(Kind.XMR, factor)
    array = checked(values)
    series, points = array.shape
    directions, targets = ways_and_aims(direction, target, series)
    if limits is not None and limits.mean.shape != (series,):
        raise ShapeError("given limits must be of as many series as there are values")

    out = _Book(series, points)
    for start in range(0, series if points else 0, CHUNK):
        part = slice(start, start + CHUNK)
        cols = columns(Kind.XMR, array[part], None)
        rises, falls = _ways(cols.points)
        if limits is None:
            steps = np.diff(cols.points, axis=0)
            np.abs(steps, out=steps)
            mean, moving, flat = mean_and_range(cols.points, steps, cols.counts, screen=screen)
            lower, upper, one, used = mean - factor * moving, mean + factor * moving, factor / 3 * moving, cols.counts
            lower_two, upper_two = mean - 2 * one, mean + 2 * one
        else:
            mean, lower, upper, used = (
                limits.mean[part], limits.lower[part], limits.upper[part], limits.n_points[part],
            )  # fmt: skip
            flat, one = lower == upper, (upper - lower) / 6
            lower_two, upper_two = mean - 2 / 3 * (mean - lower), mean + 2 / 3 * (upper - mean)
        sheet = Sheet(
            cols.points, rises, falls, mean, lower, upper, lower_two, upper_two, mean - one, mean + one, cols.real,
            cols.points, mean,
        )  # fmt: skip
        out.fill(part, cols, sheet, RuleSet.MAKING_DATA_COUNT)
        out.lines(part, mean, lower, upper)
        out.n_points[part], out.flat[part] = used, flat
        short = np.where(used == 0, np.uint8(Reason.NO_DATA), np.uint8(Reason.TOO_FEW_POINTS))
        out.reason[part] = np.where(np.isnan(lower), short, np.uint8(Reason.COMPUTED))
    return out.states(directions, targets, has_limits=True)


def states(
    kind: Kind,
    values: npt.ArrayLike,
    sizes: npt.ArrayLike | None = None,
    direction: npt.ArrayLike = 0,
    target: npt.ArrayLike = np.nan,
    *,
    limits: Baseline | None = None,
    rules: RuleSet = RuleSet.MAKING_DATA_COUNT,
    screen: bool = True,
    factor: float | None = None,
    per: float = 1.0,
) -> SpcStates:
    """Limits, rules and states of many charts of one kind.

    `values`, `sizes`: (S, T), and `screen`: as for `baseline`. `direction`, `target`: (S,) as for `xmr_states`; the
    target in the unit of the figures. `limits`: a baseline that was locked; without one it comes from all points.
    `rules`: which mark points. `factor`: of an XmR chart, 2.66 unless given. `per`: figures are told per so many.
    Limits that vary with the size of a point are asked at every point; `lower`, `upper` and assurance are those of the
    latest. A run chart has no limits: of the rules only those on runs and trends hold there, from ten points on.
    Raises ShapeError, CountError or SettingError for input that cannot be.
    Source: qicharts2 0.8.1 for limits; NHSRplotthedots, Western Electric 1956, Nelson 1984, Anhøj 2014 for rules.
    """
    given = asked(kind, values, sizes)
    if limits is not None and (limits.kind is not kind or limits.center.shape != (len(given[0]),)):
        raise ShapeError("given limits must be of the same kind and of as many series as there are values")
    how = ways_and_aims(direction, target, len(given[0]))
    width = width_of(kind, factor)
    setting(per, "what figures are told for", above=0)
    return states_of(kind, given, how, limits=limits, rules=rules, screen=screen, factor=width, per=per)


def states_of(
    kind: Kind,
    given: tuple[Floats, Floats | None],
    how: tuple[npt.NDArray[np.int8], Floats],
    *,
    limits: Baseline | None,
    rules: RuleSet,
    screen: bool,
    factor: float,
    per: float,
) -> SpcStates:
    """The same of what `analytics.spc.columns.asked` gives, and directions and targets of shape (S,)."""
    array, beside = given
    series, points = array.shape
    out = _Book(series, points)
    for start in range(0, series if points else 0, CHUNK):
        part = slice(start, start + CHUNK)
        cols = columns(kind, array[part], None if beside is None else beside[part])
        if limits is None:
            base, at = fit(kind, cols, screen, factor)
        else:
            base = limits[part]
            at = placed(base, cols)
        sigma = base.sigma
        middle = np.zeros_like(sigma) if cols.sizes is not None else base.middle
        center = middle if kind is Kind.T or cols.sizes is not None else base.center
        rises, falls = _ways(cols.points)
        sheet = Sheet(
            at, rises, falls, center,
            middle - 3 * sigma, middle + 3 * sigma, middle - 2 * sigma, middle + 2 * sigma, middle - sigma,
            middle + sigma, cols.real, cols.points, base.center,
        )  # fmt: skip
        out.fill(part, cols, sheet, rules)
        out.lines(part, *_at_latest(base, cols, per))
        out.n_points[part], out.flat[part], out.reason[part] = base.n_points, base.flat, base.reason
        if kind in {Kind.P_PRIME, Kind.U_PRIME, Kind.C_PRIME}:
            out.narrow[part] = (base.spread > 0) & (base.spread < 1)
    return out.states(*how, has_limits=kind is not Kind.RUN)


def ways_and_aims(direction: npt.ArrayLike, target: npt.ArrayLike, series: int) -> tuple[npt.NDArray[np.int8], Floats]:
    """Directions and targets, each (S,), of one number or one per series; SettingError, ShapeError for others."""
    directions = _per_series(direction, series, "direction")
    if not np.isin(directions, (-1.0, 0.0, 1.0)).all():
        raise SettingError("a direction is 1 (higher is better), -1 (lower is better) or 0 (neither)")
    targets = _per_series(target, series, "target")
    if np.isinf(targets).any():
        raise SettingError("a target is finite, or NaN for none")
    return directions.astype(np.int8), targets


def _per_series(given: npt.ArrayLike, series: int, name: str) -> Floats:
    array = floats(given)
    if array.ndim and array.shape != (series,):
        raise ShapeError(f"{name} must be one number or one per series ({series}), not of shape {array.shape}")
    return np.broadcast_to(array, (series,))


def _ways(points: Floats) -> npt.NDArray[np.bool_]:
    """Whether the step to each point goes up, and down, (2, T, S), of points (T, S).

    What stands before a series' first point repeats it, so it never rises or falls.
    """
    ways = np.zeros((2, *points.shape), dtype=bool)
    np.greater(points[1:], points[:-1], out=ways[0, 1:])
    np.less(points[1:], points[:-1], out=ways[1, 1:])
    return ways


def _at_latest(base: Baseline, cols: Columns, per: float) -> tuple[Floats, Floats, Floats]:
    """Center and limits at the latest point, (S,), in the unit of the figures."""
    sigma = base.sigma if cols.sizes is None else base.sigma / np.sqrt(cols.sizes[-1])
    lower, upper = base.middle - 3 * sigma, base.middle + 3 * sigma
    if base.kind is Kind.T:
        lower = np.where(base.flat, base.center, np.maximum(lower, 0) ** TIME_POWER)
        upper = np.where(base.flat, base.center, upper**TIME_POWER)
    if base.kind.never_negative:
        lower = np.maximum(lower, 0)
    if base.kind.share:
        upper = np.minimum(upper, 1)
    return base.center * per, lower * per, upper * per


class _Book:
    """The arrays that chunks fill."""

    def __init__(self, series: int, points: int) -> None:
        self.mean, self.lower, self.upper = np.full((3, series), np.nan)
        self.n_points, self.run = np.zeros((2, series), dtype=np.int64)
        self.flat, self.narrow = np.zeros((2, series), dtype=bool)
        self.reason = np.full(series, Reason.NO_DATA, dtype=np.uint8)
        self.flags = np.zeros((series, points), dtype=np.uint8)
        self.last_flag = np.zeros(series, dtype=np.uint8)
        self.latest = np.full(series, points - 1, dtype=np.int64)

    def fill(self, part: slice, cols: Columns, sheet: Sheet, rules: RuleSet) -> None:
        flags = flags_of(sheet, rules)
        self.last_flag[part] = flags[-1]
        self.run[part] = _runs(sheet, flags[-1], cols.counts)
        self.flags[part] = cols.opened(flags)
        self.latest[part] = cols.latest

    def lines(self, part: slice, mean: Floats, lower: Floats, upper: Floats) -> None:
        self.mean[part], self.lower[part], self.upper[part] = mean, lower, upper

    def states(self, directions: npt.NDArray[np.int8], targets: Floats, *, has_limits: bool) -> SpcStates:
        without = self.latest < 0
        self.mean[without] = self.lower[without] = self.upper[without] = np.nan
        self.reason[without] = Reason.NO_DATA
        known = ~np.isnan(self.mean) & (self.n_points >= (LEAST_POINTS if has_limits else LEAST_USEFUL))
        if has_limits:
            known &= ~np.isnan(self.lower)
        silent = ~known
        self.flags[silent] = self.last_flag[silent] = self.run[silent] = 0
        level = np.flatnonzero(self.flat)
        self.flat[level] = ~self.flags[level].any(axis=1)
        rule = rule_of(self.last_flag)
        low = (self.last_flag & np.uint8(LOW)) != 0
        judged = assurance(self.lower, self.upper, directions, targets)
        variation = np.where(rule > 0, _VARIATIONS[directions + 1, low.astype(np.intp)], np.uint8(Variation.COMMON))
        variation = np.where(np.isin(rule, _SIDELESS), np.uint8(Variation.OTHER), variation)
        return SpcStates(
            mean=self.mean,
            lower=self.lower,
            upper=self.upper,
            n_points=self.n_points,
            provisional=known & (self.n_points < PROVISIONAL_BELOW) & has_limits,
            flat=self.flat,
            point_flags=self.flags,
            variation=np.where(known, variation, np.uint8(Variation.NONE)),
            assurance=np.where(known, judged, np.uint8(Assurance.NONE)),
            rule=rule,
            low=low,
            run=self.run,
            latest=self.latest,
            reason=self.reason,
            narrow=self.narrow & known,
        )


def assurance(lower: npt.ArrayLike, upper: npt.ArrayLike, direction: npt.ArrayLike, target: npt.ArrayLike) -> Flags:
    """Assurance codes, any shapes that broadcast: where the target lies to the limits.

    None without target, limits or direction, and where the limits have no width (no variation seen yet to judge by).
    Raises ShapeError for shapes that do not fit together, SettingError for another direction or an infinite target.
    """
    low, high, way, aim = fitting(lower, upper, direction, target)
    if any(np.isinf(limit).any() for limit in (low, high)):
        raise AnalyticsError("limits are finite, or NaN for none")
    if not np.isin(way, (-1.0, 0.0, 1.0)).all() or np.isinf(aim).any():
        raise SettingError("a direction is 1, -1 or 0, a target finite, or NaN for none")
    over, under = aim > high, aim < low
    judged = (way != 0) & ~np.isnan(aim) & (low < high)
    passes = np.where(way > 0, under, over)
    fails = np.where(way > 0, over, under)
    code = np.where(passes, Assurance.PASSES, np.where(fails, Assurance.FAILS, Assurance.HIT_OR_MISS))
    return np.where(judged, code, Assurance.NONE).astype(np.uint8)


_COUNTED = np.isin(np.arange(len(Rule)), (Rule.SHIFT, Rule.RUN_OF_EIGHT, Rule.RUN_OF_NINE))
_TRENDS = np.isin(np.arange(len(Rule)), (Rule.TREND, Rule.TREND_OF_SIX))
_FIXED = np.ones(len(Rule), dtype=np.int64)
"""Points that a pattern of one length takes, by rule; 0 without a rule."""
_FIXED[[Rule.NONE, Rule.TWO_OF_THREE, Rule.BEYOND_TWO, Rule.FOUR_OF_FIVE]] = 0, 2, 2, 4
_FIXED[[Rule.ALTERNATING, Rule.HUGGING, Rule.AVOIDING]] = 14, 15, 8


def _runs(sheet: Sheet, last: Flags, counts: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Points in a row, up to the latest, that the rule of the latest point found; (S,)."""
    rule = rule_of(last)
    low = (last & np.uint8(LOW)) != 0
    out = _FIXED[rule]
    counted = np.flatnonzero(_COUNTED[rule])
    if len(counted):
        centered = sheet.points[:, counted] - sheet.center[counted]
        centered *= np.where(low[counted], -1, 1)
        out[counted] = np.minimum(_marks_at_end(centered > sheet.reach[counted]), counts[counted])
    trended = np.flatnonzero(_TRENDS[rule])
    if len(trended):
        steps = np.diff(sheet.figures[:, trended], axis=0)
        steps *= np.where(low[trended], -1, 1)
        out[trended] = _marks_at_end(steps > 0) + 1
    long = np.flatnonzero(rule == Rule.LONG_RUN)
    if len(long):
        sides = sides_of(sheet.figures[:, long].T, sheet.figure_center[long][:, None]).T
        if sheet.real is not None:
            sides = sides * sheet.real[:, long]
        other = sides == np.where(low[long], 1, -1)
        out[long] = ((sides != 0) & (np.cumsum(other[::-1], axis=0)[::-1] == 0)).sum(axis=0)
    return out


def _marks_at_end(marks: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """How many marks stand in a row at the bottom of each column."""
    broken = ~marks[::-1]
    return np.where(broken.any(axis=0), broken.argmax(axis=0), len(marks))
