"""Making, changing and removing calendars."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from org import audit
from org.models import Calendar, CalendarHuddle, Holiday, Organisation, User
from org.rules import HuddleTime, NotAllowed


@dataclass(frozen=True, slots=True)
class HolidayPlan:
    """A day that differs from the week; `works`: the unit works on it."""

    day: date
    name: str
    works: bool = False


@transaction.atomic
def save_calendar(
    *,
    organisation: Organisation,
    calendar: Calendar | None,
    name: str,
    weekdays: int,
    is_default: bool,
    huddles: Sequence[HuddleTime],
    holidays: Sequence[HolidayPlan],
    by: User | None,
    at: datetime,
) -> Calendar:
    """Make a calendar (None) or make it exactly this. A new default takes the place of the old one."""
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    others = organisation.calendars.exclude(pk=calendar.pk if calendar else 0)
    if others.filter(name=name).exists():
        raise NotAllowed(_("Another calendar is called %(name)s.") % {"name": name})
    if len({(h.weekday, h.starts_at) for h in huddles}) < len(huddles):
        raise NotAllowed(_("A huddle time stands twice on the same day."))
    if len({h.day for h in holidays}) < len(holidays):
        raise NotAllowed(_("A holiday stands twice."))
    if is_default:
        others.filter(is_default=True).update(is_default=False)
    created = calendar is None
    calendar = calendar or Calendar(organisation=organisation)
    calendar.name, calendar.weekdays, calendar.is_default = name, weekdays, is_default
    calendar.save()
    calendar.huddles.all().delete()
    CalendarHuddle.objects.bulk_create(
        CalendarHuddle(calendar=calendar, weekday=h.weekday, starts_at=h.starts_at, minutes=h.minutes) for h in huddles
    )
    calendar.holidays.all().delete()
    Holiday.objects.bulk_create(Holiday(calendar=calendar, day=h.day, name=h.name, works=h.works) for h in holidays)
    audit.record(
        "calendar.created" if created else "calendar.changed",
        subject=calendar,
        by=by,
        at=at,
        organisation_id=organisation.pk,
        facts={"weekdays": weekdays, "default": is_default, "huddles": len(huddles), "holidays": len(holidays)},
    )
    return calendar


@transaction.atomic
def delete_calendar(*, calendar: Calendar, by: User | None, at: datetime) -> None:
    """Remove a calendar. Raises NotAllowed while a unit uses it or while it is the default."""
    calendar = Calendar.objects.select_for_update().get(pk=calendar.pk)
    if calendar.is_default:
        raise NotAllowed(_("This calendar is the default: make another one the default first."))
    if calendar.units.exists():
        raise NotAllowed(_("Units use this calendar: give them another one first."))
    audit.record("calendar.deleted", subject=calendar, by=by, at=at, organisation_id=calendar.organisation_id)
    calendar.delete()
