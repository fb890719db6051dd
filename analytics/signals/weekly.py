"""Rules on the weekly gap, for comparison with those on the window: a chart with known sigma, and a CUSUM."""

import numpy as np
import numpy.typing as npt

from analytics.outcomes import SettingError
from analytics.signals.counts import Bools, DailyCounts, Floats, ways

WEEK = 7


def weekly_z(counts: DailyCounts, harm: npt.ArrayLike) -> Floats:
    """(…, T // 7): the gap of each whole week in standard errors of no gap, positive on the harmful side.

    The standard error is pooled within the week; 0 where a side has no patients or all are alike.
    """
    weeks = counts.days // WEEK
    cut = weeks * WEEK
    sums = [
        each[..., :cut].reshape(*each.shape[:-1], weeks, WEEK).sum(axis=-1)
        for each in (counts.events, counts.people, counts.rest_events, counts.rest_people)
    ]
    events, people, rest_events, rest_people = sums
    with np.errstate(divide="ignore", invalid="ignore"):
        pooled = (events + rest_events) / (people + rest_people)
        error = np.sqrt(pooled * (1 - pooled) * (1 / people + 1 / rest_people))
        z = ways(harm, counts.series) * (events / people - rest_events / rest_people) / error
    return np.where(np.isfinite(z), z, 0.0)


def beyond(z: Floats, limit: float = 3.0) -> Bools:
    """Rule G: a week beyond the limit. `z`: (…, W)."""
    return z > limit


def two_of_three(z: Floats, limit: float = 2.0) -> Bools:
    """The second half of rule H: of three weeks that end here, at least two are beyond the limit."""
    return _trailing(z > limit, 3) >= 2


def run_of_seven(z: Floats) -> Bools:
    """The last part of rule I: seven weeks in a row on the harmful side."""
    return _trailing(z > 0, WEEK) >= WEEK


def cusum(z: Floats, *, allowance: float = 0.5, limit: float = 4.0) -> Bools:
    """Rule K: max(0, sum + z - allowance) beyond the limit; it goes on without a reset. `z`: (…, W).

    Raises SettingError for a negative allowance or limit. Source: Page 1954.
    """
    if allowance < 0 or limit < 0:
        raise SettingError("allowance and limit are not negative")
    total = np.zeros(z.shape[:-1])
    out = np.zeros(z.shape, dtype=np.bool_)
    for week in range(z.shape[-1]):
        total = np.maximum(0.0, total + z[..., week] - allowance)
        out[..., week] = total > limit
    return out


def by_day(flags: Bools, days: int) -> Bools:
    """(…, T): a week's flag on the last day of that week, when it can first be seen. `flags`: (…, W)."""
    out = np.zeros((*flags.shape[:-1], days), dtype=np.bool_)
    out[..., WEEK - 1 : flags.shape[-1] * WEEK : WEEK] = flags
    return out


def _trailing(flags: Bools, length: int) -> npt.NDArray[np.int64]:
    total = np.cumsum(flags, axis=-1)
    before = np.zeros_like(total)
    before[..., length:] = total[..., :-length]
    return (total - before).astype(np.int64)
