"""What a board draws, as data: funnels, Paretos, runs of days, groups beside each other, sparklines, calendars.

Each function takes counts and gives the numbers that a drawing needs; none knows a color, a pixel or a word of a page.
The funnel of ratios is fetched on first use, since it alone needs SciPy.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Final

from analytics.shapes.days_since import DaysSince, days_since, days_without
from analytics.shapes.funnel import FunnelLimits, Level, Significance, proportion_limits, proportion_significance
from analytics.shapes.month import loudest_by_day, tally
from analytics.shapes.overdispersion import OverdispersedFunnel, overdispersed_funnel, overdispersed_limits
from analytics.shapes.pareto import Pareto, pareto
from analytics.shapes.spark_window import SparkWindow, spark_window
from analytics.shapes.stratum_bars import StratumBars, stratum_bars

if TYPE_CHECKING:
    from analytics.shapes.ratio_funnel import RatioCurves, ratio_curves, ratio_significance

__all__ = (
    "DaysSince",
    "FunnelLimits",
    "Level",
    "OverdispersedFunnel",
    "Pareto",
    "RatioCurves",
    "Significance",
    "SparkWindow",
    "StratumBars",
    "days_since",
    "days_without",
    "loudest_by_day",
    "overdispersed_funnel",
    "overdispersed_limits",
    "pareto",
    "proportion_limits",
    "proportion_significance",
    "ratio_curves",
    "ratio_significance",
    "spark_window",
    "stratum_bars",
    "tally",
)

_LATER: Final = frozenset({"RatioCurves", "ratio_curves", "ratio_significance"})


def __getattr__(name: str) -> object:
    """A name of the funnel of ratios (PEP 562)."""
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: object = getattr(import_module(f"{__name__}.ratio_funnel"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted(__all__)
