"""Differences between groups of patients: summary measures, gaps, their course, and how complete the data are."""

from analytics.disparity.changes import Decomposition, Narrowing, decompose, narrowing
from analytics.disparity.completeness import Completeness, Verdict, completeness
from analytics.disparity.estimates import Estimate
from analytics.disparity.gaps import Gap, gap, worst
from analytics.disparity.goals import Goal, Quadrant, TwoHalves, quadrant, reached, two_halves
from analytics.disparity.groups import Groups
from analytics.disparity.measures import ORDERED, SIMPLE, UNORDERED, Measure
from analytics.disparity.quantile_slopes import QuantileSlope, ValueKind, quantile_slope
from analytics.disparity.references import (
    Comparator,
    FrozenReference,
    ReferenceRule,
    choose,
    compare_with,
    freeze,
    rest,
)
from analytics.disparity.sentences import (
    Sentence,
    if_all_were_best,
    of_completeness,
    of_decomposition,
    of_gap,
    of_goal,
)
from analytics.disparity.simulation import simulated
from analytics.disparity.summary import Summary, summarise

__all__ = (
    "ORDERED",
    "SIMPLE",
    "UNORDERED",
    "Comparator",
    "Completeness",
    "Decomposition",
    "Estimate",
    "FrozenReference",
    "Gap",
    "Goal",
    "Groups",
    "Measure",
    "Narrowing",
    "Quadrant",
    "QuantileSlope",
    "ReferenceRule",
    "Sentence",
    "Summary",
    "TwoHalves",
    "ValueKind",
    "Verdict",
    "choose",
    "compare_with",
    "completeness",
    "decompose",
    "freeze",
    "gap",
    "if_all_were_best",
    "narrowing",
    "of_completeness",
    "of_decomposition",
    "of_gap",
    "of_goal",
    "quadrant",
    "quantile_slope",
    "reached",
    "rest",
    "simulated",
    "summarise",
    "two_halves",
    "worst",
)
