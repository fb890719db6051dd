"""Pages by which a change goes to other units: nothing typed is lost, each unit answers for itself."""

import pytest
from django.urls import reverse

from improvement.models import Offer, OfferedTo, Ticket
from improvement.rules.spread import Answer
from improvement.rules.tickets import Stage
from org.rules import Role
from tests.factories import make_unit, make_user, signed_in
from tests.improvement.factories import make_house, make_ticket

pytestmark = pytest.mark.django_db


def text(answer):
    return answer.content.decode()


@pytest.fixture
def house():
    return make_house()


@pytest.fixture
def other(house):
    return make_unit(house.line, name="Intensive care")


@pytest.fixture
def ticket(house):
    return make_ticket(house.ward, stage=Stage.DONE, title="An icon", outcome="Seen by all")


def test_from_the_ticket_that_held_to_the_ticket_of_another_unit(house, ticket, other):
    giver, taker = signed_in(house.manager), signed_in(make_user(Role.UNIT_LEAD, other))
    there = reverse("improvement:offer", args=[ticket.pk])
    assert there in text(giver.get(reverse("improvement:ticket", args=[ticket.pk])))
    assert "Seen by all</textarea>" in text(giver.get(there))
    assert "Nothing is offered yet" in text(giver.get(reverse("improvement:spread")))
    refused = giver.post(there, {"change": "", "needs": "A day", "units": other.pk})
    assert refused.status_code == 422
    assert "A day</textarea>" in text(refused)
    assert f'value="{other.pk}" checked' in text(refused)
    assert (
        giver.post(there, {"change": "An icon beside the name", "needs": "A day", "units": other.pk}).status_code == 302
    )
    assert "0 of 1 took it up" in text(giver.get(there))

    offers = reverse("improvement:offers", args=[other.pk])
    assert offers in text(taker.get(reverse("improvement:kanban", args=[other.pk])))
    assert "An icon beside the name" in text(taker.get(offers, headers={"HX-Request": "true"}))
    to = OfferedTo.objects.get()
    taken = taker.post(reverse("improvement:offer-take", args=[other.pk, to.pk]))
    own = Ticket.objects.get(unit=other)
    assert taken.url == reverse("improvement:ticket", args=[own.pk])
    assert "Taken over from Emergency department: “An icon”" in text(taker.get(taken.url))
    assert "Nothing is offered now" in text(taker.get(offers))
    assert "1 of 1 took it up" in text(giver.get(reverse("improvement:spread")))


def test_a_unit_says_why_not_and_what_it_typed_is_kept(house, ticket, other):
    offer = Offer.objects.create(ticket=ticket, change="An icon", offered_at=ticket.moved_at)
    to = OfferedTo.objects.create(offer=offer, unit=other)
    taker = signed_in(make_user(Role.UNIT_LEAD, other))
    decline = reverse("improvement:offer-decline", args=[other.pk, to.pk])
    refused = taker.post(decline, {"reason": "x" * 201})
    assert refused.status_code == 422
    assert "x" * 201 in text(refused)
    assert taker.post(decline, {"reason": "No screens here"}).status_code == 302
    to.refresh_from_db()
    assert (to.answer, to.reason) == (Answer.DECLINED, "No screens here")
    assert "No screens here" in text(signed_in(house.manager).get(reverse("improvement:spread")))


def test_only_whoever_works_there_answers(house, ticket, other):
    offer = Offer.objects.create(ticket=ticket, change="An icon", offered_at=ticket.moved_at)
    to = OfferedTo.objects.create(offer=offer, unit=other)
    for role, unit, code in ((Role.DATA_STEWARD, other, 403), (Role.STAFF, house.ward, 404)):
        reader = signed_in(make_user(role, unit))
        for name in ("offer-take", "offer-decline"):
            assert (
                reader.post(reverse(f"improvement:{name}", args=[other.pk, to.pk]), {"reason": "x"}).status_code == code
            )
    assert (
        signed_in(house.manager).post(reverse("improvement:offer-take", args=[house.ward.pk, to.pk])).status_code == 404
    )  # another unit's


def test_an_offer_to_a_unit_that_cannot_be_asked_changes_nothing(house, ticket, other):
    giver, there = signed_in(house.manager), reverse("improvement:offer", args=[ticket.pk])
    giver.post(there, {"change": "An icon", "needs": "", "units": other.pk})
    forged = giver.post(there, {"change": "Another icon", "needs": "", "units": [other.pk, 999_999]})
    assert forged.status_code == 422
    assert Offer.objects.get().change == "An icon"
