"""By the clock: huddles are made ahead, and the page before them is mailed once."""

from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine

from huddles.actions import huddles
from huddles.models import Huddle, UnitHabits
from huddles.tasks import plan_huddles, send_digests
from org.models import Message
from tests.huddles.factories import make_house, make_issue
from tests.huddles.huddle_stage import PLANNED, make_huddle

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


def test_today_and_tomorrow_are_planned_in_the_zone_of_each_house():
    house = make_house()
    house.organisation.tiers.update(huddle_at=time(7))
    with time_machine.travel(datetime(2026, 11, 25, 3, 0, tzinfo=UTC), tick=False):  # still the 24th in New York
        plan_huddles()
    days = Huddle.objects.filter(unit=house.ward).values_list("day", flat=True)
    assert [day.day for day in days] == [25]  # the huddle of the 24th was over before anybody planned it
    with time_machine.travel(datetime(2026, 11, 25, 10, 0, tzinfo=UTC), tick=False):
        assert plan_huddles() == 6
        assert plan_huddles() == 0


def mailed(at):
    with time_machine.travel(at, tick=False):
        send_digests()
    return sorted(Message.objects.filter(template="before_huddle").values_list("recipient", flat=True))


def test_the_page_before_the_huddle_is_mailed_once_to_lead_and_stand_ins():
    house = make_house()
    huddle = make_huddle(house.line)
    make_issue(house, unit=house.line, title="Secret words")
    assert mailed(PLANNED - 31 * MINUTE) == []
    people = sorted([house.lead(house.line).email, house.people["STAND_IN"].email])
    assert mailed(PLANNED - 30 * MINUTE) == people
    assert mailed(PLANNED - 29 * MINUTE) == people
    message = Message.objects.filter(template="before_huddle").first()
    assert message.context["link"].endswith(f"/boards/{house.line.pk}/before/")
    assert message.context["time"] == "07:00"
    assert "Secret" not in str(message.context)
    assert message.dedup_key.startswith(f"before-huddle:{huddle.pk}:")


@pytest.mark.parametrize(("minutes", "told"), [(0, 0), (120, 1), (5, 0)])
def test_a_unit_chooses_when_it_is_told_or_never(minutes, told):
    house = make_house()
    make_huddle(house.ward)
    UnitHabits.objects.create(unit=house.ward, digest_minutes=minutes)
    assert len(mailed(PLANNED - 60 * MINUTE)) == told


def test_a_huddle_that_runs_or_is_over_tells_nobody():
    house = make_house()
    huddle = make_huddle(house.ward)
    huddles.start(huddle=huddle, by=house.lead(house.ward), at=PLANNED - 10 * MINUTE)
    make_huddle(house.other_ward)
    assert mailed(PLANNED + MINUTE) == []
