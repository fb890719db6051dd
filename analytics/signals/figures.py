"""The figures of one series on one day, as plain numbers: what a decision is stored and told with."""

import math
from dataclasses import dataclass

from analytics.outcomes import Reason
from analytics.signals.looks import Looks


@dataclass(frozen=True, slots=True)
class Figures:
    """What caused a decision. Rates 0 .. 1, counts over the window; None where there is no number.

    `day`: number of the day in the series. `gap`, `lower`, `upper`: the group's rate minus the rest's, its interval.
    `run`: board days in a row with rule D; `quiet`: days in a row without a signal. `statistic`, `boundary`: of the
    always-valid sequence, at the level that the policy asks for; `sequence_gap`: its gap since it began. `reason`: why
    the window has no gap; the counts are then those of its days so far.
    """

    day: int
    window: int
    confidence: float
    events: float
    people: float
    rest_events: float
    rest_people: float
    gap: float | None
    lower: float | None
    upper: float | None
    relative: float | None
    relative_other: float | None
    run: int
    quiet: int
    sequence_gap: float | None
    statistic: float | None
    boundary: float | None
    reason: Reason = Reason.COMPUTED


@dataclass(frozen=True, slots=True)
class Look:
    """What one day says of one series. `units`: units of the hospital that escalate the same gap, this one too."""

    day: int
    watch: bool
    held: bool
    at_once: bool
    escalate: bool
    run: int
    quiet: int
    figures: Figures
    units: int = 1


def look_of(looks: Looks, series: int | tuple[int, ...], day: int, *, units: int = 1) -> Look:
    """One day of one series of `looks` as plain numbers. IndexError beyond them."""
    at = (*(series if isinstance(series, tuple) else (series,)), day)
    policy, sequence = looks.policy, looks.sequence
    figures = Figures(
        day=day,
        window=policy.window,
        confidence=policy.confidence,
        events=float(looks.sums.events[at]),
        people=float(looks.sums.people[at]),
        rest_events=float(looks.sums.rest_events[at]),
        rest_people=float(looks.sums.rest_people[at]),
        gap=_number(looks.gap[at]),
        lower=_number(looks.lower[at]),
        upper=_number(looks.upper[at]),
        relative=_number(looks.relative[at]),
        relative_other=_number(looks.relative_other[at]),
        run=int(looks.run[at]),
        quiet=int(looks.quiet[at]),
        sequence_gap=_number(sequence.gap[at]),
        statistic=_number(sequence.statistic[at]),
        boundary=_number(looks.boundary[at]),
        reason=Reason(int(looks.reason[at])),
    )
    return Look(
        day=day,
        watch=bool(looks.watch[at]),
        held=bool(looks.held[at]),
        at_once=bool(looks.at_once[at]),
        escalate=bool(looks.escalate[at]),
        run=figures.run,
        quiet=figures.quiet,
        figures=figures,
        units=units,
    )


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
