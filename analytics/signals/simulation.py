"""Seeded hospitals that never were: what each rule finds, how soon, and how often it calls people for nothing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from analytics.intervals.proportions import newcombe_difference
from analytics.outcomes import SettingError
from analytics.signals import weekly
from analytics.signals.counting import first_days, moves
from analytics.signals.counts import Bools, DailyCounts, Floats, Harm, Ints, Sums, streak, ways
from analytics.signals.looks import gap_looks
from analytics.signals.policy import Policy

MONTHS: Final = 12
YEAR: Final = 365
MEASURES, STRATA = 20, 6
SHARES: Final = (0.40, 0.25, 0.15, 0.10, 0.06, 0.04)
CHUNK: Final = 500


@dataclass(frozen=True, slots=True)
class Scenario:
    """A measure without a gap. `patients`: of all groups together a day, Poisson; groups share them by `shares`.

    `rate`: of the event; `harm`: which side hurts. `missing`: share of days without a report; `weekdays`: the board is
    looked at on five days of seven. Without `shares`: two groups of their own, 8 patients a day against 24, exactly.
    """

    name: str
    patients: float
    rate: float
    harm: Harm
    shares: tuple[float, ...] | None = SHARES
    missing: float = 0.0
    weekdays: bool = False


def _rates(patients: int, rates: Sequence[float]) -> Iterator[Scenario]:
    for rate in rates:
        harm = Harm.HIGH if rate < 0.5 else Harm.LOW
        yield Scenario(f"six groups of {patients} a day, {100 * rate:g} %", patients, rate, harm)


SCENARIOS: Final = (
    Scenario("8 against 24 a day, 80 %", 32, 0.80, Harm.LOW, shares=None),
    *_rates(20, (0.05, 0.10, 0.80)),
    *_rates(32, (0.02, 0.05, 0.10, 0.30, 0.60, 0.80, 0.95)),
    *_rates(100, (0.05, 0.10, 0.30, 0.60, 0.80, 0.95)),
    *_rates(300, (0.05, 0.10, 0.30, 0.80)),
    Scenario("six groups of 32 a day, 10 %, one day in ten not reported", 32, 0.10, Harm.HIGH, missing=0.1),
    Scenario("six groups of 32 a day, 10 %, board on weekdays", 32, 0.10, Harm.HIGH, weekdays=True),
)


def pairs(
    rng: np.random.Generator, runs: int, days: int, *, gap: float = 0.0, begin: int = 0, rate: float = 0.80
) -> DailyCounts:
    """(runs, days): 8 patients a day against 24; from day `begin` on the group's rate is lower by `gap`."""
    rates = np.where(np.arange(days) >= begin, rate - gap, rate)
    return DailyCounts.of(
        rng.binomial(8, rates, (runs, days)), np.full((runs, days), 8.0), rng.binomial(24, rate, (runs, days)), 24.0
    )


def strata(rng: np.random.Generator, scenario: Scenario, runs: int, days: int) -> DailyCounts:
    """(runs × groups, days): each group against the rest of the same patients, so that the groups are correlated."""
    if scenario.shares is None:
        return pairs(rng, runs * STRATA, days, rate=scenario.rate)
    groups = len(scenario.shares)
    mean = scenario.patients * np.array(scenario.shares)
    people = rng.poisson(mean[:, None], (runs, groups, days)).astype(np.float64)
    events = rng.binomial(people.astype(np.int64), scenario.rate).astype(np.float64)
    gone = rng.random((runs, 1, days)) < scenario.missing
    people = np.where(gone, np.nan, people)
    rest_people = people.sum(axis=1, keepdims=True) - people
    rest_events = events.sum(axis=1, keepdims=True) - events
    flat = (runs * groups, days)
    return DailyCounts.of(
        events.reshape(flat), people.reshape(flat), rest_events.reshape(flat), rest_people.reshape(flat)
    )


@dataclass(frozen=True, slots=True)
class Found:
    """Of one rule: share of series with a signal, and the median day of the first one among all series (inf: none)."""

    share: float
    median_day: float


def table(seed: int, *, runs: int = 4000, days: int = 91, policy: Policy | None = None) -> dict[str, tuple[Found, ...]]:
    """Rule → what it finds without a gap, with 8 points and with 15 points: one group of 8 a day against 24, 80 %."""
    chosen = Policy() if policy is None else policy
    rng = np.random.default_rng(seed)
    out: dict[str, list[Found]] = {}
    for gap in (0.0, 0.08, 0.15):
        days_found: dict[str, list[Floats]] = {}
        for size in _chunks(runs):
            counts = pairs(rng, size, days, gap=gap)
            for rule, signal in every_rule(counts, Harm.LOW, chosen).items():
                days_found.setdefault(rule, []).append(first_days(signal).astype(np.float64))
        for rule, parts in days_found.items():
            out.setdefault(rule, []).append(found(np.concatenate(parts)))
    return {rule: tuple(each) for rule, each in out.items()}


