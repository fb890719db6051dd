"""Every public function of the mathematics, each argument spoiled in turn: a typed error or a typed absence.

CALLS holds one good call for each function; a public function without one fails. Warnings are errors in this suite, so
that nothing here may divide by zero, overflow or lose a NaN on the way.
"""

import dataclasses
import inspect
from datetime import date, timedelta
from enum import Enum

import numpy as np
import pytest

from analytics import disparity, intervals, shapes, signals, small_cells, spc
from analytics.outcomes import AnalyticsError, Reason
from analytics.signals import screening

PACKAGES = (disparity, intervals, shapes, signals, small_cells, spc)
DAY = date(2026, 3, 2)
X, N = np.array([30.0, 50, 40, 20]), np.array([100.0, 110, 90, 60])
SERIES = np.array([[41.0, 44, 39, 43, 40, 46, 42, 38, 45, 41, 44, 40] * 2])
SIZES = np.full_like(SERIES, 90.0)
BASE = spc.baseline(spc.Kind.P, SERIES, SIZES)
STATES = spc.states(spc.Kind.XMR, SERIES)
HISTORY = spc.locked((), BASE, first=DAY, by="A. Lead", why="stable")
GROUPS = disparity.Groups.of_counts(X, N, favourable=True, reference=1)
BEFORE, AFTER = (disparity.gap(x, 400, 320, 400, favourable=True) for x in (240, 270))
GOALS = disparity.two_halves(BEFORE, AFTER, favourable=True)
POLICY = signals.Policy()
DAILY = {"events": np.full((1, 60), 6.0), "people": np.full((1, 60), 8.0)}
REST = {"rest_events": np.full((1, 60), 20.0), "rest_people": np.full((1, 60), 24.0)}
COUNTS = signals.DailyCounts.of(*DAILY.values(), *REST.values())
LOOKS = signals.gap_looks(**DAILY, **REST, harm=signals.Harm.LOW)
LOOK = signals.look_of(LOOKS, 0, 50)
DECISION = signals.decide(signals.Standing(), LOOK, POLICY)
CELLS = small_cells.Cells.of([[12, 3, 40], [25, 60, 31]], ("unit", "group"))
PAIR = {"x": X, "n": N}
TWO = {"x1": X, "n1": N, "x2": X[::-1], "n2": N[::-1]}
BANDS = {"events": X, "people": N}
ORDERED = {"value": X, "people": N, "error": np.full(4, 2.0), "order": np.arange(4.0)}

