"""Twelve simulated months of a house, night by night through the tasks that the clock calls.

Wards without any gap: how often does one ask for help all the same? And one ward in which gaps of 15 points begin on a
known day: when are they found? People close what has gone quiet at once, which is the worst case for false alarms: a
gap that stays open cannot call twice. `docs/methods.md` says what the rules promise.
"""

import statistics
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
import time_machine

from analytics.signals import Event, State
from bench.system import AT, own_database
from boards.actions import signals
from boards.actions.readings import ReadingRows, store_readings
from boards.actions.strata import stratum_ids
from boards.models import Batch, Category, Dimension, Letter, Measure, Signal, SignalChange, Source
from boards.tasks import look_at_gaps, take_daily_snapshots
from huddles.models import Issue
from huddles.tasks import carry_on_signals
from org.models import Membership, Organisation, Tier, Unit, User
from org.rules import Role

FIRST = date(2026, 1, 1)
SHARES = (0.40, 0.25, 0.15, 0.10, 0.06, 0.04)
PATIENTS = 32
RATES = (0.80, 0.60, 0.30, 0.10, 0.95)
GAP = 0.15
HOSPITAL = 20  # measures of which docs/methods.md tells the rate
MONTH = 365 / 12


@dataclass(frozen=True)
class Year:
    """What a simulated year says. `false_a_month`: of 20 measures × 6 groups of one place."""

    nights: int
    series: int
    false: int
    false_a_month: float
    false_above: int
    found_after: float
    found_share: float
    issues: int

    def words(self) -> str:
        """One line for whoever runs it."""
        return (
            f"{self.nights} nights, {self.series} gaps of wards that are none: {self.false} false escalations, "
            f"{self.false_a_month:.2f} a month for 20 measures × 6 groups ({self.false_above} more at units above); "
            f"{100 * self.found_share:.0f} % of gaps of 15 points are found, after {self.found_after:g} days (median); "
            f"{self.issues} issues"
        )


@dataclass
class _House:
    organisation: Organisation
    wards: list[Unit]
    measures: list[Measure]
    strata: list[int]
    source: Source


def _build(wards: int, measures: int) -> _House:
    """A top and wards, the last of which is where the gap will be; somebody leads them all. No board shows a number:
    what tiles cost is measured elsewhere.
    """
    house = Organisation.objects.create(name="Year", slug="year", time_zone="UTC")
    tiers = [Tier.objects.create(organisation=house, level=level, name=f"Tier {level}") for level in (2, 1)]
    units: list[Unit] = []
    for number in range(wards + 2):
        parent = units[0] if number else None
        unit = Unit(organisation=house, tier=tiers[min(number, 1)], parent=parent, code=f"u{number}", path=f"u{number}")
        unit.name = unit.code
        unit.save()
        unit.path = f"{parent.path if parent else ''}{unit.pk}/"
        unit.save(update_fields=["path"])
        units.append(unit)
    lead = User.objects.create_user("lead@example.org", name="Lead")
    Membership.objects.create(user=lead, unit=units[0], role=Role.EXECUTIVE, started_on=FIRST)
    letter = Letter.objects.create(organisation=house, code="Q", name="Quality")
    made = [
        Measure.objects.create(
            organisation=house,
            code=f"m{i}",
            name=f"Measure {i}",
            letter=letter,
            kind="proportion",
            direction="higher" if RATES[i % len(RATES)] >= 0.5 else "lower",
            roll_up="ratio",
            stratifiable=True,
        )
        for i in range(measures)
    ]
    dimension = Dimension.objects.create(organisation=house, code="group", name="Group")
    Category.objects.bulk_create(Category(dimension=dimension, code=f"g{i}", name=f"Group {i}") for i in range(6))
    strata = stratum_ids(house.pk, ["", *(f"group:g{i}" for i in range(6))])
    source = Source.objects.create(organisation=house, code="year", name="Year")
    return _House(house, units[1:], made, [strata[""], *(strata[f"group:g{i}"] for i in range(6))], source)


