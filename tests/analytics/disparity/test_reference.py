"""Every field of every table of the WHO reference, and the documented faults of it."""

import re

import numpy as np
import pytest

from analytics.disparity import Groups, Measure, ValueKind, quantile_slope, summarise
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


def test_the_fields_that_carry_the_reference_faults_are_not_ours():
    """SE of Theil, MLD (1000 times) and PAF (100 times) too small in the reference: never produced."""
    compared = 0
    for parameter in cases("equity_measures.json"):
        case = parameter.values[0]
        if case is None:
            pytest.skip("VECTORS ABSENT: the faults of the reference are not held against ours here")
        found = summarise(groups_of(case), whole_people=True)
        for name, factor in (("theil_x1000", 1000), ("mld_x1000", 1000), ("paf", 100)):
            published = case["expected"].get(name, {}).get("se_as_published_by_reference")
            if published:
                compared += 1
                assert float(found[Measure(name)].error) == pytest.approx(factor * published, rel=1e-7)
    assert compared >= 50


SIMULATED = 4 * np.sqrt(0.025 * 0.975 / 100_000) / 0.05845
"""Four standard deviations of a 2.5 % quantile of the reference's 100,000 draws, in standard errors."""

SLOPES = [p for p in cases("standardisation_funnel.json") if p.values[0] is None or p.values[0].get("fn") == "sii_wls"]


@pytest.mark.parametrize("case", SLOPES)
def test_agrees_with_phe_indicator_methods(case):
    factor = re.search(r"\(x (-?\d+)\)", case["description"])
    found = quantile_slope(
        case["value"],
        case["population"],
        case["se"],
        order=case["quantile"],
        kind=ValueKind(case["value_type"]),
        multiplier=float(factor[1]) if factor else 1.0,
        confidence=float(case["conf"]) / 100,
    )
    expected = case["expected"]
    assert found.sii.value == pytest.approx(expected["sii"], rel=1e-6)
    assert found.rii.value == pytest.approx(expected["rii"], rel=1e-6)
    for name, ours, spread in (
        ("sii", found.sii, found.sii.error),
        ("rii", found.rii, found.rii.error * found.rii.value),
    ):
        for end in ("lower", "upper"):
            limit = expected[f"{name}_{end}cl_1"]
            if limit is not None:
                assert getattr(ours, end) == pytest.approx(limit, abs=SIMULATED * spread)
