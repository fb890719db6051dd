"""The two-half goal: raise the measure and narrow the gap, and in which of the four quadrants a unit stands."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from analytics.disparity.changes import Narrowing, narrowing
from analytics.disparity.contrasts import minus
from analytics.disparity.gaps import Gap
from analytics.disparity.groups import Bools, Floats
from analytics.inputs import fitting, flags, setting
from analytics.intervals import Interval
from analytics.outcomes import AnalyticsError, SettingError

Codes = npt.NDArray[np.uint8]


class Quadrant(IntEnum):
    """Raised means better, also where lower is better; a half that stands still is not reached. Numbers are stored."""

    NONE = 0
    RAISED_NARROWED = 1
    RAISED_WIDENED = 2
    FELL_NARROWED = 3
    FELL_WIDENED = 4

    def __str__(self) -> str:
        return self.name.lower() if self else ""


def quadrant(better_by: npt.ArrayLike, narrowed_by: npt.ArrayLike) -> Codes:
    """Quadrant codes (uint8) of improvements and narrowings of any shapes that broadcast; NaN gives NONE.

    Raises ShapeError for shapes that do not fit together, AnalyticsError for infinite ones.
    """
    better, narrower = fitting(better_by, narrowed_by)
    if np.isinf(better).any() or np.isinf(narrower).any():
        raise AnalyticsError("an improvement or a narrowing is infinite")
    codes = np.select(
        [
            np.isnan(better) | np.isnan(narrower),
            (better > 0) & (narrower > 0),
            better > 0,
            narrower > 0,
        ],
        [Quadrant.NONE, Quadrant.RAISED_NARROWED, Quadrant.RAISED_WIDENED, Quadrant.FELL_NARROWED],
        default=Quadrant.FELL_WIDENED,
    )
    return codes.astype(np.uint8)


@dataclass(frozen=True, slots=True)
class TwoHalves:
    """Both halves against the baseline; arrays of the shape of the gaps.

    `raised`: improvement in points, 0 .. 1, positive where better. `raised_share`: the same over the first rate.
    `course`: the other half. `absolute`, `relative`: quadrant codes with the gap as difference and as ratio, which
    are shown side by side. `certain`: the intervals of improvement and of narrowing in points both leave out 0.
    """

    raised: Interval
    raised_share: Floats
    course: Narrowing
    absolute: Codes
    relative: Codes
    certain: Bools


def two_halves(
    before: Gap,
    after: Gap,
    *,
    favourable: npt.ArrayLike,
    everyone_before: Interval | None = None,
    everyone_after: Interval | None = None,
) -> TwoHalves:
    """Both halves of the goal from two gaps of different periods.

    What is raised is the group's own rate, or with `everyone_before` and `everyone_after` (`wilson` of all patients)
    that of everyone. Raises SettingError where only one of these two is given.
    """
    if (everyone_before is None) != (everyone_after is None):
        raise SettingError("everyone before and everyone after are given together")
    first = before.group if everyone_before is None else everyone_before
    second = after.group if everyone_after is None else everyone_after
    change = minus(second, first)
    up, _fits = fitting(flags(favourable), after.group.estimate)
    up = up == 1.0
    raised = Interval(
        np.where(up, change.estimate, -change.estimate),
        np.where(up, change.lower, -change.upper),
        np.where(up, change.upper, -change.lower),
        np.broadcast_to(change.reason, up.shape),
    )
    course = narrowing(before, after)
    return TwoHalves(
        raised=raised,
        raised_share=raised.estimate / np.where(first.estimate > 0, first.estimate, np.nan),
        course=course,
        absolute=quadrant(raised.estimate, course.points.estimate),
        relative=quadrant(raised.estimate, course.factor.estimate - 1),
        certain=((raised.lower > 0) | (raised.upper < 0)) & course.certain,
    )


@dataclass(frozen=True, slots=True)
class Goal:
    """Raise by `raise_by` of the first rate and narrow by `narrow_by` of the first gap, both shares above 0.

    `relative`: the gap is meant as a ratio. Raises SettingError for a goal with only one half.
    """

    raise_by: float
    narrow_by: float
    relative: bool = False

    def __post_init__(self) -> None:
        setting(self.raise_by, "what a goal raises by")
        setting(self.narrow_by, "what a goal narrows by")
        if not self.raise_by > 0 or not 0 < self.narrow_by <= 1:
            raise SettingError("a goal has two halves: raise by more than nothing, and narrow by a share up to 1")


def reached(goal: Goal, found: TwoHalves) -> tuple[Bools, Bools]:
    """Which halves of the goal are reached: (raised, narrowed), False where a figure is missing.

    A relative gap narrows by the share of its distance from 1: from 1.5 to 1.4 by a fifth.
    """
    course = found.course
    if goal.relative:
        first = course.ratio_before - 1
        lost = 1 - (course.ratio_after - 1) / np.where(first > 0, first, np.nan)
    else:
        lost = course.share.estimate
    raised: Bools = np.asarray(found.raised_share >= goal.raise_by - 1e-12)
    return raised, np.asarray(lost >= goal.narrow_by - 1e-12)
