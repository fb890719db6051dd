"""Who may have a ticket in hand, and who may coach it."""

from typing import TYPE_CHECKING

from org.models import Unit, User
from org.rules import ROLES, Permission, Role, ancestor_ids

if TYPE_CHECKING:
    from django.db.models import QuerySet

_IMPROVE = sorted(role for role, permissions in ROLES.items() if Permission.IMPROVE in permissions)
_COACH = sorted({Role.COACH, Role.MANAGER, Role.EXECUTIVE, Role.EQUITY_OFFICER})


def owners_for(unit: Unit) -> "QuerySet[User]":
    """People who work on improvements of `unit`, by name: its own, and those of units above it."""
    return _people(unit, _IMPROVE)


def coaches_for(unit: Unit) -> "QuerySet[User]":
    """Coaches, managers, executives and equity officers of `unit` or a unit above it, by name."""
    return _people(unit, _COACH)


def _people(unit: Unit, roles: list[Role]) -> "QuerySet[User]":
    return (
        User.objects.filter(
            is_active=True,
            memberships__unit__in=[*ancestor_ids(unit.path), unit.pk],
            memberships__ended_on__isnull=True,
            memberships__role__in=roles,
        )
        .distinct()
        .order_by("name", "pk")
    )
