"""How two figures are compared, how words for figures are read, and that the attacker can attack."""

import math

import numpy as np
import pytest

from analytics.conformance.attacker import Bound, bounds
from analytics.conformance.comparison import Comparison, UnknownFormat, number
from analytics.conformance.suites import Outcome, judge
from analytics.small_cells import with_totals


@pytest.mark.parametrize(
    ("given", "value"),
    [(3, 3.0), ("2.5e-3", 0.0025), ("inf", math.inf), ("-Inf", -math.inf), (True, 1.0), (" 7 ", 7.0)],
)
def test_figures_are_read(given, value):
    assert number(given) == value


@pytest.mark.parametrize("given", [None, "", "undefined", "NA", "null", "nan"])
def test_nothing_is_read_as_nothing(given):
    assert math.isnan(number(given))


@pytest.mark.parametrize("given", ["seven", {}, [1]])
def test_other_words_are_refused(given):
    with pytest.raises(UnknownFormat):
        number(given)


@pytest.mark.parametrize(
    ("ours", "theirs", "tolerance", "good"),
    [
        (1.0 + 5e-8, 1.0, {"relative": 1e-7}, True),
        (1.0 + 5e-7, 1.0, {"relative": 1e-7}, False),
        (1000.00001, 1000.0, {"relative": 1e-7}, True),
        (1e-9, 0.0, {"absolute": 1e-8}, True),
        (1e-9, 0.0, {"relative": 1e-8}, False),
        (math.nan, None, {}, True),
        (math.nan, 1.0, {"absolute": 9}, False),
        (0.0, None, {"absolute": 9}, False),
        (math.inf, "inf", {}, True),
        (1e300, "inf", {"relative": 1}, False),
        (math.inf, 1.0, {"relative": 1}, False),
        ([1.0, math.nan], [1.0, None], {}, True),
        ([1.0, 2.0], [1.0], {}, False),
        ([1.0, 2.0], [1.0, 3.0], {"absolute": [0.0, 1.0]}, True),
    ],
)
def test_near(ours, theirs, tolerance, good):
    comparison = Comparison()
    if "absolute" in tolerance:
        tolerance = {"absolute": np.asarray(tolerance["absolute"])}
    comparison.near("it", ours, theirs, **tolerance)
    assert comparison.compared == 1
    assert (not comparison.problems) == good


def test_the_largest_deviation_is_remembered_beside_its_tolerance():
    comparison = Comparison()
    comparison.near("a", 1.01, 1.0, relative=0.1)
    comparison.near("b", [5.0, 5.3], [5.0, 5.0], absolute=1.0)
    comparison.near("c", 2.0, 2.0)
    assert (comparison.where, comparison.relative) == ("b", False)
    assert comparison.worst == pytest.approx(0.3)
    assert comparison.deviation == pytest.approx(0.3)
    comparison.near("d", 2.0, 1.0, relative=0.1)
    assert (comparison.where, comparison.relative, comparison.deviation) == ("d", True, 1.0)
    assert comparison.problems == ["d: 2, expected 1"]


def test_a_warning_with_a_number_is_no_agreement():
    """A case of numbers that cannot be computed says what stopped it, and does not stop the others."""
    case = {"id": "x", "fn": "mean_t", "values": [1, 2, math.inf], "conf": 0.95, "estimate": 1}
    judged = judge("rates_ci", case, 1)
    assert judged.outcome is Outcome.DISAGREES
    assert "Error" in judged.words[0]


def test_where_the_reference_refuses_ours_has_to_refuse_too():
    refused = {"error": "x", "behaviour": "reference refuses"}
    base = {"fn": "mean_t", "conf": 0.95}
    assert judge("rates_ci", {**base, **refused, "values": [3]}, 1).outcome is Outcome.AGREES
    assert judge("rates_ci", {**base, **refused, "values": [3, 4]}, 1).outcome is Outcome.DISAGREES
    groups = [{"est": 5, "se": 1, "pop": 9, "order": place} for place in (1, 2, 3)]
    table = {"favourable": 1, "ordered": 1, "scale": 100, "groups": groups}
    assert judge("equity_measures", {**table, "expected": {"sii_linear": refused}}, 1).outcome is Outcome.AGREES
    assert judge("equity_measures", {**table, "expected": {"difference": refused}}, 1).outcome is Outcome.DISAGREES
    assert judge("equity_measures", {**table, "expected": {"charm": {"estimate": 1}}}, 1).outcome is Outcome.DISAGREES


def test_the_attacker_subtracts():
    full = with_totals(np.array([[4.0, 20.0], [30.0, 40.0]]))
    hidden = np.zeros(full.shape, dtype=bool)
    hidden[0, 0] = True
    assert bounds(full, hidden) == [Bound((0, 0), 4.0, 4.0)]
    hidden[:2, :2] = True
    assert {found.index: (found.lower, found.upper) for found in bounds(full, hidden)} == {
        (0, 0): (0, 24),
        (0, 1): (0, 24),
        (1, 0): (10, 34),
        (1, 1): (36, 60),
    }
    assert bounds(full, np.ones(full.shape, dtype=bool))[0].upper == np.inf
    full[2, 2] = 5
    with pytest.raises(ValueError, match="contradicts"):
        bounds(full, hidden)


def test_a_table_of_one_dimension():
    case = {
        "id": "one",
        "rule": {"min_publishable": 11, "zeros_publishable": True, "margins_published": True},
        "dims": ["race"],
        "inner_cells": [{"race": name, "freq": count} for name, count in (("A", 3), ("B", 15), ("C", 80))],
        "reference": {"n_primary": 1, "n_secondary": 1},
    }
    assert judge("suppression", case, 1).outcome is Outcome.AGREES
    case["rule"]["zeros_publishable"] = False
    assert judge("suppression", case, 1).outcome is Outcome.AGREES
    case["inner_cells"][1]["freq"] = 0
    assert judge("suppression", case, 1).words == ("n_primary: 2, expected 1",)