def _counts(rng: np.random.Generator, house: _House, days: int, gap_from: int) -> tuple[np.ndarray, np.ndarray]:
    """(days, wards, measures, groups) twice: events and patients. The last ward has two groups, 24 and 8 a day at 80 %
    (or 20 %, where lower is better), of which the smaller one fares worse from a day on.
    """
    shape = (days, len(house.wards), len(house.measures), len(SHARES))
    people = rng.poisson(PATIENTS * np.array(SHARES), shape)
    rates = np.array([RATES[i % len(RATES)] for i in range(len(house.measures))])[None, None, :, None]
    rates = np.broadcast_to(rates, shape).copy()
    people[:, -1], people[:, -1, :, 0], people[:, -1, :, 1] = 0, 24, 8
    worse = np.array([GAP if measure.direction == "lower" else -GAP for measure in house.measures])
    rates[:, -1] = np.where(worse > 0, 0.20, 0.80)[:, None]
    rates[gap_from:, -1, :, 1] += worse
    return rng.binomial(people, rates), people


def _send(house: _House, first: date, events: np.ndarray, people: np.ndarray) -> None:
    """Readings of some days, the totals in front of their groups."""
    both = [np.concatenate([x.sum(axis=-1, keepdims=True), x], axis=-1) for x in (events, people)]
    day, ward, measure, cell = (axis.ravel() for axis in np.indices(both[0].shape))
    starts = np.datetime64(first) + day.astype("timedelta64[D]")
    rows = ReadingRows(
        np.array([u.pk for u in house.wards], np.int32)[ward],
        np.array([m.pk for m in house.measures], np.int32)[measure],
        starts,
        starts + 1,
        np.array(house.strata, np.int32)[cell],
        both[0].ravel().astype(float),
        both[1].ravel().astype(float),
        np.zeros(both[0].size, bool),
    )
    batch = Batch.objects.create(organisation=house.organisation, source=house.source, received_at=AT)
    store_readings(organisation=house.organisation, batch=batch, rows=rows, at=AT)


def _close_what_is_quiet(day: date, at: datetime) -> None:
    for signal in Signal.objects.filter(state=State.MONITORING):
        signals.do(signal=signal, event=Event.CLOSE, day=day, at=at, by=None)


def simulate(*, seed: int, wards: int, measures: int, days: int = 365, gap_from: int = 120) -> Year:
    """Send a month at a time, then let the tasks of the clock do every night."""
    rng = np.random.default_rng(seed)
    house = _build(wards, measures)
    events, people = _counts(rng, house, days, gap_from)
    with time_machine.travel(datetime(2026, 1, 1, 6, tzinfo=UTC), tick=False) as clock:
        for number in range(days):
            if number % 30 == 0:
                month = slice(number, number + 30)
                _send(house, FIRST + timedelta(days=number), events[month], people[month])
            day = FIRST + timedelta(days=number)
            at = datetime(day.year, day.month, day.day, 6, tzinfo=UTC) + timedelta(days=1)
            clock.move_to(at)
            take_daily_snapshots()
            look_at_gaps()
            carry_on_signals()
            _close_what_is_quiet(day, at)
    called = SignalChange.objects.filter(after=State.ESCALATED, cause__in=("held", "at_once"))
    gap = called.filter(signal__unit=house.wards[-1])
    begins = FIRST + timedelta(days=gap_from)
    found = dict.fromkeys((measure.pk for measure in house.measures), float("inf"))
    for measure, day in (
        gap.filter(signal__group="Group 1", day__gte=begins).order_by("-day").values_list("signal__measure", "day")
    ):
        found[measure] = (day - begins).days + 1
    false = called.filter(signal__unit__in=house.wards[:-1]).count() + gap.filter(day__lt=begins).count()
    above = called.exclude(signal__unit__in=house.wards).filter(day__lt=begins).count()
    places = wards * measures / HOSPITAL
    return Year(
        nights=days,
        series=wards * measures * len(SHARES),
        false=false,
        false_a_month=false / places / (days / MONTH),
        false_above=above,
        found_after=statistics.median_low(found.values()),
        found_share=sum(after < float("inf") for after in found.values()) / len(found),
        issues=Issue.objects.count(),
    )


def run(*, small: bool = False) -> dict[str, object]:
    """A year of 20 wards × 20 measures × 6 groups, or two months of one."""
    with own_database():
        found = (
            simulate(seed=1, wards=2, measures=2, days=70, gap_from=30)
            if small
            else simulate(seed=1, wards=20, measures=20)
        )
    return {
        "nights": found.nights,
        "series": found.series,
        "false": found.false,
        "false_a_month": round(found.false_a_month, 3),
        "false_above": found.false_above,
        "found_after": min(found.found_after, 999),
        "issues": found.issues,
        "gaps_found": found.found_share > 0.5,
    }
