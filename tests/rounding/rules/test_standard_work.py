"""Periods, what is carried over, what a week of the grid says."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from org.rules import NotAllowed
from rounding.rules.standard_work import (
    WEEKS_BACK,
    Asked,
    Cadence,
    Known,
    Mark,
    Standing,
    after,
    before,
    check_reason,
    left_over,
    period_of,
    share_in_tenths,
    standing_on,
    weeks_back,
)

TUESDAY = date(2026, 11, 24)
MONDAY = date(2026, 11, 23)
LONG_AGO = date(2026, 1, 1)


def every_day(_day):
    return True


def weekdays(day):
    return day.weekday() < 5


def known(marks=None, counted=None):
    return Known({(1, day): mark for day, mark in (marks or {}).items()}, {1: counted or {}})


@pytest.mark.parametrize(
    ("cadence", "first", "following"),
    [
        (Cadence.DAILY, TUESDAY, date(2026, 11, 25)),
        (Cadence.WEEKLY, MONDAY, date(2026, 11, 30)),
        (Cadence.MONTHLY, date(2026, 11, 1), date(2026, 12, 1)),
        (Cadence.YEARLY, date(2026, 1, 1), date(2027, 1, 1)),
    ],
)
def test_periods_begin_on_their_first_day(cadence, first, following):
    assert (period_of(cadence, TUESDAY), after(cadence, first)) == (first, following)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.sampled_from(Cadence.values))
def test_periods_follow_each_other_without_a_gap(day, cadence):
    first = period_of(cadence, day)
    following = after(cadence, first)
    assert first <= day < following
    assert period_of(cadence, following) == following
    assert before(cadence, following, every_day) == first


def test_the_day_before_is_the_last_one_on_which_the_unit_worked():
    assert before(Cadence.DAILY, MONDAY, weekdays) == date(2026, 11, 20)


@pytest.mark.parametrize(
    ("mark", "counted", "left"),
    [(Mark(), 0, 2), (Mark(1), 0, 1), (Mark(1), 1, 0), (Mark(), 5, 0), (Mark(0, "ill"), 0, 0), (Mark(1, "ill"), 0, 0)],
)
def test_what_was_not_done_and_has_no_reason_is_left_over(mark, counted, left):
    assert left_over(2, mark, counted) == left


def test_what_is_left_is_carried_over_one_period_and_no_further():
    asked = Asked(1, Cadence.DAILY, 2, LONG_AGO)
    nothing_done = known()
    assert standing_on(asked, nothing_done, TUESDAY, every_day) == Standing(asked=4, done=0, carried=2)
    half = known({MONDAY: Mark(1), TUESDAY: Mark(3)})
    assert standing_on(asked, half, TUESDAY, every_day) == Standing(asked=3, done=3, carried=1)


def test_a_reason_carries_nothing_over():
    asked = Asked(1, Cadence.DAILY, 1, LONG_AGO)
    assert standing_on(asked, known({MONDAY: Mark(0, "on leave")}), TUESDAY, every_day) == Standing(1, 0)


def test_nothing_is_carried_from_before_the_task_was_there():
    asked = Asked(1, Cadence.WEEKLY, 3, TUESDAY)
    assert standing_on(asked, known(), TUESDAY, every_day) == Standing(3, 0)


def test_what_counts_by_itself_adds_to_what_was_tapped():
    asked = Asked(1, Cadence.WEEKLY, 3, MONDAY)
    found = standing_on(asked, known({MONDAY: Mark(1)}, {TUESDAY: 1, date(2026, 11, 22): 1}), TUESDAY, every_day)
    assert found == Standing(asked=3, done=2, counted=1)
    assert not found.is_settled


def test_a_week_counts_the_days_on_which_the_unit_worked():
    asked = Asked(1, Cadence.DAILY, 1, LONG_AGO)
    friday, thursday = date(2026, 11, 20), date(2026, 11, 19)
    week = weeks_back(asked, known({friday: Mark(1), thursday: Mark(0, "snow")}), TUESDAY, weekdays)[-1]
    assert (week.first, week.asked, week.done, week.explained) == (date(2026, 11, 16), 5, 1, 1)


def test_a_month_counts_in_the_week_in_which_it_ends():
    asked = Asked(1, Cadence.MONTHLY, 1, LONG_AGO)
    weeks = weeks_back(asked, known({date(2026, 10, 1): Mark(1)}), TUESDAY, every_day)
    assert len(weeks) == WEEKS_BACK
    assert [(week.first, week.done) for week in weeks if week.asked] == [
        (date(2026, 9, 28), 0),
        (date(2026, 10, 26), 1),
    ]


def test_a_year_counts_in_the_week_in_which_it_ends():
    asked = Asked(1, Cadence.YEARLY, 1, date(2025, 1, 1))
    weeks = weeks_back(asked, known({date(2026, 1, 1): Mark(1)}), date(2027, 1, 5), every_day)
    assert [(week.first, week.done) for week in weeks if week.asked] == [(date(2026, 12, 28), 1)]


def test_a_year_is_carried_over_once_and_only_where_all_of_it_was_asked():
    first_year, second_year, third_year = (date(year, 3, 9) for year in (2025, 2026, 2027))
    whole = Asked(1, Cadence.YEARLY, 1, date(2025, 1, 1))
    assert standing_on(whole, known(), first_year, every_day) == Standing(1, 0)
    assert standing_on(whole, known(), second_year, every_day) == Standing(asked=2, done=0, carried=1)
    done_late = known({date(2026, 1, 1): Mark(1)})
    assert standing_on(whole, done_late, third_year, every_day) == Standing(1, 0)
    began_late = Asked(1, Cadence.YEARLY, 1, date(2025, 1, 2))
    assert standing_on(began_late, known(), second_year, every_day) == Standing(1, 0)
    assert standing_on(began_late, known(), third_year, every_day) == Standing(2, 0, carried=1)


def test_weeks_before_the_task_was_there_ask_for_nothing():
    asked = Asked(1, Cadence.WEEKLY, 1, MONDAY - timedelta(days=7))
    assert [week.asked for week in weeks_back(asked, known(), TUESDAY, every_day)] == [0] * 7 + [1]


@pytest.mark.parametrize(("done", "asked", "tenths"), [(0, 0, None), (0, 3, 0), (2, 3, 7), (3, 3, 10), (49, 50, 10)])
def test_a_share_is_told_in_tenths(done, asked, tenths):
    assert share_in_tenths(done, asked) == tenths


def test_a_reason_has_words_and_an_end():
    assert check_reason("  on\x00 leave ") == "on leave"
    with pytest.raises(NotAllowed, match="few words"):
        check_reason(" ")
    with pytest.raises(NotAllowed, match="at most 200"):
        check_reason("x" * 201)
