"""Every case of other people's software, through the public functions."""

import pytest

from analytics import intervals
from tests.analytics.intervals.reference import computed
from tests.analytics.vectors import cases

ON_ONE = frozenset({"proportion_wilson", "proportion_exact", "risk_difference_newcombe", "p_adjust"})


@pytest.mark.parametrize("case", cases("rates_ci.json"))
def test_interval_agrees_with_the_reference(case):
    if case["fn"] == "p_adjust":
        assert intervals.adjust(case["p"], case["method"]).tolist() == pytest.approx(case["expected"], abs=1e-8)
        return
    found, compared = computed(case), 0
    scale = case.get("multiplier") or 1
    for name in ("estimate", "lower", "upper"):
        if case.get(name) is None:
            continue
        wanted = float(case[name])
        if "tol" in case or case["fn"] in ON_ONE:
            near = pytest.approx(wanted, abs=case.get("tol", 1e-8) * scale, rel=0)
        else:
            near = pytest.approx(wanted, rel=1e-8, abs=0)
        assert found[name] == near, name
        compared += 1
    assert compared >= 2
