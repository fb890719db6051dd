"""Who reads measures of staff by groups of staff, and which these are."""

from collections.abc import Sequence
from dataclasses import dataclass

from boards import rules
from org.models import Membership, Organisation
from org.rules import Permission, Role, roles_with


@dataclass(frozen=True, slots=True)
class StaffReader:
    """Somebody who may see groups of staff: by which role, and at which unit and all below it."""

    person_id: int
    name: str
    role: str
    unit: str
    stands_in: bool


@dataclass(frozen=True, slots=True)
class StaffMeasure:
    """A measure of staff, by groups or as a whole only."""

    name: str
    letter: str
    by_groups: bool


def readers_for_staff(organisation: Organisation) -> Sequence[StaffReader]:
    """Everybody who holds the right now, by name. One statement."""
    held = (
        Membership.objects.current()
        .filter(
            unit__organisation=organisation,
            role__in=sorted(roles_with(Permission.WORKFORCE_VIEW)),
            user__is_active=True,
        )
        .select_related("user", "unit")
        .order_by("user__name", "unit__path", "role")
    )
    return [
        StaffReader(m.user_id, str(m.user), str(Role(m.role).label), m.unit.name, m.stands_in_for_id is not None)
        for m in held
    ]


def staff_measures(organisation: Organisation) -> Sequence[StaffMeasure]:
    """Measures in use that count staff, by letter and name. One statement."""
    found = organisation.measures.active().filter(about=rules.About.STAFF).select_related("letter")
    return [StaffMeasure(m.name, m.letter.code, m.stratifiable) for m in found.order_by("letter__position", "name")]
