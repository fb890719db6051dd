"""The roster of units: what a file is compared with, and who stands on it."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db.models import Count, Max, Q

from org.models import Membership, Unit, User
from org.rules import Permission, ancestor_ids
from rounding.models import Colleague, Shift
from rounding.roster import Person, Staffed, Time

if TYPE_CHECKING:
    from django.db.models import QuerySet


def units_of(user: User) -> list[Unit]:
    """Units whose roster `user` may bring, as a list. One statement."""
    return list(brought_by(user))


def brought_by(user: User) -> "QuerySet[Unit]":
    """Units whose roster `user` may bring: where they lead rounds and so read names and shifts, and where they invite
    people.
    """
    leads = Unit.objects.with_permission(user, Permission.ROUND_LEAD).values("pk")
    invites = Unit.objects.with_permission(user, Permission.PEOPLE_EDIT).values("pk")
    either = Unit.objects.visible_to(user).open().filter(Q(pk__in=leads) | Q(pk__in=invites))
    return either.select_related("organisation").order_by("path")


def zones_of(units: list[Unit]) -> dict[int, ZoneInfo]:
    """The zone of each unit: its own, else the nearest above it, else that of its house. One statement."""
    above = {pk for unit in units for pk in ancestor_ids(unit.path)}
    named = dict(Unit.objects.filter(pk__in=above).exclude(time_zone="").values_list("pk", "time_zone"))
    found = {}
    for unit in units:
        near = [named[pk] for pk in reversed(ancestor_ids(unit.path)) if pk in named]
        found[unit.pk] = ZoneInfo(unit.time_zone or (near[0] if near else unit.organisation.time_zone))
    return found


def staffed(unit: Unit, units: list[Unit]) -> Staffed:
    """What a roster for `unit` is compared with: `units` that may be brought, at or below it. Four statements."""
    reach = [one for one in units if one.path.startswith(unit.path)]
    zones = zones_of(reach)
    ids = set(zones)
    people: dict[str, Person] = {}
    left: set[str] = set()
    elsewhere: set[str] = set()
    for row in Colleague.objects.filter(organisation=unit.organisation_id).select_related("person", "unit"):
        if row.ended_at is None and row.unit_id not in ids:
            elsewhere.add(row.external_id)
            continue
        email = row.person.email.lower() if row.person is not None else ""
        people[row.external_id] = Person(row.external_id, row.name, row.unit.code, row.started_on, email)
        if row.ended_at is not None:
            left.add(row.external_id)
    here = Membership.objects.current().filter(unit__organisation=unit.organisation_id, user__is_active=True)
    accounts = {email.lower() for email in here.values_list("user__email", flat=True)}
    shifts = Shift.objects.filter(colleague__unit__in=ids)
    times = [Time(*row) for row in shifts.values_list("colleague__external_id", "starts_at", "ends_at")]
    return Staffed({one.code: zones[one.pk] for one in reach}, people, left, elsewhere, accounts, times)


@dataclass(frozen=True, slots=True)
class UnitRoster:
    """How many people of a unit are known, and until when their shifts."""

    unit: Unit
    people: int
    until: datetime | None


def rosters_of(user: User) -> list[UnitRoster]:
    """Units whose roster `user` may bring, with what is known there. Three statements."""
    units = units_of(user)
    present = Q(ended_at__isnull=True)
    rows = Colleague.objects.filter(present, unit__in=[unit.pk for unit in units]).values("unit")
    found = {row["unit"]: row for row in rows.annotate(n=Count("pk", distinct=True), last=Max("shifts__ends_at"))}
    return [
        UnitRoster(unit, found[unit.pk]["n"], found[unit.pk]["last"]) if unit.pk in found else UnitRoster(unit, 0, None)
        for unit in units
    ]
