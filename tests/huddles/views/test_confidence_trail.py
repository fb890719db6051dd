"""The audit trail keeps what was told in confidence: that something happened, and no more."""

from uuid import uuid4

import pytest

from huddles.actions import comments
from huddles.models import Confidant
from org.models import Event
from org.rules import Role
from tests.factories import make_user, signed_in
from tests.huddles.factories import MORNING, make_house, make_issue

pytestmark = pytest.mark.django_db


@pytest.fixture
def told():
    """A house with a person of trust, an administrator, an open issue and a confidential one with a comment."""
    house = make_house()
    trusted = house.lead(house.top)
    Confidant.objects.create(organisation=house.organisation, user=trusted)
    admin = make_user(Role.ADMINISTRATOR, house.top, name="Ada Admin")
    make_issue(house)
    secret = make_issue(house, confidential=True, by=house.people["STAFF"])
    comments.comment(issue=secret, text="I was there too", uid=uuid4(), by=house.people["STAFF"], at=MORNING)
    return house, admin, trusted, secret


def rows(user, house, **query):
    return signed_in(user).get(f"/set-up/{house.organisation.slug}/trail/", query).context["rows"]


def test_the_trail_tells_others_that_something_happened_in_confidence_and_no_more(told):
    house, admin, _trusted, secret = told
    kept = [row for row in rows(admin, house) if row.subject == "told in confidence"]
    assert {row.what for row in kept} == {"Issue raised", "Comment written"}
    assert {(row.who, row.unit, row.facts) for row in kept} == {("", "", ())}
    assert len(rows(admin, house)) == Event.objects.filter(organisation_id=house.organisation.pk).count()
    page = signed_in(admin).get(f"/set-up/{house.organisation.slug}/trail/").content.decode()
    assert f"#{secret.number}" not in page


def test_looking_for_a_person_or_a_unit_finds_nothing_that_was_told_in_confidence(told):
    house, admin, _trusted, _secret = told
    assert rows(admin, house, who="Staff of") == []
    found = rows(admin, house, unit=house.ward.pk)
    assert [row.what for row in found] == ["Issue raised"]
    assert [row.what for row in rows(admin, house, what="issue.raise")] == ["Issue raised", "Issue raised"]


def test_whoever_may_read_it_reads_its_trail(told):
    house, admin, trusted, secret = told
    Confidant.objects.create(organisation=house.organisation, user=admin)
    mine = rows(admin, house, who="Staff of 5 West")
    assert {row.what for row in mine} == {"Issue raised", "Comment written"}
    assert {row.unit for row in mine} == {"5 West"}
    assert trusted.pk == secret.owner_id
