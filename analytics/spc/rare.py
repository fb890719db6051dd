"""Rare events: from a count for each day to the days between events, which G and T charts draw."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analytics.inputs import floats
from analytics.outcomes import CountError, ShapeError
from analytics.spc.gaps import Floats


@dataclass(frozen=True, slots=True)
class Between:
    """Days between E events, in order.

    `days`: (E - 1,) days from each event to the next, 0 for two on one day; empty below two events. `columns`: (E - 1,)
    the day of the later event. `unsure`: (E - 1,) a day of unknown count lies between, so that an event may be missing.
    `since`: days from the last event to the last day, NaN without an event; the interval that has not ended yet is no
    point of a chart.
    """

    days: Floats
    columns: npt.NDArray[np.int64]
    unsure: npt.NDArray[np.bool_]
    since: float


#: events of one series; more are no rare events
MOST = 1e7


def days_between(counts: npt.ArrayLike) -> Between:
    """Days between events, of their counts day by day.

    `counts`: (T,), one for each calendar day without a hole, NaN where it is not known. Raises ShapeError for another
    shape, CountError for counts that are negative, infinite or not whole.
    A T chart needs times above 0: give it `days` where no two events fall on one day, else a G chart.
    Source: Benneyan 2001; Provost & Murray 2011.
    """
    array = floats(counts)
    if array.ndim != 1:
        raise ShapeError("counts must come day by day, (T,)")
    known = ~np.isnan(array)
    whole = array[known]
    if (whole < 0).any() or not np.isfinite(whole).all() or (whole != np.floor(whole)).any() or whole.sum() > MOST:
        raise CountError("a count of events is whole and not negative, and they are no more than a hospital has")
    events = np.repeat(np.flatnonzero(known), whole.astype(np.int64))
    unknown = np.cumsum(~known)
    return Between(
        days=np.diff(events).astype(np.float64),
        columns=events[1:],
        unsure=np.diff(unknown[events]) > 0,
        since=float(len(array) - 1 - events[-1]) if len(events) else np.nan,
    )
