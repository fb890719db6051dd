"""Who can be named to own or to lead something of the area."""

from typing import Final

from django.db.models import QuerySet

from org.models import Organisation, User
from org.rules import Role

_ROLES: Final = sorted(set(Role) - {Role.STAFF, Role.UNIT_LEAD, Role.WORKFORCE})


def people_who_answer(organisation: Organisation) -> "QuerySet[User]":
    """People with a role above a unit's own, by name: managers, executives, officers, coaches, stewards."""
    return (
        User.objects.filter(
            is_active=True,
            memberships__unit__organisation=organisation,
            memberships__ended_on__isnull=True,
            memberships__role__in=_ROLES,
        )
        .distinct()
        .order_by("name", "pk")
    )
