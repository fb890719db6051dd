"""Held against autospc: where new limits start, every line, and which points were left out, are outside or shifted."""

import numpy as np
import pytest

from analytics import spc
from analytics.spc.rephase import Verdict
from tests.analytics.vectors import cases


@pytest.mark.parametrize("case", cases("spc_auto_rephase.json"))
def test_new_limits_agree_with_autospc(case):
    given, options, expected = case["input"], case["options"], case["expected"]
    found = spc.suggest_phases(
        spc.kind_of(case["chart"]),
        given["y"],
        given.get("n"),
        period=options["period_min"],
        shift=options["shift_rule_threshold"],
        max_exclusions=options["max_exclusions"],
        every_shift=options["establish_every_shift"],
    )
    assert [start + 1 for start in found.starts] == expected["new_limits_start_at"]
    points = {key: [point[key] for point in expected["points"]] for key in expected["points"][0]}
    percent = 100 if "n" in given else 1
    for ours, theirs in (("center", "cl"), ("lower", "lcl"), ("upper", "ucl")):
        want = np.array(points[theirs])
        if "n" in given:
            # The reference cuts shares at 100 % where limits are carried on, but not where they are calculated.
            want = np.clip(want, 0, 100)
        assert getattr(found.lines, ours) * percent == pytest.approx(want, rel=1e-9)
    assert found.calculated.tolist() == [period == "calculation" for period in points["period"]]
    assert found.excluded.tolist() == points["excluded"]
    assert found.outside.tolist() == points["rule1"]
    assert found.shifted.tolist() == points["rule2_shift"]
    assert tuple(one.start for one in found.candidates if one.verdict is Verdict.ACCEPTED) == found.starts
