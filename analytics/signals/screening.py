"""The weekly screen of all measures, groups and units for an analyst: gaps that stand out, at a stated share of errors.

It is a list to look through, not a signal: nobody is called by it.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analytics.inputs import setting
from analytics.intervals.multiplicity import adjust
from analytics.outcomes import Reason, Reasons, SettingError
from analytics.signals.counts import Bools, DailyCounts, Floats
from analytics.special import ndtr


@dataclass(frozen=True, slots=True)
class Screen:
    """All arrays (M,). `p`: two-sided, NaN where `reason` says why; `adjusted`: as Benjamini and Hochberg do."""

    p: Floats
    adjusted: Floats
    stands_out: Bools
    reason: Reasons


def screen(
    events: npt.ArrayLike,
    people: npt.ArrayLike,
    rest_events: npt.ArrayLike,
    rest_people: npt.ArrayLike,
    *,
    rate: float = 0.10,
    least_patients: float = 30,
    least_expected: float = 5.0,
) -> Screen:
    """Test every pair of counts (M,) for a gap in either direction; about `rate` of the flags are false.

    Pooled two-proportion z-test; TOO_FEW_TO_JUDGE below `least_patients` on a side or `least_expected` expected events
    or non-events, ALL_EQUAL where nobody or everybody had the event; those take no part in the adjustment.
    Raises as `DailyCounts.of`, SettingError for a rate outside (0, 1). Source: Benjamini and Hochberg 1995.
    """
    setting(least_patients, "the least number of patients", least=0)
    setting(least_expected, "the least number expected", least=0)
    if not 0 < setting(rate, "a rate of false discoveries") < 1:
        raise SettingError(f"a rate of false discoveries lies between 0 and 1, not at {rate}")
    one = DailyCounts.of(events, people, rest_events, rest_people)
    known = one.reported
    smaller = np.minimum(one.people, one.rest_people)
    with np.errstate(divide="ignore", invalid="ignore"):
        pooled = (one.events + one.rest_events) / (one.people + one.rest_people)
        error = np.sqrt(pooled * (1 - pooled) * (1 / one.people + 1 / one.rest_people))
        z = (one.events / one.people - one.rest_events / one.rest_people) / error
        expected = smaller * np.minimum(pooled, 1 - pooled)
    few = (smaller < least_patients) | (smaller <= 0)
    same = ~few & ((pooled <= 0) | (pooled >= 1))
    few |= ~same & ~(expected >= least_expected)
    judged = np.where(few, Reason.TOO_FEW_TO_JUDGE, np.where(same, Reason.ALL_EQUAL, Reason.COMPUTED))
    reason = np.where(known, judged, Reason.NO_DATA).astype(np.uint8)
    stands = reason == Reason.COMPUTED
    p = np.full(z.shape, np.nan)
    p[stands] = 2 * ndtr(-np.abs(z[stands]))
    adjusted = np.full(z.shape, np.nan)
    adjusted[stands] = adjust(p[stands], "bh")
    return Screen(p, adjusted, stands & (adjusted <= rate), reason)
