"""Rules D, E and F on every day of many series: the figures that a board shows, and what follows from them."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analytics.inputs import flags
from analytics.intervals.proportions import newcombe_difference
from analytics.outcomes import Reason, Reasons, ShapeError
from analytics.signals.counts import Bools, DailyCounts, Floats, Ints, Sums, streak, ways
from analytics.signals.policy import Policy, Trigger
from analytics.signals.sequence import Sequence, always_valid


@dataclass(frozen=True, slots=True)
class Looks:
    """What each day says of each series: all arrays (…, T).

    `sums`: counts over the window. `gap`, `lower`, `upper`: the group's rate minus the rest's with the interval of the
    policy's confidence, NaN where `reason` says why (TOO_FEW_POINTS: the window is not full yet; TOO_FEW_TO_JUDGE: a
    side has too few patients). `relative`: the gap as a share of the rest's rate, `relative_other`: of the share
    without the event – told beside it, never judged by; NaN where that share is 0. `watch`: rule D. `run`: board days
    in a row with D. `held`: rule E, the run is long enough and D holds on this day too. `at_once`: rule F. `confirmed`:
    the always-valid sequence agrees. `escalate`: what the policy acts on. `quiet`: days in a row on which a signal
    could have been given and was not. `sequence`: rule J; `boundary`: what its statistic has to pass at the level that
    the policy asks for.
    """

    policy: Policy
    sums: Sums
    gap: Floats
    lower: Floats
    upper: Floats
    relative: Floats
    relative_other: Floats
    watch: Bools
    run: Ints
    held: Bools
    at_once: Bools
    confirmed: Bools
    escalate: Bools
    quiet: Ints
    sequence: Sequence
    boundary: Floats
    reason: Reasons


def gap_looks(
    events: npt.ArrayLike,
    people: npt.ArrayLike,
    rest_events: npt.ArrayLike,
    rest_people: npt.ArrayLike,
    harm: npt.ArrayLike,
    *,
    policy: Policy | None = None,
    board_days: npt.ArrayLike | None = None,
    starts: npt.ArrayLike | None = None,
) -> Looks:
    """Look at the gap of each series on every day, from the first reported day on.

    `events`, `people`: daily numerators and denominators of the group, `rest_events`, `rest_people`: of everyone else
    in the same place – the complement, never a total that contains the group. Shapes that broadcast to (…, T); NaN is
    a day without a report: it adds nothing, and it neither counts nor breaks a run. `harm`: `Harm` per series.
    `board_days`: (T,) True where the board is looked at (default: every day); only these count for rule E.
    `starts`: (T,) True where the always-valid sequence begins anew, such as the first days of quarters (default: every
    `policy.restart` days). Needs some 250 bytes a series and day: take long lists in portions.
    Raises ShapeError, CountError, SettingError.
    Source: design of the project, simulated by `python -m analytics.signals`; intervals: Newcombe 1998, method 10.
    """
    rules = Policy() if policy is None else policy
    counts = DailyCounts.of(events, people, rest_events, rest_people)
    way = ways(harm, counts.series)
    looked = np.ones(counts.days, dtype=np.bool_) if board_days is None else flags(board_days)
    if looked.shape != (counts.days,):
        raise ShapeError(f"board_days has {looked.shape}, the counts have {counts.days} days")
    sums = counts.over(rules.window)
    full = np.arange(counts.days) - counts.began() + 1 >= rules.window
    enough = (np.minimum(sums.people, sums.rest_people) >= rules.least_patients) & (sums.people > 0)
    enough &= sums.rest_people > 0
    reason = np.where(full, np.where(enough, Reason.COMPUTED, Reason.TOO_FEW_TO_JUDGE), Reason.TOO_FEW_POINTS)
    judged = reason == Reason.COMPUTED
    usual = newcombe_difference(
        sums.events, sums.people, sums.rest_events, sums.rest_people, confidence=rules.confidence
    )
    strict = newcombe_difference(sums.events, sums.people, sums.rest_events, sums.rest_people, confidence=rules.at_once)
    with np.errstate(divide="ignore", invalid="ignore"):
        rest = sums.rest_events / sums.rest_people
        size = np.abs(usual.estimate)
        relative = np.where(judged & (rest > 0), size / rest, np.nan)
        other = np.where(judged & (rest < 1), size / (1 - rest), np.nan)
    meaningful = judged & (size >= rules.least_relative * rest)
    watch = meaningful & (np.where(way > 0, usual.lower, -usual.upper) > 0)
    at_once = meaningful & (np.where(way > 0, strict.lower, -strict.upper) > 0)
    run = streak(watch, counts.reported & looked)
    sequence = always_valid(
        counts,
        harm,
        starts=_every(rules.restart, counts) if starts is None else starts,
        rho=rules.rho,
        least_patients=rules.least_patients,
        least_expected=rules.least_expected,
    )
    held = watch & (run >= rules.days)
    confirmed = np.ones_like(watch) if rules.confirm is None else sequence.beyond(rules.confirm)
    by_sequence = rules.trigger is Trigger.SEQUENCE
    escalate = (
        sequence.beyond(rules.sequence_alpha, least_relative=rules.sequence_relative)
        if by_sequence
        else (held | at_once) & confirmed
    )
    judging = judged | (sequence.reason == Reason.COMPUTED) if by_sequence else judged
    quiet = streak(~(watch | escalate) if by_sequence else ~watch, counts.reported & judging)
    alpha = rules.sequence_alpha if by_sequence or rules.confirm is None else rules.confirm
    return Looks(
        policy=rules,
        sums=sums,
        gap=np.where(judged, usual.estimate, np.nan),
        lower=np.where(judged, usual.lower, np.nan),
        upper=np.where(judged, usual.upper, np.nan),
        relative=relative,
        relative_other=other,
        watch=watch,
        run=run,
        held=held,
        at_once=at_once,
        confirmed=confirmed,
        escalate=escalate,
        quiet=quiet,
        sequence=sequence,
        boundary=sequence.boundary(alpha),
        reason=reason.astype(np.uint8),
    )


def _every(restart: int | None, counts: DailyCounts) -> Bools:
    """(T,): the days on which the sequence begins anew."""
    days = np.arange(counts.days)
    begins: Bools = (days if restart is None else days % restart) == 0
    return begins
