"""A huddle of the ward with its agenda, for tests of what happens in it."""

from datetime import datetime, timedelta

from django.utils import timezone

from huddles.actions import huddles
from huddles.actions.defaults import furnish
from huddles.models import AgendaLine, Huddle
from huddles.rules.agendas import Section
from org.models import Unit, User
from org.rules import Role
from tests.factories import make_user
from tests.huddles.factories import MORNING, House

PLANNED = MORNING.replace(minute=0)


def make_huddle(unit: Unit, *, planned_at: datetime = PLANNED, **fields) -> Huddle:
    """A planned huddle of `unit`, 07:00 in New York, with the agendas of the house in place."""
    furnish(organisation=unit.organisation, at=PLANNED - timedelta(days=30))
    day = planned_at.astimezone(unit.organisation.zone).date()
    return Huddle.objects.create(unit=unit, **{"day": day, "planned_at": planned_at, "minutes": 15, **fields})


def begun(house: House, *, by: User | None = None, at: datetime = PLANNED) -> Huddle:
    """A huddle of the ward that is running."""
    huddle = make_huddle(house.ward, planned_at=PLANNED)
    return huddles.start(huddle=huddle, by=by or house.lead(house.ward), at=at)


def lines(huddle: Huddle, section: Section) -> list[AgendaLine]:
    """The lines of a section of the huddle's agenda."""
    return list(AgendaLine.objects.filter(version=huddle.version, section=section).order_by("position"))


def plan_huddle(unit: Unit, ahead: timedelta = timedelta(0), minutes: int = 15) -> Huddle:
    """A huddle of `unit` that is to begin so long from now."""
    planned_at = timezone.now() + ahead
    return make_huddle(unit, planned_at=planned_at, minutes=minutes)


def begin_huddle(unit: Unit, by: User | None = None) -> Huddle:
    """A huddle of `unit` that has begun just now."""
    by = by or make_user(Role.STAFF, unit)
    return huddles.start(huddle=plan_huddle(unit), by=by, at=timezone.now())
