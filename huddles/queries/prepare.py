"""What a unit finds on the page before its huddle."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from boards.queries.words import long_day
from huddles.models import Huddle
from huddles.queries.agendas import HuddleAgenda, agenda_of, agenda_version_for
from huddles.queries.below import Below, Meeting, below, meeting_of
from huddles.queries.huddle import BoardStep, board_step
from huddles.queries.spoken import Item, Spoken, spoken
from huddles.rules.agendas import Section
from org.models import Membership, Unit, User
from org.rules import LEADING, Permission

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from huddles.models import Issue


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody who leads here, or stands in."""

    name: str
    role: str
    stands_in: bool


@dataclass(frozen=True, slots=True)
class BeforePage:
    """Everything that the page before a huddle shows. `asked`: what will be asked of whoever reads."""

    unit: Unit
    day: datetime
    next: Meeting | None
    spoken: Spoken
    asked: Sequence[Item]
    board: BoardStep
    below: Below | None
    seats: Sequence[Seat]
    agenda: HuddleAgenda | None
    runs: bool

    @property
    def day_text(self) -> str:
        """Like "Friday 20 November 2026"."""
        return long_day(self.day.date())

    @property
    def required(self) -> Sequence[str]:
        """Who should be there by the agenda."""
        return [] if self.agenda is None else [line.title for line in self.agenda.lines(Section.SEAT)]


def before_page(
    unit: Unit,
    user: User,
    issues: "QuerySet[Issue]",
    units: "QuerySet[Unit]",
    permissions: frozenset[Permission],
    now: datetime,
) -> BeforePage:
    """The page before the next huddle of `unit`, which comes with tier and organisation. `now` is local. The same
    number of statements whatever is open.
    """
    coming = next_huddle(unit, now)
    found = spoken(issues, unit, None, now)
    mine = set(issues.filter(place=unit, owner=user).values_list("pk", flat=True))
    version = agenda_version_for(unit)
    return BeforePage(
        unit=unit,
        day=now,
        next=None if coming is None else meeting_of(coming, now),
        spoken=found,
        asked=[item for item in (*found.queue, *found.promises) if item.pk in mine or item.late],
        board=board_step(unit, permissions, now),
        below=below(units, unit, now.date(), now) if unit.tier.level > 1 else None,
        seats=seats_of(unit),
        agenda=None if version is None else agenda_of(version),
        runs=Permission.HUDDLE_RUN in permissions,
    )


def next_huddle(unit: Unit, now: datetime) -> Huddle | None:
    """The huddle that is running, or the next that may still be held. One statement."""
    planned = Huddle.objects.filter(unit=unit, ended_at__isnull=True, day__gte=now.date()).order_by("planned_at")
    for huddle in planned.select_related("unit__tier", "not_held_reason")[:10]:
        if huddle.not_held_reason_id is None and (huddle.started_at is not None or huddle.planned_at >= now):
            return huddle
    return None


def seats_of(unit: Unit) -> list[Seat]:
    """Who leads a unit, and who stands in. One statement."""
    held = Membership.objects.current().filter(unit=unit, role__in=LEADING, user__is_active=True)
    rows = sorted(held.select_related("user"), key=lambda m: (m.stands_in_for_id is not None, m.pk))
    return [Seat(str(m.user), m.get_role_display(), m.stands_in_for_id is not None) for m in rows]
