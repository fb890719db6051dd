"""What the frame of every page says about the person who looks at it."""

from collections.abc import Iterable
from dataclasses import dataclass

from org import access, rules
from org.models import Unit, User
from org.rules import Permission


@dataclass(frozen=True, slots=True)
class Standing:
    """Where somebody stands: the organisation that a page is about, and what they may do.

    `somewhere` at one of its units at least, `throughout` at all of them; `anywhere` and `wholly` say the same of all
    organisations together: in one of them at least.
    """

    organisation_id: int
    organisation_name: str
    organisation_slug: str
    synthetic: bool
    somewhere: frozenset[Permission]
    throughout: frozenset[Permission]
    anywhere: frozenset[Permission]
    wholly: frozenset[Permission]


def standing_of(user: User, looked_at: int | str | None = None) -> Standing | None:
    """The person's standing in the organisation that they look at, by id or short name, else in that of their oldest
    role; None for somebody without a role. One statement, none where access was asked before.
    """
    seats = access.remembered_seats_of(user)
    if not seats:
        return None
    named = (seat for seat in seats if looked_at in {seat.organisation_id, seat.organisation_slug})
    here = next(named, seats[0])
    own = [seat for seat in seats if seat.organisation_id == here.organisation_id]
    return Standing(
        here.organisation_id,
        here.organisation_name,
        here.organisation_slug,
        here.synthetic,
        somewhere=_carried(own),
        throughout=_carried(_tops(own)),
        anywhere=_carried(seats),
        wholly=_carried(_tops(seats)),
    )


def _carried(seats: Iterable[access.Seat]) -> frozenset[Permission]:
    return frozenset[Permission]().union(*(rules.ROLES[seat.role] for seat in seats))


def _tops(seats: Iterable[access.Seat]) -> list[access.Seat]:
    return [seat for seat in seats if not rules.ancestor_ids(seat.path)]


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
