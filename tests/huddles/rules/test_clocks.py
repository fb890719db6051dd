"""Deadlines in working time against a count of minutes one by one; days on which an origin confirms."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huddles.rules.clocks import (
    DEFAULT_LEVELS,
    LONGEST,
    Level,
    check_in_days,
    deadline,
    default_level,
    minutes_left,
    open_day_after,
)
from huddles.rules.issues import Urgency
from org.rules import OpenDays

NEW_YORK = ZoneInfo("America/New_York")
MINUTE = timedelta(minutes=1)
#: Days around the changes of the clocks in 2026: 8 March and 1 November in New York, 29 March and 25 October in Berlin.
STARTS = st.one_of(
    st.datetimes(datetime(2026, 3, 5), datetime(2026, 3, 31)),
    st.datetimes(datetime(2026, 10, 22), datetime(2026, 11, 4)),
    st.datetimes(datetime(2026, 12, 20), datetime(2027, 1, 4)),
).map(lambda moment: moment.replace(second=0, microsecond=0, tzinfo=UTC))
#: Edges of windows outside the hours in which clocks are moved: there a wall clock and moments say the same.
EDGES = st.one_of(st.just(time(0)), st.times(time(4), time(23, 59))).map(lambda t: t.replace(second=0, microsecond=0))
DAYS = st.builds(
    OpenDays,
    st.integers(1, 127),
    st.dictionaries(
        st.sampled_from([date(2026, 3, 8), date(2026, 3, 9), date(2026, 11, 1), date(2026, 12, 25), date(2027, 1, 1)]),
        st.booleans(),
    ),
)
ZONES = st.sampled_from([NEW_YORK, ZoneInfo("Europe/Berlin"), ZoneInfo("America/Phoenix"), ZoneInfo("Asia/Kathmandu")])


def works(moment: datetime, level: Level, days: OpenDays, zone: ZoneInfo) -> bool:
    """Whether the minute from `moment` on counts, as somebody with a clock on the wall would say."""
    local = moment.astimezone(zone)
    day, clock = local.date(), local.time()
    if level.works_from < level.works_until:
        return days.is_open(day) and level.works_from <= clock < level.works_until
    if clock >= level.works_from:
        return days.is_open(day)
    return clock < level.works_until and days.is_open(day - timedelta(days=1))


def counted(start: datetime, minutes: int, level: Level, days: OpenDays, zone: ZoneInfo) -> datetime:
    """The same deadline, a minute at a time."""
    moment, left = start, minutes
    while left and moment < start + LONGEST:
        left -= works(moment, level, days, zone)
        moment += MINUTE
    return moment


@settings(max_examples=60, deadline=None)
@given(STARTS, st.integers(1, 1500), EDGES, EDGES, DAYS, ZONES)
def test_working_time_is_what_a_count_of_minutes_says(start, minutes, works_from, works_until, days, zone):
    level = Level(1, 1, works_from=works_from, works_until=works_until)
    assert deadline(start, minutes, level, days, zone) == counted(start, minutes, level, days, zone)


@settings(max_examples=60, deadline=None)
@given(STARTS, st.integers(1, 5000), EDGES, EDGES, DAYS, ZONES, st.booleans())
def test_what_is_left_of_a_deadline_is_what_was_given(start, minutes, works_from, works_until, days, zone, working):
    level = Level(1, 1, works_from=works_from, works_until=works_until, working=working)
    end = deadline(start, minutes, level, days, zone)
    left = minutes_left(start, end, level, days, zone)
    assert left == minutes if end < start + LONGEST else left <= minutes
    assert minutes_left(end, start, level, days, zone) == 0


@settings(max_examples=100, deadline=None)
@given(STARTS, st.integers(1, 5000), st.times(), st.times(), DAYS, ZONES)
def test_more_minutes_or_a_later_start_never_ring_earlier(start, minutes, works_from, works_until, days, zone):
    level = Level(1, 1, works_from=works_from, works_until=works_until)
    first = deadline(start, minutes, level, days, zone)
    assert start < first <= start + LONGEST
    assert first <= deadline(start, minutes + 1, level, days, zone)
    assert first <= deadline(start + MINUTE, minutes, level, days, zone)


@given(STARTS, st.integers(1, 5000), ZONES)
def test_what_is_urgent_counts_every_minute(start, minutes, zone):
    closed = OpenDays(0)
    assert deadline(start, minutes, Level(1, 1, working=False), closed, zone) == start + minutes * MINUTE


def test_a_house_that_never_works_rings_after_sixty_days():
    start = datetime(2026, 3, 5, 12, tzinfo=UTC)
    assert deadline(start, 5, Level(1, 1), OpenDays(0), NEW_YORK) == start + LONGEST


@pytest.mark.parametrize(
    ("start", "works_from", "works_until", "minutes", "rings"),
    [
        # Friday 17:30, two hours of working time from 07:00 to 18:00 on weekdays: Monday 08:30.
        (datetime(2026, 11, 20, 22, 30), time(7), time(18), 120, datetime(2026, 11, 23, 13, 30)),
        # The night in which an hour comes twice has nine hours between 22:00 and 06:00.
        (datetime(2026, 10, 31, 1, 0), time(22), time(6), 60 * 9, datetime(2026, 11, 2, 11, 0)),
        # The night in which an hour is missing has seven.
        (datetime(2026, 3, 6, 2, 0), time(22), time(6), 60 * 8 + 1, datetime(2026, 3, 10, 2, 1)),
    ],
)
def test_weekends_and_nights_in_which_the_clock_is_moved(start, works_from, works_until, minutes, rings):
    weekdays = OpenDays(0b0011111)
    level = Level(1, 1, works_from=works_from, works_until=works_until)
    found = deadline(start.replace(tzinfo=UTC), minutes, level, weekdays, NEW_YORK)
    assert found == counted(start.replace(tzinfo=UTC), minutes, level, weekdays, NEW_YORK)
    if works_from < works_until:
        assert found == rings.replace(tzinfo=UTC)


@given(st.dates(date(2026, 1, 1), date(2026, 12, 1)), st.integers(1, 10), st.integers(1, 127))
def test_the_nth_open_day_after_a_day(day, number, weekdays):
    days = OpenDays(weekdays, {date(2026, 7, 3): False})
    found = open_day_after(day, number, days)
    between = [day + timedelta(days=n) for n in range(1, (found - day).days + 1)]
    assert found <= day + LONGEST
    if found < day + LONGEST:
        assert days.is_open(found)
        assert sum(days.is_open(one) for one in between) == number


def test_no_open_day_ends_the_search_all_the_same():
    day = date(2026, 1, 1)
    assert open_day_after(day, 3, OpenDays(0)) == day + LONGEST


def test_a_tier_beyond_the_table_has_the_times_of_the_highest():
    assert default_level(6, Urgency.URGENT) == DEFAULT_LEVELS[4, Urgency.URGENT]
    assert {default_level(tier, Urgency.URGENT).working for tier in range(1, 7)} == {False}


@pytest.mark.parametrize(
    ("due", "every", "days"),
    [
        (date(2027, 1, 5), 14, [date(2026, 12, 8), date(2026, 12, 22)]),  # each two weeks, and not on the day itself
        (date(2026, 12, 8), 14, [date(2026, 12, 1)]),  # due sooner: once halfway
        (date(2026, 12, 12), 4, [date(2026, 11, 30), date(2026, 12, 2), date(2026, 12, 7), date(2026, 12, 10)]),
        (date(2026, 11, 26), 1, [date(2026, 11, 25)]),
        (date(2026, 11, 25), 1, []),
        (date(2026, 11, 20), 14, []),
    ],
)
def test_a_big_issue_is_looked_at_on_open_days_before_it_is_due(due, every, days):
    weekdays = OpenDays(0b11111)
    assert check_in_days(date(2026, 11, 24), due, every, 12, weekdays) == days


def test_no_more_days_than_asked_for_are_proposed():
    assert len(check_in_days(date(2026, 11, 24), date(2027, 11, 24), 1, 12, OpenDays())) == 12
