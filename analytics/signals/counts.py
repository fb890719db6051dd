"""Daily counts of a group and of everyone else, checked once and summed over windows, the day's past or a quarter."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from analytics.inputs import floats
from analytics.outcomes import CountError, SettingError, ShapeError

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]


class Harm(IntEnum):
    """Which side of the comparator hurts: a lower rate where higher is better, a higher one where lower is better."""

    LOW = -1
    HIGH = 1


@dataclass(frozen=True, slots=True)
class Sums:
    """Counts added up: four arrays of one shape (…, T), events never above people."""

    events: Floats
    people: Floats
    rest_events: Floats
    rest_people: Floats


@dataclass(frozen=True, slots=True)
class DailyCounts:
    """Counts per day: arrays of one shape (…, T), days last, days without a report as zeros. `reported`: (…, T)."""

    events: Floats
    people: Floats
    rest_events: Floats
    rest_people: Floats
    reported: Bools

    @classmethod
    def of(
        cls, events: npt.ArrayLike, people: npt.ArrayLike, rest_events: npt.ArrayLike, rest_people: npt.ArrayLike
    ) -> "DailyCounts":
        """Counts of the group and of its complement, shapes that broadcast to (…, T), at least one day.

        NaN in any of the four: the day was not reported, it adds to neither side.
        Raises ShapeError without a day axis or where shapes do not fit, CountError for a count that cannot be.
        """
        try:
            arrays = np.broadcast_arrays(*(floats(each) for each in (events, people, rest_events, rest_people)))
        except ValueError as error:
            raise ShapeError(f"the four counts do not fit together: {error}") from error
        if arrays[0].ndim < 1 or arrays[0].shape[-1] < 1:
            raise ShapeError("counts need an axis of days, with at least one")
        reported = ~np.isnan(arrays[0]) & ~np.isnan(arrays[1]) & ~np.isnan(arrays[2]) & ~np.isnan(arrays[3])
        clean = [np.where(reported, each, 0.0) for each in arrays]
        if any(np.isinf(each).any() or (each < 0).any() for each in clean):
            raise CountError("counts must be finite and not negative")
        if (clean[0] > clean[1]).any() or (clean[2] > clean[3]).any():
            raise CountError("a numerator is above its denominator")
        return cls(clean[0], clean[1], clean[2], clean[3], reported)

    @property
    def days(self) -> int:
        """T."""
        return int(self.people.shape[-1])

    @property
    def series(self) -> tuple[int, ...]:
        """The shape without the days."""
        return self.people.shape[:-1]

    def began(self) -> Ints:
        """(…, 1): the first day with a report; T where there is none."""
        first = self.reported.argmax(axis=-1)
        return np.where(self.reported.any(axis=-1), first, self.days)[..., None].astype(np.int64)

    def over(self, window: int) -> Sums:
        """Sums over the last `window` days of each day, fewer at the beginning."""
        return self._summed(np.maximum(np.arange(self.days) + 1 - window, 0))

    def since(self, starts: Bools) -> Sums:
        """Sums from the latest start up to each day. `starts`: (T,), True where counting begins anew; day 0 always."""
        return self._summed(np.maximum.accumulate(np.where(starts, np.arange(self.days), 0)))

    def _summed(self, first: npt.NDArray[np.intp]) -> Sums:
        sums = [_between(each, first) for each in (self.events, self.people, self.rest_events, self.rest_people)]
        return Sums(np.minimum(sums[0], sums[1]), sums[1], np.minimum(sums[2], sums[3]), sums[3])


def _between(values: Floats, first: npt.NDArray[np.intp]) -> Floats:
    """Sums of `values` from day `first[t]` to day t, never below 0 by rounding."""
    total = np.cumsum(values, axis=-1)
    before = np.concatenate([np.zeros((*total.shape[:-1], 1)), total], axis=-1)[..., first]
    sums: Floats = np.maximum(total - before, 0.0)
    return sums


def ways(harm: npt.ArrayLike, series: tuple[int, ...]) -> Floats:
    """(…, 1): -1 or 1 for each series, whose shape is `series`.

    Raises SettingError for anything else, since only a harmful side can escalate, and ShapeError for sides of other
    series.
    """
    sides = floats(harm)
    if not np.isin(sides, (-1.0, 1.0)).all():
        raise SettingError("harm is Harm.LOW (-1) or Harm.HIGH (1) for every series")
    try:
        return np.broadcast_to(sides, series)[..., None]
    except ValueError:
        raise ShapeError(f"sides of shape {sides.shape} do not belong to series of shape {series}") from None


def streak(flags: Bools, counted: Bools) -> Ints:
    """(…, T): how many counted days in a row, up to each day, had the flag. Others neither add nor break.

    `flags`: (…, T); `counted`: (…, T) or (T,).
    """
    counting = np.broadcast_to(counted, flags.shape)
    adding = np.cumsum(flags & counting, axis=-1)
    broken = np.maximum.accumulate(np.where(counting & ~flags, adding, 0), axis=-1)
    return (adding - broken).astype(np.int64)
