"""States of huddles whatever the moment: across midnight and daylight saving."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from huddles.rules.schedule import (
    FORGOTTEN,
    GRACE,
    LATE,
    HuddleState,
    can_still_begin,
    may_start,
    may_write,
    state_of,
    was_on_time,
    within,
)

ZONES = st.sampled_from(["UTC", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo"]).map(ZoneInfo)
MOMENTS = st.datetimes(min_value=datetime(2025, 1, 1), max_value=datetime(2027, 1, 1), timezones=st.just(UTC))
SPANS = st.timedeltas(min_value=timedelta(hours=-30), max_value=timedelta(hours=30))


@given(MOMENTS, SPANS, st.integers(1, 240), ZONES)
def test_a_huddle_that_nobody_begins_comes_is_due_and_is_not_held(planned_at, span, minutes, zone):
    now = (planned_at + span).astimezone(zone)
    state = state_of(planned_at=planned_at, minutes=minutes, started_at=None, ended_at=None, now=now)
    if span < timedelta(0):
        assert state == HuddleState.COMING
    elif span < timedelta(minutes=minutes) + GRACE:
        assert state == HuddleState.DUE
    else:
        assert state == HuddleState.NOT_HELD
    assert can_still_begin(planned_at=planned_at, minutes=minutes, now=now) is (state != HuddleState.NOT_HELD)


@given(MOMENTS, SPANS, st.timedeltas(timedelta(0), timedelta(hours=10)), ZONES)
def test_a_huddle_that_was_begun_is_never_missed(planned_at, span, since, zone):
    started_at = planned_at + span
    now = (started_at + since).astimezone(zone)
    state = state_of(planned_at=planned_at, minutes=15, started_at=started_at, ended_at=None, now=now)
    assert state == (HuddleState.HELD if since >= FORGOTTEN else HuddleState.RUNNING)
    ended = state_of(planned_at=planned_at, minutes=15, started_at=started_at, ended_at=now, now=now)
    assert ended == HuddleState.HELD


@given(MOMENTS, SPANS, ZONES)
def test_the_zone_of_whoever_asks_changes_nothing(planned_at, span, zone):
    now = planned_at + span
    assert may_start(planned_at=planned_at, now=now) is may_start(planned_at=planned_at.astimezone(zone), now=now)
    assert was_on_time(planned_at=planned_at, started_at=now) is was_on_time(
        planned_at=planned_at.astimezone(zone), started_at=now
    )


def test_a_huddle_of_midnight_and_of_the_hour_that_comes_twice():
    midnight = datetime(2026, 11, 25, 0, 0, tzinfo=ZoneInfo("America/New_York"))
    said = {"planned_at": midnight, "minutes": 15, "ended_at": None}
    before = midnight - timedelta(minutes=1)
    assert state_of(**said, started_at=None, now=before) == HuddleState.COMING
    assert state_of(**said, started_at=before, now=midnight) == HuddleState.RUNNING
    twice = datetime(2026, 11, 1, 1, 30, tzinfo=ZoneInfo("America/New_York")).astimezone(UTC)
    assert twice == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    an_hour_later = datetime(2026, 11, 1, 1, 30, fold=1, tzinfo=ZoneInfo("America/New_York")).astimezone(UTC)
    assert (
        state_of(planned_at=twice, minutes=15, started_at=None, ended_at=None, now=an_hour_later)
        == HuddleState.NOT_HELD
    )


@given(MOMENTS, SPANS)
def test_a_wrong_clock_moves_nothing_out_of_the_huddle(started_at, span):
    now = started_at + timedelta(minutes=20)
    assert started_at <= within(started_at + span, earliest=started_at, latest=now) <= now


def test_words_come_in_for_three_days_and_a_huddle_begins_within_half_a_day():
    ended = datetime(2026, 11, 24, 12, 15, tzinfo=UTC)
    assert may_write(ended_at=None, now=ended)
    assert may_write(ended_at=ended, now=ended + timedelta(days=3))
    assert not may_write(ended_at=ended, now=ended + timedelta(days=3, seconds=1))
    assert may_start(planned_at=ended, now=ended + LATE)
    assert not may_start(planned_at=ended, now=ended + LATE + timedelta(seconds=1))
