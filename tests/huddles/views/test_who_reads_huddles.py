"""Who reads what was said in a huddle: its unit, those above it, whoever coaches; nobody below or beside."""

import pytest
from django.urls import reverse

from huddles.models import Huddle
from org.rules import Role
from tests.factories import make_user, signed_in
from tests.huddles.factories import make_house
from tests.huddles.huddle_stage import begin_huddle

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    return make_house()


def addresses(huddle: Huddle) -> list[str]:
    names = ("unit-huddles", "before", "sheet")
    own = [reverse(f"huddles:huddle{part}", args=[huddle.pk]) for part in ("", "-state", "-live")]
    return [*own, *(reverse(f"huddles:{name}", args=[huddle.unit_id]) for name in names)]


@pytest.mark.parametrize(
    ("at", "who", "reads"),
    [
        ("top", "TOP", True),
        ("top", "BRANCH", False),
        ("top", "WARD", False),
        ("top", "STAFF", False),
        ("line", "LINE", True),
        ("line", "STAND_IN", True),
        ("line", "TOP", True),
        ("line", "WARD", False),
        ("line", "IT", False),
        ("ward", "STAFF", True),
        ("ward", "LINE", True),
        ("ward", "TOP", True),
        ("ward", "OTHER", False),
        ("ward", "IT", False),
    ],
)
def test_a_huddle_is_read_by_its_unit_and_those_above_it(house, at, who, reads):
    huddle = begin_huddle(getattr(house, at))
    client = signed_in(house.people[who])
    assert {client.get(address).status_code for address in addresses(huddle)} == ({200} if reads else {404})


@pytest.mark.parametrize("role", [Role.COACH, Role.EQUITY_OFFICER])
def test_who_looks_after_the_whole_house_reads_every_huddle(house, role):
    client = signed_in(make_user(role, house.top))
    for unit in (house.top, house.line, house.ward):
        assert {client.get(address).status_code for address in addresses(begin_huddle(unit))} == {200}


def test_the_board_above_offers_no_huddle_to_those_below_and_its_wall_shows_none(house):
    huddle = begin_huddle(house.line)
    beside = reverse("huddles:beside", args=[house.line.pk])
    wall = reverse("huddles:wall-huddle-view", args=[house.line.pk])
    below, own = signed_in(house.people["STAFF"]), signed_in(house.lead(house.line))
    link = f'href="{reverse("huddles:huddle", args=[huddle.pk])}"'
    assert link in own.get(beside).content.decode()
    assert own.get(wall).status_code == 200
    page = below.get(beside)
    assert page.status_code == 200
    assert link not in page.content.decode()
    assert "/huddles/" not in page.content.decode().partition('class="beside"')[2].partition("</main>")[0]
    assert below.get(wall).status_code == 204
