"""XmR charts with the rules and icons of Making Data Count (NHSRplotthedots), and its rules one at a time."""

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from analytics import spc
from analytics.conformance.charts import rows
from analytics.conformance.comparison import Case, Comparison, UnknownFormat, column, number, numbers, options_of
from analytics.spc import planes
from analytics.spc.states import assurance

TOLERANCE: Final = 1e-9
ROUNDING: Final = 1e-12
LABELS: Final = {
    (spc.Rule.NONE, False): "Common Cause",
    (spc.Rule.OUTSIDE, False): "Above UCL",
    (spc.Rule.OUTSIDE, True): "Below LCL",
    (spc.Rule.TREND, False): "7 Point Trend (Increasing)",
    (spc.Rule.TREND, True): "7 Point Trend (Decreasing)",
    (spc.Rule.TWO_OF_THREE, False): "2 in 3 Above CL",
    (spc.Rule.TWO_OF_THREE, True): "2 in 3 Below CL",
    (spc.Rule.SHIFT, False): "7 Points Above CL",
    (spc.Rule.SHIFT, True): "7 Points Below CL",
}
VARIATIONS: Final = {
    "common": "common_cause",
    "better_high": "special_cause_improvement",
    "better_low": "special_cause_improvement",
    "worse_high": "special_cause_concern",
    "worse_low": "special_cause_concern",
    "other_high": "special_cause_neutral_high",
    "other_low": "special_cause_neutral_low",
}
ASSURANCES: Final = {"": None, "passes": "consistent_pass", "fails": "consistent_fail", "hit_or_miss": "inconsistent"}
DIRECTIONS: Final = {"increase": 1, "decrease": -1, "neutral": 0}

Marks = npt.NDArray[np.int64]


def check(case: Case, comparison: Comparison) -> None:
    """Lines and label of every point, the icons, and whether limits are provisional."""
    options, expected = options_of(case), case["expected"]
    dates = case["input"].get("date") or []
    starts = options.get("rebase") or []
    fixed = options.get("fix_after_n_points")
    chart = spc.xmr_chart(
        numbers(case["input"]["y"]),
        DIRECTIONS[options["improvement_direction"]],
        number(options.get("target")),
        phase_starts=[
            next(at for at, date in enumerate(dates) if date >= start)
            for start in ([starts] if isinstance(starts, str) else starts)
        ],
        limits_from=next(iter(rows(fixed)), None),
        screen=bool(options.get("screen_outliers", True)),
    )
    points = expected["points"]
    comparison.same("phase", chart.phase.tolist(), [point["rebase_group"] for point in points])
    labels = [LABELS[spc.Rule(int(spc.rule_of(flag))), bool(spc.is_low(flag))] for flag in chart.point_flags]
    comparison.same("labels", labels, [point["special_cause_type"] for point in points])
    flat = chart.lower == chart.upper
    for theirs, line in (("mean", chart.mean), ("lpl", chart.lower), ("upl", chart.upper)):
        wanted = numbers([point[theirs] for point in points])
        # Where all points are equal the reference has no limits: ours are that value.
        ours = np.where(flat & np.isnan(wanted), np.nan, line)
        comparison.near(theirs, ours, wanted, relative=TOLERANCE, absolute=ROUNDING * np.abs(np.nan_to_num(chart.mean)))
    comparison.same("variation", VARIATIONS.get(str(chart.variation)), expected["variation_icon"])
    comparison.same("assurance", ASSURANCES[str(chart.assurance)], expected.get("assurance_icon"))
    if fixed is None and column(points, "short_group_warning") is not None:
        # With fixed limits the reference warns by the length of the phase, ours by what the limits rest on.
        comparison.same("provisional", bool(chart.latest.provisional[0]), points[-1]["short_group_warning"])


def check_rule(case: Case, comparison: Comparison) -> None:
    """One rule on a few marks."""
    rule, given, expected = case["rule"], case["input"], case["expected"]
    if rule == "assurance_icon":
        codes = assurance(given["lpl"], given["upl"], DIRECTIONS[given["improvement_direction"]], given["target"])
        comparison.same(rule, [ASSURANCES[str(spc.Assurance(int(code)))] for code in codes], list(expected))
        return
    if rule == "two_of_three_window":
        # The reference marks the whole window first and the close points of it later; ours does both in one.
        expected = [int(window and close) for window, close in zip(expected, given["close"], strict=True)]
    comparison.same(rule, _marks(rule, given).tolist(), list(expected))


def _marks(rule: str, given: dict[str, Any]) -> Marks:
    if rule == "seven_on_one_side_ending_here":
        side = np.array(given["relative_to_mean"])
        return _ends(side > 0, side < 0, 7)
    if rule == "seven_point_trend_ending_here":
        steps = np.diff(given["y"], prepend=given["y"][0])
        return _ends(steps > 0, steps < 0, 6)
    if rule == "backfill_to_all_seven":
        return _read(planes.spread_back(_column(np.array(given["flags"], dtype=bool)), 7))
    if rule in {"two_of_three_window", "two_of_three_points_marked"}:
        side, close = np.array(given["relative_to_mean"]), np.array(given["close"], dtype=bool)
        high = planes.two_of_three(_column(close & (side > 0)), _column(side > 0))
        return _read(high | planes.two_of_three(_column(close & (side < 0)), _column(side < 0)))
    raise UnknownFormat(f"no rule is named {rule}")


def _ends(up: npt.NDArray[np.bool_], down: npt.NDArray[np.bool_], length: int) -> Marks:
    return _read(planes.ends_of_runs(_column(up), length)) - _read(planes.ends_of_runs(_column(down), length))


def _column(marks: npt.NDArray[np.bool_]) -> planes.Plane:
    return planes.pack(marks[:, None])


def _read(plane: planes.Plane) -> Marks:
    return planes.unpack(plane, 1)[:, 0].astype(np.int64)
