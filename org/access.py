"""May she? The one place that answers, from the one access table in `rules`."""

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from org import rules
from org.models import Organisation, Unit

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from org.models import User


def permissions_at(user: "User | AnonymousUser", unit: Unit) -> frozenset[rules.Permission]:
    """Everything that `user` may do at `unit`: rights from roles at it, above it, or on its second line.

    Who only sees the unit because it lies above their own may look at it and do nothing else. One statement.
    """
    if not user.is_authenticated or not user.is_active:
        return frozenset()
    held: set[rules.Permission] = set()
    looks_up = False
    lines = user.memberships.filter(ended_on__isnull=True).values_list(
        "role", "unit__path", "unit__second_children__path"
    )
    for role, path, second_path in lines:
        granted = rules.ROLES[rules.Role(role)]
        if unit.path.startswith(path) or (second_path and unit.path.startswith(second_path)):
            held |= granted
        elif path.startswith(unit.path) and rules.Permission.BOARD_VIEW in granted:
            looks_up = True
    if looks_up:
        held |= {rules.Permission.BOARD_VIEW, rules.Permission.STRATA_VIEW}
    return frozenset(held)


def has(user: "User | AnonymousUser", permission: rules.Permission, unit: Unit) -> bool:
    """Whether `user` holds `permission` at `unit`."""
    return permission in permissions_at(user, unit)


def require(user: "User | AnonymousUser", permission: rules.Permission, unit: Unit) -> None:
    """Raise PermissionDenied (403) unless `user` holds `permission` at `unit`."""
    if not has(user, permission, unit):
        raise PermissionDenied(_("Your role does not include this here."))


def require_anywhere(user: "User | AnonymousUser", permission: rules.Permission, organisation: Organisation) -> None:
    """Raise PermissionDenied unless `user` holds `permission` at some unit of `organisation`."""
    if not Unit.objects.with_permission(user, permission).filter(organisation=organisation).exists():
        raise PermissionDenied(_("Your role does not include this here."))


def require_everywhere(user: "User | AnonymousUser", permission: rules.Permission, organisation: Organisation) -> None:
    """Raise PermissionDenied unless `user` holds `permission` at the top unit of `organisation`, hence at all of it."""
    top = organisation.units.filter(parent__isnull=True).first()
    if top is None or not has(user, permission, top):
        raise PermissionDenied(_("Your role does not include this for the whole organisation."))
