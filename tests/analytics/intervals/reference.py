"""The public function that computes a case of the vector file of intervals."""

from collections.abc import Callable
from functools import partial
from typing import Any

from analytics import intervals

ONE: dict[str, Callable[..., intervals.Interval]] = {
    "proportion_wilson": intervals.wilson,
    "proportion_exact": intervals.clopper_pearson,
}
RATE: dict[str, Callable[..., intervals.Interval]] = {
    "rate_exact": intervals.poisson_exact,
    "rate_byar": intervals.byar,
    "poisson_count_byar": intervals.byar,
}
TWO: dict[str, Callable[..., intervals.Interval]] = {
    "risk_difference_newcombe": intervals.newcombe_difference,
    "risk_difference_miettinen_nurminen": intervals.miettinen_nurminen_difference,
    "risk_ratio_katz_log": intervals.katz_ratio,
    "risk_ratio_miettinen_nurminen": intervals.miettinen_nurminen_ratio,
    "rate_ratio_log_wald": partial(intervals.rate_ratio, method="log"),
    "rate_ratio_exact": intervals.rate_ratio,
    "rate_difference_score": intervals.rate_difference,
}


def computed(case: dict[str, Any]) -> dict[str, float]:
    """Estimate, lower and upper of a case with an interval, on the case's own scale."""
    kind, confidence = case["fn"], case["conf"]
    scale = case.get("multiplier") or 1
    if kind in TWO:
        found = TWO[kind](*(case[name] for name in ("x1", "n1", "x2", "n2")), confidence=confidence)
    elif kind in RATE:
        sizes = 1 if case.get("n") is None else case["n"]
        found = RATE[kind](case["x"], sizes, per=scale, confidence=confidence)
        scale = 1
    elif kind == "mean_t":
        found = intervals.student(case["values"], confidence=confidence)
    else:
        found = ONE[kind](case["x"], case["n"], confidence=confidence)
    return {name: float(getattr(found, name)) * scale for name in ("estimate", "lower", "upper")}
