"""Who reads measures of staff by groups of staff, and which these are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import CharField
from django.db.models.functions import Cast

from boards import rules
from boards.models import Signal
from org.models import Membership, Organisation, User
from org.rules import Permission, Role, roles_with

if TYPE_CHECKING:
    from django.db.models import QuerySet


@dataclass(frozen=True, slots=True)
class StaffReader:
    """Somebody who may see groups of staff: by which role, and at which unit and all below it."""

    person_id: int
    name: str
    role: str
    unit: str
    stands_in: bool


def kept_back(organisation: Organisation, user: User) -> "dict[str, QuerySet[Signal]]":
    """Kind of subject → the ids, as text, of those of which the audit trail tells `user` no more than that something
    happened: signals about staff that they may not read. No statement.
    """
    of_staff = Signal.objects.of(rules.About.STAFF).filter(organisation=organisation)
    readable = Signal.objects.visible_to(user).of(rules.About.STAFF)
    others = of_staff.exclude(pk__in=readable.values("pk"))
    return {Signal._meta.label_lower: others.annotate(key=Cast("pk", CharField())).values("key")}  # type: ignore[dict-item]


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
