"""Alerts and how far they have come."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

from django.db.models import Count, Q, QuerySet

from huddles.models import AlertReceipt, SystemAlert
from org.models import Membership, Unit, User
from org.rules import LEADING, Permission


@dataclass(frozen=True, slots=True)
class Reach:
    """An alert, and how many of the units to which it went have read it."""

    alert: SystemAlert
    read: int
    units: int

    @property
    def everybody(self) -> bool:
        """Whether no unit is left."""
        return self.read == self.units


@dataclass(frozen=True, slots=True)
class Waiting:
    """A unit that has not said yet that it has read an alert. `ours`: the reader is of it; `may_say`: may say so for
    it, being of a unit above.
    """

    unit_id: int
    unit: str
    ours: bool
    may_say: bool


@dataclass(frozen=True, slots=True)
class Read:
    """A unit that has read an alert: when, and who said so; `told`: somebody of another unit, who heard it."""

    unit: str
    at: datetime
    by: str
    told: bool


@dataclass(frozen=True, slots=True)
class AlertPage:
    """One alert: its reach, who is missing, who has read it."""

    reach: Reach
    waiting: Sequence[Waiting]
    read: Sequence[Read]

    @property
    def ours(self) -> list[Waiting]:
        """Units of whoever looks that have not read it."""
        return [row for row in self.waiting if row.ours]

    @property
    def others(self) -> list[Waiting]:
        """Units below for which whoever looks may note what they told."""
        return [row for row in self.waiting if row.may_say and not row.ours]


def reaches(alerts: "QuerySet[SystemAlert]") -> "QuerySet[SystemAlert]":
    """`alerts`, newest first, each with `units` and `read`: to how many it went, how many have read it."""
    return (
        alerts.select_related("sent_by", "issue", "organisation")
        .annotate(units=Count("receipts"), read=Count("receipts", filter=Q(receipts__read_at__isnull=False)))
        .order_by("-sent_at", "-pk")
    )


def alert_page(alert: SystemAlert, reader: User) -> AlertPage:
    """The page of one alert. Four statements."""
    receipts = list(alert.receipts.select_related("unit", "read_by").order_by("unit__path"))
    units = [receipt.unit_id for receipt in receipts]
    may = set(
        Unit.objects.with_permission(reader, Permission.HUDDLE_RUN).filter(pk__in=units).values_list("pk", flat=True)
    )
    people = {reader.pk, *(receipt.read_by_id for receipt in receipts)}
    seats = set(Membership.objects.filter(unit__in=units, user__in=people).values_list("user", "unit"))
    ours = {unit for user, unit in seats if user == reader.pk}
    waiting = [
        Waiting(r.unit_id, r.unit.name, r.unit_id in ours & may, r.unit_id in may)
        for r in receipts
        if r.read_at is None
    ]
    read = [
        Read(
            r.unit.name,
            r.read_at,
            str(r.read_by or ""),
            r.read_by is not None and (r.read_by_id, r.unit_id) not in seats,
        )
        for r in receipts
        if r.read_at is not None
    ]
    return AlertPage(Reach(alert, len(read), len(receipts)), waiting, sorted(read, key=attrgetter("at")))


def unread_at(unit: Unit) -> list[SystemAlert]:
    """Alerts that `unit` has not said it has read, newest first. One statement."""
    receipts = AlertReceipt.objects.filter(unit=unit, read_at__isnull=True, alert__ended_at__isnull=True)
    return [receipt.alert for receipt in receipts.select_related("alert").order_by("-alert__sent_at", "-alert")]


def leads_of(units: Collection[int]) -> list[User]:
    """Whoever leads one of `units` now, once each, and may sign in. One statement."""
    seats = Q(memberships__unit__in=units, memberships__ended_on__isnull=True, memberships__role__in=LEADING)
    return list(User.objects.filter(seats, is_active=True).distinct().order_by("pk"))
