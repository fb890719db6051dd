"""What a phone sends is read with care."""

import pytest
from django.urls import reverse

from org.rules import Role
from tests.factories import make_unit, make_user, signed_in

pytestmark = pytest.mark.django_db

DEEP = b"[" * 100_000


@pytest.mark.parametrize("path", ["/rounds/sync/", "/rounds/files/"])
def test_brackets_without_end_are_refused_in_peace(path):
    ward = make_unit(make_unit())
    answer = signed_in(make_user(Role.UNIT_LEAD, ward)).post(path, DEEP, content_type="application/json")
    assert answer.status_code in {400, 409}


def test_the_address_of_what_a_shared_tablet_carries_shows_nothing_to_whoever_types_it():
    ward = make_unit(make_unit())
    client = signed_in(make_user(Role.UNIT_LEAD, ward))
    package = reverse("rounding:package")
    assert client.get(package).json()["key"]
    client.post(reverse("rounding:shared"))
    typed = client.get(package)
    assert (typed.status_code, typed.headers["Location"]) == (302, reverse("rounding:walk"))
    assert client.get(package, headers={"X-Background": "1"}).json()["key"]
