"""Issues as a list: what somebody may see, narrowed, sought and sorted; one page stays fast however many there are."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum
from typing import Any, Final

from django.contrib.postgres.search import SearchVector
from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from huddles.models import Issue
from huddles.models.issues import IssueQuerySet
from huddles.queries import words
from huddles.queries.issues_words import due
from huddles.rules.issues import CLOSED, Size, Status, Urgency, status_text
from org.models import Unit, User
from org.queries.words import beginning_with


class Scope(StrEnum):
    """Whose issues."""

    ALL = "all"
    MINE = "mine"
    UNIT = "unit"


class Group(StrEnum):
    """Where they stand in their loop."""

    OPEN = "open"
    WAITING = "waiting"
    WORKING = "working"
    CONFIRM = "confirm"
    LATE_PROMISES = "late_promises"
    PARKED = "parked"
    CLOSED = "closed"
    EVERY = "every"


class Order(StrEnum):
    """What comes first."""

    CLOCK = "clock"
    OLDEST = "oldest"
    NEWEST = "newest"


GROUP_NAMES: Final[Mapping[Group, Any]] = {
    Group.OPEN: _("Open"),
    Group.WAITING: _("Waiting to be taken"),
    Group.WORKING: _("In work"),
    Group.CONFIRM: _("To be confirmed"),
    Group.LATE_PROMISES: _("Promises that are late"),
    Group.PARKED: _("Parked"),
    Group.CLOSED: _("Closed"),
    Group.EVERY: _("All"),
}
ORDER_NAMES: Final[Mapping[Order, Any]] = {
    Order.CLOCK: _("What runs out first"),
    Order.OLDEST: _("Oldest first"),
    Order.NEWEST: _("Newest first"),
}
_STATUSES: Final[Mapping[Group, tuple[Status, ...]]] = {
    Group.WAITING: (Status.RAISED,),
    Group.WORKING: (Status.ACKNOWLEDGED, Status.ANSWERED),
    Group.CONFIRM: (Status.DONE,),
    Group.PARKED: (Status.PARKED,),
    Group.CLOSED: tuple(sorted(CLOSED)),
}
#: Groups in which every issue has a clock that runs.
_CLOCKED: Final = frozenset({Group.OPEN, Group.WAITING, Group.WORKING, Group.CONFIRM, Group.PARKED})

#: Status → the sign of the sprite; the words stand beside it.
SIGNS: Final[Mapping[Status, str]] = {
    Status.RAISED: "not_due",
    Status.ACKNOWLEDGED: "seen",
    Status.ANSWERED: "seen",
    Status.DONE: "at_risk",
    Status.PARKED: "no_data",
    Status.MERGED: "no_data",
    Status.CONFIRMED: "met",
    Status.UNCONFIRMED: "missed",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list is asked for. `unit` belongs to `Scope.UNIT`; `below`: all that stand there or below."""

    scope: Scope = Scope.ALL
    unit: Unit | None = None
    group: Group = Group.OPEN
    order: Order = Order.CLOCK
    urgent: bool = False
    late: bool = False
    text: str = ""
    below: bool = False

    @property
    def narrowed(self) -> bool:
        """Whether anything was asked for besides whose issues."""
        return self.group != Group.OPEN or self.urgent or self.late or bool(self.text)


@dataclass(frozen=True, slots=True)
class IssueRow:
    """An issue in a list. `sign` is a sign of the sprite, `due` what runs out and when, `check_in` when it is looked at
    next, `late` whether one of them is over, `joined` how many joined it.
    """

    pk: int
    number: int
    title: str
    url: str
    status: str
    status_text: str
    sign: str
    place: str
    origin: str
    owner: str
    due: str
    late: bool
    check_in: str
    check_in_late: bool
    age: str
    urgent: bool
    size_text: str
    confidential: bool
    reopened: int
    joined: int


#: What a row is made of.
ROW_FIELDS: Final = (
    "pk",
    "number",
    "title",
    "status",
    "outcome",
    "urgency",
    "size",
    "confidential",
    "clock_at",
    "check_in_at",
    "raised_at",
    "closed_at",
    "reopened",
    "place__name",
    "origin__name",
    "owner__name",
)


