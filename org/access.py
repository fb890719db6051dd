"""May she? The one place that answers, from the one access table in `rules`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils.translation import gettext as _

from org import rules
from org.models import Organisation, Unit

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from org.models import User

#: What a person holds, for a statement that knows their id as {person}; `seats_from` reads the rows. By hand: it runs
#: for every page, and building it anew each time takes five times as long as running it.
SEATS: Final = """
    SELECT m.role, u.path, ARRAY(SELECT s.path FROM org_unit s WHERE s.second_parent_id = u.id),
    u.organisation_id, o.name, o.slug, o.is_synthetic
    FROM org_membership m JOIN org_unit u ON u.id = m.unit_id JOIN org_organisation o ON o.id = u.organisation_id
    WHERE m.user_id = {person} AND m.ended_on IS NULL ORDER BY m.id
"""


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


def seats_from(rows: Iterable[Sequence[Any]]) -> list[Seat]:
    """Rows of `SEATS` as seats."""
    return [Seat(rules.Role(role), path, tuple(second), *house) for role, path, second, *house in rows]


def seats_of(user: "User") -> list[Seat]:
    """What `user` holds, the oldest first. One statement; remembered on the object, which lives for one request."""
    with connection.cursor() as cursor:
        cursor.execute(SEATS.format(person="%s"), [user.pk])
        seats = seats_from(cursor.fetchall())
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
    return _rights(seats_of(user), unit.path)


def known_permissions_at(user: "User", path: str) -> frozenset[rules.Permission]:
    """`permissions_at` for the unit at `path` without asking again within the same request."""
    return _rights(remembered_seats_of(user), path) if user.is_active else frozenset()


def sees(user: "User", path: str) -> bool:
    """Whether `user` may open the board of the unit at `path`, as `visible_to` says it of many. Asks once a request."""
    return rules.Permission.BOARD_VIEW in known_permissions_at(user, path)


def reaches(user: "User", path: str) -> bool:
    """Whether a role of `user` reaches the unit at `path`: held there, above it or on its second line; not only seen
    because it lies above their own, as `with_permission` says it of many. Asks once a request.
    """
    seats = remembered_seats_of(user) if user.is_active else []
    return any(
        rules.Permission.BOARD_VIEW in rules.ROLES[seat.role] and path.startswith((seat.path, *seat.second_paths))
        for seat in seats
    )


def _rights(seats: Sequence[Seat], path: str) -> frozenset[rules.Permission]:
    held: set[rules.Permission] = set()
    looks_up = False
    for seat in seats:
        granted = rules.ROLES[seat.role]
        if path.startswith((seat.path, *seat.second_paths)):
            held |= granted
        elif seat.path.startswith(path) and rules.Permission.BOARD_VIEW in granted:
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
        raise PermissionDenied(_missing(_("Your role does not include this here."), permission))


def require_anywhere(user: "User | AnonymousUser", permission: rules.Permission, organisation: Organisation) -> None:
    """Raise PermissionDenied unless `user` holds `permission` at some unit of `organisation`."""
    if not Unit.objects.with_permission(user, permission).filter(organisation=organisation).exists():
        raise PermissionDenied(_missing(_("Your role does not include this here."), permission))


def require_somewhere(user: "User | AnonymousUser", permission: rules.Permission) -> None:
    """Raise PermissionDenied unless `user` holds `permission` at some unit of any house."""
    if not Unit.objects.with_permission(user, permission).exists():
        raise PermissionDenied(_missing(_("Your role does not include this here."), permission))


def require_everywhere(user: "User | AnonymousUser", permission: rules.Permission, organisation: Organisation) -> None:
    """Raise PermissionDenied unless `user` holds `permission` at the top unit of `organisation`, hence at all of it."""
    top = organisation.units.filter(parent__isnull=True).first()
    if top is None or not has(user, permission, top):
        raise PermissionDenied(_missing(_("Your role does not include this for the whole organization."), permission))


def _missing(said: str, permission: rules.Permission) -> str:
    """What is refused, and which roles can do it: whoever reads it knows whom to ask."""
    carry = rules.roles_with(permission)
    roles = ", ".join(str(role.label) for role in rules.Role if role in carry)
    return _("%(refused)s These roles do: %(roles)s.") % {"refused": said, "roles": roles}
