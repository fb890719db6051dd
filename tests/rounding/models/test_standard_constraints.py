"""What PostgreSQL itself refuses of standard work, rosters, cadences and routes: every named constraint, both ways."""

from datetime import date, time, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import CheckConstraint, UniqueConstraint

from org.rules import Role
from rounding.models import (
    CalendarAddress,
    Colleague,
    RoundCadence,
    Route,
    RouteStop,
    Shift,
    StandardTask,
    TaskMark,
)
from tests.factories import make_unit, make_user
from tests.rounding.factories import AT

pytestmark = pytest.mark.django_db

MODELS = (CalendarAddress, Colleague, RoundCadence, Route, RouteStop, Shift, StandardTask, TaskMark)
TODAY = date(2026, 11, 24)
HOUR = timedelta(hours=1)


class Stage:
    """A ward, two people, and ways to make one of each."""

    def __init__(self) -> None:
        self.ward = make_unit()
        self.other = make_unit(self.ward)
        self.lead, self.second = make_user(Role.UNIT_LEAD, self.ward), make_user(Role.MANAGER, self.ward)
        self._n = 0

    def task(self, **said):
        fields = {"role": "unit_lead", "text": "Round", "cadence": "daily", "began_on": TODAY, **said}
        return StandardTask.objects.create(organisation=self.ward.organisation, **fields)

    def mark(self, task=None, **said):
        fields = {"person": self.lead, "starts_on": TODAY, "done": 1, "at": AT, **said}
        return TaskMark.objects.create(task=task or self.task(), **fields)

    def marks(self, *days):
        task = self.task()
        for day in days:
            self.mark(task, starts_on=day)

    def colleague(self, **said):
        self._n += 1
        fields = {"unit": self.ward, "external_id": f"n{self._n}", "name": "Ana", "added_on": TODAY, **said}
        return Colleague.objects.create(organisation=self.ward.organisation, **fields)

    def colleagues(self, *numbers):
        for number in numbers:
            self.colleague(external_id=number)

    def shift(self, hours=8.0, who=None, starts=AT):
        return Shift.objects.create(colleague=who or self.colleague(), starts_at=starts, ends_at=starts + HOUR * hours)

    def shifts(self, *begins):
        who = self.colleague()
        for hours in begins:
            self.shift(who=who, starts=AT + HOUR * hours)

    def cadence(self, **said):
        return RoundCadence.objects.create(**{"unit": self.ward, "kind": "staff", "days": 30, **said})

    def cadences(self, *units, **said):
        for unit in units:
            self.cadence(unit=unit, **said)

    def route(self, **said):
        fields = {"name": "Walk", "weekday": 1, "starts_at": time(10), "minutes": 60, **said}
        fields = {"leader": self.lead, "made_by": self.lead, **fields}
        return Route.objects.create(organisation=self.ward.organisation, **fields)

    def stops(self, *stops):
        route = self.route()
        for unit, position in stops:
            RouteStop.objects.create(route=route, unit=unit, position=position)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


CASES = {
    "standard_task_role_known": (lambda s: s.task(role="executive"), lambda s: s.task(role="captain")),
    "standard_task_cadence_known": (lambda s: s.task(cadence="yearly"), lambda s: s.task(cadence="hourly")),
    "standard_task_has_words": (lambda s: s.task(text="A"), lambda s: s.task(text="")),
    "standard_task_times_in_range": (lambda s: (s.task(times=1), s.task(times=20)), lambda s: s.task(times=21)),
    "standard_task_counts_known": (lambda s: s.task(counts="thanks"), lambda s: s.task(counts="steps")),
    "standard_task_kind_is_of_rounds": (
        lambda s: (s.task(counts="round", set_kind="staff"), s.task(counts="round")),
        lambda s: s.task(counts="thanks", set_kind="staff"),
    ),
    "task_mark_one_a_period": (
        lambda s: s.marks(TODAY, TODAY - timedelta(days=1)),
        lambda s: s.marks(TODAY, TODAY),
    ),
    "task_mark_says_something": (lambda s: s.mark(done=0, reason="Snow"), lambda s: s.mark(done=0)),
    "task_mark_done_in_range": (lambda s: s.mark(done=40), lambda s: s.mark(done=41)),
    "colleague_number_unique": (lambda s: s.colleagues("7", "8"), lambda s: s.colleagues("7", "7")),
    "colleague_has_number_and_name": (lambda s: s.colleague(name="A"), lambda s: s.colleague(name="")),
    "shift_one_at_a_time": (lambda s: s.shifts(0, 24), lambda s: s.shifts(0, 0)),
    "shift_ends_after_it_starts": (lambda s: (s.shift(0.1), s.shift(36)), lambda s: s.shift(0)),
    "round_cadence_one_for_each": (
        lambda s: s.cadences(s.ward, s.other),
        lambda s: s.cadences(s.ward, s.ward),
    ),
    "round_cadence_of_people_or_walks": (
        lambda s: s.cadence(kind="gemba", leader=s.lead),
        lambda s: s.cadence(kind="gemba"),
    ),
    "round_cadence_within_a_year": (lambda s: s.cadence(days=366), lambda s: s.cadence(days=367)),
    "route_has_a_name": (lambda s: s.route(name="A"), lambda s: s.route(name="")),
    "route_weekday_0_to_6": (lambda s: s.route(weekday=6), lambda s: s.route(weekday=7)),
    "route_minutes_in_range": (lambda s: (s.route(minutes=1), s.route(minutes=240)), lambda s: s.route(minutes=0)),
    "route_of_two_has_two": (lambda s: s.route(partner=s.second), lambda s: s.route(partner=s.lead)),
    "route_stop_unit_once": (
        lambda s: s.stops((s.ward, 1), (s.other, 2)),
        lambda s: s.stops((s.ward, 1), (s.ward, 2)),
    ),
    "route_stop_place_unique": (
        lambda s: s.stops((s.ward, 1), (s.other, 2)),
        lambda s: s.stops((s.ward, 1), (s.other, 1)),
    ),
}

#: The other side of a constraint that has two.
ALSO = (
    ("standard_task_times_in_range", lambda s: s.task(times=0)),
    ("standard_task_kind_is_of_rounds", lambda s: s.task(counts="round", set_kind="dance")),
    ("colleague_has_number_and_name", lambda s: s.colleague(external_id="")),
    ("shift_ends_after_it_starts", lambda s: s.shift(36.1)),
    ("round_cadence_one_for_each", lambda s: s.cadences(s.ward, s.ward, kind="gemba", leader=s.lead)),
    ("round_cadence_of_people_or_walks", lambda s: s.cadence(leader=s.lead)),
    ("round_cadence_of_people_or_walks", lambda s: s.cadence(kind="patient")),
    ("route_minutes_in_range", lambda s: s.route(minutes=241)),
)


def named():
    return {
        one.name
        for model in MODELS
        for one in model._meta.constraints
        if isinstance(one, CheckConstraint | UniqueConstraint)
    }


def test_every_constraint_has_its_case():
    assert named() == set(CASES)


@pytest.mark.parametrize("name", CASES)
def test_what_may_be_is_kept_and_what_may_not_is_refused_by_its_name(name):
    may, may_not = CASES[name]
    stage = Stage()
    with transaction.atomic():
        may(stage)
        transaction.set_rollback(True)
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        may_not(stage)


@pytest.mark.parametrize(("name", "may_not"), ALSO)
def test_the_other_side_is_refused_as_well(name, may_not):
    stage = Stage()
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        may_not(stage)
