"""What the formats allow beyond the open vectors: unset options, refusals, tables published in other ways, odd rows."""

import itertools
import json

import numpy as np
import pytest

from analytics.conformance.__main__ import main
from analytics.conformance.suites import Outcome, judge

XMR = {
    "chart": "i",
    "input": {"y": [10, 12, 11, 9, 10, 13, 12, 11, 10, 9, 11, 12], "n": None},
    "options": {"multiply": None, "part_after": None, "freeze_after": None, "exclude": None},
    "expected": {"cl": 130 / 12},
}
EQUITY = {
    "favourable": 1,
    "ordered": 1,
    "scale": 100,
    "groups": [{"name": name, "est": 50, "se": 1, "pop": 100, "order": place} for place, name in enumerate("abcd", 1)],
}
RATES = {"count": [1, 2, 3], "pop": [100, 100, 100], "stdpop": [1, 1, 1], "fn": "directly_standardised_rate"}
GROUPS = {"id": "g", "groups": [{"group": "a", "num": 40, "den": 100}, {"group": "b", "num": 50, "den": 100}]}


def outcome(suite, case):
    found = judge(suite, case, 1)
    return found.outcome, " ".join(found.words)


def test_an_option_that_is_null_is_not_set():
    assert outcome("spc_charts", XMR) == (Outcome.AGREES, "")
    dots = {
        "input": {"y": [5, 5, 5], "date": None},
        "options": {"improvement_direction": "increase", "target": None, "rebase": None, "screen_outliers": None},
        "expected": {
            "points": [
                {"rebase_group": 0, "special_cause_type": "Common Cause", "mean": 5, "lpl": None, "upl": None}
                for _ in range(3)
            ],
            "variation_icon": "common_cause",
        },
    }
    assert outcome("spc_xmr_making_data_count", dots)[0] is Outcome.AGREES


REFUSED = {"error": "stops", "behaviour": "reference refuses"}


@pytest.mark.parametrize(
    ("suite", "case"),
    [
        ("equity_measures", {**EQUITY, "expected": {"sii_linear": REFUSED, "bgv": REFUSED}}),
        ("equity_measures", {**EQUITY, "groups": EQUITY["groups"][:1], "expected": REFUSED}),
        ("rates_ci", {"fn": "mean_t", "values": [3], **REFUSED}),
        ("rates_ci", {"fn": "proportion_wilson", "x": 1, "n": 0, "expected": REFUSED}),
        ("rates_ci", {"fn": "p_adjust", "p": [1.2], "method": "BH", "expected": REFUSED}),
        ("standardisation_funnel", {**RATES, "expected": REFUSED}),
        ("spc_charts", {"chart": "p", "input": {"y": [1, 2], "n": [0, 0]}, "expected": REFUSED}),
    ],
)
def test_where_the_reference_refuses_there_must_be_no_number(suite, case):
    assert outcome(suite, case) == (Outcome.AGREES, "")


@pytest.mark.parametrize(
    ("suite", "case"),
    [
        ("equity_measures", {**EQUITY, "expected": {"difference": REFUSED}}),
        ("equity_measures", {**EQUITY, "expected": REFUSED}),
        ("rates_ci", {"fn": "proportion_wilson", "x": 1, "n": 5, "expected": REFUSED}),
        ("rates_ci", {"fn": "p_adjust", "p": [0.2], "method": "BH", **REFUSED}),
        ("standardisation_funnel", {**RATES, "count": [20, 20, 20], "expected": REFUSED}),
        ("spc_charts", {**XMR, "expected": REFUSED}),
    ],
)
def test_a_number_where_the_reference_refuses_disagrees(suite, case):
    found, words = outcome(suite, case)
    assert found is Outcome.DISAGREES
    assert "reference refuses" in words


@pytest.mark.parametrize(
    ("suite", "case", "words"),
    [
        ("spc_charts", {**XMR, "expected": {"points": ["", *[{"cl": 130 / 12}] * 11]}}, "a table was expected"),
        ("spc_charts", {**XMR, "expected": {"points": [{}, *[{"cl": 130 / 12}] * 11]}}, "cl[0]: 10.8"),
        ("spc_charts", {**XMR, "expected": {"points": [{"cl": 130 / 12}] * 11}}, "number of points"),
        ("equity_measures", {**EQUITY, "expected": {"difference": "0"}}, "no estimate stands in '0'"),
        ("equity_measures", {**EQUITY, "expected": {"difference": {"estimat": 0}}}, "no estimate"),
        ("golden_real_data", {"regions": [{"breaches": 1, "attendances": 4, "within4h": 0.75}, ""]}, "a table was"),
        (
            "golden_real_data",
            {"regions": [{"breaches": 1, "attendances": 4, "within4h": 0.75}, {"breaches": 1, "attendances": 4}]},
            "within4h",
        ),
        ("golden_real_data", {"boards": [{"n": 4}, {"n": 5}], "nation": {"n": 10, "rate": None}}, "sum of boards.n"),
        (
            "golden_real_data",
            {**GROUPS, "groups": [{**GROUPS["groups"][0], "rate": 0.4, "vs_rest": "x"}, GROUPS["groups"][1]]},
            "is no gap|rate",
        ),
    ],
)
def test_a_row_that_cannot_be_compared_is_no_agreement(suite, case, words):
    found, said = outcome(suite, case)
    assert found is Outcome.DISAGREES
    assert any(word in said for word in words.split("|")), said