#: the good call of each function, by its arguments
CALLS = {
    intervals.adjust: {"p": [0.01, 0.2, 0.5]},
    intervals.byar: PAIR | {"per": 10.0, "confidence": 0.9},
    intervals.clopper_pearson: PAIR | {"confidence": 0.9},
    intervals.direct: BANDS | {"standard": N, "per": 10.0, "confidence": 0.9},
    intervals.indirect: BANDS | {"reference_events": X, "reference_people": N, "per": 10.0, "confidence": 0.9},
    intervals.katz_ratio: TWO | {"confidence": 0.9},
    intervals.miettinen_nurminen_difference: TWO | {"confidence": 0.9},
    intervals.miettinen_nurminen_ratio: TWO | {"confidence": 0.9},
    intervals.newcombe_difference: TWO | {"confidence": 0.9},
    intervals.poisson_exact: PAIR | {"per": 10.0, "confidence": 0.9},
    intervals.rate: PAIR | {"per": 10.0, "confidence": 0.9, "method": "auto"},
    intervals.rate_difference: TWO | {"per": 10.0, "confidence": 0.9},
    intervals.rate_ratio: TWO | {"confidence": 0.9, "method": "exact"},
    intervals.student: {"values": X, "confidence": 0.9},
    intervals.mean_difference: {"first": X, "second": N, "confidence": 0.9},
    intervals.wilson: PAIR | {"confidence": 0.9},
    disparity.choose: PAIR | {"rule": disparity.ReferenceRule.BEST, "favourable": True, "least": 30},
    disparity.compare_with: PAIR | {"rule": disparity.ReferenceRule.REST, "favourable": True, "least": 30},
    disparity.completeness: {"known": X, "total": N, "declined": 2.0, "least": 0.7, "well": 0.8, "confidence": 0.9},
    disparity.decompose: {"before": BEFORE, "after": AFTER},
    disparity.freeze: {"rule": disparity.ReferenceRule.BEST, "group": "Asian", "first": DAY, "months": 3},
    disparity.gap: TWO
    | {"favourable": True, "confidence": 0.9, "least_each": 12, "least_together": 25}
    | {"least_relative": 0.1},
    disparity.if_all_were_best: {
        "par": disparity.summarise(GROUPS)[disparity.Measure.PAR],
        "people": 360.0,
        "scale": 100.0,
        "group": "Asian",
        "events": "falls",
    },
    disparity.narrowing: {"before": BEFORE, "after": AFTER},
    disparity.of_completeness: {"found": disparity.completeness(80, 100)},
    disparity.of_decomposition: {"parts": disparity.decompose(BEFORE, AFTER), "group": "Asian"},
    disparity.of_gap: {"gaps": BEFORE, "group": "Asian", "comparator": "everyone else"},
    disparity.of_goal: {"found": GOALS},
    disparity.quadrant: {"better_by": X, "narrowed_by": N},
    disparity.quantile_slope: ORDERED | {"multiplier": 1.0, "confidence": 0.9},
    disparity.reached: {"goal": disparity.Goal(0.1, 0.2), "found": GOALS},
    disparity.rest: PAIR,
    disparity.simulated: {"groups": GROUPS, "measures": (disparity.Measure.BGV,), "seed": 1, "draws": 100}
    | {"confidence": 0.9},
    disparity.summarise: {"groups": GROUPS, "measures": tuple(disparity.Measure), "confidence": 0.9},
    disparity.two_halves: {"before": BEFORE, "after": AFTER, "favourable": True},
    disparity.worst: {"gaps": disparity.gap(**TWO, favourable=True)},
    shapes.days_since: {"events": [3.0, 9, 20], "today": 30, "since": 1},
    shapes.days_without: {"counts": [0.0, 1, 0, 2]},
    shapes.loudest_by_day: {"days": [3.0, 4, 9], "codes": [1.0, 2, 1], "first": 1, "length": 30},
    shapes.overdispersed_limits: {"sizes": N, "target": 0.4, "tau2": 0.01, "tails": (0.975, 0.999)},
    shapes.overdispersed_funnel: PAIR | {"target": 0.4, "trim": 0.1, "tails": (0.975, 0.999)},
    shapes.pareto: {"counts": X, "vital_share": 0.8},
    shapes.proportion_limits: {"sizes": N, "target": 0.4, "tails": (0.975, 0.999)},
    shapes.proportion_significance: PAIR | {"target": 0.4, "tails": (0.975, 0.999)},
    shapes.ratio_curves: {"events": [0.0, 1, 5, 20], "tails": (0.975, 0.999)},
    shapes.ratio_significance: {"observed": X, "expected": N, "tails": (0.975, 0.999)},
    shapes.spark_window: {"values": SERIES, "length": 5, "levels": [[40.0]]},
    shapes.stratum_bars: PAIR | {"reference": 1, "per": 100.0, "confidence": 0.9},
    shapes.tally: {"codes": [[0.0, 1, 2]], "kinds": 4},
    signals.act: {"standing": signals.Standing(signals.State.ESCALATED, 2, 5), "event": signals.Event.ACKNOWLEDGE}
    | {"day": 9, "policy": POLICY},
    signals.always_valid: {"counts": COUNTS, "harm": -1.0, "rho": 50.0, "least_patients": 30.0, "least_expected": 5.0},
    signals.decide: {"standing": signals.Standing(), "look": LOOK, "policy": POLICY},
    signals.escalations: {"looks": LOOKS},
    signals.first_days: {"signal": LOOKS.watch, "begin": 0},
    signals.gap_looks: DAILY | REST | {"harm": -1.0},
    signals.gap_sentence: {"figures": LOOK.figures, "group": "Asian"},
    signals.key: {"decision": DECISION},
    signals.look_of: {"looks": LOOKS, "series": 0, "day": 50, "units": 1},
    signals.step: {
        "window": signals.Window.empty(2, 2),
        "came": signals.Day.of([[1.0, 2.0]] * 2, [[3.0, 4.0]] * 2),
        "left": None,
        "number": 5,
        "restart": False,
        "way": signals.Harm.LOW,
        "policy": POLICY,
        "board": [True, True],
    },
    signals.sentence: {"decision": DECISION, "group": "Asian"},
    screening.screen: {"events": X, "people": N, "rest_events": X, "rest_people": N, "rate": 0.1}
    | {"least_patients": 30.0, "least_expected": 5.0},
    small_cells.gap_reasons: {"people": N, "others": N, "each": 12, "together": 25},
    small_cells.judged_rate: {"numerators": X, "denominators": N, "least": 12},
    small_cells.pool_until: {"numerators": X, "denominators": np.sort(N), "least": 30},
    small_cells.protect: {"cells": CELLS, "views": (CELLS.view("all", ("unit", "group")),), "threshold": 11},
    small_cells.suppress: {"table": small_cells.Table.of_counts([12.0, 3, 40], 55.0), "threshold": 11},
    small_cells.suppress_crossing: {"counts": [[12.0, 3, 40], [25, 60, 31]], "threshold": 11},
    small_cells.suppress_table: {"counts": [[12.0, 3, 40], [25, 60, 31]], "threshold": 11},
    small_cells.windows_of_place: {"counts": X, "levels": ([0, 1, 2, 3], [0, 0, 1, 1])},
    small_cells.windows_of_time: {"counts": X, "lengths": (1, 2, 4)},
    small_cells.with_totals: {"counts": [[12.0, 3], [25, 60]]},
    spc.assurance: {"lower": X, "upper": N, "direction": 1, "target": 60.0},
    spc.baseline: {"kind": spc.Kind.P, "values": SERIES, "sizes": SIZES, "factor": 2.66},
    spc.bernoulli_cusum: {"events": [0.0, 1, 0], "expected": 0.1, "odds_ratio": 2.0, "limit": 3.5},
    spc.chart: {"kind": spc.Kind.P, "values": SERIES[0], "sizes": SIZES[0], "direction": 1, "target": 0.5, "per": 1.0}
    | {"phase_starts": (12,), "limits_from": 6, "exclude": (3,), "factor": 2.66},
    spc.days_between: {"counts": [0.0, 1, 0, 2]},
    spc.describe: {"states": STATES, "index": 0},
    spc.figures: {"kind": spc.Kind.P, "values": SERIES, "sizes": SIZES},
    spc.holding: {"history": HISTORY, "day": DAY},
    spc.is_low: {"flags": STATES.point_flags},
    spc.kind_of: {"name": "p"},
    spc.limit_state: {"n_points": [0, 12, 20]},
    spc.lines: {"given": BASE, "sizes": SIZES, "per": 1.0},
    spc.lines_on: {"history": HISTORY, "days": (DAY, DAY + timedelta(1)), "sizes": [90.0, 80], "per": 1.0},
    spc.locked: {"history": (), "limits": BASE, "first": DAY, "by": "A. Lead", "why": "stable"},
    spc.median_runs: {"values": SERIES, "center": [41.0]},
    spc.rule_of: {"flags": STATES.point_flags},
    spc.run_limits: {"useful": 20},
    spc.sentence: {"finding": spc.describe(STATES, 0)},
    spc.states: {"kind": spc.Kind.P, "values": SERIES, "sizes": SIZES, "direction": [1], "target": [0.5]}
    | {"factor": 2.66, "per": 1.0},
    spc.suggest_phases: {"kind": spc.Kind.P, "values": SERIES[0], "sizes": SIZES[0], "period": 12, "shift": 8}
    | {"max_exclusions": 3},
    spc.why: {"candidate": spc.Candidate(3, spc.Verdict.ACCEPTED, high=True, run=8, before=1.0, after=2.0)},
    spc.xmr_chart: {"values": SERIES[0], "direction": 1, "target": 43.0, "phase_starts": (12,), "limits_from": 6}
    | {"factor": 2.66},
    spc.xmr_limits: {"values": SERIES, "factor": 2.66},
    spc.xmr_states: {"values": SERIES, "direction": [1], "target": [43.0], "factor": 2.66},
    disparity.Goal: {"raise_by": 0.1, "narrow_by": 0.2},
    disparity.Groups.of_counts: PAIR | {"favourable": True, "order": np.arange(4.0), "reference": 1, "scale": 100.0},
    disparity.Groups.of_estimates: {"estimate": X, "error": np.full(4, 2.0), "people": N, "favourable": True}
    | {"order": np.arange(4.0), "reference": 1, "scale": 100.0},
    signals.DailyCounts.of: DAILY | REST,
    signals.Policy: dataclasses.asdict(POLICY),
    small_cells.Cells.of: {"counts": [[12.0, 3], [25, 60]], "axes": ("unit", "group")},
    small_cells.Table.of_counts: {"counts": X, "total": 140.0},
    small_cells.Table.of_proportion: {"numerators": X, "denominators": N, "total": (140.0, 360.0)},
    small_cells.Table.of_rate: {"numerators": X, "denominators": N, "total": (140.0, 360.0)},
}

