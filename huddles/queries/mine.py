"""Everything about one person: what they own, have promised, have raised, are asked about, have to confirm."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any, Final

from django.db.models import Q, QuerySet

from huddles.models import Comment, Issue
from huddles.queries.issues import ROW_FIELDS, IssueRow, issue_rows
from huddles.rules.issues import IN_WORK, OPEN, Status, Verdict
from org import access
from org.models import Membership, User
from org.rules import Permission, roles_with

#: Of each part at most so many; the list of all has the rest.
MOST: Final = 50
#: What was said about somebody longer ago is no news.
RECENT: Final = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Mine:
    """Everything about one person, in the order of what to do first."""

    confirm: Sequence[IssueRow]
    late: Sequence[IssueRow]
    promised: Sequence[IssueRow]
    owned: Sequence[IssueRow]
    mentioned: Sequence[IssueRow]
    raised: Sequence[IssueRow]

    @property
    def empty(self) -> bool:
        """Whether nothing is about them."""
        return not any((self.confirm, self.late, self.promised, self.owned, self.mentioned, self.raised))


def mine(user: User, now: datetime, zone: tzinfo) -> Mine:
    """The page of `user`. One statement for each part, and one for how many joined."""
    readable = Issue.objects.visible_to(user)
    owned = _first(readable.filter(owner=user, status__in=sorted(IN_WORK | {Status.PARKED})), "clock_at", "pk")
    raised = _first(readable.filter(raised_by=user).filter(_still_open(now)), "-raised_at", "-pk")
    asked = Comment.objects.filter(mentioned=user, removed_at__isnull=True, at__gte=now - RECENT).values("issue")
    mentioned = _first(readable.filter(pk__in=asked), "-changed_at", "-pk")
    confirm = _first(_to_confirm(readable, user), "clock_at", "pk")
    parts = [confirm, owned, mentioned, raised]
    rows = {row.pk: row for row in issue_rows(list({r.pk: r for part in parts for r in part}.values()), now, zone)}
    mine_now = [(row.status, rows[row.pk]) for row in owned]
    promised = [row for status, row in mine_now if status == Status.ANSWERED]
    return Mine(
        confirm=[rows[row.pk] for row in confirm],
        late=[row for _status, row in mine_now if row.late],
        promised=[row for row in promised if not row.late],
        owned=[row for status, row in mine_now if status != Status.ANSWERED and not row.late],
        mentioned=[rows[row.pk] for row in mentioned],
        raised=[rows[row.pk] for row in raised],
    )


def _first(found: "QuerySet[Issue]", *order: str) -> list[Any]:
    return list(found.order_by(*order).values_list(*ROW_FIELDS, named=True)[:MOST])


def _still_open(now: datetime) -> Q:
    """Open, part of another one, or closed so lately that it is news."""
    return Q(status__in=sorted(OPEN | {Status.MERGED})) | Q(closed_at__gte=now - RECENT)


def _to_confirm(readable: "QuerySet[Issue]", user: User) -> "QuerySet[Issue]":
    """Done, and not confirmed by units at which the person holds a role; or told by themselves in confidence."""
    seats = Membership.objects.current().filter(user=user, role__in=sorted(roles_with(Permission.ISSUE_CONFIRM)))
    here = Q(origin__in=seats.values("unit"), confidential=False) | Q(raised_by=user, confidential=True)
    alone = Q(status=Status.DONE)
    part = Q(status=Status.MERGED, merged_into__status=Status.DONE)
    closing = (Verdict.SOLVED, Verdict.PARTLY)
    return readable.filter(here).filter(alone | part).exclude(verdict__in=closing)


def house_of(user: User) -> tuple[int, tzinfo] | None:
    """The organisation that somebody is at home in, and its zone; None without a role anywhere."""
    seats = access.remembered_seats_of(user)
    if not seats:
        return None
    zone = Membership.objects.current().filter(user=user).select_related("unit__organisation").order_by("pk").first()
    return None if zone is None else (zone.unit.organisation_id, zone.unit.organisation.zone)
