"""A list page takes the same statements with one row and with three."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from org import audit
from org.models import Message
from org.rules import Role
from tests.factories import NOW, make_calendar, make_device, make_membership, make_unit, make_user, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def top():
    return make_unit()


def add_unit(top, _keeper):
    make_unit(make_unit(top), second_parent=top, calendar=make_calendar(top.organisation))


def add_person(top, _keeper):
    unit = make_unit(top)
    held = make_membership(make_user(), unit, Role.UNIT_LEAD)
    make_membership(make_user(), unit, Role.UNIT_LEAD, stands_in_for=held)


def add_calendar(top, _keeper):
    make_calendar(top.organisation)


def add_event(top, keeper):
    unit = make_unit(top)
    audit.record("unit.seen", subject=unit, by=keeper, at=NOW, organisation_id=top.organisation_id, unit_id=unit.pk)


def add_message(top, _keeper):
    Message.objects.create(
        organisation_id=top.organisation_id,
        recipient="a@example.org",
        template="x",
        dedup_key=f"k{Message.objects.count()}",
    )


def add_display(top, keeper):
    make_device(keeper, top, make_unit(top))


@pytest.mark.parametrize(
    ("address", "add"),
    [
        ("/units/?q=U", add_unit),
        ("/set-up/{slug}/units/", add_unit),
        ("/set-up/{slug}/people/", add_person),
        ("/set-up/{slug}/calendars/", add_calendar),
        ("/set-up/{slug}/trail/", add_event),
        ("/set-up/{slug}/messages/", add_message),
        ("/displays/", add_display),
    ],
)
def test_a_list_takes_the_same_statements_for_one_row_and_for_three(top, address, add):
    keeper = make_user(Role.ADMINISTRATOR, top)
    client = signed_in(keeper)
    page = address.format(slug=top.organisation.slug)
    add(top, keeper)
    client.get(page)
    with CaptureQueriesContext(connection) as one:
        assert client.get(page).status_code == 200
    add(top, keeper)
    add(top, keeper)
    with CaptureQueriesContext(connection) as three:
        assert client.get(page).status_code == 200
    assert len(three) == len(one), "\n".join(query["sql"] for query in three)