#: what is no number at all, whatever it stands for
NO_NUMBERS = {
    "text": "many",
    "figures in quotes": ["3", "4"],
    "ragged": [[1.0], [2.0, 3.0]],
    "complex": [1j, 2],
    "dates": np.array(["2026-01-01"], "M8[D]"),
    "objects": [object()],
    "endless": np.inf,
    "endless below": [-np.inf] * 4,
    "without end of digits": 10**400,
}
#: numbers that may be right somewhere; where they are not, they are refused
NUMBERS = {
    "unknown": np.nan,
    "none": None,
    "nothing": [],
    "no rows": np.empty((0, 0)),
    "no points": np.empty((3, 0)),
    "other shape": np.ones((3, 2, 5)),
    "negative": -3.0,
    "zero": 0.0,
    "half": 1.5,
    "huge": 1e100,
    "tiny": 5e-324,
    "true": True,
    "seven": list(range(7)),
    "all zero": np.zeros(4),
    "all unknown": np.full((1, 24), np.nan),
    "all huge": [1e100] * 4,
    "all equal": np.full((1, 24), 7.0),
}
#: made by the program and checked by mypy: records, tuples of them, names, flags of a chart, days of the calendar
MADE = {
    "history", "days", "first", "flags", "index", "views", "measures", "axes", "signal", "begin", "series", "day",
    "units", "total", "kind", "levels",
}  # fmt: skip
#: None stands for "not asked", and a ratio to nothing is endless
OPEN = {"Estimate.value", "Interval.estimate", "Interval.upper"}


