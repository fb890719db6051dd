"""Confidence intervals of shares, rates and means, of differences and ratios of two groups; standardised rates.

The names are fetched on first use.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Final

from analytics.intervals.proportions import Interval, newcombe_difference, wilson

if TYPE_CHECKING:
    from analytics.intervals.differences import miettinen_nurminen_difference, rate_difference
    from analytics.intervals.exact import clopper_pearson, poisson_exact
    from analytics.intervals.means import mean_difference, student
    from analytics.intervals.multiplicity import adjust
    from analytics.intervals.rate_ratios import rate_ratio
    from analytics.intervals.rates import byar, rate
    from analytics.intervals.ratios import katz_ratio, miettinen_nurminen_ratio
    from analytics.intervals.standardised import Standardised, direct, indirect

__all__ = (
    "Interval",
    "Standardised",
    "adjust",
    "byar",
    "clopper_pearson",
    "direct",
    "indirect",
    "katz_ratio",
    "mean_difference",
    "miettinen_nurminen_difference",
    "miettinen_nurminen_ratio",
    "newcombe_difference",
    "poisson_exact",
    "rate",
    "rate_difference",
    "rate_ratio",
    "student",
    "wilson",
)

_HOME: Final = {
    "Standardised": "standardised",
    "adjust": "multiplicity",
    "byar": "rates",
    "clopper_pearson": "exact",
    "direct": "standardised",
    "indirect": "standardised",
    "katz_ratio": "ratios",
    "mean_difference": "means",
    "miettinen_nurminen_difference": "differences",
    "miettinen_nurminen_ratio": "ratios",
    "poisson_exact": "exact",
    "rate": "rates",
    "rate_difference": "differences",
    "rate_ratio": "rate_ratios",
    "student": "means",
}


def __getattr__(name: str) -> object:
    """A public name from the module that holds it (PEP 562)."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: object = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted(__all__)
