"""How a gap moves against a baseline: did it narrow, and did everyone move or only the group?"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from analytics.disparity.contrasts import minus, share_lost, size
from analytics.disparity.gaps import Gap
from analytics.disparity.groups import Bools, Floats
from analytics.intervals import Interval
from analytics.outcomes import Reason

_ROUNDING: Final = 1e-12


@dataclass(frozen=True, slots=True)
class Narrowing:
    """The course of a gap; arrays of the shape of the gaps.

    `before`, `after`: sizes of the gap, 0 .. 1, with intervals. `points`: before minus after, positive where the gap
    narrowed. `share`: the part of the first gap that is gone, 1 where it closed, negative where it widened.
    `ratio_before`, `ratio_after`: how many times the larger rate is the smaller, 1 or more. `factor`: the first over
    the second, above 1 where the gap narrowed relatively.
    `narrowed`, `narrowed_relative`: by the estimates. `certain`, `certain_relative`: the interval says so too.
    `crossed`: the group that fared worse now fares better.
    Absolute and relative may disagree: 60 against 40 per cent becoming 80 against 58 widens by 2 points while the
    ratio falls from 1.5 to 1.38. A goal says which of the two it means.
    """

    before: Interval
    after: Interval
    points: Interval
    share: Interval
    ratio_before: Floats
    ratio_after: Floats
    factor: Interval
    narrowed: Bools
    narrowed_relative: Bools
    certain: Bools
    certain_relative: Bools
    crossed: Bools


def narrowing(before: Gap, after: Gap) -> Narrowing:
    """The gap after against the gap before, which must be of different patients (no common days).

    Intervals of sizes are those of the differences, folded at 0; differences and ratios of sizes by variance
    estimates recovery (`contrasts`). Reasons are those of the differences; `share` has no bounds where the first gap
    may be nothing, `factor` none where a side has no events.
    """
    first, second = size(before.difference), size(after.difference)
    points = _still(minus(first, second))
    logs = [size(_log(gap.ratio)) for gap in (before, after)]
    apart = _still(minus(*logs))
    factor = Interval(np.exp(apart.estimate), np.exp(apart.lower), np.exp(apart.upper), apart.reason)
    return Narrowing(
        before=first,
        after=second,
        points=points,
        share=share_lost(first, second),
        ratio_before=np.exp(logs[0].estimate),
        ratio_after=np.exp(logs[1].estimate),
        factor=factor,
        narrowed=points.estimate > 0,
        narrowed_relative=factor.estimate > 1,
        certain=(points.lower > 0) | (points.upper < 0),
        certain_relative=(factor.lower > 1) | (factor.upper < 1),
        crossed=before.harm * after.harm < 0,
    )


@dataclass(frozen=True, slots=True)
class Decomposition:
    """A group's change in two parts that add up exactly: `change` = `everyone` + `gap`, rates on the scale 0 .. 1.

    `everyone`: the change of the comparator: what the group would have seen had it moved along. `gap`: the change of
    the difference: what the group moved beyond that.
    """

    change: Interval
    everyone: Interval
    gap: Interval


def decompose(before: Gap, after: Gap) -> Decomposition:
    """The change of a group's rate from before to after as "everyone moved" plus "the gap moved".

    Intervals by variance estimates recovery from Wilson's and Newcombe's; patients of the two periods and of the two
    groups must be different people. NaN with the reason of the figure that is missing.
    """
    everyone = minus(after.comparator, before.comparator)
    moved = minus(after.difference, before.difference)
    change = minus(after.group, before.group)
    # The sum itself, so that the parts that a page shows add up to the last digit; bounds move along.
    total = everyone.estimate + moved.estimate
    shift = total - change.estimate
    return Decomposition(Interval(total, change.lower + shift, change.upper + shift, change.reason), everyone, moved)


def _still(change: Interval) -> Interval:
    """The change, exactly 0 where it is no more than what floats leave of two gaps of one size (70 - 60, 80 - 70)."""
    return change._replace(estimate=np.where(np.abs(change.estimate) <= _ROUNDING, 0.0, change.estimate))


def _log(ratio: Interval) -> Interval:
    with np.errstate(divide="ignore"):
        usable = (ratio.estimate > 0) & np.isfinite(ratio.estimate)
        estimate, lower, upper = (np.log(np.where(usable, end, np.nan)) for end in ratio[:3])
    reason = np.where((ratio.reason == 0) & ~usable, np.uint8(Reason.NO_EVENTS), ratio.reason)
    return Interval(estimate, lower, upper, reason.astype(np.uint8))
