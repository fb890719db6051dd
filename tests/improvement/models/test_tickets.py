"""The database keeps tickets whole, whoever writes: each constraint both ways. And who sees which."""

from datetime import date
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from boards.models import ReasonCode
from improvement.models import Origin, Ticket, WorkLimit
from improvement.rules.tickets import From, Stage
from org.rules import Role
from tests.boards.factories import make_measure
from tests.factories import make_unit, make_user
from tests.huddles.factories import make_house as make_huddle_house
from tests.huddles.factories import make_issue
from tests.improvement.factories import NOW, make_goal, make_house, make_ticket

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "bad", "good"),
    [
        ("ticket_size_known", {"size": "huge"}, {"size": "a3"}),
        ("ticket_ends_with_its_outcome", {"stage": "lost"}, {"stage": "check"}),
        ("ticket_has_title", {"title": ""}, {"title": "x"}),
        ("ticket_ends_with_its_outcome", {"stage": "done", "outcome": ""}, {"stage": "done"}),
        ("ticket_ends_with_its_outcome", {"stage": "dropped", "ended_at": None}, {"stage": "dropped"}),
        ("ticket_ends_with_its_outcome", {"stage": "work", "ended_at": NOW}, {"stage": "work"}),
    ],
)
def test_a_ticket_is_one_of_those_that_are_known(name, bad, good):
    unit = make_unit()
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        make_ticket(unit, **bad)
    make_ticket(unit, **good)


def test_numbers_are_the_organisations_own_and_a_page_begins_one_ticket():
    unit, other = make_unit(), make_unit()
    first = make_ticket(unit)
    assert make_ticket(other).number == first.number == 1
    with pytest.raises(IntegrityError, match="ticket_number_unique"), transaction.atomic():
        Ticket.objects.filter(pk=make_ticket(unit).pk).update(number=1)
    with pytest.raises(IntegrityError, match="uid"), transaction.atomic():
        Ticket.objects.filter(pk=make_ticket(unit).pk).update(uid=first.uid)


def origin(ticket, kind, **fields):
    return Origin.objects.create(ticket=ticket, kind=kind, added_at=NOW, **fields)


def test_an_origin_is_one_thing_and_stands_once():
    house = make_house()
    ticket = make_ticket(house.ward)
    goal = make_goal(house)
    origin(ticket, From.GOAL, goal=goal)
    origin(ticket, From.RED_DAY, measure=house.measure, day=date(2026, 12, 1))
    origin(ticket, From.ROUND, address="/rounds/12/#note-3")
    reason = ReasonCode.objects.create(organisation=ticket.organisation, code="staff", name="Staff")
    origin(ticket, From.REASON, reason=reason)
    origin(ticket, From.REASON, reason=reason, measure=house.measure)
    for kind, fields in (
        (From.GOAL, {}),
        (From.GOAL, {"goal": goal, "measure": house.measure}),
        (From.RED_DAY, {"measure": house.measure}),
        (From.REASON, {"measure": house.measure}),
        (From.REASON, {"reason": reason, "goal": goal}),
        (From.ROUND, {}),
        (From.ISSUE, {"goal": goal}),
    ):
        with pytest.raises(IntegrityError, match="origin_is_one_thing"), transaction.atomic():
            origin(make_ticket(house.ward), kind, **fields)
    for address in ("https://elsewhere.example/", "/rounds/12/x", "//x/rounds/1/"):
        with pytest.raises(IntegrityError, match="origin_address_of_a_round"), transaction.atomic():
            origin(ticket, From.ROUND, address=address)
    with pytest.raises(IntegrityError, match="origin_once"), transaction.atomic():
        origin(ticket, From.GOAL, goal=goal)


def test_a_limit_is_at_least_one():
    unit = make_unit()
    for most in (0, 51):
        with pytest.raises(IntegrityError, match="work_limit_in_range"), transaction.atomic():
            WorkLimit.objects.create(unit=unit, most=most)
    WorkLimit.objects.create(unit=unit, most=1)


def test_who_sees_a_board_sees_its_work_and_not_everybody_writes_in_it():
    house = make_house()
    ticket = make_ticket(house.ward)
    elsewhere = make_user(Role.UNIT_LEAD, make_unit(house.line))
    steward = make_user(Role.DATA_STEWARD, house.top)
    assert list(Ticket.objects.visible_to(house.staff)) == list(Ticket.objects.worked_by(house.staff)) == [ticket]
    assert list(Ticket.objects.visible_to(steward)) == [ticket]
    assert not Ticket.objects.worked_by(steward)
    assert not Ticket.objects.worked_by(elsewhere)
    assert not Ticket.objects.visible_to(make_user(Role.EXECUTIVE, make_unit()))


def test_an_issue_that_goes_takes_the_link_and_leaves_the_ticket():
    house = make_huddle_house()
    issue, ticket = make_issue(house), make_ticket(house.ward)
    origin(ticket, From.ISSUE, issue=issue)
    assert list(Ticket.objects.open().filter(origins__issue=issue)) == [ticket]
    ticket.origins.all().delete()
    assert Ticket.objects.get() == ticket
    assert make_measure(house.ward.organisation, "other").tickets.count() == 0
    assert not Ticket.objects.open().filter(uid=uuid4())
    assert Ticket.objects.open().filter(stage=Stage.IDEA).count() == 1
