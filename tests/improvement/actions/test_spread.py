"""A change on its way to other units: offered when it held, taken up with credit, declined with a reason."""

from uuid import uuid4

import pytest

from boards.models import BoardMeasure
from improvement.actions import spread, tickets
from improvement.models import Offer, OfferedTo, Ticket
from improvement.queries.spread import map_of, offered_to, taken_from, units_like
from improvement.rules.spread import Answer
from improvement.rules.tickets import Size, Stage
from org.models import Event
from org.rules import NotAllowed, Role
from tests.factories import make_organisation, make_unit, make_user
from tests.improvement.factories import NOW, make_house, make_ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    return make_house()


@pytest.fixture
def others(house):
    """Two units of the tier of the ward; the second has its measure on its board."""
    units = [make_unit(house.line, name=name) for name in ("Intensive care", "Observation")]
    BoardMeasure.objects.create(unit=units[1], measure=house.measure)
    return units


@pytest.fixture
def ticket(house):
    return make_ticket(house.ward, stage=Stage.DONE, measure=house.measure, title="An icon", outcome="Seen by all")


@pytest.fixture
def offer(house, ticket, others):
    return spread.offer(
        ticket=ticket, change="An icon beside the name", needs="A day", units=others, by=house.manager, at=NOW
    )


def test_units_of_the_tier_are_offered_it_those_with_the_measure_first(house, ticket, others):
    assert [(like.unit, like.same) for like in units_like(ticket)] == [(others[1], True), (others[0], False)]
    spread.offer(ticket=ticket, change="An icon", needs="", units=[others[1]], by=house.manager, at=NOW)
    assert [like.unit for like in units_like(ticket)] == [others[0]]
    assert offered_to(others[0]) == []
    assert [to.offer.ticket for to in offered_to(others[1])] == [ticket]


@pytest.mark.parametrize("stage", [Stage.IDEA, Stage.NEXT, Stage.WORK, Stage.DROPPED])
def test_what_was_not_tried_is_not_offered(house, others, stage):
    early = make_ticket(house.ward, stage=stage)
    with pytest.raises(NotAllowed, match="once it was tried"):
        spread.offer(ticket=early, change="An icon", needs="", units=others, by=house.manager, at=NOW)


def test_an_offer_says_what_to_do_and_to_whom(house, ticket, others):
    acts = {"ticket": ticket, "by": house.manager, "at": NOW}
    with pytest.raises(NotAllowed) as refusal:
        spread.offer(change="  ", needs="", units=others, **acts)
    assert refusal.value.field == "change"
    for units in ([], [house.ward], [make_unit(organisation=make_organisation(slug="other"))]):
        with pytest.raises(NotAllowed) as refusal:
            spread.offer(change="An icon", needs="", units=units, **acts)
        assert refusal.value.field == "units"
    assert not Offer.objects.exists()


def test_offered_again_it_asks_only_who_was_not_asked_and_says_it_anew(house, ticket, others, offer):
    third = make_unit(house.line, name="Clinic")
    again = spread.offer(ticket=ticket, change="Said better", needs="", units=[*others, third], by=house.staff, at=NOW)
    assert again.pk == offer.pk
    assert (again.change, again.offered_by) == ("Said better", house.manager)
    assert OfferedTo.objects.filter(offer=offer).count() == 3
    told = Event.objects.filter(verb="offer.made").order_by("pk").values_list("facts__units", flat=True)
    assert list(told) == [2, 1]


def test_taken_up_it_is_a_ticket_of_ones_own_that_says_where_it_comes_from(house, ticket, others, offer):
    [to, _other] = OfferedTo.objects.filter(offer=offer).order_by("unit__path")
    nurse = make_user(Role.STAFF, to.unit)
    own = spread.take_up(to=to, uid=uuid4(), by=nurse, at=NOW)
    assert (own.unit, own.size, own.stage, own.title) == (to.unit, Size.PDSA, Stage.IDEA, ticket.title)
    assert own.problem == "An icon beside the name"
    assert taken_from(own) == offer
    assert spread.take_up(to=to, uid=uuid4(), by=nurse, at=NOW) == own
    assert Ticket.objects.count() == 2
    with pytest.raises(NotAllowed, match="taken up here"):
        spread.decline(to=to, reason="After all not", by=nurse, at=NOW)


def test_declined_it_says_why_and_may_be_taken_up_later(house, offer):
    to = OfferedTo.objects.filter(offer=offer).first()
    with pytest.raises(NotAllowed) as refusal:
        spread.decline(to=to, reason=" ", by=house.manager, at=NOW)
    assert refusal.value.field == "reason"
    assert spread.decline(to=to, reason="No screens here", by=house.manager, at=NOW).answer == Answer.DECLINED
    spread.take_up(to=to, uid=uuid4(), by=house.manager, at=NOW)
    to.refresh_from_db()
    assert (to.answer, to.reason) == (Answer.TAKEN, "")


def test_the_map_says_who_took_it_up_and_what_became_of_it(house, ticket, others, offer):
    first, second = OfferedTo.objects.filter(offer=offer).order_by("unit__path")
    own = spread.take_up(to=first, uid=uuid4(), by=house.manager, at=NOW)
    tickets.move(ticket=own, to=Stage.DONE, outcome="Kept", by=house.manager, at=NOW)
    spread.decline(to=second, reason="No screens here", by=house.manager, at=NOW)
    [change] = map_of(house.manager, NOW)
    assert (change.asked, change.taken, change.kept) == (2, 1, 1)
    assert [(p.row.unit, p.sign, p.row.reason) for p in change.places] == [
        (first.unit, "met", ""),
        (second.unit, "not_due", "No screens here"),
    ]
    assert change.places[0].ticket == own


def test_a_reader_sees_offers_of_and_to_their_units_and_no_ticket_of_others(house, ticket, others, offer):
    nurse = make_user(Role.STAFF, others[0])
    [change] = map_of(nurse, NOW)
    assert change.ticket is None
    to = OfferedTo.objects.get(offer=offer, unit=others[1])
    spread.take_up(to=to, uid=uuid4(), by=house.manager, at=NOW)
    [change] = map_of(nurse, NOW)
    assert [place.ticket for place in change.places] == [None, None]
    assert map_of(make_user(Role.STAFF, make_unit(organisation=make_organisation(slug="other"))), NOW) == []


def test_the_map_takes_as_many_statements_for_many_as_for_one(house, others, django_assert_max_num_queries):
    for number in range(6):
        source = make_ticket(
            house.ward, stage=Stage.DONE, measure=house.measure, begun_at=NOW, title=f"Change {number}"
        )
        made = spread.offer(ticket=source, change="Do it", needs="", units=others, by=house.manager, at=NOW)
        for to in made.units.all():
            spread.take_up(to=to, uid=uuid4(), by=house.manager, at=NOW)
    with django_assert_max_num_queries(8):
        assert len(map_of(house.manager, NOW)) == 6
