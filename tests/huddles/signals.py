"""A signal of a house, as a night leaves it; and what was published of its gap."""

from datetime import date, datetime, timedelta

import numpy as np

from analytics.signals import Cause, State
from boards.actions.strata import stratum_ids
from boards.models import Letter, Measure, Published, Signal, SignalChange, SignalWindow
from boards.packed import packed
from org.models import Calendar, Unit, User
from org.rules import Role
from tests.factories import make_user
from tests.huddles.factories import MORNING, House, make_groups, make_house

FIGURES = {"window": 28, "gap": -0.2, "events": 97.0, "people": 190.0, "rest_events": 400.0, "rest_people": 600.0}


def make_stage() -> tuple[House, Signal]:
    """A house whose units work from Monday to Friday, with a measure, groups, an equity officer, and a signal."""
    house = make_house()
    Calendar.objects.create(organisation=house.organisation, name="Weekdays", weekdays=0b11111, is_default=True)
    make_groups(house.organisation)
    stratum_ids(house.organisation.pk, ["", "language:es", "language:en"])
    for code, name in (("Q", "Quality"), ("E", "Equity")):
        Letter.objects.create(organisation=house.organisation, code=code, name=name)
    Measure.objects.create(
        organisation=house.organisation,
        code="pain",
        name="Pain relief within 60 minutes",
        letter=house.organisation.letters.get(code="Q"),
        kind="proportion",
        direction="higher",
        roll_up="ratio",
        stratifiable=True,
        multiplier=100,
    )
    house.people["EQUITY"] = make_user(Role.EQUITY_OFFICER, house.top, name="Equity officer")
    return house, make_signal(house)


def make_signal(house: House, unit: Unit | None = None, at: datetime = MORNING, group: str = "Spanish") -> Signal:
    unit = unit or house.ward
    day = at.date() - timedelta(days=1)
    tier = unit.tier.level
    signal = Signal.objects.create(
        organisation=house.organisation,
        unit=unit,
        measure=house.organisation.measures.get(code="pain"),
        dimension=house.organisation.dimensions.get(code="language"),
        group=group,
        state=State.ESCALATED,
        tier=tier,
        since=day,
        changed_on=day,
        moved=day.toordinal(),
    )
    add_step(signal, Cause.HELD, "watch", day, at)
    return signal


def add_step(signal: Signal, cause: Cause, before: str, day: date, at: datetime) -> SignalChange:
    """A step that the rules took, as the night stores it."""
    return SignalChange.objects.create(
        signal=signal,
        day=day,
        at=at,
        cause=cause,
        before=before,
        after=signal.state,
        tier_before=signal.tier,
        tier=signal.tier,
        run=7,
        figures=FIGURES,
    )


def publish(signal: Signal, last: date, english=(638, 840), spanish=(101, 190), hidden=("Vietnamese",), rest=7):
    """A published block of the gap's unit; the hidden group is part of the total only."""
    told = {"English": english, "Spanish": spanish}
    return Published.objects.create(
        organisation=signal.organisation,
        unit=signal.unit,
        measure=signal.measure,
        dimension=signal.dimension,
        stretch="block",
        first=last.replace(day=1),
        last=last,
        names=list(told),
        states=["known"] * len(told),
        numerators=[x for x, _ in told.values()],
        denominators=[n for _, n in told.values()],
        numerator=sum(x for x, _ in told.values()) + rest / 2,
        denominator=sum(n for _, n in told.values()) + rest,
        hidden=list(hidden),
        published_at=MORNING,
    )


def keep_counts(signal: Signal, counts: dict[Unit, tuple[tuple[int, int], tuple[int, int]]]) -> SignalWindow:
    """What the last night kept of the window: unit → (events, patients) of English and of Spanish."""
    tables = [np.array([[each[i] for each in pairs] for pairs in counts.values()], np.float64) for i in (0, 1)]
    days = np.zeros(tables[0].shape, np.int16).tobytes()
    return SignalWindow.objects.create(
        organisation=signal.organisation,
        measure=signal.measure,
        dimension=signal.dimension,
        counted=signal.changed_on,
        window=28,
        groups=["English", "Spanish"],
        strata=[],
        places=[],
        unit_ids=np.array([unit.pk for unit in counts], np.int32).tobytes(),
        began=np.full(len(counts), signal.changed_on.toordinal() - 60, np.int64).tobytes(),
        events=packed(tables[0]),
        people=packed(tables[1]),
        since_events=packed(tables[0]),
        since_people=packed(tables[1]),
        run=days,
        quiet=days,
    )


def someone(house: House, role: Role, unit: Unit) -> User:
    return make_user(role, unit, name=f"Second {role}", email=f"second-{role}@example.org")
