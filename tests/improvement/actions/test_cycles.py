"""A cycle from its plan to its decision: what each step asks, and what is kept."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest

from boards.models import Annotation
from improvement.actions import cycles
from improvement.actions.cycles import Found, Plan
from improvement.models import Cycle, CycleNumber
from improvement.rules.cycles import AFTER, BEFORE, Decision, Scale, State
from org.models import Event
from org.rules import NotAllowed
from tests.boards.factories import make_measure
from tests.factories import make_organisation
from tests.improvement.factories import NOW, PLANNED, make_cycle, make_house, make_ticket

pytestmark = pytest.mark.django_db
WHOLE = Plan(**PLANNED)
LEARNED = Found(done="Two shifts", result=55.0, learned="Half of them see it")


def planned(said=WHOLE, **more):
    house = make_house()
    ticket = make_ticket(house.ward, measure=house.measure)
    made = cycles.plan(uid=uuid4(), ticket=ticket, said=said, by=house.staff, at=NOW, **more)
    return house, {"by": house.staff, "at": NOW}, made


@pytest.mark.parametrize("field", [name for name in BEFORE if name != "counted"])
def test_a_cycle_does_not_start_without(field):
    empty = None if field in {"predicted", "starts_on", "ends_on"} else ""
    _house, acts, cycle = planned(replace(WHOLE, **{field: empty}))
    with pytest.raises(NotAllowed) as refusal:
        cycles.start(cycle=cycle, **acts)
    assert refusal.value.field == field
    assert str(refusal.value) == str(BEFORE[field])
    cycles.write(cycle=cycle, said=WHOLE, **acts)
    assert cycles.start(cycle=cycle, **acts).state == State.DO


def test_a_measure_or_what_is_counted_and_zero_is_a_prediction():
    house, acts, cycle = planned(replace(WHOLE, counted="", predicted=0.0))
    with pytest.raises(NotAllowed) as refusal:
        cycles.start(cycle=cycle, **acts)
    assert refusal.value.field == "counted"
    cycles.write(cycle=cycle, said=replace(WHOLE, counted="", measure=house.measure, predicted=0.0), **acts)
    cycles.start(cycle=cycle, **acts)
    assert [(note.day, note.text) for note in Annotation.objects.all()] == [
        (WHOLE.starts_on, f"PDSA 1 starts: {cycle.ticket.title}")
    ]


def test_longer_than_six_weeks_is_asked_why():
    long = replace(WHOLE, ends_on=WHOLE.starts_on + timedelta(days=43))
    _house, acts, cycle = planned(long)
    with pytest.raises(NotAllowed, match="6 weeks") as refusal:
        cycles.start(cycle=cycle, **acts)
    assert refusal.value.field == "why_longer"
    cycles.write(cycle=cycle, said=replace(long, why_longer="It comes by ship"), **acts)
    cycles.start(cycle=cycle, **acts)


def test_a_cycle_starts_on_its_day_and_not_before():
    _house, acts, cycle = planned(replace(WHOLE, starts_on=date(2026, 12, 3)))
    with pytest.raises(NotAllowed, match="3 Dec") as refusal:
        cycles.start(cycle=cycle, **acts)
    assert refusal.value.field == "starts_on"


def test_nobody_predicts_afterwards():
    _house, acts, cycle = planned()
    cycles.start(cycle=cycle, **acts)
    with pytest.raises(NotAllowed, match="before"):
        cycles.write(cycle=cycle, said=replace(WHOLE, predicted=55.0), **acts)
    with pytest.raises(NotAllowed, match="has started"):
        cycles.start(cycle=cycle, **acts)
    with pytest.raises(NotAllowed, match="ended, not taken away"):
        cycles.drop(cycle=cycle, **acts)


@pytest.mark.parametrize("field", AFTER)
def test_a_cycle_does_not_end_without(field):
    decision = None if field == "decision" else Decision.ADAPT
    said = LEARNED if field == "decision" else replace(LEARNED, **{field: None if field == "result" else ""})
    _house, acts, cycle = planned()
    cycles.start(cycle=cycle, **acts)
    with pytest.raises(NotAllowed) as refusal:
        cycles.end(cycle=cycle, decision=decision, said=said, **acts)
    assert refusal.value.field == field
    cycle.refresh_from_db()
    assert cycle.state == State.DO
    cycles.end(cycle=cycle, decision=Decision.ADAPT, said=LEARNED, **acts)
    cycle.refresh_from_db()
    assert (cycle.state, cycle.decision, cycle.result, cycle.ended_at) == (State.ENDED, "adapt", 55.0, NOW)
    for again in (cycles.end, cycles.find):
        with pytest.raises(NotAllowed, match="has ended"):
            again(cycle=cycle, said=LEARNED, **({"decision": Decision.ADOPT} if again is cycles.end else {}), **acts)


def test_where_there_is_no_result_it_is_said_why():
    _house, acts, cycle = planned()
    cycles.start(cycle=cycle, **acts)
    said = replace(LEARNED, result=None, no_result="The unit closed")
    assert cycles.end(cycle=cycle, decision=Decision.ABANDON, said=said, **acts).no_result == "The unit closed"


def test_numbers_are_kept_one_a_day_while_it_runs():
    _house, acts, cycle = planned()
    with pytest.raises(NotAllowed, match="not started"):
        cycles.count(cycle=cycle, day=date(2026, 12, 1), value=3, **acts)
    cycles.start(cycle=cycle, **acts)
    for value in (3, 4):
        cycles.count(cycle=cycle, day=date(2026, 12, 1), value=value, said="Night shift", **acts)
    assert [(n.day, n.value) for n in CycleNumber.objects.all()] == [(date(2026, 12, 1), 4)]
    for outside in (date(2026, 11, 29), date(2026, 12, 3)):
        with pytest.raises(NotAllowed) as refusal:
            cycles.count(cycle=cycle, day=outside, value=1, **acts)
        assert refusal.value.field == "day"
    assert cycles.count(cycle=cycle, day=date(2026, 12, 1), value=None, **acts) is None
    assert not CycleNumber.objects.exists()


@pytest.mark.parametrize(
    ("decision", "scale"), [("adopt", Scale.UNIT), ("adapt", Scale.SHIFT), ("abandon", Scale.SHIFT)]
)
def test_the_next_cycle_of_a_ramp_carries_on_and_grows_where_the_last_was_adopted(decision, scale):
    house, acts, first = planned()
    cycles.start(cycle=first, **acts)
    cycles.end(cycle=first, decision=Decision(decision), said=LEARNED, **acts)
    first.refresh_from_db()
    made = cycles.plan(uid=uuid4(), ticket=first.ticket, follows=first, **acts)
    assert (made.number, made.follows, made.scale, made.question) == (2, first, scale, first.question)
    assert (made.predicted, made.why, made.starts_on, made.state) == (None, "", None, State.PLAN)
    other = make_ticket(house.ward)
    with pytest.raises(NotAllowed, match="same ticket"):
        cycles.plan(uid=uuid4(), ticket=other, follows=first, **acts)


def test_a_plan_is_made_once_takes_the_measure_of_its_ticket_and_can_be_taken_away():
    house, acts, _first = planned()
    ticket, uid = make_ticket(house.ward, measure=house.measure), uuid4()
    made = cycles.plan(uid=uid, ticket=ticket, **acts)
    assert cycles.plan(uid=uid, ticket=ticket, **acts) == made
    assert made.measure == house.measure
    assert cycles.plan(uid=uuid4(), ticket=ticket, **acts) == made, "nothing was written in the one before"
    Cycle.objects.filter(pk=made.pk).update(question="Does it help?")
    assert cycles.plan(uid=uuid4(), ticket=ticket, **acts) != made
    cycles.drop(cycle=made, **acts)
    assert not Cycle.objects.filter(uid=uid).exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"question": "x" * 201}, "question"),
        ({"scale": "world"}, "scale"),
        ({"ends_on": date(2026, 11, 1)}, "ends_on"),
        ({"measure": "strange"}, "measure"),
    ],
)
def test_what_cannot_be_planned_is_refused_with_its_field(change, field):
    house, acts, cycle = planned()
    if field == "measure":
        change = {"measure": make_measure(make_organisation("elsewhere"), "other")}
    with pytest.raises(NotAllowed) as refusal:
        cycles.write(cycle=cycle, said=replace(WHOLE, **change), **acts)
    assert refusal.value.field == field
    assert house.ward == cycle.ticket.unit


def test_the_trail_says_what_happened_and_never_what_was_written():
    _house, acts, cycle = planned()
    cycles.write(cycle=cycle, said=replace(WHOLE, where="Bay 4"), **acts)
    cycles.write(cycle=cycle, said=replace(WHOLE, where="Bay 4"), **acts)
    cycles.start(cycle=cycle, **acts)
    cycles.find(cycle=cycle, said=Found(surprises="Nobody looked"), **acts)
    cycles.end(cycle=cycle, decision=Decision.ABANDON, said=LEARNED, **acts)
    told = Event.objects.filter(verb__startswith="cycle.").order_by("pk")
    assert [event.verb for event in told] == [
        "cycle.planned",
        "cycle.written",
        "cycle.started",
        "cycle.found",
        "cycle.ended",
    ]
    assert told.last().facts == {"ticket": cycle.ticket.number, "cycle": 1, "decision": "abandon"}
    assert "Bay" not in " ".join(str(event.facts) for event in told)


def test_cycles_that_run_are_found_and_planned_ones_are_not():
    house = make_house()
    ticket = make_ticket(house.ward)
    running = make_cycle(ticket)
    make_cycle(ticket, State.PLAN)
    make_cycle(ticket, State.ENDED)
    assert list(Cycle.objects.running()) == [running]
