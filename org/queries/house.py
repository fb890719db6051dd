"""What the frame of every page says about the person who looks at it."""

from dataclasses import dataclass

from org import access, rules
from org.models import Unit, User
from org.rules import Permission


@dataclass(frozen=True, slots=True)
class Standing:
    """Where somebody stands: their organisation (the one of their oldest role) and what they may do somewhere in it."""

    organisation_id: int
    organisation_name: str
    organisation_slug: str
    synthetic: bool
    permissions: frozenset[Permission]


def standing_of(user: User) -> Standing | None:
    """The person's standing; None for somebody without a role. One statement, none where access was asked before."""
    seats = access.remembered_seats_of(user)
    if not seats:
        return None
    first = seats[0]
    own = [seat for seat in seats if seat.organisation_id == first.organisation_id]
    permissions = frozenset[Permission]().union(*(rules.ROLES[seat.role] for seat in own))
    return Standing(
        first.organisation_id, first.organisation_name, first.organisation_slug, first.synthetic, permissions
    )


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
