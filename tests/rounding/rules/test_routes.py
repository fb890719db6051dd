"""Which units want a visit, and why."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rounding.rules.routes import Heard, next_days, score_of, suggest

TODAY = date(2026, 11, 24)


def heard(name="5 West", ago=1, missed=0, planned=10, stuck=0):
    last = None if ago is None else TODAY - timedelta(days=ago)
    return Heard(1, name, last, missed, planned, stuck)


@pytest.mark.parametrize(
    ("unit", "why"),
    [
        (heard(ago=None), "no round yet"),
        (heard(ago=20), "no round for 20 days"),
        (heard(missed=1), "1 huddle of 10 not held lately"),
        (heard(missed=3, stuck=2), "3 huddles of 10 not held lately, 2 issues past their time"),
        (heard(stuck=1), "1 issue past its time"),
    ],
)
def test_each_suggestion_says_why(unit, why):
    assert [one.why for one in suggest([unit], TODAY)] == [why]


def test_a_unit_that_is_well_heard_is_not_suggested():
    assert suggest([heard(ago=13)], TODAY) == []


def test_the_least_heard_come_first_and_few_are_suggested():
    units = [heard(f"Unit {n}", ago=14 + n) for n in range(9)]
    assert [one.name for one in suggest(units, TODAY)] == ["Unit 8", "Unit 7", "Unit 6", "Unit 5", "Unit 4"]


@given(st.integers(0, 400), st.integers(0, 10), st.integers(0, 30))
def test_more_silence_never_counts_less(ago, missed, stuck):
    score = score_of(heard(ago=ago, missed=missed, stuck=stuck), TODAY)
    more = (
        score_of(heard(ago=ago + 1, missed=missed, stuck=stuck), TODAY),
        score_of(heard(ago=ago, missed=missed + 1, stuck=stuck), TODAY),
        score_of(heard(ago=ago, missed=missed, stuck=stuck + 1), TODAY),
    )
    assert 0 <= score <= min(more)


def test_a_route_of_today_is_in_the_weeks_ahead():
    assert next_days(1, TODAY, 2) == [TODAY, date(2026, 12, 1)]
    assert next_days(0, TODAY, 1) == [date(2026, 11, 30)]
