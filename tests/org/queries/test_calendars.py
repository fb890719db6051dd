from datetime import UTC, date, datetime, time, timedelta

import pytest

from org.models import CalendarHuddle, Holiday
from org.queries import next_huddle_of, open_days
from tests.factories import make_calendar, make_organisation, make_unit

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 23)
CHRISTMAS = date(2026, 12, 25)
WEEK = 0b0011111


@pytest.fixture
def top():
    return make_unit(organisation=make_organisation(time_zone="America/New_York"))


def days_open(organisation, unit, first, last):
    opened = open_days(organisation, first, last)[unit.pk]
    return [d for n in range((last - first).days + 1) if opened.is_open(d := first + timedelta(days=n))]


def test_without_a_calendar_every_day_counts(top):
    assert len(days_open(top.organisation, top, MONDAY, MONDAY + timedelta(days=6))) == 7


def test_a_calendar_is_inherited_down_the_line_and_the_default_fills_in(top):
    default = make_calendar(top.organisation, weekdays=0b0000001, is_default=True)
    line = make_unit(top, calendar=make_calendar(top.organisation, weekdays=WEEK))
    ward = make_unit(line)
    own = make_unit(line, calendar=make_calendar(top.organisation, weekdays=0b1000000))
    elsewhere = make_unit(top)
    opened = open_days(top.organisation, MONDAY, MONDAY)
    assert {unit.pk: opened[unit.pk].weekdays for unit in (top, line, ward, own, elsewhere)} == {
        top.pk: default.weekdays,
        line.pk: WEEK,
        ward.pk: WEEK,
        own.pk: 0b1000000,
        elsewhere.pk: default.weekdays,
    }


def test_holidays_close_and_open(top):
    calendar = make_calendar(top.organisation, weekdays=WEEK, is_default=True)
    Holiday.objects.create(calendar=calendar, day=CHRISTMAS, name="Christmas")
    Holiday.objects.create(calendar=calendar, day=CHRISTMAS + timedelta(days=1), name="Clearing up", works=True)
    first = CHRISTMAS - timedelta(days=1)
    assert days_open(top.organisation, top, first, first + timedelta(days=3)) == [first, first + timedelta(days=2)]


def test_a_closed_unit_is_open_until_the_day_before(top):
    ward = make_unit(top, closed_on=MONDAY + timedelta(days=2))
    assert days_open(top.organisation, ward, MONDAY, MONDAY + timedelta(days=6)) == [
        MONDAY,
        MONDAY + timedelta(days=1),
    ]
    assert len(days_open(top.organisation, ward, MONDAY - timedelta(days=7), MONDAY)) == 8


def test_it_takes_the_same_statements_for_one_unit_and_for_many(top, django_assert_num_queries):
    for _ in range(5):
        make_unit(top)
    with django_assert_num_queries(2):
        assert len(open_days(top.organisation, MONDAY, MONDAY)) == 6


def at(day, clock):
    return datetime.combine(day, clock, UTC)


def huddle(calendar, weekday, hour, minutes=15):
    return CalendarHuddle.objects.create(calendar=calendar, weekday=weekday, starts_at=time(hour), minutes=minutes)


def test_the_next_huddle_is_in_the_zone_of_the_unit(top):
    calendar = make_calendar(top.organisation)
    huddle(calendar, 0, 7)
    line = make_unit(top, calendar=calendar, time_zone="America/Los_Angeles")
    ward = make_unit(line)
    found = next_huddle_of(ward, at(MONDAY, time(14, 30)))  # 06:30 on the west coast
    assert (found.starts_at.isoformat(), found.minutes) == ("2026-11-23T07:00:00-08:00", 15)
    line.time_zone = ""
    line.save()
    ward.refresh_from_db()
    assert next_huddle_of(ward, at(MONDAY, time(14, 30))).starts_at.isoformat() == "2026-11-30T07:00:00-05:00"


def test_a_huddle_that_begins_now_is_the_next_one_and_several_a_day_follow(top):
    calendar = make_calendar(top.organisation, is_default=True)
    huddle(calendar, 0, 7)
    huddle(calendar, 0, 16, 5)
    seven = at(MONDAY, time(12))  # 07:00 in New York
    assert next_huddle_of(top, seven).starts_at == seven
    later = next_huddle_of(top, seven + timedelta(seconds=1))
    assert (later.starts_at, later.minutes) == (at(MONDAY, time(21)), 5)


def test_without_huddle_times_the_tier_says_when_on_working_days(top):
    make_calendar(top.organisation, weekdays=WEEK, is_default=True)
    assert next_huddle_of(top, at(MONDAY, time(0))) is None
    top.tier.huddle_at, top.tier.huddle_minutes = time(10), 12
    top.tier.save()
    saturday = MONDAY - timedelta(days=2)
    found = next_huddle_of(top, at(saturday, time(18)))
    assert (found.starts_at, found.minutes) == (at(MONDAY, time(15)), 12)


def test_holidays_are_skipped_and_a_closed_unit_has_no_huddle(top):
    calendar = make_calendar(top.organisation, is_default=True)
    for weekday in range(7):
        huddle(calendar, weekday, 7)
    Holiday.objects.create(calendar=calendar, day=CHRISTMAS, name="Christmas")
    assert next_huddle_of(top, at(CHRISTMAS, time(5))).starts_at.date() == CHRISTMAS + timedelta(days=1)
    top.closed_on = MONDAY
    assert next_huddle_of(top, at(CHRISTMAS, time(5))) is None
