"""Days since the last event: the run that lasts, the best one, the usual one."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analytics.inputs import floats, whole_setting
from analytics.intervals.inputs import Floats, together
from analytics.outcomes import AnalyticsError, Reason, ShapeError


@dataclass(frozen=True, slots=True)
class DaysSince:
    """Runs of days without an event. Days are whole numbers, as `date.toordinal()` gives them.

    `current`: days from the last event to today, or from the start of counting where there was none; None without both.
    `best`: the longest run, the current one and the one before the first event included; None as above.
    `is_best`: the current run is longer than any before. `gaps`: days between events that follow each other.
    `average`: mean of `gaps`; NaN below two days with an event, as `reason` says. `last`: day of the last event.
    """

    current: int | None
    best: int | None
    is_best: bool
    gaps: npt.NDArray[np.int64]
    average: float
    last: int | None
    reason: Reason


def days_since(events: npt.ArrayLike, *, today: int, since: int | None = None) -> DaysSince:
    """How many days have passed without an event, against the best run and the usual one.

    `events`: (N,) day numbers in any order; several events of one day are one end of a run. `today`: day number of the
    last day that counts. `since`: day number from which on events are counted; without it the days before the first
    event are no run.
    Raises ShapeError for other than one axis, AnalyticsError for days that are not whole or not in `since` .. `today`.
    """
    given = floats(events)
    if given.ndim != 1:
        raise ShapeError("days of events lie along one axis")
    if not np.isfinite(given).all() or (given != np.floor(given)).any() or (np.abs(given) > 2.0**53).any():
        raise AnalyticsError("a day is a whole number")
    whole_setting(today, "a day")
    if since is not None:
        whole_setting(since, "a day")
    days = np.unique(given.astype(np.int64))
    first = since if since is not None else (int(days[0]) if days.size else today)
    if first > today or (days.size and (days[0] < first or days[-1] > today)):
        raise AnalyticsError("an event lies outside the days that are counted")
    gaps = np.diff(days)
    average = float(gaps.mean()) if gaps.size else float("nan")
    reason = Reason.COMPUTED if gaps.size else Reason.TOO_FEW_POINTS if days.size else Reason.NO_EVENTS
    if not days.size and since is None:
        return DaysSince(None, None, False, gaps, average, None, Reason.NO_DATA)
    last = int(days[-1]) if days.size else None
    current = today - (first if last is None else last)
    before = max([*gaps.tolist(), *([int(days[0]) - first] if days.size else [])], default=0)
    is_best = current > before
    return DaysSince(current, max(current, before), is_best, gaps, average, last, reason)


def days_without(counts: npt.ArrayLike) -> Floats:
    """For every day how many days have passed since the last event; 0 on a day with one.

    `counts`: (..., T) events of T days that follow each other, oldest first; NaN is a day of which nothing is known.
    NaN before the first event, and from an unknown day to the next event: nobody knows whether the run went on.
    Raises CountError for negative or infinite counts, ShapeError without an axis.
    """
    (found,) = together(counts)
    if found.ndim == 0:
        raise ShapeError("days lie along an axis")
    place = np.arange(found.shape[-1])
    last_event = np.maximum.accumulate(np.where(found > 0, place, -1), axis=-1)
    last_unknown = np.maximum.accumulate(np.where(np.isnan(found), place, -1), axis=-1)
    return np.where(last_event > last_unknown, place - last_event, np.nan).astype(np.float64)
