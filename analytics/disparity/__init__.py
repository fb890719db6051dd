"""Differences between groups of patients: summary measures, gaps, their course, and how complete the data are."""

from analytics.disparity.estimates import Estimate
from analytics.disparity.groups import Groups
from analytics.disparity.measures import ORDERED, SIMPLE, UNORDERED, Measure
from analytics.disparity.simulation import simulated
from analytics.disparity.summary import Summary, summarise

__all__ = ("ORDERED", "SIMPLE", "UNORDERED", "Estimate", "Groups", "Measure", "Summary", "simulated", "summarise")
