"""What the frame of every page says about the person who looks at it."""

from dataclasses import dataclass

from org import rules
from org.models import Membership, Unit, User
from org.rules import Permission, Role


@dataclass(frozen=True, slots=True)
class Standing:
    """Where somebody stands: their organisation (the one of their oldest role) and what they may do somewhere in it."""

    organisation_id: int
    organisation_name: str
    organisation_slug: str
    synthetic: bool
    permissions: frozenset[Permission]


def standing_of(user: User) -> Standing | None:
    """The person's standing; None for somebody without a role. One statement."""
    rows = list(
        Membership.objects.current()
        .filter(user=user)
        .order_by("pk")
        .values_list(
            "role",
            "unit__organisation_id",
            "unit__organisation__name",
            "unit__organisation__slug",
            "unit__organisation__is_synthetic",
        )
    )
    if not rows:
        return None
    _, pk, name, slug, synthetic = rows[0]
    permissions = frozenset[Permission]().union(*(rules.ROLES[Role(row[0])] for row in rows if row[1] == pk))
    return Standing(pk, name, slug, synthetic, permissions)


def home_units(user: User) -> list[int]:
    """The open units at which the person holds a role, without those that lie over another of them. One statement."""
    rows = list(
        Unit.objects.open()
        .filter(memberships__user=user, memberships__ended_on__isnull=True)
        .order_by("path")
        .values_list("pk", "path")
        .distinct()
    )
    return [pk for pk, path in rows if not any(other != path and other.startswith(path) for _, other in rows)]
