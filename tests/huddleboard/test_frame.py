"""Menu and tabs lead where their reader may go: each of them is opened."""

import re

import pytest

from org.rules import Role
from tests.factories import make_membership, make_organisation, make_unit, make_user, signed_in


@pytest.fixture
def house(db):
    top = make_unit(organisation=make_organisation(), name="Hospital")
    return top, make_unit(top, name="Ward")


def links(page: str, start: str, end: str) -> list[str]:
    return re.findall(r'<a href="([^"]*)"', page.partition(start)[2].partition(end)[0])


def menu(client) -> list[str]:
    return links(client.get("/me/").content.decode(), '<details class="menu">', "</details>")


def tabs(client, url: str) -> list[str]:
    return links(client.get(url).content.decode(), '<nav class="tabs"', "</nav>")


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("place", [0, 1], ids=["everywhere", "on a ward"])
def test_every_entry_of_the_menu_opens(house, role, place):
    client = signed_in(make_user(role, house[place]))
    found = menu(client)
    assert "/me/" in found
    assert {url: client.get(url, follow=True).status_code for url in found} == dict.fromkeys(found, 200)


@pytest.mark.parametrize("role", [Role.DATA_STEWARD, Role.ADMINISTRATOR])
def test_every_tab_of_set_up_opens_for_the_whole_and_for_a_ward(house, role):
    slug = house[0].organisation.slug
    boards = f"/set-up/{slug}/boards/"
    shown = []
    for unit in house:
        client = signed_in(make_user(role, unit))
        found = tabs(client, boards)
        assert {url: client.get(url).status_code for url in found} == dict.fromkeys(found, 200)
        shown.append(found)
    whole, ward = shown
    assert boards in whole
    assert set(ward) < set(whole)
    assert ward == ([] if role == Role.DATA_STEWARD else [f"/set-up/{slug}/people/", boards])


def test_somebody_with_roles_in_two_places_has_the_tabs_of_the_one_that_is_set_up(house):
    other = make_unit(organisation=make_organisation("Another"), name="Another")
    user = make_user(Role.STAFF, house[1])
    make_membership(user, other, Role.ADMINISTRATOR)
    client = signed_in(user)
    assert "/set-up/" in menu(client)
    slug = other.organisation.slug
    assert f"/set-up/{slug}/tiers/" in tabs(client, f"/set-up/{slug}/")
    page = client.get(f"/set-up/{slug}/").content.decode()
    assert "Another" in page.partition("<footer")[2]