def test_no_rate_lies_below_zero_whatever_the_formula_gives():
    case = {"fn": "poisson_count_byar", "x": 1, "n": None, "conf": 0.998, "lower": -0.00281448152318}
    assert outcome("rates_ci", case) == (Outcome.AGREES, "")
    assert outcome("rates_ci", {**case, "lower": 0.1})[0] is Outcome.DISAGREES


@pytest.mark.parametrize(
    ("told", "sii"),
    [
        ({"description": "proportion - testing transform"}, "transformed"),
        ({"description": "proportion - testing transformation (x 100)"}, "transformed in per cent"),
        ({"description": "proportion - default (transform = FALSE)"}, "plain"),
        ({"description": "proportion", "transform": True}, "transformed"),
        ({"description": "proportion", "transform": False, "multiplier": 100}, "plain in per cent"),
        ({"description": "proportion"}, "plain"),
    ],
)
def test_a_slope_is_fitted_on_the_scale_that_the_case_tells(told, sii):
    values = np.array([0.3, 0.35, 0.4, 0.5, 0.65])
    ranks = np.array([0.1, 0.3, 0.5, 0.7, 0.9])
    slope, start = np.polyfit(ranks, values, 1)
    steep, low = np.polyfit(ranks, np.log(values / (1 - values)), 1)
    ends = 1 / (1 + np.exp(-np.array([low, low + steep])))
    figures = {"plain": (slope, 1 + slope / start), "transformed": (ends[1] - ends[0], ends[1] / ends[0])}
    difference, ratio = figures[sii.split()[0]]
    case = {
        "fn": "sii_wls",
        "quantile": [1, 2, 3, 4, 5],
        "population": [100] * 5,
        "value": values.tolist(),
        "value_type": 2,
        "expected": {"sii": difference * (100 if "per cent" in sii else 1), "rii": ratio},
        **told,
    }
    assert outcome("standardisation_funnel", case) == (Outcome.AGREES, "")


def table(counts, *, threshold=11, zeros=True, margins=True, **reference):
    shape, values = counts
    places = itertools.product(*[range(size) for size in shape])
    dims = ["a", "b", "c"][: len(shape)]
    inner = [
        {**{dim: f"{dim}{at}" for dim, at in zip(dims, place, strict=True)}, "freq": value}
        for place, value in zip(places, values, strict=True)
    ]
    rule = {"min_publishable": threshold, "zeros_publishable": zeros, "margins_published": margins}
    return {"dims": dims, "inner_cells": inner, "rule": rule, "reference": reference}


TWO = ((3, 3), (0, 40, 60, 7, 80, 30, 25, 50, 90))


@pytest.mark.parametrize(
    "case",
    [
        table(TWO, n_primary=1, n_secondary=3),
        table(TWO, zeros=False, n_primary=2, n_secondary=6),
        table(TWO, margins=False, n_primary=1, n_secondary=0),
        table(TWO, margins=False, zeros=False, n_primary=2, n_secondary=0),
        table(TWO, threshold=5, n_primary=0, n_secondary=0),
        table(((5,), (3, 20, 30, 0, 50)), n_primary=1, n_secondary=1),
        table(((5,), (3, 20, 30, 0, 50)), zeros=False, n_primary=2),
        table(((2, 2, 2), (1, 20, 30, 40, 50, 60, 70, 80)), n_primary=1, n_secondary=7),
    ],
)
def test_tables_are_protected_however_they_are_published(case):
    assert outcome("suppression", case) == (Outcome.AGREES, "")


def test_a_total_that_is_not_published_is_no_small_cell():
    case = table(((2, 2), (1, 2, 3, 2)), margins=False, n_primary=8)
    found, words = outcome("suppression", case)
    assert found is Outcome.DISAGREES
    assert words == "n_primary: 4, expected 8"


def test_a_list_of_files_beside_the_vectors_holds_no_cases(tmp_path, capsys):
    wilson = {"id": "w", "fn": "proportion_wilson", "x": 8, "n": 10, "conf": 0.95, "estimate": 0.8}
    (tmp_path / "a.json").write_text(json.dumps({"suite": "rates_ci", "cases": [wilson]}))
    (tmp_path / "manifest.json").write_text(json.dumps({"files": ["a.json"]}))
    assert main([str(tmp_path)]) == 0
    assert "agreed: 1 of 1" in capsys.readouterr().out
