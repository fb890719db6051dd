"""Held against NHSRplotthedots (every point's limits and label), its own rule tests, qicharts2 and NIST."""

from itertools import pairwise

import numpy as np
import pytest

from analytics import spc
from analytics.spc import planes
from analytics.spc.states import assurance
from tests.analytics.vectors import cases

LABELS = {
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
VARIATIONS = {
    "common_cause": {"common"},
    "special_cause_improvement": {"better_high", "better_low"},
    "special_cause_concern": {"worse_high", "worse_low"},
    "special_cause_neutral_high": {"other_high"},
    "special_cause_neutral_low": {"other_low"},
}
ASSURANCES = {None: "", "consistent_pass": "passes", "consistent_fail": "fails", "inconsistent": "hit_or_miss"}
DIRECTIONS = {"increase": 1, "decrease": -1, "neutral": 0}


def near(given, expected):
    """Equal to 1e-9 relative; where the reference has no limit (all points equal) ours is the value itself."""
    return all(
        want is None or abs(have - want) <= 1e-9 * max(1, abs(want)) for have, want in zip(given, expected, strict=True)
    )


@pytest.mark.parametrize("case", cases("spc_xmr_making_data_count.json"))
def test_chart_agrees_with_nhsrplotthedots(case):
    options, dates, expected = case["options"], case["input"]["date"], case["expected"]
    chart = spc.xmr_chart(
        case["input"]["y"],
        DIRECTIONS[options["improvement_direction"]],
        np.nan if options["target"] is None else options["target"],
        phase_starts=[next(i for i, date in enumerate(dates) if date >= rebase) for rebase in options["rebase"] or ()],
        limits_from=options["fix_after_n_points"],
        screen=options["screen_outliers"],
    )
    points = expected["points"]
    assert chart.phase.tolist() == [point["rebase_group"] for point in points]
    labels = [LABELS[spc.Rule(int(spc.rule_of(flag))), bool(spc.is_low(flag))] for flag in chart.point_flags]
    assert labels == [point["special_cause_type"] for point in points]
    assert near(chart.mean, [point["mean"] for point in points])
    assert near(chart.lower, [point["lpl"] for point in points])
    assert near(chart.upper, [point["upl"] for point in points])
    assert str(chart.variation) in VARIATIONS[expected["variation_icon"]]
    assert str(chart.assurance) == ASSURANCES[expected["assurance_icon"]]
    fixed = options["fix_after_n_points"]
    if fixed is None:
        assert bool(chart.latest.provisional[0]) == points[-1]["short_group_warning"]
    else:  # it counts the points of the chart; ours are those that the limits come from
        assert bool(chart.latest.provisional[0]) == (fixed < 13)


@pytest.mark.parametrize(
    "case", [one for one in cases("spc_charts.json") if one.id == "absent" or one.values[0]["chart"] == "i"]
)
def test_limits_agree_with_qicharts2_and_nist(case):
    limits = spc.xmr_limits([case["input"]["y"]], screen=case["options"]["screen_moving_ranges"], factor=3 / 1.128)
    expected = case["expected"]["points"][0] if "points" in case["expected"] else case["expected"]
    tolerance = 5e-5 if case["id"].startswith("nist") else 1e-9
    for ours, want in (
        (limits.mean[0], expected["cl"]),
        (limits.lower[0], expected["lcl"]),
        (limits.upper[0], expected["ucl"]),
    ):
        assert want is None or ours == pytest.approx(want, rel=tolerance, abs=tolerance)
    if expected["lcl"] is None:
        assert limits.lower[0] == limits.upper[0] == limits.mean[0] == expected["cl"]


def column(marks):
    return planes.pack(np.array(marks, dtype=bool)[:, None])


def read(plane):
    return planes.unpack(plane, 1)[:, 0].astype(int)


def micro(case):
    """The rule's marks by our planes, as the reference writes them."""
    given = case["input"]
    match case["rule"]:
        case "seven_on_one_side_ending_here":
            side = np.array(given["relative_to_mean"])
            return read(planes.ends_of_runs(column(side > 0), 7)) - read(planes.ends_of_runs(column(side < 0), 7))
        case "seven_point_trend_ending_here":
            steps = np.diff(given["y"], prepend=given["y"][0])
            return read(planes.ends_of_runs(column(steps > 0), 6)) - read(planes.ends_of_runs(column(steps < 0), 6))
        case "backfill_to_all_seven":
            return read(planes.spread_back(column(given["flags"]), 7))
        case "two_of_three_window" | "two_of_three_points_marked":
            side, close = np.array(given["relative_to_mean"]), np.array(given["close"], dtype=bool)
            high, low = column(side > 0), column(side < 0)
            found = planes.two_of_three(column(close & (side > 0)), high) | planes.two_of_three(
                column(close & (side < 0)), low
            )
            return read(found)
        case "assurance_icon":
            codes = assurance(given["lpl"], given["upl"], DIRECTIONS[given["improvement_direction"]], given["target"])
            names = {2: "consistent_pass", 3: "consistent_fail", 1: "inconsistent"}
            return [names[int(code)] for code in codes]
    raise AssertionError(case["rule"])


@pytest.mark.parametrize("case", cases("spc_rule_micro.json"))
def test_rule_agrees_with_the_reference_tests(case):
    expected = case["expected"]
    if case["rule"] == "two_of_three_window":
        # The reference marks the whole window first and the close points of it later; ours does both in one.
        expected = [window and close for window, close in zip(expected, case["input"]["close"], strict=True)]
    assert list(micro(case)) == expected


def brute(values, mean, lower, upper):
    """Labels by the words of the rules, one point at a time, on points that exist."""
    side = [(y > mean) - (y < mean) for y in values]
    reach_high, reach_low = mean + (upper - mean) * 2 / 3, mean - (mean - lower) * 2 / 3
    outside = [y > upper or y < lower for y in values]
    close = [not out and (y > reach_high or y < reach_low) for y, out in zip(values, outside, strict=True)]
    steps = [(b > a) - (b < a) for a, b in pairwise(values)]
    flags = []
    for i in range(len(values)):
        windows = [range(s, s + 7) for s in range(max(0, i - 6), i + 1) if s + 7 <= len(values)]
        trends = [steps[w[0]] for w in windows if steps[w[0]] and len({*steps[w[0] : w[-1]]}) == 1]
        trios = [range(s, s + 3) for s in range(max(0, i - 2), i + 1) if s + 3 <= len(values)]
        if outside[i]:
            flags.append(1 + 8 * (side[i] < 0))
        elif trends:
            flags.append(2 + 8 * (trends[-1] < 0))
        elif close[i] and any(sum(close[j] for j in t) >= 2 and len({side[j] for j in t}) == 1 for t in trios):
            flags.append(3 + 8 * (side[i] < 0))
        elif side[i] and any(len({side[j] for j in w}) == 1 for w in windows):
            flags.append(4 + 8 * (side[i] < 0))
        else:
            flags.append(0)
    return flags


def test_flags_equal_the_rules_read_word_by_word_with_gaps_and_late_starts():
    rng = np.random.default_rng(7)
    walk = np.cumsum(rng.normal(0, 1, (1500, 40)), axis=1) * rng.random((1500, 1)) + rng.normal(0, 1, (1500, 40))
    values = np.where(rng.random((1500, 1)) < 0.3, np.round(walk), walk)
    values[rng.random(values.shape) < 0.08] = np.nan
    values[:400][np.arange(40) < rng.integers(0, 40, 400)[:, None]] = np.nan
    states = spc.xmr_states(values, 1)
    seen = set()
    for row, flags, mean, lower, upper in zip(
        values, states.point_flags, states.mean, states.lower, states.upper, strict=True
    ):
        there = ~np.isnan(row)
        if there.sum() < 2 or lower == upper:
            assert not flags.any()
            continue
        expected = brute(row[there].tolist(), float(mean), float(lower), float(upper))
        assert flags[there].tolist() == expected
        assert not flags[~there].any()
        seen |= set(expected)
    assert seen == {0, 1, 2, 3, 4, 9, 10, 11, 12}
