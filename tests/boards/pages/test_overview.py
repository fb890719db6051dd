"""All boards of an organisation: whose they are, in which order, on which day."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from org.rules import Role
from tests.factories import make_membership, make_organisation, make_unit, make_user, signed_in


def foot(page: str) -> str:
    return page.partition('<footer class="foot">')[2]


def named(page: str) -> list[str]:
    return re.findall(r'<th scope="row" class="depth-\d"><a href="[^"]*">([^<]*)</a>', page)


@pytest.fixture
def reader(db):
    """Somebody who looks after two hospitals; the second role is of the made-up one."""
    first = make_unit(organisation=make_organisation("Zinnia Hospital"), name="Zinnia")
    second = make_unit(organisation=make_organisation("Aster Clinic", is_synthetic=True), name="Aster")
    user = make_user(Role.EXECUTIVE, first)
    make_membership(user, second, Role.EXECUTIVE)
    return user, first, second


def test_a_reader_of_several_begins_with_their_first_and_can_go_to_another(reader):
    user, first, second = reader
    client = signed_in(user)
    page = client.get("/boards/").content.decode()
    assert named(page) == ["Zinnia"]
    assert "Zinnia Hospital" in foot(page)
    assert "invented" not in foot(page)
    options = re.findall(r'<option value="([^"]*)"( selected)?>([^<]*)</option>', page)
    assert options == [
        (second.organisation.slug, "", "Aster Clinic"),
        (first.organisation.slug, " selected", "Zinnia Hospital"),
    ]
    page = client.get("/boards/", {"organisation": second.organisation.slug}).content.decode()
    assert named(page) == ["Aster"]
    assert "Aster Clinic" in foot(page)
    assert "invented" in foot(page)


def test_going_to_another_day_stays_with_the_organisation(reader):
    user, _first, second = reader
    client = signed_in(user)
    page = client.get("/boards/", {"organisation": second.organisation.slug})
    before = page.context["page"].previous_url
    yesterday = timezone.now().astimezone(second.organisation.zone).date() - timedelta(days=1)
    assert before == f"/boards/?organisation={second.organisation.slug}&day={yesterday - timedelta(days=1)}"
    page = client.get(before)
    assert named(page.content.decode()) == ["Aster"]
    assert page.context["page"].next_url == f"/boards/?organisation={second.organisation.slug}&day={yesterday}"


def test_the_footer_of_a_board_names_its_own_hospital(reader):
    user, _first, second = reader
    page = signed_in(user).get(f"/boards/{second.pk}/").content.decode()
    assert "Aster Clinic" in foot(page)
    assert "Zinnia" not in foot(page)


def test_a_reader_of_one_organisation_is_not_asked_which(db):
    unit = make_unit(organisation=make_organisation())
    page = signed_in(make_user(Role.EXECUTIVE, unit)).get("/boards/")
    assert "<select" not in page.content.decode()
    assert page.context["page"].previous_url.startswith("/boards/?day=")
    other = make_unit(organisation=make_organisation("Elsewhere"), name="Elsewhere")
    page = signed_in(make_user(Role.EXECUTIVE, unit)).get("/boards/", {"organisation": other.organisation.slug})
    assert "Elsewhere" not in page.content.decode()


def test_boards_stand_in_the_order_of_the_tree_and_by_name(db):
    top = make_unit(organisation=make_organisation(), name="Hospital")
    surgery, medicine = (make_unit(top, name=name) for name in ("Surgery", "Medicine"))
    for line, wards in ((surgery, ("12 West", "3 West")), (medicine, ("5 West", "10 East", "5 East"))):
        for ward in wards:
            make_unit(line, name=ward)
    page = signed_in(make_user(Role.EXECUTIVE, top)).get("/boards/").content.decode()
    wanted = ["Hospital", "Medicine", "5 East", "5 West", "10 East", "Surgery", "3 West", "12 West"]
    assert named(page) == wanted
