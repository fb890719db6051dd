"""Huddles made ahead from calendars (domain 3.5, check 7)."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from huddles.actions.schedule import plan_huddles
from huddles.models import Choice, Huddle
from huddles.rules.issues import ChoiceKind
from huddles.rules.schedule import HuddleState, state_of
from org.models import CalendarHuddle, Holiday, Unit
from org.queries.calendars import next_huddle_of
from tests.factories import make_calendar, make_organisation, make_unit

pytestmark = pytest.mark.django_db

TUESDAY = date(2026, 11, 24)
DAWN = datetime(2026, 11, 24, 5, 5, tzinfo=UTC)  # 00:05 in New York
WEEKDAYS = 0b0011111


def house(**calendar):
    """A ward below a line below the top; a default calendar from Monday to Friday at 07:00."""
    organisation = make_organisation()
    top = make_unit(organisation=organisation)
    line = make_unit(top)
    ward = make_unit(line, level=1)
    days = make_calendar(organisation, is_default=True, **{"weekdays": WEEKDAYS, **calendar})
    for weekday in range(7):
        CalendarHuddle.objects.create(calendar=days, weekday=weekday, starts_at=time(7), minutes=15)
    return organisation, ward, days


def plan(organisation, first=TUESDAY, last=None, at=DAWN):
    return plan_huddles(organisation=organisation, first=first, last=last or first, at=at)


def times(unit):
    zone = unit.organisation.zone
    return [f"{moment.astimezone(zone):%d %H:%M}" for moment in unit.huddles.values_list("planned_at", flat=True)]


def test_weekend_and_holiday_units_without_a_scheduled_huddle_are_not_counted_as_missed():
    organisation, ward, days = house()
    nights = make_calendar(organisation, name="All days")
    for weekday in range(7):
        CalendarHuddle.objects.create(calendar=nights, weekday=weekday, starts_at=time(19), minutes=10)
    always = make_unit(ward.parent, level=1, calendar=nights)
    Holiday.objects.create(calendar=days, day=date(2026, 11, 26), name="Thanksgiving")
    plan(organisation, TUESDAY, date(2026, 11, 30))
    assert times(ward) == ["24 07:00", "25 07:00", "27 07:00", "30 07:00"]
    assert times(always) == [f"{day} 19:00" for day in range(24, 31)]
    sunday = datetime(2026, 11, 29, 23, 0, tzinfo=UTC)
    states = {
        (h.unit_id, state_of(planned_at=h.planned_at, minutes=h.minutes, started_at=None, ended_at=None, now=sunday))
        for h in Huddle.objects.on(date(2026, 11, 29))
    }
    assert states == {(always.pk, HuddleState.COMING)}


def test_a_second_run_and_one_at_the_same_time_change_nothing():
    organisation, _ward, _days = house()
    assert plan(organisation, last=TUESDAY + timedelta(days=1)) == 6
    before = list(Huddle.objects.order_by("pk").values())
    assert plan(organisation, last=TUESDAY + timedelta(days=1)) == 0
    assert list(Huddle.objects.order_by("pk").values()) == before


def test_a_night_huddle_belongs_to_the_day_of_its_calendar():
    organisation, ward, days = house(weekdays=0b1111111)
    CalendarHuddle.objects.create(calendar=days, weekday=2, starts_at=time(0), minutes=10)
    plan(organisation, last=TUESDAY + timedelta(days=1))
    assert times(ward) == ["24 07:00", "25 00:00", "25 07:00"]
    assert ward.huddles.get(minutes=10).day == TUESDAY + timedelta(days=1)


@pytest.mark.parametrize(
    ("day", "starts_at", "utc"),
    [
        (date(2026, 11, 1), time(1, 30), "05:30"),  # comes twice: the first
        (date(2026, 3, 8), time(2, 30), "07:30"),  # missing: later
        (date(2026, 3, 8), time(7, 0), "11:00"),
    ],
)
def test_daylight_saving(day, starts_at, utc):
    organisation, ward, _days = house(weekdays=0b1111111)
    CalendarHuddle.objects.all().delete()
    CalendarHuddle.objects.create(calendar=_days, weekday=6, starts_at=starts_at, minutes=15)
    at = datetime.combine(day, time(4, 30), UTC)
    plan(organisation, day, at=at)
    huddle = ward.huddles.get()
    assert f"{huddle.planned_at:%H:%M}" == utc
    assert next_huddle_of(Unit.objects.get(pk=ward.pk), at).starts_at.astimezone(UTC) == huddle.planned_at


def test_zones_and_tiers_are_inherited_and_a_calendar_without_times_leaves_them_to_the_tier():
    organisation, ward, _days = house(weekdays=0b1111111)
    CalendarHuddle.objects.all().delete()
    organisation.tiers.filter(level=1).update(huddle_at=time(7), huddle_minutes=12)
    organisation.tiers.filter(level=ward.parent.tier.level).update(huddle_at=time(8))
    Unit.objects.filter(pk=ward.parent_id).update(time_zone="America/Chicago")
    plan(organisation)
    found = {h.unit_id: (f"{h.planned_at:%H:%M}", h.minutes) for h in Huddle.objects.all()}
    assert found == {ward.pk: ("13:00", 12), ward.parent_id: ("14:00", 15)}


def test_planning_agrees_with_the_next_huddle_of_every_unit():
    organisation, ward, _days = house()
    other = make_calendar(organisation, weekdays=0b1100000)
    CalendarHuddle.objects.create(calendar=other, weekday=6, starts_at=time(9), minutes=20)
    make_unit(ward.parent, level=1, calendar=other, time_zone="Pacific/Honolulu")
    plan(organisation, last=TUESDAY + timedelta(days=8))
    for unit in Unit.objects.filter(organisation=organisation):
        found = next_huddle_of(unit, DAWN)
        first = unit.huddles.first()
        assert (first.planned_at, first.minutes) == (found.starts_at, found.minutes)


def test_a_changed_calendar_takes_away_what_is_to_come_and_leaves_what_happened():
    organisation, ward, days = house()
    line = ward.parent
    plan(organisation, last=TUESDAY + timedelta(days=1))
    noon = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)
    kept = ward.huddles.get(day=TUESDAY + timedelta(days=1))
    reason = Choice.objects.create(organisation=organisation, kind=ChoiceKind.NOT_HELD, code="busy", name="Busy")
    Huddle.objects.filter(pk=kept.pk).update(not_held_reason=reason)
    CalendarHuddle.objects.filter(calendar=days).update(starts_at=time(8), minutes=20)
    plan(organisation, last=TUESDAY + timedelta(days=1), at=noon)
    assert times(ward) == ["24 07:00", "25 07:00", "25 08:00"]
    assert times(line) == ["24 07:00", "25 08:00"]  # nothing is made for this morning: nobody has missed it
    CalendarHuddle.objects.filter(calendar=days).update(minutes=30)
    plan(organisation, last=TUESDAY + timedelta(days=1), at=noon)
    assert set(Huddle.objects.filter(planned_at__gt=noon, not_held_reason=None).values_list("minutes", flat=True)) == {
        30
    }


def test_a_closed_unit_has_no_huddles_from_that_day_on():
    organisation, ward, _days = house()
    Unit.objects.filter(pk=ward.pk).update(closed_on=TUESDAY + timedelta(days=1))
    plan(organisation, last=TUESDAY + timedelta(days=2))
    assert times(ward) == ["24 07:00"]


def test_the_number_of_statements_does_not_grow_with_the_units():
    counts = []
    for more in (1, 12):
        organisation, ward, _days = house()
        for _ in range(more):
            make_unit(ward.parent, level=1)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            plan(organisation, last=TUESDAY + timedelta(days=1))
        counts.append(len(asked))
    assert counts[0] == counts[1]
