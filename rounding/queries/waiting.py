"""What rounds asked and what was promised on them, unit by unit: open, late, answered lately. Nobody is ranked."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.db.models import Q
from django.urls import reverse

from boards.queries.words import short_day
from huddles.models import Issue
from org.models import Unit, User
from org.rules import Permission
from rounding.models import Observation, Promise
from rounding.queries.follow_ups import PromiseLine, promise_line
from rounding.queries.mine import ENDED
from rounding.rules.rounds import PromiseState

if TYPE_CHECKING:
    from django.db.models import QuerySet

#: More lines of a kind than these are not read; the page says so.
MOST: Final = 400
#: So far back rounds are looked at for issues that still wait.
LATELY: Final = timedelta(days=365)
_ANSWERS: Final = ("answered_at", "done_at", "closed_at")


@dataclass(frozen=True, slots=True)
class IssueLine:
    """An issue that came of a round and has no answer."""

    url: str
    number: int
    title: str
    since: str


@dataclass(slots=True)
class UnitWaits:
    """A unit: promises that are open, the late ones first, those answered lately, and issues without an answer."""

    unit: Unit
    open: list[PromiseLine] = field(default_factory=list)
    ended: list[PromiseLine] = field(default_factory=list)
    issues: list[IssueLine] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Waiting:
    """The page: units in the order of the tree, counts over all of them. `cut`: there is more than is shown."""

    units: Sequence[UnitWaits]
    open: int
    late: int
    ended: int
    issues: int
    cut: bool

    @property
    def waits(self) -> list[UnitWaits]:
        """Units at which something waits."""
        return [one for one in self.units if one.open or one.issues]

    @property
    def calm(self) -> list[UnitWaits]:
        """Units at which everything of late was answered."""
        return [one for one in self.units if not (one.open or one.issues)]


def waiting(user: User, unit: Unit | None, now: datetime) -> Waiting:
    """What waits at units where `user` reads what rounds noted, at `unit` and below it where one is given. Two
    statements.
    """
    read = Unit.objects.with_permission(user, Permission.ROUND_READ).open()
    if unit is not None:
        read = read.filter(path__startswith=unit.path, organisation=unit.organisation_id)
    lately = Q(state=PromiseState.OPEN) | Q(ended_at__gt=now - ENDED)
    promises = list(
        Promise.objects.visible_to(user)
        .shared()
        .filter(lately, unit__in=read.order_by().values("pk"))
        .select_related("unit__organisation", "by")
        .order_by("due_on", "pk")[: MOST + 1]
    )
    issues = _issues(user, read, now)
    found: dict[int, UnitWaits] = {}
    for row in promises[:MOST]:
        here = found.setdefault(row.unit_id, UnitWaits(row.unit))
        line = promise_line(row, user, now.astimezone(row.unit.organisation.zone))
        (here.open if row.state == PromiseState.OPEN else here.ended).append(line)
    for at, lines in issues.items():
        found.setdefault(at.pk, UnitWaits(at)).issues.extend(lines)
    units = sorted(found.values(), key=lambda one: (one.unit.organisation_id, one.unit.path))
    counted = sum(len(lines) for lines in issues.values())
    return Waiting(
        units=units,
        open=sum(len(one.open) for one in units),
        late=sum(line.late for one in units for line in one.open),
        ended=sum(len(one.ended) for one in units),
        issues=counted,
        cut=len(promises) > MOST or counted >= MOST,
    )


def _issues(user: User, read: "QuerySet[Unit]", now: datetime) -> dict[Unit, list[IssueLine]]:
    """Issues of notes without an answer; confidential ones and parts of one are left out, as everywhere."""
    readable = Issue.objects.visible_to(user).filter(confidential=False).values("pk")
    silent = {f"{place}{name}__isnull": True for place in ("issue__", "issue__merged_into__") for name in _ANSWERS}
    rows = (
        Observation.objects.visible_to(user)
        .filter(round__version__shared=True, round__unit__in=read.order_by().values("pk"), issue__in=readable)
        .filter(round__began_at__gt=now - LATELY, **silent)
        .exclude(issue__merged_into__confidential=True)
        .select_related("issue", "round__unit__organisation")
        .order_by("at", "pk")[:MOST]
    )
    found: dict[Unit, list[IssueLine]] = defaultdict(list)
    for row in rows:
        if row.issue is None:
            continue
        local = now.astimezone(row.round.unit.organisation.zone)
        found[row.round.unit].append(
            IssueLine(
                url=reverse("huddles:issue", args=[row.issue.pk]),
                number=row.issue.number,
                title=row.issue.title,
                since=short_day(row.at.astimezone(local.tzinfo).date(), local.date()),
            )
        )
    return found
