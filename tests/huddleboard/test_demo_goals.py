"""The goal of the demo hospital: that of domain.md §3.4, whether or not anything was told of groups yet."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction

from huddleboard.demo import make_hospital, remove
from huddleboard.demo.goals import goal_months
from huddleboard.demo.organisation import ZONE
from improvement.models import Goal, Voice
from improvement.rules.goals import Status
from org.rules import Role

LAST = date(2026, 11, 30)
AT = datetime(2026, 12, 1, 6, 15, tzinfo=ZoneInfo(ZONE))


@pytest.fixture(scope="module")
def small(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        made = make_hospital(small=True, last=LAST, at=AT, say=lambda _text: None)
        yield made.organisation
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("last", "months"),
    [
        (date(2026, 11, 30), (date(2026, 7, 1), date(2026, 6, 1))),
        (date(2026, 11, 22), (date(2026, 6, 1), date(2026, 5, 1))),
        (date(2027, 1, 31), (date(2026, 9, 1), date(2026, 8, 1))),
    ],
)
def test_no_month_has_days_of_before_and_of_the_goal(last, months):
    assert goal_months(last) == months


def test_the_emergency_department_has_the_goal_of_the_story(small, db):
    goal = Goal.objects.whole().get(organisation=small)
    assert (goal.unit.code, goal.measure.code, goal.status) == ("ED", "door_to_analgesia", Status.ACTIVE)
    assert (goal.group, goal.reference, goal.raise_by, goal.narrow_by) == ("Spanish", "English", 0.2, 0.2)
    assert (goal.baseline, goal.period) == (
        (date(2025, 7, 1), date(2026, 6, 30)),
        (date(2026, 7, 1), date(2027, 6, 30)),
    )
    assert goal.sponsor.memberships.get().role == Role.EXECUTIVE
    assert goal.owner.memberships.get().unit == goal.unit
    assert goal.voices.count() == 2
    assert [review.held_on is not None for review in goal.reviews.all()] == [True, False, False, False]


def test_it_goes_with_the_demo(small, db):
    with transaction.atomic():
        remove(small)
        assert (Goal.objects.count(), Voice.objects.count()) == (0, 0)
        transaction.set_rollback(True)
