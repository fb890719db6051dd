"""The state of a huddle follows from its times."""

from datetime import UTC, datetime, timedelta

import pytest

from huddles.rules.schedule import HuddleState, may_start, state_of, was_on_time

AT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("now", "started", "ended", "state"),
    [
        (-1, None, None, HuddleState.COMING),
        (0, None, None, HuddleState.DUE),
        (29, None, None, HuddleState.DUE),
        (30, None, None, HuddleState.NOT_HELD),
        (1, 0, None, HuddleState.RUNNING),
        (179, 0, None, HuddleState.RUNNING),
        (180, 0, None, HuddleState.HELD),
        (12, 0, 11, HuddleState.HELD),
        (-10, -20, -11, HuddleState.HELD),
    ],
)
def test_the_state_of_a_huddle_of_fifteen_minutes(now, started, ended, state):
    found = state_of(
        planned_at=AT,
        minutes=15,
        started_at=None if started is None else AT + started * MINUTE,
        ended_at=None if ended is None else AT + ended * MINUTE,
        now=AT + now * MINUTE,
    )
    assert found == state


@pytest.mark.parametrize(("late", "on_time"), [(-20, True), (0, True), (5, True), (6, False)])
def test_five_minutes_are_on_time(late, on_time):
    assert was_on_time(planned_at=AT, started_at=AT + late * MINUTE) is on_time


def test_what_was_not_begun_was_not_on_time():
    assert was_on_time(planned_at=AT, started_at=None) is False


@pytest.mark.parametrize(("early", "may"), [(31, False), (30, True), (0, True), (-600, True)])
def test_a_huddle_begins_half_an_hour_before_its_time_at_the_earliest(early, may):
    assert may_start(planned_at=AT, now=AT - early * MINUTE) is may
