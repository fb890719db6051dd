"""May she? The one place that answers, from the one access table in `rules`."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef
from django.utils.translation import gettext as _

from org import rules
from org.models import Organisation, Unit

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from org.models import User


@dataclass(frozen=True, slots=True)
class Seat:
    """A role that somebody holds now, where it stands in the tree, and whose house it is."""

    role: rules.Role
    path: str
    second_paths: tuple[str, ...]
    organisation_id: int
    organisation_name: str
    organisation_slug: str
    synthetic: bool


def seats_of(user: "User") -> list[Seat]:
    """What `user` holds, the oldest first. One statement; remembered on the object, which lives for one request."""
    rows = (
        user.memberships.filter(ended_on__isnull=True)
        .order_by("pk")
        .annotate(second_paths=ArraySubquery(Unit.objects.filter(second_parent=OuterRef("unit")).values("path")))
        .values_list(
            "role",
            "unit__path",
            "second_paths",
            "unit__organisation_id",
            "unit__organisation__name",
            "unit__organisation__slug",
            "unit__organisation__is_synthetic",
        )
    )
    seats = [
        Seat(rules.Role(role), path, tuple(second), pk, name, slug, synthetic)
        for role, path, second, pk, name, slug, synthetic in rows
    ]
    user.seats = seats  # type: ignore[attr-defined]
    return seats


def remembered_seats_of(user: "User") -> list[Seat]:
    """`seats_of` without asking again within the same request."""
    found: list[Seat] | None = getattr(user, "seats", None)
    return seats_of(user) if found is None else found


def permissions_at(user: "User | AnonymousUser", unit: Unit) -> frozenset[rules.Permission]:
    """Everything that `user` may do at `unit`: rights from roles at it, above it, or on its second line.

    Who only sees the unit because it lies above their own may look at it and do nothing else. One statement.
    """
    if not user.is_authenticated or not user.is_active:
        return frozenset()
    held: set[rules.Permission] = set()
    looks_up = False
    for seat in seats_of(user):
        granted = rules.ROLES[seat.role]
        if unit.path.startswith((seat.path, *seat.second_paths)):
            held |= granted
        elif seat.path.startswith(unit.path) and rules.Permission.BOARD_VIEW in granted:
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
