"""The lists of the roles, and what a person says of their own."""

from datetime import date, timedelta

import pytest

from org.models import Event
from org.rules import NotAllowed, Role
from rounding.actions import standard_work as actions
from rounding.actions.standard_work import Terms
from rounding.models import StandardTask, TaskMark
from rounding.rules.standard_work import Cadence, Counted
from rounding.rules.starting_tasks import STARTING_TASKS
from tests.factories import make_unit, make_user
from tests.rounding.factories import AT

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)
MONDAY = date(2026, 11, 23)


@pytest.fixture
def ward():
    return make_unit()


@pytest.fixture
def lead(ward):
    return make_user(Role.UNIT_LEAD, ward)


@pytest.fixture
def keeper(ward):
    return make_user(Role.ADMINISTRATOR, ward)


def made(ward, keeper, text="Round with staff", cadence=Cadence.DAILY, **terms):
    return actions.add_task(
        organisation=ward.organisation,
        role=Role.UNIT_LEAD,
        terms=Terms(text, cadence, **terms),
        by=keeper,
        at=AT,
    )


def test_a_house_is_furnished_once_and_in_its_language(ward):
    house = ward.organisation
    count = sum(len(tasks) for tasks in STARTING_TASKS.values())
    assert [actions.furnish(organisation=house, at=AT), actions.furnish(organisation=house, at=AT)] == [count, 0]
    first = StandardTask.objects.filter(role=Role.UNIT_LEAD).order_by("position").first()
    assert (first.text, first.counts, first.began_on) == ("Hold the daily huddle", Counted.HUDDLE, TODAY)


def test_a_list_is_changed_moved_and_retired_on_record(ward, keeper):
    one, two = made(ward, keeper, "One"), made(ward, keeper, "Two")
    actions.move_task(task=two, up=True, by=keeper, at=AT)
    actions.move_task(task=two, up=True, by=keeper, at=AT)
    assert list(StandardTask.objects.order_by("position").values_list("text", flat=True)) == ["Two", "One"]
    later = AT + timedelta(days=3)
    actions.change_task(task=one, terms=Terms("One", Cadence.WEEKLY, 2), by=keeper, at=later)
    actions.change_task(task=one, terms=Terms("One", Cadence.WEEKLY, 2), by=keeper, at=later)
    one.refresh_from_db()
    assert (one.cadence, one.times, one.began_on) == ("weekly", 2, TODAY + timedelta(days=3))
    actions.use_task(task=one, active=False, by=keeper, at=later)
    actions.use_task(task=one, active=True, by=keeper, at=later)
    assert list(Event.objects.order_by("pk").values_list("verb", flat=True)) == [
        "standard_task.added",
        "standard_task.added",
        "standard_task.moved",
        "standard_task.changed",
        "standard_task.retired",
        "standard_task.brought_back",
    ]


@pytest.mark.parametrize(
    ("terms", "why"),
    [
        ({"text": " "}, "Say what is to be done"),
        ({"text": "x" * 121}, "at most 120"),
        ({"times": 0}, "1 to 20"),
        ({"times": 21}, "1 to 20"),
    ],
)
def test_a_task_that_says_nothing_is_refused(ward, keeper, terms, why):
    with pytest.raises(NotAllowed, match=why):
        made(ward, keeper, **terms)


def test_only_roles_that_lead_rounds_have_a_list(ward, keeper):
    with pytest.raises(NotAllowed, match="no list"):
        actions.add_task(
            organisation=ward.organisation, role=Role.STAFF, terms=Terms("A", Cadence.DAILY), by=keeper, at=AT
        )


def test_a_kind_of_round_is_kept_only_where_rounds_count(ward, keeper):
    assert made(ward, keeper, counts=Counted.THANKS, set_kind="staff").set_kind == ""
    assert made(ward, keeper, counts=Counted.ROUND, set_kind="staff").set_kind == "staff"


def said(task):
    return list(TaskMark.objects.filter(task=task).values_list("starts_on", "done", "reason"))


def test_done_said_twice_is_one_time_and_can_be_taken_back(ward, keeper, lead):
    task = made(ward, keeper, times=2)
    for done in (1, 1, 2):
        actions.say_done(task=task, starts_on=TODAY, done=done, by=lead, today=TODAY, at=AT)
    assert said(task) == [(TODAY, 2, "")]
    actions.say_why_not(task=task, starts_on=TODAY, reason="Snow", by=lead, today=TODAY, at=AT)
    assert said(task) == [(TODAY, 2, "Snow")]
    found = []
    for _turn in range(4):
        actions.take_back(task=task, starts_on=TODAY, by=lead, today=TODAY, at=AT)
        found.append(said(task))
    assert found == [[(TODAY, 2, "")], [(TODAY, 1, "")], [], []]


def test_done_after_a_reason_is_done(ward, keeper, lead):
    task = made(ward, keeper)
    actions.say_why_not(task=task, starts_on=TODAY, reason="Snow", by=lead, today=TODAY, at=AT)
    actions.say_done(task=task, starts_on=TODAY, done=1, by=lead, today=TODAY, at=AT)
    assert said(task) == [(TODAY, 1, "")]


@pytest.mark.parametrize(
    ("cadence", "starts_on", "taken"),
    [
        (Cadence.DAILY, TODAY - timedelta(days=1), True),
        (Cadence.DAILY, TODAY - timedelta(days=2), False),
        (Cadence.DAILY, TODAY + timedelta(days=1), False),
        (Cadence.WEEKLY, MONDAY, True),
        (Cadence.WEEKLY, MONDAY - timedelta(days=7), True),
        (Cadence.WEEKLY, MONDAY - timedelta(days=14), False),
        (Cadence.WEEKLY, TODAY, False),
        (Cadence.MONTHLY, date(2026, 10, 1), True),
        (Cadence.MONTHLY, date(2026, 9, 1), False),
        (Cadence.MONTHLY, date.min, False),
        (Cadence.YEARLY, date(2026, 1, 1), True),
        (Cadence.YEARLY, date(2025, 1, 1), True),
        (Cadence.YEARLY, date(2024, 1, 1), False),
        (Cadence.YEARLY, date(2026, 11, 1), False),
    ],
)
def test_the_present_and_the_last_period_are_taken(ward, keeper, lead, cadence, starts_on, taken):
    task = made(ward, keeper, cadence=cadence)
    if taken:
        actions.say_done(task=task, starts_on=starts_on, done=1, by=lead, today=TODAY, at=AT)
        assert said(task) == [(starts_on, 1, "")]
    else:
        with pytest.raises(NotAllowed, match="is over"):
            actions.say_done(task=task, starts_on=starts_on, done=1, by=lead, today=TODAY, at=AT)


def test_what_a_person_says_of_a_task_is_in_no_trail(ward, keeper, lead):
    task = made(ward, keeper)
    before = Event.objects.count()
    actions.say_done(task=task, starts_on=TODAY, done=1, by=lead, today=TODAY, at=AT)
    actions.say_why_not(task=task, starts_on=TODAY, reason="Snow", by=lead, today=TODAY, at=AT)
    assert Event.objects.count() == before
