"""Confidence intervals of rates and of differences between groups."""

from analytics.intervals.proportions import Interval, newcombe_difference, wilson

__all__ = ("Interval", "newcombe_difference", "wilson")
