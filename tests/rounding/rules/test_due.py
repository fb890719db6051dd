"""Who is due when, and whom one meets first."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rounding.rules.due import (
    Place,
    Span,
    Worker,
    due_list,
    due_of,
    next_shift,
    walks_due,
)
from rounding.rules.questions import SetKind

NEW_YORK = ZoneInfo("America/New_York")
#: Tuesday, 13:00 in New York.
NOW = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)
TODAY = date(2026, 11, 24)


def worker(pk=60, **said):
    known = {"name": f"Worker {pk}", "unit": 1, "unit_name": "5 West", "zone": NEW_YORK, "added_on": date(2026, 1, 1)}
    return Worker(pk=pk, **{**known, **said})


def shift(hours, length=8):
    return Span(NOW + timedelta(hours=hours), NOW + timedelta(hours=hours + length))


def talked(days, kind=SetKind.STAFF):
    return {kind: TODAY - timedelta(days=days)}


@pytest.mark.parametrize(("ago", "days", "due"), [(10, 30, 20), (30, 30, 0), (45, 30, -15), (6, 7, 1)])
def test_the_next_talk_is_due_so_many_days_after_the_last(ago, days, due):
    found = due_of(worker(talks=talked(ago), days=days), TODAY)
    assert found == (SetKind.STAFF, TODAY + timedelta(days=due))


def test_with_a_cadence_of_never_nobody_is_due():
    assert due_of(worker(days=0), TODAY) is None


def test_a_new_roster_is_spread_over_the_first_days_of_the_cadence():
    days = sorted(due_of(worker(pk, added_on=TODAY), TODAY)[1] for pk in range(100, 130))
    assert days == [TODAY + timedelta(days=n) for n in range(30)]


@pytest.mark.parametrize(
    ("worked", "talks", "due"),
    [
        (25, {}, 30),  # not yet
        (35, {}, 30),  # the first is overdue
        (35, talked(14, SetKind.NEW_STARTER), 60),  # it was on day 21, which is early enough
        (35, talked(16, SetKind.NEW_STARTER), 30),  # day 19 is too early
        (65, {}, 60),  # the first is too long ago
        (95, talked(4, SetKind.NEW_STARTER), None),  # all three are over
        (130, {}, None),
    ],
)
def test_somebody_new_is_talked_with_after_30_60_and_90_days(worked, talks, due):
    started = TODAY - timedelta(days=worked)
    found = due_of(worker(started_on=started, talks=talks), TODAY)
    if due is None:
        assert found[0] == SetKind.STAFF
    else:
        assert found == (SetKind.NEW_STARTER, started + timedelta(days=due))


def test_whom_one_meets_soonest_comes_first_among_those_whose_day_has_come():
    overdue = talked(40)
    later = worker(1, name="Later", talks=overdue, shifts=[shift(30)])
    now = worker(2, name="Now", talks=talked(31), shifts=[shift(-2)])
    never = worker(3, name="Unknown", talks=talked(90))
    soon = worker(4, name="Soon", talks=talked(25), shifts=[shift(1)])
    far = worker(5, name="Far", talks=talked(20), shifts=[shift(1)])
    found = due_list([later, far, soon, never, now], NOW)
    assert [(one.worker.name, one.overdue) for one in found] == [
        ("Now", True),
        ("Later", True),
        ("Unknown", True),
        ("Soon", False),
    ]
    assert [one.shift for one in found] == [shift(-2), shift(30), None, shift(1)]
    assert found[2].last_on == TODAY - timedelta(days=90)


def test_a_shift_that_is_over_is_not_the_next_one():
    assert next_shift([shift(-8), shift(5), shift(2)], NOW) == shift(2)
    assert next_shift([shift(-8)], NOW) is None


def test_the_day_is_that_of_the_unit():
    midnight = datetime(2026, 11, 25, 4, 30, tzinfo=UTC)  # 23:30 in New York, the next day in Madrid
    due_tomorrow = talked(29)
    in_new_york, in_madrid = (
        due_list([worker(talks=due_tomorrow, zone=ZoneInfo(zone))], midnight)[0].overdue
        for zone in ("America/New_York", "Europe/Madrid")
    )
    assert (in_new_york, in_madrid) == (False, True)


@given(st.lists(st.tuples(st.integers(0, 60), st.none() | st.integers(-7, 72)), max_size=12))
def test_the_list_holds_everybody_who_is_due_once_and_in_order(people):
    workers = [
        worker(pk, talks=talked(ago), shifts=[] if hours is None else [shift(hours)])
        for pk, (ago, hours) in enumerate(people)
    ]
    found = due_list(workers, NOW)
    assert sorted(one.worker.pk for one in found) == [pk for pk, (ago, _hours) in enumerate(people) if ago >= 23]
    assert [one.overdue for one in found] == sorted((one.overdue for one in found), reverse=True)
    starts = [one.shift.starts_at for one in found if one.overdue and one.shift]
    assert starts == sorted(starts)


def test_walks_begin_where_one_has_never_been():
    places = [
        Place(1, "Lately", 30, TODAY - timedelta(days=3)),
        Place(2, "Long ago", 30, TODAY - timedelta(days=80)),
        Place(3, "Never", 30, None),
        Place(4, "Not mine", 0, None),
        Place(5, "Soon", 30, TODAY - timedelta(days=25)),
    ]
    assert [walk.place.name for walk in walks_due(places, TODAY)] == ["Never", "Long ago", "Soon"]
