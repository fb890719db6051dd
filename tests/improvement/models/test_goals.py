"""The database keeps goals whole, whoever writes: each constraint both ways. And who sees which."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from improvement.models import Goal, Review, Voice
from improvement.rules.goals import WHOLE, Status
from org.rules import Role
from tests.factories import make_unit, make_user
from tests.improvement.factories import NOW, make_goal, make_house

pytestmark = pytest.mark.django_db


def refused(name, house, **fields):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        make_goal(house, **fields)


@pytest.mark.parametrize("status", WHOLE)
@pytest.mark.parametrize(
    "missing",
    [
        {"raise_by": None},
        {"narrow_by": None},
        {"sponsor": None},
        {"owner": None},
        {"balancing": None},
        {"measure": None},
        {"dimension": None},
        {"group": ""},
        {"if_missed": ""},
        {"baseline_first": None},
        {"baseline_last": None},
        {"first_month": None},
        {"last_month": None},
        {"activated_at": None},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_a_goal_that_runs_or_ran_has_both_halves_and_its_charter(status, missing):
    house = make_house()
    make_goal(house, status)
    refused("goal_has_two_halves_and_its_charter", house, status=status, **missing)
    make_goal(house, Status.DRAFT, **missing)
    make_goal(house, Status.STOPPED, **missing)


@pytest.mark.parametrize(
    ("name", "bad", "good"),
    [
        ("goal_halves_are_shares", {"raise_by": 0}, {"raise_by": 0.01}),
        ("goal_halves_are_shares", {"narrow_by": 0}, {"narrow_by": 0.01}),
        ("goal_halves_are_shares", {"narrow_by": 1.01}, {"narrow_by": 1}),
        ("goal_baseline_in_order", {"baseline_last": date(2025, 6, 1)}, {"baseline_last": date(2025, 7, 1)}),
        ("goal_months_in_order", {"last_month": date(2026, 6, 1)}, {"last_month": date(2026, 7, 1)}),
        ("goal_baseline_before_it", {"baseline_last": date(2026, 7, 1)}, {"baseline_last": date(2026, 6, 1)}),
        ("goal_of_whole_months", {"baseline_first": date(2025, 7, 2)}, {"baseline_first": date(2025, 8, 1)}),
        ("goal_of_whole_months", {"baseline_last": date(2026, 6, 30)}, {"baseline_last": date(2026, 5, 1)}),
        ("goal_of_whole_months", {"first_month": date(2026, 7, 2)}, {"first_month": date(2026, 8, 1)}),
        ("goal_of_whole_months", {"last_month": date(2027, 6, 30)}, {"last_month": date(2027, 5, 1)}),
        ("goal_compared_with_others", {"reference": "Spanish"}, {"reference": ""}),
        ("goal_minimum_positive", {"minimum": 0}, {"minimum": 1}),
        ("goal_ends_with_a_reason", {"closed_at": NOW}, {"closed_at": None}),
        (
            "goal_ends_with_a_reason",
            {"status": Status.MISSED, "closing_note": ""},
            {"status": Status.MISSED, "closing_note": "We hire."},
        ),
        (
            "goal_ends_with_a_reason",
            {"status": Status.STOPPED, "closing_note": ""},
            {"status": Status.STOPPED, "closing_note": "The unit moves."},
        ),
        (
            "goal_ends_with_a_reason",
            {"status": Status.MET, "closed_at": None},
            {"status": Status.MET, "closing_note": ""},
        ),
    ],
)
def test_a_goal_is_what_the_database_lets_it_be(name, bad, good):
    house = make_house()
    refused(name, house, **bad)
    make_goal(house, **good)


def test_a_measure_does_not_balance_itself():
    house = make_house()
    refused("goal_balanced_by_another", house, balancing=house.measure)
    make_goal(house, balancing=house.balancing)


def test_a_review_that_was_held_says_what_was_seen_and_decided():
    goal = make_goal(make_house())
    for bad in ({"held_on": date(2026, 12, 1)}, {"seen": "a"}, {"held_on": date(2026, 12, 1), "seen": "a"}):
        with pytest.raises(IntegrityError, match="review_held_says_what"), transaction.atomic():
            Review.objects.create(goal=goal, day=date(2026, 12, 1), **bad)
    Review.objects.create(goal=goal, day=date(2026, 12, 1), held_on=date(2026, 12, 1), seen="a", decided="b")
    with pytest.raises(IntegrityError, match="review_once_a_day"), transaction.atomic():
        Review.objects.create(goal=goal, day=date(2026, 12, 1))


@pytest.mark.parametrize("empty", ["heard", "said"])
def test_a_voice_says_who_and_what(empty):
    house = make_house()
    fields = {
        "organisation": house.organisation,
        "heard": "Council",
        "said": "A",
        "day": date(2026, 6, 1),
        "recorded_at": NOW,
    }
    Voice.objects.create(**fields)
    with pytest.raises(IntegrityError, match="voice_says_who_and_what"), transaction.atomic():
        Voice.objects.create(**{**fields, empty: ""})


def test_whoever_sees_the_board_sees_what_runs_and_ran_and_who_sets_goals_sees_drafts_too():
    house = make_house()
    goals = {status: make_goal(house, status) for status in Status}
    seen = {status for status, goal in goals.items() if Goal.objects.visible_to(house.staff).filter(pk=goal.pk)}
    assert seen == set(WHOLE)
    for setter in (house.manager, house.sponsor, make_user(Role.EQUITY_OFFICER, house.top)):
        assert Goal.objects.visible_to(setter).count() == len(goals)
    other = make_unit(house.line)
    assert Goal.objects.visible_to(make_user(Role.STAFF, other)).count() == 0
    assert Goal.objects.visible_to(make_user(Role.MANAGER, make_unit())).count() == 0


def test_a_goal_that_ran_and_was_stopped_does_not_vanish_for_those_who_saw_it():
    house = make_house()
    goal = make_goal(house, Status.STOPPED, activated_at=NOW)
    assert list(Goal.objects.visible_to(house.staff)) == [goal]


def test_a_unit_sees_what_is_set_above_it():
    house = make_house()
    make_goal(house, unit=house.line)
    assert Goal.objects.visible_to(house.staff).count() == 1


def test_voices_go_with_their_goal_and_those_of_the_house_to_who_sets_goals():
    house = make_house()
    goal = make_goal(house)
    of_house = Voice.objects.create(
        organisation=house.organisation, heard="Council", said="A", day=date(2026, 6, 1), recorded_at=NOW
    )
    assert list(Voice.objects.visible_to(house.staff)) == list(goal.voices.all())
    assert of_house in Voice.objects.visible_to(house.manager)
    assert Voice.objects.visible_to(make_user(Role.EXECUTIVE, make_unit())).count() == 0
