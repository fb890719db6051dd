"""The rules of signals one day after the other: what a night adds to many series, without reading their past again.

`gap_looks` looks at whole series; this keeps what it needs of their past in a `Window` and gives the same answers.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from analytics.inputs import flags, whole_setting
from analytics.intervals.proportions import newcombe_difference
from analytics.outcomes import Reason, ShapeError
from analytics.signals.counts import Bools, Floats, Ints, Sums, ways
from analytics.signals.figures import Figures, Look
from analytics.signals.policy import Policy, Trigger
from analytics.signals.sequence import Sequence, sequence_of

#: The number of the first day of a row that has never reported.
NEVER: Final = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Day:
    """Counts of one day: `events`, `people` (r, g), rows being places, columns groups; zeros where not `reported`."""

    events: Floats
    people: Floats
    reported: Bools  # (r,)

    @classmethod
    def of(cls, events: npt.ArrayLike, people: npt.ArrayLike) -> "Day":
        """Counts (r, g); NaN is a group of which nothing came. A row of which nothing came, or with counts that cannot
        be, was not reported. Raises ShapeError.
        """
        x, n = np.asarray(events, np.float64), np.asarray(people, np.float64)
        if x.ndim != 2 or x.shape != n.shape:
            raise ShapeError(f"counts of a day are two tables of one shape, not {x.shape} and {n.shape}")
        gone = np.isnan(x) | np.isnan(n)
        if gone.any():
            reported: Bools = np.asarray(~gone.all(axis=1))
            x, n = np.where(gone, 0.0, x), np.where(gone, 0.0, n)
        else:
            reported = np.full(len(x), x.shape[1] > 0)
        wrong: Bools = np.asarray(((x > n) | (x < 0) | ~np.isfinite(n)).any(axis=1))
        if wrong.any():
            reported = reported & ~wrong
            x, n = np.where(wrong[:, None], 0.0, x), np.where(wrong[:, None], 0.0, n)
        return cls(x, n, reported)


@dataclass(slots=True)
class Window:
    """What is kept of the past of each series, all (r, g): sums over the window and since the sequence began, board
    days in a row with rule D, days in a row without a signal. `began` (r,): number of the first reported day.

    `step` changes it in place.
    """

    events: Floats
    people: Floats
    since_events: Floats
    since_people: Floats
    run: npt.NDArray[np.int32]
    quiet: npt.NDArray[np.int32]
    began: Ints

    @classmethod
    def empty(cls, rows: int, groups: int) -> "Window":
        """Nothing was counted yet."""
        x, n, since_x, since_n = (np.zeros((rows, groups)) for _ in range(4))
        run, quiet = (np.zeros((rows, groups), np.int32) for _ in range(2))
        return cls(x, n, since_x, since_n, run, quiet, np.full(rows, NEVER, np.int64))


@dataclass(frozen=True, slots=True)
class Night:
    """What one day says of each series: (r, g) as in `Looks`. It looks into the window: valid until the next step."""

    day: int
    policy: Policy
    way: Floats  # (r, 1)
    window: Window
    judged: Bools
    full: Bools  # (r, 1)
    watch: Bools
    held: Bools
    at_once: Bools
    escalate: Bools

    def looks(self, rows: Ints, groups: Ints, units: Ints | None = None) -> list[Look]:
        """What the day says of chosen series, as `look_of` does. `rows`, `groups`, `units`: (k,)."""
        if len(rows) == 0:
            return []
        policy, w = self.policy, self.window
        sums = _against_rest(w.events, w.people, rows, groups)
        usual = newcombe_difference(
            sums.events, sums.people, sums.rest_events, sums.rest_people, confidence=policy.confidence
        )
        judged, full = self.judged[rows, groups], self.full[rows, 0]
        size = np.abs(usual.estimate)
        with np.errstate(divide="ignore", invalid="ignore"):
            rest = sums.rest_events / sums.rest_people
            relative, other = size / rest, size / (1 - rest)
        sequence = _sequence(w, self.way, policy, rows, groups)
        by_sequence = policy.trigger is Trigger.SEQUENCE
        alpha = policy.sequence_alpha if by_sequence or policy.confirm is None else policy.confirm
        boundary = sequence.boundary(alpha)
        out = []
        for i, at in enumerate(zip(rows.tolist(), groups.tolist(), strict=True)):
            told = bool(judged[i])
            figures = Figures(
                day=self.day,
                window=policy.window,
                confidence=policy.confidence,
                events=float(sums.events[i]),
                people=float(sums.people[i]),
                rest_events=float(sums.rest_events[i]),
                rest_people=float(sums.rest_people[i]),
                gap=_number(usual.estimate[i], told),
                lower=_number(usual.lower[i], told),
                upper=_number(usual.upper[i], told),
                relative=_number(relative[i], told and rest[i] > 0),
                relative_other=_number(other[i], told and rest[i] < 1),
                run=int(w.run[at]),
                quiet=int(w.quiet[at]),
                sequence_gap=_number(sequence.gap[i], True),
                statistic=_number(sequence.statistic[i], True),
                boundary=_number(boundary[i], True),
                reason=Reason.COMPUTED if told else Reason.TOO_FEW_TO_JUDGE if full[i] else Reason.TOO_FEW_POINTS,
            )
            out.append(
                Look(
                    day=self.day,
                    watch=bool(self.watch[at]),
                    held=bool(self.held[at]),
                    at_once=bool(self.at_once[at]),
                    escalate=bool(self.escalate[at]),
                    run=figures.run,
                    quiet=figures.quiet,
                    figures=figures,
                    units=1 if units is None else int(units[i]),
                )
            )
        return out


def step(
    window: Window,
    came: Day,
    left: Day | None,
    *,
    number: int,
    restart: bool,
    way: npt.ArrayLike,
    policy: Policy,
    board: npt.ArrayLike | None = None,
) -> Night:
    """Add the day `number` to the window, in place, and say what it means.

    `came`: the counts of this day; `left`: those of the day that leaves the window, `policy.window` days before, None
    where there were none. `restart`: the always-valid sequence begins anew with this day. `way` (r,): `Harm` of each
    row. `board` (r,): whether the board is looked at on this day (default: everywhere). Day after day this gives what
    `gap_looks` gives of the whole series (tested). Raises ShapeError for counts of other series than the window's, and
    SettingError.
    """
    whole_setting(number, "the number of a day")
    shape = window.events.shape
    if came.events.shape != shape or (left is not None and left.events.shape != shape):
        raise ShapeError(f"the counts of a day do not belong to a window of shape {shape}")
    sides = ways(way, shape[:1])
    seen = np.ones(shape[0], np.bool_) if board is None else flags(board)
    if seen.shape != shape[:1]:
        raise ShapeError(f"board has {seen.shape}, the window has {shape[0]} rows")
    looked = came.reported & seen
    anew = flags(np.asarray(restart) if isinstance(restart, bool | np.bool_) else restart)
    if anew.shape != ():
        raise ShapeError("counting begins anew for all series or for none")
    _count(window, came, left, number, restart=bool(anew))
    judged, full = _judged(window, number, policy)
    watch, at_once = _by_window(window, sides, judged, policy)
    counted = looked[:, None]
    window.run += counted
    window.run[counted & ~watch] = 0
    held = watch & (window.run >= policy.days)
    judging = judged
    if policy.trigger is Trigger.SEQUENCE:
        every = _sequence(window, sides, policy, *np.indices(judged.shape).reshape(2, -1))
        escalate = every.beyond(policy.sequence_alpha, least_relative=policy.sequence_relative).reshape(judged.shape)
        judging = judged | (every.reason == Reason.COMPUTED).reshape(judged.shape)
        calm = ~(watch | escalate)
    else:
        escalate = held | at_once
        if policy.confirm is not None:
            rows, groups = np.nonzero(escalate)
            escalate[rows, groups] = _sequence(window, sides, policy, rows, groups).beyond(policy.confirm)
        calm = ~watch
    could = came.reported[:, None] & judging
    window.quiet += could
    window.quiet[could & ~calm] = 0
    return Night(number, policy, sides, window, judged, full, watch, held, at_once, escalate)


def _count(window: Window, came: Day, left: Day | None, number: int, *, restart: bool) -> None:
    window.events += came.events
    window.people += came.people
    if left is not None:
        window.events -= left.events
        window.people -= left.people
        np.maximum(window.people, 0.0, out=window.people)
        np.clip(window.events, 0.0, window.people, out=window.events)
    if restart:
        window.since_events[...] = came.events
        window.since_people[...] = came.people
    else:
        window.since_events += came.events
        window.since_people += came.people
    window.began[came.reported & (window.began == NEVER)] = number


def _judged(window: Window, number: int, policy: Policy) -> tuple[Bools, Bools]:
    full = (number - window.began + 1 >= policy.window)[:, None]
    rest = window.people.sum(axis=1, keepdims=True) - window.people
    smaller = np.minimum(window.people, rest)
    return full & (smaller >= policy.least_patients) & (smaller > 0), full


def _by_window(window: Window, sides: Floats, judged: Bools, policy: Policy) -> tuple[Bools, Bools]:
    """Rules D and F. Intervals are made only where the gap is on the harmful side and large enough."""
    watch, at_once = np.zeros_like(judged), np.zeros_like(judged)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = window.events / window.people
        rest_events = window.events.sum(axis=1, keepdims=True) - window.events
        rest = rest_events / (window.people.sum(axis=1, keepdims=True) - window.people)
        gap = rate - rest
        near = judged & (sides * gap > 0) & (np.abs(gap) >= policy.least_relative * rest)
    rows, groups = np.nonzero(near)
    for confidence, found in ((policy.confidence, watch), (policy.at_once, at_once)):
        sums = _against_rest(window.events, window.people, rows, groups)
        interval = newcombe_difference(
            sums.events, sums.people, sums.rest_events, sums.rest_people, confidence=confidence
        )
        beyond = np.where(sides[rows, 0] > 0, interval.lower, -interval.upper) > 0
        rows, groups = rows[beyond], groups[beyond]  # what is not beyond 95 % is not beyond 99.8 % either
        found[rows, groups] = True
    return watch, at_once


def _against_rest(events: Floats, people: Floats, rows: Ints, groups: Ints) -> Sums:
    """Of chosen series, the group and everyone else in the same row."""
    x, n = events[rows, groups], people[rows, groups]
    total = [each.sum(axis=1)[rows] for each in (events, people)]
    rest = np.maximum(total[1] - n, 0.0)
    return Sums(x, n, np.clip(total[0] - x, 0.0, rest), rest)


def _sequence(window: Window, sides: Floats, policy: Policy, rows: Ints, groups: Ints) -> Sequence:
    return sequence_of(
        _against_rest(window.since_events, window.since_people, rows, groups),
        sides[rows, 0],
        rho=policy.rho,
        least_patients=policy.least_patients,
        least_expected=policy.least_expected,
    )


def _number(value: float, told: bool) -> float | None:
    return float(value) if told and np.isfinite(value) else None
