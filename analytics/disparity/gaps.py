"""The gap of a group against its comparator, absolute and relative side by side."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from analytics.disparity.groups import Bools, Floats, Ints
from analytics.inputs import fitting, flags, floats, setting
from analytics.intervals import Interval, katz_ratio, newcombe_difference, wilson
from analytics.outcomes import Reason, Reasons, ShapeError

LEAST_EACH: Final = 12
LEAST_TOGETHER: Final = 25
"""Patients on each side and on both that a gap needs to be shown (CMS Disparity Methods)."""

LEAST_RELATIVE: Final = 0.10
"""Relative difference from which a gap is worth telling (AHRQ)."""

ROUNDING: Final = 1e-12


@dataclass(frozen=True, slots=True)
class Gap:
    """Group against comparator, every array of the broadcast shape of the counts; shares on the scale 0 .. 1.

    `group`, `comparator`: their rates with Wilson intervals. `difference`: group minus comparator, Newcombe's
    interval. `ratio`: group over comparator, Katz's interval, NO_EVENTS where a side has none.
    `harm`: by how much the group fares worse, negative where it fares better.
    `relative`: |difference| over the comparator's rate. `relative_other`: over the comparator's rate of the opposite
    (2 % against 1 % missed is 100 %, 98 % against 99 % done is 1 %: both are told). NaN where that rate is 0.
    `certain`: the interval of the difference leaves out 0. `telling`, `telling_other`: certain, and the relative
    difference in that framing is large enough, as every difference from a rate of 0 is.
    `reason`: why the gap may not be judged; TOO_FEW_TO_JUDGE where figures stand but rest on too few patients.
    """

    group: Interval
    comparator: Interval
    difference: Interval
    ratio: Interval
    harm: Floats
    relative: Floats
    relative_other: Floats
    certain: Bools
    telling: Bools
    telling_other: Bools
    reason: Reasons


def gap(
    x1: npt.ArrayLike,
    n1: npt.ArrayLike,
    x2: npt.ArrayLike,
    n2: npt.ArrayLike,
    *,
    favourable: npt.ArrayLike,
    confidence: float = 0.95,
    least_each: int = LEAST_EACH,
    least_together: int = LEAST_TOGETHER,
    least_relative: float = LEAST_RELATIVE,
) -> Gap:
    """The gap between a group (x1 of n1) and its comparator (x2 of n2), who must not overlap; see `compare_with`.

    `favourable`: a higher rate is better; broadcasts against the gaps, so that a direction for each table of
    (tables, J) counts is of shape (tables, 1). Counts of any shapes that broadcast, NaN is "not known".
    Raises as `wilson` does; SettingError for a floor below 0.
    Source: Newcombe 1998 method 10, Katz et al. 1978; floors: CMS Disparity Methods, AHRQ.
    """
    for least in (least_each, least_together, least_relative):
        setting(least, "what is asked for at least", least=0)
    difference = newcombe_difference(x1, n1, x2, n2, confidence=confidence)
    events1, size1, events2, size2 = np.broadcast_arrays(*(floats(a) for a in (x1, n1, x2, n2)))
    group, comparator = wilson(events1, size1, confidence=confidence), wilson(events2, size2, confidence=confidence)
    few = (np.minimum(size1, size2) < least_each) | (size1 + size2 < least_together)
    reason = np.where((difference.reason == 0) & few, np.uint8(Reason.TOO_FEW_TO_JUDGE), difference.reason).astype(
        np.uint8
    )
    way, _fits = fitting(np.where(flags(favourable), -1.0, 1.0), difference.estimate)
    if way.shape != difference.estimate.shape:
        raise ShapeError(f"directions of shape {way.shape} do not fit gaps of shape {difference.estimate.shape}")
    distance = np.abs(difference.estimate)
    relative = _over(distance, comparator.estimate)
    relative_other = _over(distance, 1 - comparator.estimate)
    certain = (reason == 0) & ((difference.lower > 0) | (difference.upper < 0))
    return Gap(
        group=group,
        comparator=comparator,
        difference=difference,
        ratio=katz_ratio(events1, size1, events2, size2, confidence=confidence),
        harm=way * difference.estimate,
        relative=relative,
        relative_other=relative_other,
        certain=certain,
        telling=certain & (distance >= (least_relative - ROUNDING) * comparator.estimate),
        telling_other=certain & (distance >= (least_relative - ROUNDING) * (1 - comparator.estimate)),
        reason=reason,
    )


def worst(gaps: Gap) -> Ints:
    """(...) the column of the group with the largest certain harm; -1 where no group is certainly worse off."""
    harmed = gaps.certain & (gaps.harm > 0)
    found: Ints = np.argmax(np.where(harmed, gaps.harm, -np.inf), axis=-1)
    return np.where(harmed.any(axis=-1), found, -1)


def _over(distance: Floats, rate: Floats) -> Floats:
    found: Floats = distance / np.where(rate > 0, rate, np.nan)
    return found
