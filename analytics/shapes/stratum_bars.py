"""Groups of patients beside each other: value, interval, and how far each lies from its comparator."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from analytics import intervals
from analytics.inputs import setting, whole_setting
from analytics.intervals import Interval
from analytics.intervals.inputs import Floats, exposures, shares
from analytics.outcomes import Reason, SettingError, ShapeError


@dataclass(frozen=True, slots=True)
class StratumBars:
    """G groups (..., G), all in the unit asked for.

    `value`: estimate, bounds and reason of each group. `comparator`: (..., G) what each group is held against.
    `gap`: group minus comparator with its interval; NaN with IS_REFERENCE where a group is its own comparator.
    `is_reference`: (G,) the fixed comparator; nowhere true against the rest. `whole`: (...) all groups together.
    `low`, `high`: (...) ends of a scale that holds all bars, bounds and the whole; NaN where nothing is known.
    """

    value: Interval
    comparator: Floats
    gap: Interval
    is_reference: npt.NDArray[np.bool_]
    whole: Floats
    low: Floats
    high: Floats


def stratum_bars(
    x: npt.ArrayLike,
    n: npt.ArrayLike,
    *,
    reference: int | None = None,
    kind: Literal["proportion", "rate"] = "proportion",
    per: float = 1.0,
    confidence: float = 0.95,
) -> StratumBars:
    """Groups side by side, each against the rest of them, or against one `reference` group.

    `x`, `n`: (..., G) counts of groups that do not overlap; NaN is "not known" or "not shown": such a group keeps its
    place, and the rest is then the rest of the groups that are known. `reference`: place of the fixed comparator.
    `kind`: "proportion" has Wilson intervals and Newcombe gaps; "rate" exact or Byar intervals and gaps by the score.
    `per`: 100 for per cent, 1000 for "per 1000 bed days".
    Raises CountError for negative or infinite counts or, in proportions, x above n; ShapeError for shapes that do not
    fit together or no axis; SettingError for a reference that is no group, another kind or a confidence outside (0, 1).
    """
    if kind not in {"proportion", "rate"}:
        raise SettingError(f"groups are compared by proportion or rate, not {kind}")
    events, sizes = (shares if kind == "proportion" else exposures)(x, n)
    if events.ndim == 0:
        raise ShapeError("groups lie along an axis")
    groups = events.shape[-1]
    setting(per, "what a rate is told for", above=0)
    if reference is not None:
        reference = whole_setting(reference, "a reference group")
    if reference is not None and reference >= groups:
        raise SettingError(f"the reference is one of {groups} groups, not {reference}")
    known = ~(np.isnan(events) | np.isnan(sizes))
    seen, base = np.where(known, events, 0.0), np.where(known, sizes, 0.0)
    all_events, all_sizes = seen.sum(axis=-1, keepdims=True), base.sum(axis=-1, keepdims=True)
    if reference is None:
        other_sizes = np.maximum(all_sizes - base, 0.0)
        other_events = np.maximum(all_events - seen, 0.0)
        if kind == "proportion":
            other_events = np.minimum(other_events, other_sizes)
    else:
        itself = np.arange(groups) == reference
        other_events = np.where(itself, np.nan, events[..., [reference]])
        other_sizes = np.where(itself, np.nan, sizes[..., [reference]])
    if kind == "proportion":
        value = _scaled(intervals.wilson(events, sizes, confidence=confidence), per)
        apart = intervals.newcombe_difference(events, sizes, other_events, other_sizes, confidence=confidence)
        gap = _scaled(apart, per)
    else:
        value = intervals.rate(events, sizes, per=per, confidence=confidence)
        gap = intervals.rate_difference(events, sizes, other_events, other_sizes, per=per, confidence=confidence)
    is_reference = np.arange(groups) == (-1 if reference is None else reference)
    gap = gap._replace(reason=np.where(is_reference, np.uint8(Reason.IS_REFERENCE), gap.reason))
    comparator = _ratio(other_events, other_sizes) * per
    whole = _ratio(all_events, all_sizes)[..., 0] * per
    shown = np.concatenate([value.estimate, value.lower, value.upper, whole[..., None]], axis=-1)
    there = np.isfinite(shown)
    some = there.any(axis=-1)
    low = np.where(some, np.min(np.where(there, shown, np.inf), axis=-1), np.nan)
    high = np.where(some, np.max(np.where(there, shown, -np.inf), axis=-1), np.nan)
    return StratumBars(value, comparator, gap, is_reference, whole, low, high)


def _ratio(events: Floats, sizes: Floats) -> Floats:
    known = sizes > 0
    return np.where(known, events / np.where(known, sizes, 1.0), np.nan)


def _scaled(found: Interval, per: float) -> Interval:
    return Interval(found.estimate * per, found.lower * per, found.upper * per, found.reason)
