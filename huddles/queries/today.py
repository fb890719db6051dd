"""Today's huddles: one's own units, what is below them, and what a unit has held so far."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Count, Q

from boards.queries.words import long_day
from huddles.models import Huddle
from huddles.queries import words
from huddles.queries.below import Below, Meeting, below, huddles_on, meeting_of
from huddles.rules.issues import Status
from org import access
from org.models import Unit, User
from org.queries import home_units
from org.queries.calendars import zone_of
from org.rules import Permission

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from huddles.models import Issue

#: Somebody who holds roles at many units sees the first of them in full.
MOST_UNITS = 6


@dataclass(frozen=True, slots=True)
class OwnUnit:
    """A unit of somebody's own, with its huddles of today."""

    pk: int
    name: str
    tier: str
    day: datetime
    meetings: Sequence[Meeting]
    tomorrow: str  # the first huddle of the next day that has one planned
    waiting: int  # issues that came up and wait for this huddle
    below: Below | None
    runs: bool

    @property
    def day_text(self) -> str:
        """Like "Friday 20 November 2026"."""
        return long_day(self.day.date())


@dataclass(frozen=True, slots=True)
class TodayPage:
    """Everything that the page of today shows."""

    units: Sequence[OwnUnit]
    more: int


def today_page(user: User, units: "QuerySet[Unit]", issues: "QuerySet[Issue]", now: datetime) -> TodayPage:
    """Today's huddles for `user`, who may read `units` and `issues`. Statements grow with one's own units (at most
    `MOST_UNITS`), not with what is below them.
    """
    own = home_units(user)
    found = units.filter(pk__in=own[:MOST_UNITS]).select_related("tier", "organisation").order_by("path")
    shown = [_own_unit(user, unit, units, issues, now.astimezone(zone_of(unit))) for unit in found]
    return TodayPage(shown, max(0, len(own) - MOST_UNITS))


def _own_unit(user: User, unit: Unit, units: "QuerySet[Unit]", issues: "QuerySet[Issue]", now: datetime) -> OwnUnit:
    here = units.filter(pk=unit.pk)
    soon = huddles_on(here, now.date()) | huddles_on(here, now.date() + timedelta(days=1))
    both = [(huddle, meeting_of(huddle, now)) for huddle in soon]
    later = [meeting.time for huddle, meeting in both if huddle.day > now.date()]
    waiting = issues.filter(place=unit, status__in=(Status.RAISED, Status.ACKNOWLEDGED), confidential=False)
    lower = below(units, unit, now.date(), now) if unit.tier.level > 1 else None
    return OwnUnit(
        unit.pk,
        unit.name,
        unit.tier.name,
        now,
        [meeting for huddle, meeting in both if huddle.day == now.date()],
        later[0] if later else "",
        waiting.exclude(origin=unit).count(),
        lower,
        Permission.HUDDLE_RUN in access.known_permissions_at(user, unit.path),
    )


@dataclass(frozen=True, slots=True)
class PastRow:
    """A huddle of a unit in a list."""

    when: str
    meeting: Meeting
    version: int | None
    notes: int
    issues: int


def past_huddles(readable: "QuerySet[Huddle]", unit: Unit, now: datetime) -> "QuerySet[Huddle]":
    """The huddles of `unit` up to now, the newest first, with how much was written and raised in each."""
    return (
        readable.filter(unit=unit)
        .filter(Q(planned_at__lte=now) | Q(started_at__isnull=False) | Q(day=now.date()))
        .select_related("unit__tier", "not_held_reason", "version")
        .annotate(
            written=Count("notes", filter=Q(notes__removed_at__isnull=True), distinct=True),
            raised=Count("issues", filter=Q(issues__confidential=False), distinct=True),
        )
        .order_by("-planned_at")
    )


def past_row(huddle: Huddle, now: datetime) -> PastRow:
    """A huddle of `past_huddles` in a list. `now` is local."""
    when = words.day_clock(huddle.planned_at, now)
    version = None if huddle.version is None else huddle.version.number
    return PastRow(when, meeting_of(huddle, now), version, huddle.written, huddle.raised)  # type: ignore[attr-defined]
