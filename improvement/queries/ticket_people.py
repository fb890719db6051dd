"""Who may have a ticket in hand, and who may coach it."""

from typing import TYPE_CHECKING

from improvement.queries.people import holders_at
from org.models import Unit, User
from org.rules import ROLES, Permission, Role

if TYPE_CHECKING:
    from django.db.models import QuerySet

_IMPROVE = sorted(role for role, permissions in ROLES.items() if Permission.IMPROVE in permissions)
_COACH = sorted({Role.COACH, Role.MANAGER, Role.EXECUTIVE, Role.EQUITY_OFFICER})


def owners_for(unit: Unit) -> "QuerySet[User]":
    """People who work on improvements of `unit`, by name: its own, and those of units above it."""
    return holders_at(unit, _IMPROVE)


def coaches_for(unit: Unit) -> "QuerySet[User]":
    """Coaches, managers, executives and equity officers of `unit` or a unit above it, by name."""
    return holders_at(unit, _COACH)