def spoiled():
    for function, good in CALLS.items():
        for name, value in good.items():
            if name not in MADE and isinstance(value, int | float | np.ndarray | list | tuple):
                yield pytest.param(
                    function, good, name, id=f"{function.__module__[10:]}.{function.__qualname__}-{name}"
                )


def assert_finite_or_absent(result, where=""):
    """No number of a result is infinite but a ratio to nothing, and none is NaN without a reason, where it has one."""
    if isinstance(result, dict):
        for each in result.values():
            assert_finite_or_absent(each)
    elif dataclasses.is_dataclass(result) or hasattr(result, "_fields"):
        names = getattr(result, "_fields", None) or [field.name for field in dataclasses.fields(result)]
        for name in names:
            assert_finite_or_absent(getattr(result, name), f"{type(result).__name__}.{name}")
        if {"estimate", "lower", "upper", "reason"} <= set(names):
            absent = np.isnan(result.estimate) | np.isnan(result.lower) | np.isnan(result.upper)
            assert (np.asarray(result.reason)[absent] > 0).all(), "NaN without a reason"
            assert not np.isnan(np.asarray(result.estimate)[np.asarray(result.reason) == Reason.COMPUTED]).any()
    elif isinstance(result, np.ndarray | float) and np.asarray(result).dtype.kind == "f" and where not in OPEN:
        assert not np.isinf(result).any(), where


def test_every_public_function_has_a_good_call():
    public = {
        getattr(package, name)
        for package in PACKAGES
        for name in package.__all__
        if inspect.isfunction(getattr(package, name)) and not isinstance(getattr(package, name), Enum)
    }
    assert public - set(CALLS) == set()
    for function, good in CALLS.items():
        assert_finite_or_absent(function(**good))


@pytest.mark.parametrize(("function", "good", "name"), list(spoiled()))
def test_a_spoiled_argument_is_a_typed_error_or_a_typed_absence(function, good, name):
    for kind, bad in NO_NUMBERS.items():
        with pytest.raises(AnalyticsError):
            pytest.fail(f"{kind} gives {function(**(good | {name: bad}))}")
    for bad in NUMBERS.values():
        try:
            found = function(**(good | {name: bad}))
        except AnalyticsError:
            continue
        assert_finite_or_absent(found)


@pytest.mark.parametrize("function", [f for f, good in CALLS.items() if {"x", "n"} <= set(good) or "x1" in good])
def test_negative_counts_are_refused_and_unknown_ones_absent(function):
    good = CALLS[function]
    for name in {"x", "n", "x1", "n1", "x2", "n2"} & set(good):
        with pytest.raises(AnalyticsError):
            function(**(good | {name: np.full(4, -1.0)}))
        found = function(**(good | {name: np.full(4, np.nan)}))
        if isinstance(found, intervals.Interval):
            assert (found.reason == Reason.NO_DATA).all()
            assert np.isnan(found.estimate).all()
