"""A round of two: whom a device offers, what arrives, and where both names stand."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from org.rules import Role
from rounding.actions import rounds
from rounding.actions.sync import store_entries
from rounding.models import Round
from rounding.queries import package
from rounding.queries.mine import mine
from rounding.queries.package import package_of
from tests.factories import make_membership, make_unit, make_user, signed_in
from tests.huddles.factories import make_house
from tests.rounding.factories import AT, make_round, make_set

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    return make_house()


def begin(by, unit, version, partner):
    entry = {"id": str(uuid4()), "kind": "begin", "at": AT.isoformat(), "round": str(uuid4())}
    said = {**entry, "unit": unit.pk, "version": version.pk, "partner": partner}
    (stored,) = store_entries(entries=[said], by=by, at=AT + timedelta(minutes=5))
    return stored


def names(user):
    return [row["name"] for row in package_of(user, AT)["leaders"]]


def test_a_device_carries_who_else_leads_rounds_in_the_house(house):
    make_user(Role.UNIT_LEAD, make_unit(), name="Of another house")
    make_membership(house.lead(house.line), house.support, Role.UNIT_LEAD)
    left = make_user(Role.UNIT_LEAD, house.ward, name="Has left")
    left.is_active = False
    left.save()
    found = package_of(house.lead(house.ward), AT)
    others = ("4 East", "Clinical branch", "Executive team", "Information technology", "Medicine")
    assert [row["name"] for row in found["leaders"]] == [
        *(f"Lead of {name}" for name in others),
        "Stand-in of Medicine",
    ]
    assert {tuple(row["houses"]) for row in found["leaders"]} == {(house.organisation.pk,)}
    assert [unit["house"] for unit in found["units"]] == [house.organisation.pk]


def test_more_people_than_a_phone_carries_are_not_offered(house, monkeypatch):
    lead = house.lead(house.ward)
    monkeypatch.setattr(package, "MOST_PEOPLE", 6)
    assert len(names(lead)) == 6
    make_user(Role.COACH, house.top)
    assert names(lead) == []


def test_more_people_cost_no_more_statements(house):
    lead = house.lead(house.ward)
    counts = []
    for _number in range(3):
        with CaptureQueriesContext(connection) as statements:
            package_of(lead, AT)
        counts.append(len(statements))
        make_user(Role.UNIT_LEAD, house.ward)
    assert counts == [counts[0]] * 3


def test_a_round_of_two_arrives_and_both_read_who_led_it(house):
    lead, pair = house.lead(house.ward), house.lead(house.line)
    stored = begin(lead, house.ward, make_set(house.ward), pair.pk)
    assert stored.state == "stored"
    led = Round.objects.get()
    assert (led.leader, led.partner) == (lead, pair)
    both = f"{lead.name} and {pair.name}"
    rounds.end(of_round=led, by=lead, ended_at=AT, at=AT)
    for reader in (lead, pair, house.people["STAFF"]):
        client = signed_in(reader)
        for address in (reverse("rounding:round", args=[led.pk]), reverse("rounding:unit", args=[house.ward.pk])):
            assert both in client.get(address).content.decode()
    for reader in (lead, pair):
        (row,) = mine(reader, AT + timedelta(hours=1)).led
        assert (row.leaders, row.two) == (both, True)


@pytest.mark.parametrize("partner", [None, "", "other", "self"])
def test_nobody_walks_along_who_is_not_of_the_house_or_leads_alone(house, partner):
    lead = house.lead(house.ward)
    of_others = make_user(Role.UNIT_LEAD, make_unit())
    given = {"other": of_others.pk, "self": lead.pk}.get(partner, partner)
    assert begin(lead, house.ward, make_set(house.ward), given).state == "stored"
    assert Round.objects.get().partner is None


def test_an_emptied_device_gets_its_open_round_with_who_walks_along(house):
    lead, version = house.lead(house.ward), make_set(house.ward)
    later = AT + timedelta(minutes=1)
    make_round(house.ward, lead, version, partner=house.lead(house.line), going_on=True)
    make_round(house.ward, lead, version, began_at=later, at=later, going_on=True)
    assert [row["with"] for row in package_of(lead, AT)["rounds"]] == ["Lead of Medicine", ""]


def test_ones_own_page_names_both_only_where_two_led(house):
    lead = house.lead(house.ward)
    now = timezone.now()
    make_round(house.ward, lead, began_at=now, at=now)
    page = signed_in(lead).get(reverse("rounding:mine")).content.decode()
    assert f"· {lead.name}" not in page
    make_round(house.ward, lead, partner=house.lead(house.line), began_at=now, at=now)
    page = signed_in(lead).get(reverse("rounding:mine")).content.decode()
    assert f"· {lead.name} and Lead of Medicine" in page
