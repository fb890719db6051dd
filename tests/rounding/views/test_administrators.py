"""An administrator on pages of rounds: what is theirs opens, and what is not names who can do it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from org.rules import Role
from rounding.models import Colleague
from tests.factories import make_user, signed_in
from tests.huddles.factories import make_house
from tests.rounding.editor import text
from tests.rounding.factories import make_round

pytestmark = pytest.mark.django_db
ROSTER = "id,name,start,end\n7,Ana Ruiz,2026-11-24 15:00,2026-11-24 23:00\n"


@pytest.fixture
def house():
    return make_house()


@pytest.fixture
def client(house):
    return signed_in(make_user(Role.ADMINISTRATOR, house.top))


@pytest.mark.parametrize(
    ("name", "roles"),
    [
        ("due", "Unit lead, Manager or director, Executive, Health equity officer, Coach"),
        ("standard-work", "Unit lead, Manager or director, Executive, Health equity officer, Coach"),
        ("k-cards", "Staff, Unit lead, Manager or director, Executive, Health equity officer, Coach"),
    ],
)
def test_what_is_not_theirs_says_whose_it_is(client, name, roles):
    refused = client.get(reverse(f"rounding:{name}"))
    assert refused.status_code == 403
    assert f"Your role does not include this here. These roles do: {roles}." in text(refused)
    assert "An administrator gives roles to people" in text(refused)


def test_they_bring_a_roster_and_find_it_in_the_menu(client, house):
    address = reverse("rounding:roster")
    assert f'href="{address}"' in text(client.get("/me/"))
    file = SimpleUploadedFile("roster.csv", ROSTER.encode())
    page = client.post(address, {"unit": house.ward.pk, "order": "", "file": file})
    said = page.context["form"].initial
    applied = client.post(reverse("rounding:roster-apply"), said)
    assert applied.headers["Location"] == address
    assert Colleague.objects.get().unit == house.ward
    assert "1 colleague" in text(client.get(address))
    assert reverse("rounding:due") not in text(client.get(address))


def test_where_rounds_are_not_theirs_to_read_it_does_not_say_that_there_are_none(client, house):
    make_round(house.ward, house.lead(house.ward))
    page = text(client.get(reverse("rounding:mine")))
    assert "Your role does not read what rounds note." in page
    assert "None in the last" not in page