def sought(user: User, organisation_id: int, asked: Asked, now: datetime) -> "QuerySet[Issue, Any]":
    """Issues of an organisation that `user` may see and that `asked` is about, in its order, as `ROW_FIELDS`."""
    found = Issue.objects.visible_to(user).filter(organisation=organisation_id)
    if asked.scope == Scope.MINE:
        found = found.filter(Q(owner=user) | Q(raised_by=user))
    elif asked.scope == Scope.UNIT and asked.unit is not None and asked.below:
        found = found.filter(place__path__startswith=asked.unit.path)
    elif asked.scope == Scope.UNIT and asked.unit is not None:
        found = found.filter(Q(place=asked.unit) | Q(origin=asked.unit))
    if number_in(asked.text) is not None:
        return _ordered(matching(found, asked.text), asked).values_list(*ROW_FIELDS, named=True)  # wherever it stands
    if asked.group in _CLOCKED:
        found = found.filter(clock_at__isnull=False)
    if asked.group in _STATUSES:
        found = found.filter(status__in=_STATUSES[asked.group])
    if asked.group == Group.LATE_PROMISES:
        found = found.late_promises(now)
    if asked.urgent:
        found = found.filter(urgency=Urgency.URGENT)
    if asked.late:
        found = found.late(now)
    if asked.text:
        found = matching(found, asked.text)
    return _ordered(found, asked).values_list(*ROW_FIELDS, named=True)


def number_in(text: str) -> int | None:
    """The number of an issue, where `text` is one: "176" or "#176"."""
    bare = text.strip().removeprefix("#")
    return int(bare) if bare.isascii() and bare.isdigit() and len(bare) < 10 else None


def matching(issues: IssueQuerySet, text: str) -> IssueQuerySet:
    """Those with this number, or that hold the words, or begin with the last of them, or whose title contains it."""
    number = number_in(text)
    if number is not None:
        return issues.filter(number=number)
    query = beginning_with(text)
    if query is None:
        return issues.none()
    vector = SearchVector("title", "detail", config="simple")
    return issues.annotate(words=vector).filter(Q(words=query) | Q(title__icontains=text.strip()))


def _ordered(issues: IssueQuerySet, asked: Asked) -> IssueQuerySet:
    if asked.order == Order.OLDEST:
        return issues.order_by("raised_at", "pk")
    if asked.order == Order.CLOCK and asked.group in _CLOCKED:
        return issues.order_by("clock_at", "pk")
    return issues.order_by("-raised_at", "-pk")


def issue_rows(found: Sequence[Any], now: datetime, zone: tzinfo) -> list[IssueRow]:
    """Rows of a page from what `sought` gave. One statement."""
    joined = joined_counts(row.pk for row in found)
    local = now.astimezone(zone)
    return [_row(row, joined.get(row.pk, 0), local) for row in found]


def joined_counts(pks: Iterable[int]) -> dict[int, int]:
    """How many issues have joined each of these."""
    found = Issue.objects.filter(merged_into__in=list(pks)).order_by().values_list("merged_into")
    return dict(found.annotate(n=Count("pk")))


def _row(row: Any, joined: int, now: datetime) -> IssueRow:
    status = Status(row.status)
    check_in_late = row.check_in_at is not None and row.check_in_at <= now
    return IssueRow(
        pk=row.pk,
        number=row.number,
        title=row.title,
        url=reverse("huddles:issue", args=[row.pk]),
        status=row.status,
        status_text=status_text(row.status, row.outcome),
        sign=SIGNS[status],
        place=row.place__name,
        origin=row.origin__name,
        owner=row.owner__name,
        due=due(row.status, row.clock_at, now),
        late=check_in_late or (row.clock_at is not None and row.clock_at <= now),
        check_in=words.check_in(row.check_in_at, now),
        check_in_late=check_in_late,
        age=words.span((row.closed_at or now) - row.raised_at),
        urgent=row.urgency == Urgency.URGENT,
        size_text="" if row.size == Size.UNSORTED else str(Size(row.size).label),
        confidential=row.confidential,
        reopened=row.reopened,
        joined=joined,
    )
