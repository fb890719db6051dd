"""Groups of staff are seen by whoever is on the list of readers for staff, on every road, and by nobody else."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from boards.models import Dimension, Measure, Published, Tile
from boards.queries.workforce import readers_for_staff
from boards.snapshots.gaps import refresh_gaps
from org.models import Membership
from org.queries import DEVICE_COOKIE
from org.rules import ROLES, Permission, Role
from tests.boards.factories import make_published
from tests.boards.setup.stage import fields_of
from tests.factories import make_device, make_membership, make_user, signed_in

GAP = {"group": "es", "difference": -12.5, "against": "", "first": "2026-10-01", "last": "2026-10-31"}


@pytest.fixture
def staffed(house):
    """The measure with groups counts staff now, and its tile has a gap."""
    Measure.objects.filter(code="bundle").update(about="staff")
    Tile.objects.filter(measure__code="bundle").update(gap=GAP)
    tell(house)
    return house


def tell(house):
    told = {"en": (300, 400), "es": (60, 100)}
    yesterday = timezone.now().date() - timedelta(days=40)
    make_published(house.units["m1"], house.measures["bundle"], Dimension.objects.get(), yesterday, told)


def holder(house, role, unit="m1"):
    return signed_in(make_user(role, house.units[unit]))


def board(house):
    return reverse("boards:board", args=[house.units["m1"].pk])


def measure(house):
    return reverse("boards:measure", args=[house.units["m1"].pk, Measure.objects.get(code="bundle").pk])


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.WORKFORCE, Role.EQUITY_OFFICER}))
def test_other_roles_see_the_whole_and_no_group_of_staff(staffed, role):
    client = holder(staffed, role, "medicine")
    page = client.get(measure(staffed), {"by": "language"}).content.decode()
    assert "bundle" in page
    assert "Groups of staff" not in page
    assert "Groups of patients" not in page
    assert client.get(f"{measure(staffed)}groups.csv?by=language").status_code == 403
    assert "against everyone else" not in client.get(board(staffed)).content.decode()


@pytest.mark.parametrize("role", [Role.WORKFORCE, Role.EQUITY_OFFICER])
def test_readers_for_staff_see_groups_of_staff(staffed, role):
    client = holder(staffed, role)
    page = client.get(measure(staffed), {"by": "language"}).content.decode()
    assert "Groups of staff" in page
    assert 'scope="row">en' in page
    assert "es: −12.5 points against everyone else" in client.get(board(staffed)).content.decode()


def test_a_tile_that_one_reader_has_drawn_tells_the_next_no_gap(staffed):
    """Tiles in words are remembered between pages: the reader of today must not be the reader of before."""
    reader, lead = holder(staffed, Role.WORKFORCE), holder(staffed, Role.UNIT_LEAD)
    for client, seen in ((reader, True), (lead, False), (reader, True)):
        assert ("against everyone else" in client.get(board(staffed)).content.decode()) is seen
        tiles = reverse("boards:tiles", args=[staffed.units["m1"].pk])
        assert ("against everyone else" in client.get(tiles).content.decode()) is seen


def test_a_wall_tells_no_gap_between_staff(staffed, client):
    _device, token = make_device(make_user(Role.ADMINISTRATOR, staffed.units["medicine"]), staffed.units["m1"])
    client.cookies[DEVICE_COOKIE] = token
    page = client.get(reverse("boards:wall-board", args=[staffed.units["m1"].pk]))
    assert page.status_code == 200
    assert "against everyone else" not in page.content.decode()


def test_a_mark_on_a_tile_of_staff_changes_without_a_word(staffed, django_capture_on_commit_callbacks):
    Tile.objects.update(gap=None)
    tile = Tile.objects.get(unit=staffed.units["m1"], measure__code="bundle")
    now, today = timezone.now(), timezone.now().date()
    with django_capture_on_commit_callbacks() as told:
        assert refresh_gaps(staffed.organisation, today, now) == 1
    marked = Tile.objects.get(pk=tile.pk)
    assert (marked.gap["group"], marked.version, told) == ("es", tile.version, [])
    Measure.objects.update(about="patients")
    Tile.objects.update(gap=None)
    with django_capture_on_commit_callbacks() as told:
        refresh_gaps(staffed.organisation, today, now)
    assert Tile.objects.get(pk=tile.pk).version > tile.version
    assert len(told) == 1


def test_a_reader_of_a_unit_is_shown_no_groups_of_the_unit_above(staffed):
    Published.objects.update(unit=staffed.units["top"])
    reader = holder(staffed, Role.WORKFORCE)
    assert 'scope="row">en' not in reader.get(measure(staffed), {"by": "language"}).content.decode()
    assert "eq-card" not in reader.get(f"{board(staffed)}equity/").content.decode()
    assert "eq-card" not in reader.get(reverse("huddles:workforce")).content.decode()
    Measure.objects.update(about="patients")
    assert 'scope="row">en' in holder(staffed, Role.STAFF).get(measure(staffed), {"by": "language"}).content.decode()


def test_officers_take_groups_of_staff_as_a_file_and_readers_do_not(staffed):
    assert holder(staffed, Role.EQUITY_OFFICER).get(f"{measure(staffed)}groups.csv?by=language").status_code == 200
    assert holder(staffed, Role.WORKFORCE).get(f"{measure(staffed)}groups.csv?by=language").status_code == 403


def test_readers_for_staff_see_no_group_of_patients(house):
    tell(house)
    client = holder(house, Role.WORKFORCE)
    page = client.get(measure(house), {"by": "language"}).content.decode()
    assert "Groups of patients" not in page
    assert 'scope="row">en' not in page


def test_who_reads_groups_of_staff_is_a_list(staffed, django_assert_num_queries):
    reader = make_user(Role.WORKFORCE, staffed.units["m1"], name="Wren Reader")
    make_user(Role.UNIT_LEAD, staffed.units["m1"], name="Lee Lead")
    gone = make_user(Role.WORKFORCE, staffed.units["m1"], name="Gone Reader")
    Membership.objects.filter(user=gone).update(ended_on="2026-02-01")
    with django_assert_num_queries(1):
        found = readers_for_staff(staffed.organisation)
    assert [(one.person_id, one.name, one.role) for one in found] == [
        (reader.pk, "Wren Reader", "Workforce equity reader")
    ]


def test_the_page_of_readers_is_for_whoever_gives_roles_or_keeps_the_area(staffed):
    address = reverse("boards:setup-workforce", args=[staffed.organisation.slug])
    whole = staffed.organisation.units.get(parent=None)
    make_user(Role.WORKFORCE, staffed.units["m1"], name="Wren Reader")
    for role in (Role.ADMINISTRATOR, Role.EQUITY_OFFICER):
        page = signed_in(make_user(role, whole)).get(address)
        assert page.status_code == 200
        assert "Wren Reader" in page.content.decode()
        assert "bundle" in page.content.decode()
    assert signed_in(make_user(Role.EXECUTIVE, whole)).get(address).status_code == 403


def test_the_role_carries_what_its_name_says():
    assert ROLES[Role.WORKFORCE] == {Permission.BOARD_VIEW, Permission.WORKFORCE_VIEW}


def test_staff_become_patients_by_the_word_of_a_reader_of_groups_of_staff_alone(staffed):
    admin = make_user(Role.ADMINISTRATOR, staffed.organisation.units.get(parent=None))
    client = signed_in(admin)
    bundle = Measure.objects.get(code="bundle")
    address = reverse("boards:setup-measure", args=[staffed.organisation.slug, bundle.pk])
    sent = fields_of(client.get(address))
    assert sent["about"] == "staff"
    refused = client.post(address, {**sent, "about": "patients"})
    assert refused.status_code == 422
    assert "only a reader of groups of staff" in refused.content.decode()
    assert Measure.objects.get(pk=bundle.pk).about == "staff"
    make_membership(admin, staffed.organisation.units.get(parent=None), Role.WORKFORCE)
    done = client.post(address, {**sent, "about": "patients"})
    assert done.status_code == 302, done.context["form"].errors
    assert Measure.objects.get(pk=bundle.pk).about == "patients"
    Tile.objects.update(asked=2)
    client.post(address, {**sent, "about": "staff"})
    assert set(Tile.objects.filter(measure=bundle).values_list("asked", flat=True)) == {0}
