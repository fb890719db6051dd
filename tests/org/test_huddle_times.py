"""Huddles across midnight and daylight saving: whatever the zone, the pattern and the moment."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from org.rules import ALL_WEEKDAYS, HuddleTime, OpenDays, huddles_on, next_huddle

ZONES = st.sampled_from(
    [
        "UTC",
        "America/New_York",
        "Europe/Berlin",
        "Australia/Lord_Howe",  # half an hour of daylight saving
        "America/St_Johns",
        "Asia/Kathmandu",
        "Pacific/Apia",
        "America/Santiago",  # changes at midnight
        "Africa/Cairo",  # changes at midnight
    ]
).map(ZoneInfo)
TIMES = st.times(min_value=time(0), max_value=time(23, 59)).map(lambda t: t.replace(second=0, microsecond=0))
PATTERNS = st.lists(
    st.builds(HuddleTime, weekday=st.integers(0, 6), starts_at=TIMES, minutes=st.integers(1, 60)), max_size=6
)
MOMENTS = st.datetimes(min_value=datetime(2024, 1, 1), max_value=datetime(2028, 1, 1), timezones=st.just(UTC))
OPEN = st.builds(
    OpenDays,
    weekdays=st.integers(0, ALL_WEEKDAYS),
    holidays=st.dictionaries(st.dates(date(2024, 1, 1), date(2028, 2, 1)), st.booleans(), max_size=5),
)


@settings(deadline=None)
@given(PATTERNS, OPEN, ZONES, MOMENTS)
def test_the_next_huddle_is_planned_not_past_and_none_lies_between(pattern, opened, zone, now):
    found = next_huddle(pattern, opened, zone, now)
    planned = [
        (datetime.combine(day, huddle.starts_at, zone).astimezone(UTC), huddle)
        for n in range(-1, 15)
        for day in [now.astimezone(zone).date() + timedelta(days=n)]
        for huddle in huddles_on(pattern, opened, day)
    ]
    coming = sorted(moment for moment, _huddle in planned if moment >= now)
    if not coming:
        assert found is None
        return
    moment, huddle = found
    assert moment == coming[0]
    assert (moment.astimezone(UTC), huddle) in planned
    assert moment.utcoffset() == zone.utcoffset(moment)


@settings(deadline=None)
@given(PATTERNS, ZONES, MOMENTS)
def test_walking_from_huddle_to_huddle_meets_each_once_and_in_order(pattern, zone, now):
    met = []
    moment = now
    while (found := next_huddle(pattern, OpenDays(), zone, moment)) and len(met) < 20:
        met.append(found[0].astimezone(UTC))
        moment = found[0].astimezone(UTC) + timedelta(microseconds=1)
    assert all(earlier < later for earlier, later in pairwise(met))


@given(OPEN, st.dates(date(2024, 1, 1), date(2028, 1, 1)), PATTERNS)
def test_a_day_off_has_no_huddle_and_an_open_one_its_own_in_order(opened, day, pattern):
    found = huddles_on(pattern, opened, day)
    if not opened.is_open(day):
        assert found == []
    assert found == sorted(found, key=lambda h: h.starts_at)
    assert all(huddle.weekday == day.weekday() for huddle in found)


SUNDAY = date(2026, 11, 1)  # New York falls back at 02:00
SPRING = date(2026, 3, 8)  # New York springs forward at 02:00
NEW_YORK = ZoneInfo("America/New_York")


def huddle(hour, minute=0):
    return [HuddleTime(6, time(hour, minute), 15)]


def test_a_huddle_in_the_hour_that_comes_twice_is_held_in_the_first():
    before = datetime(2026, 11, 1, 4, 0, tzinfo=UTC)
    assert next_huddle(huddle(1, 30), OpenDays(), NEW_YORK, before)[0].isoformat() == "2026-11-01T01:30:00-04:00"
    between = datetime(2026, 11, 1, 6, 15, tzinfo=UTC)  # 01:15 for the second time
    assert next_huddle(huddle(1, 30), OpenDays(), NEW_YORK, between)[0].date() == SUNDAY + timedelta(days=7)


def test_a_huddle_in_the_missing_hour_is_held_an_hour_later():
    now = datetime(2026, 3, 8, 5, 0, tzinfo=UTC)
    assert next_huddle(huddle(2, 30), OpenDays(), NEW_YORK, now)[0].isoformat() == "2026-03-08T03:30:00-04:00"
    after_the_jump = datetime(2026, 3, 8, 7, 10, tzinfo=UTC)  # 03:10
    assert next_huddle(huddle(2, 30), OpenDays(), NEW_YORK, after_the_jump)[0].date() == SPRING


def test_a_huddle_at_midnight_belongs_to_the_day_that_begins():
    now = datetime(2026, 11, 22, 4, 59, tzinfo=UTC)  # Saturday 23:59 in New York
    found, _huddle = next_huddle(huddle(0), OpenDays(), NEW_YORK, now)
    assert found.isoformat() == "2026-11-22T00:00:00-05:00"
