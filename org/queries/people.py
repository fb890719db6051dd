"""Lists of people for those who look after them."""

from django.db.models import Prefetch, Q, QuerySet

from org.models import Membership, Organisation, User


def people_of(organisation: Organisation, reader: User, sought: str = "") -> "QuerySet[User]":
    """People with a role, now or once, at the reader's units of `organisation`, by name; those roles in `roles`."""
    roles = (
        Membership.objects.visible_to(reader)
        .current()
        .filter(unit__organisation=organisation)
        .select_related("unit", "stands_in_for__user")
        .order_by("unit__path", "role")
    )
    people = User.objects.visible_to(reader).filter(memberships__unit__organisation=organisation)
    if sought:
        people = people.filter(Q(name__icontains=sought) | Q(email__icontains=sought))
    return people.distinct().order_by("name", "pk").prefetch_related(Prefetch("memberships", roles, to_attr="roles"))


def roles_beyond(person: User, reader: User) -> bool:
    """Whether `person` holds a role at a unit whose people are not the reader's to edit."""
    own = Membership.objects.visible_to(reader).values("pk")
    return Membership.objects.current().filter(user=person).exclude(pk__in=own).exists()
