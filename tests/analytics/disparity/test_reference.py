"""Every field of every table of the WHO reference, and the documented faults of it."""

import numpy as np
import pytest

from analytics.disparity import Groups, Measure, summarise
from tests.analytics.vectors import cases

ESTIMATE, LOGIT = 1e-7, 1e-6


def groups_of(case):
    members = case["groups"]

    def column(name):
        return [np.nan if g.get(name) is None else g[name] for g in members]

    reference = [i for i, g in enumerate(members) if g.get("reference")]
    return Groups.of_estimates(
        column("est"),
        column("se"),
        column("pop"),
        favourable=bool(case["favourable"]),
        order=column("order") if case["ordered"] else None,
        reference=reference[0] if reference else None,
        scale=case["scale"],
    )


def fields(expected):
    """Field of the reference → field of ours, and what ours is divided by."""
    yield "estimate", "value", 1.0
    for end in ("lower", "upper"):
        yield (f"{end}_rescaled" if f"{end}_rescaled" in expected else end), end, 1.0
    # The reference's SE of SII is that of the estimate divided by 100 whatever the scale.
    per_cent = 100.0 if "se_note" in expected else 1.0
    yield ("se_rescaled" if "se_rescaled" in expected else "se"), "error", per_cent


@pytest.mark.parametrize("case", cases("equity_measures.json"))
def test_agrees_with_who_healthequal(case):
    found = summarise(groups_of(case), whole_people=True)
    compared = 0
    for name, expected in case["expected"].items():
        ours = found[Measure(name)]
        if "error" in expected:
            assert ours.reason > 0
            assert np.isnan(ours.value)
            continue
        tolerance = LOGIT if "logit" in name else ESTIMATE
        for theirs, field, divided in fields(expected):
            if theirs not in expected:
                continue
            value, mine = expected[theirs], float(getattr(ours, field)) / divided
            compared += 1
            if value is None or value == "undefined":
                assert np.isnan(mine), (name, theirs)
                assert ours.interval_reason > 0
            elif value == "inf":
                assert mine == np.inf, (name, theirs)
            else:
                assert mine == pytest.approx(value, rel=tolerance, abs=1e-9), (name, theirs)
    assert compared >= 2
