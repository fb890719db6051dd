import pytest

from org.actions import people
from org.models import Event, Membership, Message, User
from org.rules import NotAllowed, Role
from tests.factories import NOW, TODAY, make_membership, make_unit, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def ward():
    return make_unit(make_unit())


def invite(unit, email="new@example.org", role=Role.STAFF):
    return people.invite_person(
        email=email, name="New Person", unit=unit, role=role, language="es", today=TODAY, by=None, at=NOW
    )


def test_who_is_new_gets_a_role_and_a_message_in_their_language(ward):
    role = invite(ward)
    assert (role.user.email, role.role, role.started_on, role.user.has_usable_password()) == (
        "new@example.org",
        "staff",
        TODAY,
        False,
    )
    message = Message.objects.get()
    assert (message.template, message.language, message.recipient) == ("invitation", "es", "new@example.org")
    assert message.context == {"user_id": role.user.pk, "organisation": "Test Hospital"}


def test_who_is_known_gets_the_role_and_no_message(ward):
    user = make_user(email="Known@example.org")
    role = invite(ward, "known@EXAMPLE.org")
    assert (role.user, Message.objects.count(), User.objects.count()) == (user, 0, 1)


def test_nobody_gets_a_role_twice_or_at_a_closed_unit_or_while_let_out(ward):
    role = invite(ward)
    with pytest.raises(NotAllowed, match="already holds this role"):
        invite(ward)
    ward.closed_on = TODAY
    with pytest.raises(NotAllowed, match="is closed"):
        invite(ward, role=Role.COACH)
    User.objects.filter(pk=role.user_id).update(is_active=False)
    with pytest.raises(NotAllowed, match="may not sign in"):
        invite(ward, role=Role.COACH)


def test_an_ended_role_can_be_given_again(ward):
    role = invite(ward)
    people.end_membership(membership=role, today=TODAY, by=None, at=NOW)
    again = invite(ward)
    assert (Membership.objects.current().get(), Membership.objects.count()) == (again, 2)


def test_a_stand_in_holds_the_same_role_at_the_same_unit_and_ends_with_it(ward):
    lead = make_membership(make_user(), ward, Role.UNIT_LEAD)
    deputy = make_user()

    def stand_in(**other):
        values = {"user": deputy, "unit": ward, "role": Role.UNIT_LEAD, "stands_in_for": lead, **other}
        return people.give_role(**values, today=TODAY, by=None, at=NOW)

    for wrong in ({"role": Role.STAFF}, {"unit": ward.parent}):
        with pytest.raises(NotAllowed, match="same role at the same unit"):
            stand_in(**wrong)
    with pytest.raises(NotAllowed, match="for themselves"):
        stand_in(user=lead.user)
    held = stand_in()
    people.end_membership(membership=lead, today=TODAY, by=None, at=NOW)
    held.refresh_from_db()
    assert held.ended_on == TODAY
    assert Event.objects.filter(verb="membership.ended").count() == 2


def test_the_last_administrator_stays(ward):
    top = ward.parent
    last = make_membership(make_user(), top, Role.ADMINISTRATOR)
    with pytest.raises(NotAllowed, match="needs an administrator"):
        people.end_membership(membership=last, today=TODAY, by=None, at=NOW)
    with pytest.raises(NotAllowed, match="needs an administrator"):
        people.deactivate_person(user=last.user, organisation=top.organisation, by=None, at=NOW)
    gone = make_membership(make_user(is_active=False), top, Role.ADMINISTRATOR)
    with pytest.raises(NotAllowed, match="needs an administrator"):
        people.end_membership(membership=last, today=TODAY, by=None, at=NOW)
    make_membership(make_user(), top, Role.ADMINISTRATOR)
    people.end_membership(membership=last, today=TODAY, by=None, at=NOW)
    assert gone.ended_on is None
    assert Membership.objects.current().count() == 2


def test_nobody_lets_themselves_out(ward):
    user = make_user(Role.STAFF, ward)
    with pytest.raises(NotAllowed, match="Somebody else"):
        people.deactivate_person(user=user, organisation=ward.organisation, by=user, at=NOW)


def test_who_is_let_out_cannot_go_on_and_comes_back_with_their_roles(ward, client):
    user = make_user(Role.STAFF, ward)
    client.force_login(user)
    assert client.get("/me/").status_code == 200
    people.deactivate_person(user=user, organisation=ward.organisation, by=None, at=NOW)
    assert client.get("/me/").status_code == 302
    people.reactivate_person(user=user, organisation=ward.organisation, by=None, at=NOW)
    client.force_login(user)
    assert client.get("/me/").status_code == 200
    assert list(Event.objects.order_by("pk").values_list("verb", flat=True)) == [
        "person.deactivated",
        "person.reactivated",
    ]


def test_an_invitation_is_sent_again_only_to_who_has_no_password(ward):
    role = invite(ward)
    later = NOW.replace(minute=30)
    people.send_invitation_again(user=role.user, organisation=ward.organisation, by=None, at=later)
    assert Message.objects.count() == 2
    people.choose_password(user=role.user, password="one other long word", at=later)
    with pytest.raises(NotAllowed, match="chosen a password"):
        people.send_invitation_again(user=role.user, organisation=ward.organisation, by=None, at=later)