def late_gaps(
    seed: int, begins: Sequence[int], *, gap: float = 0.15, runs: int = 1000, policy: Policy | None = None
) -> dict[int, dict[str, Found]]:
    """First day of a gap → rule → what is found in the 91 days after it. A signal before that day does not count."""
    chosen = Policy() if policy is None else policy
    rng = np.random.default_rng(seed)
    out: dict[int, dict[str, Found]] = {}
    for begin in begins:
        counts = pairs(rng, runs, begin + 91, gap=gap, begin=begin)
        signals = _policy_rules(counts, Harm.LOW, chosen, None)
        out[begin] = {
            rule: found(first_days(signal, begin).astype(np.float64)) for rule, (signal, _quiet) in signals.items()
        }
    return out


def false_calls(
    seed: int, scenario: Scenario, *, runs: int = 200, policy: Policy | None = None
) -> Mapping[str, tuple[float, float]]:
    """Rule → (false escalations a month of 20 measures × 6 groups over a year, its standard error)."""
    if runs < 2:
        raise SettingError("at least two runs are needed for a standard error")
    chosen = Policy() if policy is None else policy
    rng = np.random.default_rng(seed)
    board = np.arange(YEAR) % 7 < 5 if scenario.weekdays else None
    parts: dict[str, list[Floats]] = {}
    for size in _chunks(runs, CHUNK // STRATA):
        counts = strata(rng, scenario, size, YEAR)
        for rule, (signal, quiet) in _policy_rules(counts, scenario.harm, chosen, board).items():
            groups = moves(signal, quiet, chosen).reshape(size, -1).sum(axis=1)
            parts.setdefault(rule, []).append(groups.astype(np.float64))
    out: dict[str, tuple[float, float]] = {}
    for rule, each in parts.items():
        months = np.concatenate(each) * MEASURES / MONTHS
        out[rule] = (float(months.mean()), float(months.std(ddof=1) / np.sqrt(len(months))))
    return out


def found(first: Floats) -> Found:
    """Share and median day of first days, -1 where there was none."""
    days = np.where(first < 0, np.inf, first)
    return Found(float(np.isfinite(days).mean()), float(np.sort(days)[(len(days) - 1) // 2]))


_Rule = tuple[Bools, Ints]


def _policy_rules(counts: DailyCounts, harm: Harm, policy: Policy, board: Bools | None) -> dict[str, _Rule]:
    """E, E or F, what the policy escalates on, and J: each with its quiet days."""
    looks = gap_looks(*_columns(counts), harm, policy=policy, board_days=board)
    signal = looks.sequence.beyond(policy.sequence_alpha, least_relative=policy.sequence_relative)
    calm = streak(~(signal | looks.watch), counts.reported & (looks.reason == 0))
    return {
        "E": (looks.held, looks.quiet),
        "E or F": (looks.held | looks.at_once, looks.quiet),
        "policy": (looks.escalate, looks.quiet),
        "J": (signal, calm),
    }


def every_rule(counts: DailyCounts, harm: Harm, policy: Policy) -> dict[str, Bools]:
    """Rules A to K and the policy's own, each (…, T), from one set of counts."""
    looks = gap_looks(*_columns(counts), harm, policy=policy)
    z = weekly.weekly_z(counts, harm)
    beyond, pairs_of_three = weekly.beyond(z), weekly.two_of_three(z)
    by_week = {
        "G": beyond,
        "H": beyond | pairs_of_three,
        "I": beyond | pairs_of_three | weekly.run_of_seven(z),
        "K": weekly.cusum(z),
    }
    bare = replace(policy, least_relative=0.0, least_patients=0)
    rolling = gap_looks(*_columns(counts), harm, policy=bare)
    out = {
        "A": _excludes_zero(counts.over(1), harm, policy),
        "B": _excludes_zero(counts.over(counts.days), harm, policy),
        "C": rolling.watch,
        "D": looks.watch,
        "E": looks.held,
        "F": rolling.at_once,
    }
    out |= {name: weekly.by_day(flags, counts.days) for name, flags in by_week.items()}
    out["J"] = looks.sequence.beyond(policy.sequence_alpha, least_relative=policy.sequence_relative)
    return dict(sorted(out.items())) | {"policy": looks.escalate}


def _excludes_zero(sums: Sums, harm: Harm, policy: Policy) -> Bools:
    gap = newcombe_difference(
        sums.events, sums.people, sums.rest_events, sums.rest_people, confidence=policy.confidence
    )
    return np.where(ways(harm, sums.people.shape[:-1]) > 0, gap.lower, -gap.upper) > 0


def _columns(counts: DailyCounts) -> tuple[Floats, Floats, Floats, Floats]:
    """Counts as they were given: NaN where a day was not reported."""
    columns = (counts.events, counts.people, counts.rest_events, counts.rest_people)
    events, people, rest_events, rest_people = (np.where(counts.reported, each, np.nan) for each in columns)
    return events, people, rest_events, rest_people


def _chunks(runs: int, size: int = CHUNK) -> Iterator[int]:
    for start in range(0, runs, size):
        yield min(size, runs - start)
