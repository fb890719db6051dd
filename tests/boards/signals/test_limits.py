"""The second rule: a gap beyond its limit in two published blocks in a row, every group large enough."""

from datetime import date, timedelta

import pytest

from analytics.signals import Cause, State
from boards.models import GapLimit, Published, Signal, SignalChange
from boards.signals import night
from boards.signals.decisions import House
from boards.signals.limits import look_at_limits
from tests.boards.signals.stage import build, moment

pytestmark = pytest.mark.django_db
MONTHS = [date(2026, m + 1, 1) - timedelta(days=1) for m in range(1, 8)]


@pytest.fixture
def stage():
    house, measure = build()
    dimension = house.organisation.dimensions.get()
    GapLimit.objects.create(
        organisation=house.organisation,
        measure=measure,
        unit=house.units["m1"],
        dimension=dimension,
        group="es",
        reference="en",
        points=14.4,
        since=date(2026, 1, 1),
        set_at=moment(date(2026, 1, 1)),
    )
    levels = {unit.pk: unit.tier.level for unit in house.organisation.units.select_related("tier")}
    return house, measure, dimension, House(house.organisation, levels, 4)


def publish(stage, last, english, spanish, other=(9, 12)):
    house, measure, dimension, _ = stage
    parts = {"en": english, "es": spanish, "vi": other}
    told = {name: pair for name, pair in parts.items() if pair}
    Published.objects.create(
        organisation=house.organisation,
        unit=house.units["m1"],
        measure=measure,
        dimension=dimension,
        stretch="block",
        first=last.replace(day=1),
        last=last,
        names=list(told),
        states=["known"] * len(told),
        numerators=[x for x, _ in told.values()],
        denominators=[n for _, n in told.values()],
        numerator=sum(x for x, _ in told.values()),
        denominator=sum(n for _, n in told.values()),
        hidden=[name for name, pair in parts.items() if not pair],
        published_at=moment(last),
    )


def look(stage, day, blocks=2):
    return look_at_limits(stage[3], day, blocks, moment(day))


def test_one_block_beyond_is_no_row(stage):
    publish(stage, MONTHS[0], (76, 100), (53, 100))
    assert look(stage, MONTHS[0]) == 0


def test_two_blocks_in_a_row_ask_for_help_with_the_published_figures(stage):
    publish(stage, MONTHS[0], (76, 100), (53, 100))
    publish(stage, MONTHS[1], (76, 100), (54, 100))
    assert look(stage, MONTHS[1]) == 1
    signal = Signal.objects.get()
    assert (signal.group, signal.state, signal.tier) == ("es", State.ESCALATED, 1)
    change = SignalChange.objects.get()
    assert (change.cause, change.before, change.figures["events"]) == (Cause.LIMIT, "none", 54)
    assert look(stage, MONTHS[2]) == 0  # one open signal for a gap


@pytest.mark.parametrize(
    ("english", "spanish"),
    [
        ((76, 100), (62, 100)),  # 14 points: within the limit
        ((53, 100), (76, 100)),  # the group is ahead
        ((9, 10), (53, 100)),  # 10 patients are too few
        ((76, 100), None),  # the group is not told
    ],
)
def test_what_breaks_the_row(stage, english, spanish):
    publish(stage, MONTHS[0], english, spanish)
    publish(stage, MONTHS[1], (76, 100), (53, 100))
    assert look(stage, MONTHS[1]) == 0


def test_closed_on_these_figures_it_waits_for_newer_ones(stage):
    publish(stage, MONTHS[0], (76, 100), (53, 100))
    publish(stage, MONTHS[1], (76, 100), (53, 100))
    look(stage, MONTHS[1])
    Signal.objects.update(state=State.CLOSED, changed_on=MONTHS[1] + timedelta(days=3))
    assert look(stage, MONTHS[1] + timedelta(days=9)) == 0
    publish(stage, MONTHS[2], (76, 100), (53, 100))
    assert look(stage, MONTHS[2]) == 1
    assert [s.state for s in Signal.objects.order_by("pk")] == [State.CLOSED, State.ESCALATED]


def test_the_night_looks_at_limits_too(stage):
    publish(stage, MONTHS[0], (76, 100), (53, 100))
    publish(stage, MONTHS[1], (76, 100), (53, 100))
    assert night.look(stage[0].organisation, MONTHS[1], moment(MONTHS[1])).escalated == 1
