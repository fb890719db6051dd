"""Who can be named to own or to lead something of the area."""

from collections.abc import Sequence
from typing import Final

from django.db.models import Q, QuerySet

from org.models import Organisation, Unit, User
from org.rules import Role, ancestor_ids

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


def holders_at(unit: Unit, roles: Sequence[Role]) -> "QuerySet[User]":
    """People who hold one of `roles` at `unit` or at a unit above it, by name."""
    held = Q(
        memberships__unit__in=[*ancestor_ids(unit.path), unit.pk],
        memberships__role__in=roles,
        memberships__ended_on__isnull=True,
    )
    return User.objects.filter(held, is_active=True).distinct().order_by("name", "pk")
