"""Rule J: a gap that may be looked at every day, because its bound holds at all looks together."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analytics.inputs import flags, setting
from analytics.outcomes import Reason, Reasons, SettingError, ShapeError
from analytics.signals.counts import Bools, DailyCounts, Floats, Sums, ways


@dataclass(frozen=True, slots=True)
class Sequence:
    """All arrays (…, T). `gap`: the group's rate minus the rest's since the latest start, NaN where `reason` says why.

    `statistic`: gap over its variance, positive on the harmful side; `information`: one over that variance.
    `sums`: what was counted since the latest start.
    """

    sums: Sums
    gap: Floats
    statistic: Floats
    information: Floats
    rho: float
    reason: Reasons

    def boundary(self, alpha: float) -> Floats:
        """What the statistic has to pass: sqrt((V + rho) ln((V + rho) / (rho alpha²))), V being the information."""
        if not 0 < setting(alpha, "a level") < 1:
            raise SettingError(f"a level lies between 0 and 1, not at {alpha}")
        reach = self.information + self.rho
        return np.sqrt(reach * np.log(reach / (self.rho * alpha * alpha)))

    def beyond(self, alpha: float, *, least_relative: float = 0.0) -> Bools:
        """Whether the gap is beyond the boundary on the harmful side, and at least that share of the rest's rate."""
        with np.errstate(divide="ignore", invalid="ignore"):
            rest = self.sums.rest_events / self.sums.rest_people
        return (self.statistic > self.boundary(alpha)) & (np.abs(self.gap) >= least_relative * rest)


def always_valid(
    counts: DailyCounts,
    harm: npt.ArrayLike,
    *,
    starts: npt.ArrayLike | None = None,
    rho: float = 50.0,
    least_patients: float = 30,
    least_expected: float = 5.0,
) -> Sequence:
    """The cumulative gap with a bound that holds on every day at once (normal mixture boundary).

    `counts`: days last; `harm`: `Harm` of each series, shape (…) or one for all. `starts`: (T,), True on days on which
    counting begins anew. With the pooled rate p, the variance is p (1 - p) (1/n1 + 1/n2), V one over it, the statistic
    gap · V. Over one stretch without a restart, a series without a gap passes the boundary of level alpha on its
    harmful side with a probability of about alpha / 2 at most, however often one looks.
    There is no number while a side has fewer than `least_patients`, or expects fewer than `least_expected` events or
    non-events at the pooled rate: TOO_FEW_TO_JUDGE; ALL_EQUAL where everybody or nobody had the event.
    Raises ShapeError and SettingError. Source: Robbins 1970; Howard, Ramdas, McAuliffe and Sekhon 2021, section 3.2.
    """
    setting(rho, "rho", above=0)
    setting(least_patients, "the least number of patients", least=0)
    setting(least_expected, "the least number expected", least=0)
    begins = np.zeros(counts.days, dtype=np.bool_) if starts is None else flags(starts)
    if begins.shape != (counts.days,):
        raise ShapeError(f"starts has {begins.shape}, the counts have {counts.days} days")
    return sequence_of(
        counts.since(begins),
        ways(harm, counts.series),
        rho=rho,
        least_patients=least_patients,
        least_expected=least_expected,
    )


def sequence_of(sums: Sums, way: Floats, *, rho: float, least_patients: float, least_expected: float) -> Sequence:
    """The same from sums that somebody else has kept; `way` broadcasts to their shape."""
    people = sums.people + sums.rest_people
    with np.errstate(divide="ignore", invalid="ignore"):
        pooled = (sums.events + sums.rest_events) / people
        rate, rest = sums.events / sums.people, sums.rest_events / sums.rest_people
        spread = pooled * (1 - pooled) * (1 / sums.people + 1 / sums.rest_people)
        smaller = np.minimum(sums.people, sums.rest_people)
        events = sums.events + sums.rest_events
        # Products of whole numbers are exact, so that events and non-events fall alike at the very edge.
        thin = smaller * np.minimum(events, people - events) < least_expected * people
    few = (smaller < least_patients) | (smaller <= 0)
    same = ~few & (spread == 0)
    thin &= ~few & ~same
    reason = np.where(few | thin, Reason.TOO_FEW_TO_JUDGE, np.where(same, Reason.ALL_EQUAL, Reason.COMPUTED))
    stands = reason == Reason.COMPUTED
    with np.errstate(divide="ignore", invalid="ignore"):
        information = np.where(stands, 1 / spread, np.nan)
        gap = np.where(stands, rate - rest, np.nan)
        statistic = way * gap * information
    return Sequence(sums, gap, statistic, information, rho, reason.astype(np.uint8))
