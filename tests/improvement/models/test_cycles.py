"""The database lets no cycle run without its prediction, nor end without its decision, whoever writes."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from improvement.models import Cycle, CycleNumber
from improvement.rules.cycles import State
from org.rules import Role
from tests.factories import make_unit, make_user
from tests.improvement.factories import NOW, make_cycle, make_house, make_ticket

pytestmark = pytest.mark.django_db
RAN = (State.DO, State.ENDED)


def refused(name, ticket, state=State.DO, **fields):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        make_cycle(ticket, state, **fields)


@pytest.mark.parametrize("state", RAN)
@pytest.mark.parametrize(
    "missing",
    [
        {"question": ""},
        {"change": ""},
        {"predicted": None},
        {"why": ""},
        {"scale": ""},
        {"counted": ""},
        {"stop_rule": ""},
        {"starts_on": None},
        {"ends_on": None},
        {"started_at": None},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_a_cycle_that_runs_or_ran_has_its_prediction(state, missing):
    ticket = make_ticket(make_unit())
    refused("cycle_starts_with_its_prediction", ticket, state, **missing)
    make_cycle(ticket, state)
    make_cycle(ticket, State.PLAN, **missing)


def test_a_measure_stands_for_what_is_counted():
    house = make_house()
    assert make_cycle(make_ticket(house.ward), counted="", measure=house.measure).pk


@pytest.mark.parametrize(
    "missing",
    [{"decision": ""}, {"decision": "later"}, {"learned": ""}, {"result": None}, {"ended_at": None}],
    ids=lambda fields: next(iter(fields)),
)
def test_a_cycle_that_ended_has_its_decision(missing):
    ticket = make_ticket(make_unit())
    refused("cycle_ends_with_its_decision", ticket, State.ENDED, **missing)
    make_cycle(ticket, State.ENDED)
    make_cycle(ticket, State.ENDED, result=None, no_result="The unit closed")


@pytest.mark.parametrize("early", [{"decision": "adopt"}, {"ended_at": NOW}], ids=str)
def test_nothing_is_decided_before_the_end(early):
    refused("cycle_ends_with_its_decision", make_ticket(make_unit()), **early)


def test_more_than_six_weeks_says_why():
    ticket, first = make_ticket(make_unit()), date(2026, 11, 30)
    make_cycle(ticket, starts_on=first, ends_on=first + timedelta(days=42))
    refused("cycle_is_short_or_says_why", ticket, starts_on=first, ends_on=first + timedelta(days=43))
    make_cycle(ticket, starts_on=first, ends_on=first + timedelta(days=43), why_longer="The drug comes by ship")
    refused("cycle_days_in_order", ticket, starts_on=first, ends_on=first - timedelta(days=1))


@pytest.mark.parametrize(
    ("name", "bad", "good"),
    [
        ("cycle_state_known", {"state": "lost"}, {"state": "do"}),
        ("cycle_scale_known", {"scale": "world"}, {"scale": "more"}),
        ("cycle_number_unique", {"number": 1}, {"number": 9}),
    ],
)
def test_a_cycle_is_one_of_those_that_are_known(name, bad, good):
    ticket = make_ticket(make_unit())
    make_cycle(ticket)
    with pytest.raises(IntegrityError, match=f"{name}|cycle_ends_with_its_decision"), transaction.atomic():
        make_cycle(ticket, **bad)
    make_cycle(ticket, **good)


def test_no_cycle_follows_itself_and_a_day_has_one_number():
    cycle = make_cycle(make_ticket(make_unit()))
    with pytest.raises(IntegrityError, match="cycle_follows_another"), transaction.atomic():
        Cycle.objects.filter(pk=cycle.pk).update(follows=cycle)
    first = {"cycle": cycle, "day": date(2026, 12, 1), "value": 3, "entered_at": NOW}
    CycleNumber.objects.create(**first)
    with pytest.raises(IntegrityError, match="cycle_number_once_a_day"), transaction.atomic():
        CycleNumber.objects.create(**first)


def test_who_sees_a_board_sees_its_cycles():
    house = make_house()
    cycle = make_cycle(make_ticket(house.ward))
    steward = make_user(Role.DATA_STEWARD, house.top)
    assert list(Cycle.objects.visible_to(house.staff)) == list(Cycle.objects.worked_by(house.staff)) == [cycle]
    assert list(Cycle.objects.visible_to(steward).running()) == [cycle]
    assert not Cycle.objects.worked_by(steward)
    assert not Cycle.objects.visible_to(make_user(Role.EXECUTIVE, make_unit()))
