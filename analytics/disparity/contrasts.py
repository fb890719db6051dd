"""Differences and ratios of two figures that each have an interval of their own.

Method of variance estimates recovery: Zou & Donner 2008 for differences, Donner & Zou 2012 for ratios. The two
figures must be independent: two periods without common patients, two groups without common members.
"""

import numpy as np

from analytics.disparity.groups import Floats
from analytics.intervals import Interval
from analytics.outcomes import Reason


def minus(first: Interval, second: Interval) -> Interval:
    """Difference of the first and the second, with its interval. NaN with the first reason that one of them has."""
    change = first.estimate - second.estimate
    below = np.hypot(first.estimate - first.lower, second.upper - second.estimate)
    above = np.hypot(first.upper - first.estimate, second.estimate - second.lower)
    reason = np.where(first.reason > 0, first.reason, second.reason)
    return Interval(change, change - below, change + above, reason)


def size(figure: Interval) -> Interval:
    """The distance from 0, with the interval of that distance: from 0 on where the figure's interval contains 0."""
    inside = (figure.lower <= 0) & (figure.upper >= 0)
    ends = np.abs(figure.lower), np.abs(figure.upper)
    lower = np.where(inside, 0.0, np.minimum(*ends))
    return Interval(np.abs(figure.estimate), lower, np.maximum(*ends), figure.reason)


def share_lost(before: Interval, after: Interval) -> Interval:
    """1 - after / before of two sizes (0 or more), with its interval.

    Bounds only where `before` is surely above 0: of a size that may be nothing no share can be told
    (TOO_FEW_TO_JUDGE); the estimate is NaN where `before` is 0 (ZERO_DENOMINATOR).
    """
    reason = np.where(before.reason > 0, before.reason, after.reason)
    reason = np.where((reason == 0) & (before.estimate == 0), np.uint8(Reason.ZERO_DENOMINATOR), reason)
    with np.errstate(divide="ignore", invalid="ignore"):
        estimate = np.where(reason == 0, 1 - after.estimate / before.estimate, np.nan)
        low = _ratio_end(after.estimate, after.lower, before.estimate, before.upper, -1.0)
        high = _ratio_end(after.estimate, after.upper, before.estimate, before.lower, 1.0)
    sure = (reason == 0) & (before.lower > 0) & np.isfinite(low) & np.isfinite(high)
    reason = np.where((reason == 0) & ~sure, np.uint8(Reason.TOO_FEW_TO_JUDGE), reason)
    return Interval(
        estimate, np.where(sure, 1 - high, np.nan), np.where(sure, 1 - low, np.nan), reason.astype(np.uint8)
    )


def _ratio_end(top: Floats, top_end: Floats, bottom: Floats, bottom_end: Floats, way: float) -> Floats:
    product = top * bottom
    root = product**2 - top_end * bottom_end * (2 * top - top_end) * (2 * bottom - bottom_end)
    end: Floats = (product + way * np.sqrt(np.maximum(root, 0.0))) / (bottom_end * (2 * bottom - bottom_end))
    return end
