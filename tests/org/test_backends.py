import pytest

from org import access
from org.backends import SeatBackend
from org.models import Membership, Organisation, Tier, Unit, User


@pytest.fixture
def ward(db):
    organisation = Organisation.objects.create(name="General", slug="general")
    tier = Tier.objects.create(organisation=organisation, level=1, name="Ward")
    unit = Unit.objects.create(organisation=organisation, tier=tier, code="5W", name="5 West", path="1/")
    unit.path = f"{unit.pk}/"
    unit.save()
    return unit


@pytest.fixture
def lead(ward):
    user = User.objects.create_user("lead@example.org", "long enough 12", name="Lee Lead")
    Membership.objects.create(user=user, unit=ward, role="unit_lead", started_on="2026-01-01")
    return user


def test_the_person_of_a_session_comes_with_what_they_hold_in_one_statement(lead, ward, django_assert_num_queries):
    with django_assert_num_queries(1):
        found = SeatBackend().get_user(lead.pk)
        assert access.sees(found, ward.path)
    assert {name: value for name, value in found.__dict__.items() if name not in {"_state", "seats"}} == {
        field.attname: getattr(User.objects.get(pk=lead.pk), field.attname) for field in User._meta.concrete_fields
    }
    assert found.seats == access.seats_of(lead)


def test_an_ended_role_is_not_held(lead, ward):
    Membership.objects.update(ended_on="2026-02-01")
    found = SeatBackend().get_user(lead.pk)
    assert found.seats == []
    assert not access.sees(found, ward.path)


def test_several_roles_are_held_the_oldest_first(lead, ward):
    second = Unit.objects.create(
        organisation=ward.organisation, tier=ward.tier, code="6W", name="6 West", path="x/", second_parent=ward
    )
    Membership.objects.create(user=lead, unit=second, role="coach", started_on="2026-02-01")
    seats = SeatBackend().get_user(lead.pk).seats
    assert [(seat.role, seat.second_paths) for seat in seats] == [("unit_lead", ("x/",)), ("coach", ())]


def test_who_may_not_sign_in_or_is_nobody_is_not_found(lead):
    User.objects.filter(pk=lead.pk).update(is_active=False)
    assert SeatBackend().get_user(lead.pk) is None
    assert SeatBackend().get_user(lead.pk + 1000) is None
