"""Intervals of shares, rates and means, of differences and ratios; p values of many tests."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final

import numpy as np

from analytics import intervals
from analytics.conformance.comparison import Case, Comparison, UnknownFormat, number, numbers, refused
from analytics.intervals import Interval
from analytics.outcomes import AnalyticsError

TOLERANCE: Final = 1e-8
ONE: Final[dict[str, Callable[..., Interval]]] = {
    "proportion_wilson": intervals.wilson,
    "proportion_exact": intervals.clopper_pearson,
}
RATE: Final[dict[str, Callable[..., Interval]]] = {
    "rate_exact": intervals.poisson_exact,
    "rate_byar": intervals.byar,
    "poisson_count_exact": intervals.poisson_exact,
    "poisson_count_byar": intervals.byar,
}
TWO: Final[dict[str, Callable[..., Interval]]] = {
    "risk_difference_newcombe": intervals.newcombe_difference,
    "risk_difference_miettinen_nurminen": intervals.miettinen_nurminen_difference,
    "risk_ratio_katz_log": intervals.katz_ratio,
    "risk_ratio_miettinen_nurminen": intervals.miettinen_nurminen_ratio,
    "rate_ratio_log_wald": partial(intervals.rate_ratio, method="log"),
    "rate_ratio_exact": partial(intervals.rate_ratio, method="exact"),
    "rate_difference_score": intervals.rate_difference,
}
#: functions whose tolerance is absolute: everything lies between -1 and 1
BOUNDED: Final = frozenset({"proportion_wilson", "proportion_exact", "risk_difference_newcombe"})
BOUNDED_BY_SEARCH: Final = frozenset({"risk_difference_miettinen_nurminen"})


def check(case: Case, comparison: Comparison) -> None:
    """Estimate, lower and upper bound; or the adjusted p values."""
    kind = case["fn"]
    if refused(case):
        comparison.holds("a number, where the reference refuses", _refuses(case))
        return
    if kind == "p_adjust":
        adjusted = intervals.adjust(numbers(case["p"]), case["method"])
        comparison.near("adjusted", adjusted, case["expected"], absolute=_own(case, TOLERANCE))
        return
    found, scale = _interval(case)
    absolute = kind in BOUNDED or kind in BOUNDED_BY_SEARCH
    for name in ("estimate", "lower", "upper"):
        if name not in case:
            continue
        ours, theirs = float(getattr(found, name)) * scale, case[name]
        if kind in RATE and name == "lower" and number(theirs) < 0:
            theirs = 0.0  # Byar's formula falls below 0 at one or two events; no rate does
        if "tol" in case or absolute:
            comparison.near(name, ours, theirs, absolute=_own(case, TOLERANCE) * _per(case))
        else:
            comparison.near(name, ours, theirs, relative=TOLERANCE)


def _interval(case: Case) -> tuple[Interval, float]:
    """The interval, and what it still has to be multiplied by."""
    kind, confidence = case["fn"], number(case.get("conf", 0.95))
    if kind in TWO:
        counts = (number(case.get(name)) for name in ("x1", "n1", "x2", "n2"))
        return TWO[kind](*counts, confidence=confidence), _per(case)
    if kind in RATE:
        sizes = 1.0 if case.get("n") is None else number(case["n"])
        return RATE[kind](number(case.get("x")), sizes, per=_per(case), confidence=confidence), 1.0
    if kind in ONE:
        return ONE[kind](number(case.get("x")), number(case.get("n")), confidence=confidence), _per(case)
    if kind == "mean_t":
        return intervals.student(numbers(case["values"]), confidence=confidence), _per(case)
    raise UnknownFormat(f"no function is named {kind}")


def _refuses(case: Case) -> bool:
    try:
        if case["fn"] == "p_adjust":
            return bool(np.isnan(intervals.adjust(numbers(case["p"]), case["method"])).all())
        found, _scale = _interval(case)
    except AnalyticsError:
        return True
    return bool(found.reason > 0)


def _per(case: Case) -> float:
    given: Any = case.get("multiplier")
    return 1.0 if given is None else number(given)


def _own(case: Case, usual: float) -> float:
    return number(case["tol"]) if "tol" in case else usual
