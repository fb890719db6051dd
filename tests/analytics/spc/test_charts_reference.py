"""Held against qicharts2: every line, signal and runs analysis of every chart, and its table of run limits."""

import csv

import numpy as np
import pytest

from analytics import spc
from tests.analytics.vectors import FOLDER, cases


def charts():
    return [one for one in cases("spc_charts.json") if one.id == "absent" or "points" in one.values[0]["expected"]]


def cusums():
    every = cases("spc_charts.json")
    return [one for one in every if one.id == "absent" or one.values[0]["chart"] == "bernoulli_cusum"]


def none_to_nan(values):
    return None if values is None else np.array([np.nan if v is None else v for v in values], dtype=float)


def drawn(case):
    options, given = case["options"], case["input"]
    return spc.chart(
        spc.kind_of(case["chart"]),
        none_to_nan(given["y"]),
        none_to_nan(given.get("n")),
        phase_starts=options.get("part_after") or (),
        limits_from=options.get("freeze_after"),
        exclude=[point - 1 for point in options.get("exclude") or ()],
        screen=options["screen_moving_ranges"],
        per=options["multiply"],
        factor=spc.EXACT_FACTOR,
    )


def same(ours, want, flat):
    """Equal to 1e-9 relative; where the reference has no limit because all points are equal, ours is that value."""
    wanted = none_to_nan(want)
    none = np.isnan(wanted)
    assert (np.isnan(ours[none]) | flat).all()
    assert ours[~none] == pytest.approx(wanted[~none], rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("case", charts())
def test_lines_signals_and_runs_agree_with_qicharts2(case):
    chart, expected = drawn(case), case["expected"]
    points = {key: [point[key] for point in expected["points"]] for key in expected["points"][0]}
    flat = bool(chart.latest.flat[0])
    same(chart.figures, points["y"], flat=False)
    for ours, theirs in (
        ("center", "cl"), ("lower", "lcl"), ("upper", "ucl"), ("lower_two", "lcl_2s"), ("upper_two", "ucl_2s"),
    ):  # fmt: skip
        same(getattr(chart.lines, ours), points[theirs], flat)
    assert chart.outside.tolist() == points["sigma_signal"]
    assert (chart.phase + 1).tolist() == points["part"]
    for phase, want in zip(chart.phases, expected["parts"], strict=True):
        runs = phase.runs
        assert (phase.first + 1, phase.last + 1) == (want["first"], want["last"])
        assert phase.n_obs == want["n_obs"]
        ours = [runs.n_useful, runs.longest, runs.longest_max, runs.crossings, runs.crossings_min]
        keys = ("n_useful", "longest_run", "longest_run_max", "n_crossings", "n_crossings_min")
        assert [int(one[0]) for one in ours] == [want[key] or 0 for key in keys]
        assert bool(runs.beyond_chance[0]) == want["runs_signal"]


@pytest.mark.parametrize("case", cusums())
def test_bernoulli_cusum_agrees_with_qicharts2(case):
    options, expected = case["options"], case["expected"]
    found = spc.bernoulli_cusum(
        case["input"]["x"], options["target"], odds_ratio=options["odds_ratio"], limit=options["limit"]
    )
    assert [found.expected, found.raised, found.lowered] == pytest.approx([expected[key] for key in ("p0", "p1", "p2")])
    assert found.up == pytest.approx(np.array(expected["cusum_up"]), rel=1e-9, abs=1e-9)
    assert found.down == pytest.approx(np.array(expected["cusum_down"]), rel=1e-9, abs=1e-9)
    assert (np.flatnonzero(found.signal_up) + 1).tolist() == expected["signal_up"]
    assert (np.flatnonzero(found.signal_down) + 1).tolist() == expected["signal_down"]


def test_run_limits_equal_the_table_of_the_reference():
    path = FOLDER / "runchart_limits_anhoej.csv"
    if not path.exists():
        pytest.skip(f"VECTORS ABSENT: {path}; the limits of runs are NOT held against the reference here")
    with path.open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 67
    for row in rows:
        want = (int(row["longest_run_max"]), int(row["n_crossings_min"]))
        assert spc.run_limits(int(row["n_useful"])) == want
