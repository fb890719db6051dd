"""Limits that were locked: which hold on which day, by whom and why. Nothing here is ever calculated anew."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from analytics.inputs import floats, wholes
from analytics.outcomes import Reason, SettingError, ShapeError
from analytics.spc.baselines import Baseline, Lines, lines
from analytics.spc.gaps import Floats
from analytics.spc.kinds import Kind
from analytics.spc.states import LOCK_FROM, PROVISIONAL_BELOW


class LimitState(IntEnum):
    """What limits from so many points are good for. NONE: there are none. PROVISIONAL: below 13. USABLE: below 20.
    LOCKABLE: offered for locking.
    """

    NONE = 0
    PROVISIONAL = 1
    USABLE = 2
    LOCKABLE = 3


def limit_state(n_points: npt.ArrayLike) -> npt.NDArray[np.uint8]:
    """`LimitState` codes of counts of points, any shape. Limits need two. Raises SettingError for a negative count."""
    counts = wholes(n_points, "numbers of points")
    if (counts < 0).any():
        raise SettingError("a number of points is not negative")
    return np.searchsorted([2, PROVISIONAL_BELOW, LOCK_FROM], counts, side="right").astype(np.uint8)


@dataclass(frozen=True, slots=True)
class LimitVersion:
    """Limits that a person accepted, from one day to another.

    `number`: 1, 2, ... `first`, `last`: days on which they hold, both included; `last` None is until further notice.
    `center`, `middle`, `spread`, `n_points`: as in `Baseline`. `screened`: extreme moving ranges were left out. `by`:
    a label of who accepted them; `why`: the reason that was given.
    """

    number: int
    kind: Kind
    first: date
    last: date | None
    center: float
    middle: float
    spread: float
    n_points: int
    screened: bool
    by: str
    why: str

    @property
    def baseline(self) -> Baseline:
        """The version as limits of one series (S = 1), as `states` and `chart` take them."""
        center, middle, spread = (np.array([value]) for value in (self.center, self.middle, self.spread))
        computed = np.array([Reason.COMPUTED], dtype=np.uint8)
        return Baseline(self.kind, center, middle, spread, np.array([self.n_points]), computed)

    def holds(self, day: date) -> bool:
        """Whether the version holds on that day."""
        return self.first <= day and (self.last is None or day <= self.last)


History = tuple[LimitVersion, ...]


def locked(
    history: Sequence[LimitVersion], limits: Baseline, *, first: date, by: str, why: str, screened: bool = True
) -> History:
    """The history with these limits (S = 1) added, from `first` on. The version before ends the day before, or stays
    ended where it had ended earlier.

    Raises SettingError unless a person (`by`) and a reason (`why`) are named, the limits could be computed and rest on
    at least 20 points, they are of the kind of the others, and `first` lies behind the first day of the version before.
    """
    if limits.center.shape != (1,):
        raise ShapeError("limits are locked for one series at a time")
    if not by.strip() or not why.strip():
        raise SettingError("limits are accepted by a person, for a reason")
    points = int(limits.n_points[0])
    if limits.reason[0] != Reason.COMPUTED or points < LOCK_FROM:
        raise SettingError(f"limits are locked from {LOCK_FROM} points on; these rest on {points}")
    before = list(history)
    if before:
        if before[-1].kind is not limits.kind:
            raise SettingError("all versions of a chart are of one kind")
        if first <= before[-1].first:
            raise SettingError("new limits start after those before them")
        last = first - timedelta(days=1)
        before[-1] = replace(before[-1], last=min(last, before[-1].last or last))
    new = LimitVersion(
        number=before[-1].number + 1 if before else 1,
        kind=limits.kind,
        first=first,
        last=None,
        center=float(limits.center[0]),
        middle=float(limits.middle[0]),
        spread=float(limits.spread[0]),
        n_points=points,
        screened=screened,
        by=by.strip(),
        why=why.strip(),
    )
    return (*before, new)


def holding(history: Sequence[LimitVersion], day: date) -> LimitVersion | None:
    """The version that holds on a day; None before the first, or without any."""
    return next((version for version in reversed(history) if version.holds(day)), None)


def lines_on(
    history: Sequence[LimitVersion], days: Sequence[date], sizes: npt.ArrayLike | None = None, *, per: float = 1.0
) -> tuple[Lines, npt.NDArray[np.int64]]:
    """The lines (T,) at points of these days (and `sizes` (T,), for sized kinds), and the number of each one's version.

    NaN and 0 where none holds. `per` as for `lines`. Raises ShapeError for sizes of another shape,
    CountError for one that is negative or infinite.
    """
    total = len(days)
    beside = None if sizes is None else floats(sizes)
    if beside is not None and beside.shape != (total,):
        raise ShapeError(f"sizes must be of {total} points, not of shape {beside.shape}")
    of = [holding(history, day) for day in days]
    numbers = np.array([0 if version is None else version.number for version in of], dtype=np.int64)
    out: list[Floats] = [np.full(total, np.nan) for _ in range(5)]
    for version in history:
        here = numbers == version.number
        if not here.any():
            continue
        sheet = lines(version.baseline, None if beside is None else beside[None], points=total, per=per)
        found = (sheet.center, sheet.lower, sheet.upper, sheet.lower_two, sheet.upper_two)
        for line, piece in zip(out, found, strict=True):
            line[here] = piece[0, here]
    return Lines(*out), numbers
