"""Beginning, writing and moving tickets: what is kept, what is refused and why."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connection

from improvement.actions import tickets
from improvement.actions.tickets import Begun, Words
from improvement.models import Origin, Ticket, WorkLimit
from improvement.rules.tickets import OPEN, OVER, From, Size, Stage
from org.models import Event
from org.rules import NotAllowed, Role
from tests.boards.factories import make_measure
from tests.factories import make_organisation, make_unit, make_user
from tests.improvement.factories import NOW, make_goal, make_house, make_ticket

pytestmark = pytest.mark.django_db


def acts(house):
    return {"by": house.staff, "at": NOW}


def begin(house, title="Boarders wait", **more):
    given = {"uid": uuid4(), "unit": house.ward, "size": Size.A3, "words": Words(title)}
    return tickets.begin(**{**given, **more}, **acts(house))


def test_a_ticket_begins_among_the_ideas_once_with_what_it_began_from():
    house = make_house()
    uid = uuid4()
    goal = make_goal(house)
    made = begin(house, uid=uid, origin=Begun(goal=goal))
    again = begin(house, "Sent twice", uid=uid)
    assert again == made == Ticket.objects.get()
    assert (made.number, made.stage, made.size, made.title) == (1, Stage.IDEA, Size.A3, "Boarders wait")
    assert [(one.kind, one.goal) for one in made.origins.all()] == [(From.GOAL, goal)]
    told = Event.objects.get(verb="ticket.begun")
    assert told.facts == {"ticket": 1, "size": "a3"}
    assert "Boarders" not in f"{told.subject_label}{told.facts}"
    assert begin(house).number == 2


def test_a_new_idea_lies_on_top():
    house = make_house()
    first, second = begin(house), begin(house)
    assert list(Ticket.objects.order_by("position")) == [second, first]


@pytest.mark.parametrize(
    ("origin", "kind"),
    [
        (lambda h: Begun(measure=h.measure, day=date(2026, 12, 1)), From.RED_DAY),
        (lambda h: Begun(goal=make_goal(h)), From.GOAL),
        (lambda _: Begun(address="/rounds/3/#note-9"), From.ROUND),
    ],
)
def test_what_it_began_from_is_said_once_and_taken_away_again(origin, kind):
    house = make_house()
    ticket, said = begin(house), origin(house)
    made = tickets.link(ticket=ticket, origin=said, **acts(house))
    assert tickets.link(ticket=ticket, origin=said, **acts(house)) == made
    assert made.kind == kind
    assert Event.objects.filter(verb="ticket.linked").count() == 1
    tickets.unlink(origin=made, **acts(house))
    assert not Origin.objects.exists()


def test_what_is_of_another_house_is_not_linked_nor_measured():
    house = make_house()
    strange = make_measure(make_organisation("elsewhere"), "other")
    with pytest.raises(NotAllowed, match="another organization"):
        begin(house, origin=Begun(measure=strange, day=date(2026, 12, 1)))
    with pytest.raises(NotAllowed, match="this organization") as refusal:
        begin(house, words=Words("Title", measure=strange))
    assert refusal.value.field == "measure"
    assert not Ticket.objects.exists()


@pytest.mark.parametrize(
    ("words", "field"),
    [
        (lambda _: Words(" "), "title"),
        (lambda _: Words("x" * 121), "title"),
        (lambda _: Words("Title", problem="x" * 1001), "problem"),
        (lambda h: Words("Title", owner=make_user(Role.UNIT_LEAD, make_unit(h.line))), "owner"),
        (lambda h: Words("Title", owner=make_user(Role.DATA_STEWARD, h.top)), "owner"),
        (lambda h: Words("Title", coach=h.staff), "coach"),
    ],
)
def test_what_cannot_be_written_is_refused_with_its_field(words, field):
    house = make_house()
    with pytest.raises(NotAllowed) as refusal:
        begin(house, words=words(house))
    assert refusal.value.field == field


def test_words_are_written_and_the_trail_says_which_not_what():
    house = make_house()
    coach = make_user(Role.COACH, house.top)
    made = begin(house)
    words = Words("Boarders wait", "Eight hours", house.measure, house.staff, coach, date(2026, 12, 24))
    tickets.write(ticket=made, words=words, size=Size.PDSA, **acts(house))
    made.refresh_from_db()
    assert (made.size, made.problem, made.owner, made.coach) == (Size.PDSA, "Eight hours", house.staff, coach)
    assert Event.objects.get(verb="ticket.written").facts == {
        "ticket": 1,
        "fields": "problem, measure, owner, coach, due_on, size",
    }
    tickets.write(ticket=made, words=words, **acts(house))
    assert Event.objects.filter(verb="ticket.written").count() == 1


def test_somebody_who_left_the_unit_keeps_what_they_have_until_another_is_named():
    house = make_house()
    made = begin(house, words=Words("Title", owner=house.staff))
    house.staff.memberships.update(ended_on="2026-01-01")
    tickets.write(ticket=made, words=Words("New title", owner=house.staff), by=house.manager, at=NOW)
    made.refresh_from_db()
    assert (made.title, made.owner) == ("New title", house.staff)


@pytest.mark.parametrize("to", sorted(OPEN))
@pytest.mark.parametrize("came", sorted(Stage))
def test_from_any_stage_to_any_other_that_is_open(came, to):
    house = make_house()
    made = make_ticket(house.ward, stage=came)
    tickets.move(ticket=made, to=to, **acts(house))
    made.refresh_from_db()
    assert (made.stage, made.ended_at) == (to, None)
    assert (made.owner == house.staff) == (to in {Stage.WORK, Stage.CHECK} and came != to)
    assert (made.begun_at == NOW) == (to == Stage.WORK and came != to)


@pytest.mark.parametrize("to", sorted(OVER))
def test_what_ends_says_what_came_of_it(to):
    house = make_house()
    made = make_ticket(house.ward)
    with pytest.raises(NotAllowed) as refusal:
        tickets.move(ticket=made, to=to, outcome=" ", **acts(house))
    assert refusal.value.field == "outcome"
    tickets.move(ticket=made, to=to, outcome="No wait since May", **acts(house))
    made.refresh_from_db()
    assert (made.stage, made.outcome, made.ended_at) == (to, "No wait since May", NOW)
    tickets.move(ticket=made, to=Stage.NEXT, **acts(house))
    made.refresh_from_db()
    assert made.outcome == "", "what comes of it now is asked anew"
    with pytest.raises(NotAllowed):
        tickets.move(ticket=made, to=to, by=house.staff, at=NOW + timedelta(days=1))
    assert [step.said for step in made.steps.all()] == ["No wait since May", ""]


def test_work_has_an_owner_who_works_there():
    house = make_house()
    made = make_ticket(house.ward)
    stranger = make_user(Role.UNIT_LEAD, make_unit(house.line))
    with pytest.raises(NotAllowed) as refusal:
        tickets.move(ticket=made, to=Stage.WORK, by=stranger, at=NOW)
    assert refusal.value.field == "owner"
    tickets.move(ticket=made, to=Stage.WORK, **acts(house))
    with pytest.raises(NotAllowed) as refusal:
        tickets.write(ticket=made, words=Words("Nobody has it"), **acts(house))
    assert refusal.value.field == "owner"


def test_over_its_limit_a_unit_takes_no_more_without_a_reason():
    house = make_house()
    tickets.limit(unit=house.ward, most=1, by=house.manager, at=NOW)
    make_ticket(house.ward, stage=Stage.WORK)
    make_ticket(house.line, stage=Stage.WORK)
    made = make_ticket(house.ward)
    with pytest.raises(NotAllowed, match="1 of 1") as refusal:
        tickets.move(ticket=made, to=Stage.WORK, **acts(house))
    assert refusal.value.field == "over_reason"
    tickets.move(ticket=made, to=Stage.WORK, over_reason="A recall", **acts(house))
    made.refresh_from_db()
    assert made.over_reason == "A recall"
    Ticket.objects.filter(unit=house.ward).exclude(pk=made.pk).update(stage=Stage.IDEA)
    tickets.move(ticket=made, to=Stage.CHECK, **acts(house))
    tickets.move(ticket=made, to=Stage.WORK, **acts(house))
    made.refresh_from_db()
    assert made.over_reason == ""


@pytest.mark.parametrize("most", [0, 51])
def test_a_limit_is_a_number_that_can_be_worked_with(most):
    house = make_house()
    with pytest.raises(NotAllowed) as refusal:
        tickets.limit(unit=house.ward, most=most, by=house.manager, at=NOW)
    assert refusal.value.field == "most"
    tickets.limit(unit=house.ward, most=2, by=house.manager, at=NOW)
    tickets.limit(unit=house.ward, most=4, by=house.manager, at=NOW)
    assert WorkLimit.objects.get().most == 4


def test_a_ticket_is_put_where_it_was_dropped():
    house = make_house()
    a, b, c = (begin(house, title) for title in "ABC")
    order = lambda stage=Stage.IDEA: "".join(  # noqa: E731
        Ticket.objects.filter(stage=stage).order_by("position", "pk").values_list("title", flat=True)
    )
    assert order() == "CBA"
    tickets.move(ticket=a, to=Stage.IDEA, above=b, **acts(house))
    assert order() == "CAB"
    tickets.move(ticket=c, to=Stage.NEXT, **acts(house))
    tickets.move(ticket=b, to=Stage.NEXT, above=c, **acts(house))
    assert (order(), order(Stage.NEXT)) == ("A", "BC")
    tickets.move(ticket=a, to=Stage.NEXT, above=make_ticket(house.line), **acts(house))
    assert order(Stage.NEXT) == "ABC"
    assert Event.objects.filter(verb="ticket.moved").count() == 3


@pytest.mark.django_db(transaction=True)
def test_two_who_take_the_last_room_at_the_same_moment_do_not_both_get_it():
    house = make_house()
    tickets.limit(unit=house.ward, most=1, by=house.manager, at=NOW)
    both = [make_ticket(house.ward), make_ticket(house.ward)]
    start = Barrier(2)

    def take(ticket):
        try:
            start.wait(10)
            tickets.move(ticket=ticket, to=Stage.WORK, **acts(house))
        except NotAllowed as refusal:
            return refusal.field
        else:
            return ""
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(take, both)) == ["", "over_reason"]
