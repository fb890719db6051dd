"""Where a goal stands: domain.md §3.4 number for number, and what may not be said."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from analytics.disparity import Quadrant, Verdict
from boards.rules import Direction, Stretch
from improvement.queries import goal_words
from improvement.queries.goal_limits import gap_limits, limits_of
from improvement.queries.goals import standing_of
from improvement.rules.goals import GapKind, Status, Whom
from tests.improvement.factories import (
    BASELINE,
    BEFORE,
    MONTH_5,
    PERIOD,
    TODAY,
    make_goal,
    make_house,
    tell,
)

pytestmark = pytest.mark.django_db
JULY, AUGUST, SEPTEMBER = (date(2026, month, 1) for month in (7, 8, 9))
BETTER = {"English": (370, 500), "Spanish": (130, 200), "Other languages": (210, 300)}  # 74, 65 %


def test_the_numbers_of_the_scenario():
    """Baseline all 61, English 66, Spanish 48; month 5 all 70, English 76, Spanish 53: raised but widened."""
    house = make_house()
    tell(house, BASELINE, *BEFORE)
    tell(house, MONTH_5, JULY, date(2026, 11, 1))
    [found] = standing_of([make_goal(house)], TODAY)
    assert found.before.rate == pytest.approx(0.61)
    assert found.before.gap == pytest.approx(0.18)
    assert found.before.ratio == pytest.approx(48 / 66)
    assert found.aim_rate == pytest.approx(0.732)
    assert found.aim_gap == pytest.approx(0.144)
    assert found.now.rate == pytest.approx(0.70)
    assert found.now.gap == pytest.approx(0.23)
    assert (found.quadrant, found.widened) == (Quadrant.RAISED_WIDENED, True)
    assert (found.raised, found.narrowed, found.met) == (False, False, False)
    assert found.since == date(2026, 12, 1)


@pytest.mark.parametrize(
    ("kind", "field"), [(GapKind.ABSOLUTE, Quadrant.RAISED_WIDENED), (GapKind.RELATIVE, Quadrant.RAISED_NARROWED)]
)
def test_absolute_and_relative_disagree_and_the_goal_says_by_which_it_goes(kind, field):
    """60 against 40 % becoming 80 against 58 %: 20 to 22 points, 0.67 to 0.73."""
    house = make_house()
    tell(house, {"English": (300, 500), "Spanish": (80, 200)}, *BEFORE)
    tell(house, {"English": (400, 500), "Spanish": (116, 200)}, JULY, AUGUST)
    [found] = standing_of([make_goal(house, gap_kind=kind)], TODAY)
    assert [round(each.gap, 6) for each in (found.before, found.now)] == [0.2, 0.22]
    assert [round(each.ratio, 3) for each in (found.before, found.now)] == [0.667, 0.725]
    assert found.disagree
    assert found.quadrant == field


def test_a_goal_is_met_when_both_halves_are():
    house = make_house()
    tell(house, BASELINE, *BEFORE)
    tell(house, {"English": (380, 500), "Spanish": (140, 200), "Other languages": (220, 300)}, JULY, AUGUST)
    tell(house, {"English": (400, 500), "Spanish": (150, 200), "Other languages": (230, 300)}, SEPTEMBER, SEPTEMBER)
    [found] = standing_of([make_goal(house)], TODAY)
    assert (found.quadrant, found.met) == (Quadrant.RAISED_NARROWED, True)
    [more] = standing_of([make_goal(house, raise_by=0.3)], TODAY)
    assert (more.raised, more.narrowed, more.met) == (False, True, False)


def test_lower_is_better_where_the_measure_says_so():
    house = make_house(direction=Direction.LOWER)
    tell(house, {"English": (100, 500), "Spanish": (60, 200)}, *BEFORE)  # 20 and 30 %
    tell(house, {"English": (90, 500), "Spanish": (40, 200)}, JULY, AUGUST)  # 18 and 20 %
    [found] = standing_of([make_goal(house)], TODAY)
    assert found.aim_rate == pytest.approx(0.8 * 160 / 700)
    assert found.now.raised == pytest.approx(1 - (130 / 700) / (160 / 700))
    assert (found.quadrant, found.raised, found.narrowed) == (Quadrant.RAISED_NARROWED, False, True)


def test_the_group_itself_may_be_whom_the_goal_raises():
    house = make_house()
    tell(house, BASELINE, *BEFORE)
    tell(house, MONTH_5, JULY, AUGUST)
    [found] = standing_of([make_goal(house, whom=Whom.GROUP)], TODAY)
    assert (found.before.rate, found.now.rate) == (pytest.approx(0.48), pytest.approx(0.53))


def test_everyone_else_is_all_without_the_group():
    house = make_house()
    tell(house, BASELINE, *BEFORE)
    [found] = standing_of([make_goal(house, reference="")], TODAY)
    assert found.before.figures.reference.denominator == 800
    assert found.before.gap == pytest.approx(514 / 800 - 0.48)


def test_the_day_is_that_on_which_the_newest_block_made_it_so():
    house = make_house()
    tell(house, BASELINE, *BEFORE)
    tell(house, BETTER, JULY, JULY)
    tell(house, MONTH_5, AUGUST, AUGUST)  # together 75 against 59 %: still narrower than 18 points
    goal = make_goal(house)
    [found] = standing_of([goal], TODAY)
    assert (found.quadrant, found.since) == (Quadrant.RAISED_NARROWED, date(2026, 8, 1))
    late = datetime(2026, 10, 4, 3, tzinfo=UTC)  # the evening before, in New York
    tell(
        house,
        {"English": (480, 500), "Spanish": (110, 200), "Other languages": (220, 300)},
        SEPTEMBER,
        SEPTEMBER,
        at=late,
    )
    [found] = standing_of([goal], TODAY)
    assert (found.quadrant, found.since) == (Quadrant.RAISED_WIDENED, date(2026, 10, 3))
    assert [step.told_on for step in found.steps] == [date(2026, 8, 1), date(2026, 9, 1), date(2026, 10, 3)]


def test_two_blocks_in_a_row_are_told_apart_from_one():
    house = make_house()
    tell(house, BASELINE, *BEFORE)
    tell(house, BETTER, JULY, JULY)
    tell(house, MONTH_5, AUGUST, AUGUST)
    goal = make_goal(house)
    assert not standing_of([goal], TODAY)[0].twice
    tell(house, MONTH_5, SEPTEMBER, SEPTEMBER)
    assert standing_of([goal], TODAY)[0].twice


def test_nothing_is_told_where_nothing_was():
    house = make_house()
    goal = make_goal(house)
    [found] = standing_of([goal], TODAY)
    assert (found.before, found.now, found.quadrant, found.met) == (None, None, Quadrant.NONE, False)
    tell(house, BASELINE, *BEFORE)
    [found] = standing_of([goal], TODAY)
    assert (found.before.gap, found.now, found.quadrant) == (pytest.approx(0.18), None, Quadrant.NONE)


def test_a_block_in_which_a_side_is_hidden_is_left_out_and_counted():
    house = make_house()
    tell(house, BASELINE, *BEFORE)
    tell(house, MONTH_5, JULY, JULY)
    tell(house, {"English": (380, 500)}, AUGUST, AUGUST, hidden={"Spanish": (5, 9), "Other languages": (4, 7)})
    [found] = standing_of([make_goal(house)], TODAY)
    assert (found.untold, len(found.steps), found.now.gap) == (1, 1, pytest.approx(0.23))
    tell(house, MONTH_5, SEPTEMBER, SEPTEMBER)
    [found] = standing_of([make_goal(house)], TODAY)
    assert goal_words.row(found, TODAY).told == "July – September 2026: 2 of 3 months, without August 2026"


def test_too_few_is_never_met():
    house = make_house()
    tell(house, BASELINE, *BEFORE)
    tell(house, {"English": (50, 50), "Spanish": (12, 12)}, JULY, JULY)
    enough = make_goal(house, minimum=12)
    assert standing_of([enough], TODAY)[0].met
    few = make_goal(house, minimum=13)
    [found] = standing_of([few], TODAY)
    assert (found.judged, found.quadrant, found.met) == (False, Quadrant.NONE, False)


def test_no_gap_is_told_where_too_little_is_known_of_the_dimension():
    house = make_house()
    tell(house, BASELINE, *BEFORE)
    unknown = {"Unknown": (300, 400)}
    tell(house, {**MONTH_5, **unknown}, JULY, JULY, states={"Unknown": "unknown"})
    [found] = standing_of([make_goal(house)], TODAY)
    assert (found.verdict, found.known) == (Verdict.TOO_LITTLE, pytest.approx(1000 / 1400))
    assert found.quadrant == Quadrant.NONE


def test_a_year_tells_the_months_before_where_single_months_hide_the_group():
    house = make_house()
    few = {"Spanish": (4, 8)}
    tell(house, {"English": (30, 45)}, date(2026, 6, 1), date(2026, 6, 1), hidden=few)
    tell(house, BASELINE, *BEFORE, stretch=Stretch.YEAR)
    [found] = standing_of([make_goal(house)], TODAY)
    assert found.before.gap == pytest.approx(0.18)


def test_blocks_after_today_or_partly_outside_do_not_count():
    house = make_house()
    tell(house, BASELINE, *BEFORE)
    tell(house, MONTH_5, date(2026, 6, 1), JULY)
    tell(house, BETTER, date(2026, 12, 1), date(2026, 12, 1))
    [found] = standing_of([make_goal(house)], TODAY)
    assert found.now is None


def test_what_is_told_after_the_end_of_a_goal_does_not_move_it():
    house = make_house()
    tell(house, BASELINE, *BEFORE)
    tell(house, BETTER, JULY, JULY)
    goal = make_goal(house, Status.MISSED, closed_at=datetime(2026, 8, 15, 12, tzinfo=UTC))
    tell(house, MONTH_5, AUGUST, SEPTEMBER)
    [found] = standing_of([goal], TODAY)
    assert (len(found.steps), found.quadrant) == (1, Quadrant.RAISED_NARROWED)


def test_limits_of_the_gap_are_what_the_goal_still_allows():
    house = make_house()
    tell(house, BASELINE, *BEFORE)
    [limit] = gap_limits([make_goal(house)], TODAY)
    assert (limit.unit_id, limit.group, limit.reference) == (house.ward.pk, "Spanish", "English")
    assert limit.difference == pytest.approx(0.144)
    assert limit.times == pytest.approx(1 + (66 / 48 - 1) * 0.8)
    make_goal(house, Status.MISSED)
    make_goal(make_house())
    assert [each.goal_id for each in limits_of(house.organisation.pk, TODAY)] == [limit.goal_id]
    assert gap_limits([make_goal(house, baseline_first=date(2020, 1, 1), baseline_last=date(2020, 6, 1))], TODAY) == []


@pytest.mark.parametrize("number", [1, 4])
def test_any_number_of_goals_takes_two_statements(number):
    houses = [make_house() for _ in range(number)]
    goals = []
    for house in houses:
        tell(house, BASELINE, *BEFORE)
        tell(house, MONTH_5, JULY, AUGUST)
        goals.append(make_goal(house))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        found = standing_of(goals, TODAY)
    assert len(queries) == 2
    assert [each.quadrant for each in found] == [Quadrant.RAISED_WIDENED] * number


def test_no_goal_takes_no_statement(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert standing_of([], TODAY) == []


def test_the_period_is_that_of_whole_months():
    house = make_house()
    assert make_goal(house).period == (PERIOD[0], date(2027, 6, 30))
