"""Which huddles the calendars of an organisation have on which days: times of the wall as moments."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import connection

from org.models import Organisation
from org.rules import HuddleTime, OpenDays, child_path, huddles_on


@dataclass(frozen=True, slots=True)
class Slot:
    """One huddle as planned. `planned_at` is UTC; `day` is the day at the unit."""

    unit_id: int
    day: date
    planned_at: datetime
    minutes: int


@dataclass(frozen=True, slots=True)
class _Calendar:
    days: OpenDays
    times: tuple[HuddleTime, ...]


#: A house without any calendar: every day counts, and the tier says the time.
_NONE = _Calendar(OpenDays(), ())


def slots_of(organisation: Organisation, first: date, last: date) -> list[Slot]:
    """Every huddle of the units of `organisation` on days from `first` to `last`, both included. Four statements.

    The rules are those of `org.queries.next_huddle_of`: calendars and time zones are inherited along the primary line,
    a calendar without times leaves the time to the tier, holidays go before weekdays, a closed unit has none. A time
    that comes twice is held in the first of the two, one in a missing hour later; two that fall on one moment are one.
    """
    calendars, default = _calendars(organisation, first, last)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT u.id, u.path, u.calendar_id, u.time_zone, u.closed_on, t.huddle_at, t.huddle_minutes "
            "FROM org_unit u JOIN org_tier t ON t.id = u.tier_id WHERE u.organisation_id = %s ORDER BY u.path",
            [organisation.pk],
        )
        units = cursor.fetchall()
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    inherited: dict[str, tuple[int | None, ZoneInfo]] = {}
    found: dict[tuple[int, datetime], Slot] = {}
    for pk, path, calendar_id, time_zone, closed_on, huddle_at, minutes in units:
        above = inherited.get(path[: -len(child_path("", pk))], (default, organisation.zone))
        chosen = above[0] if calendar_id is None else calendar_id
        zone = ZoneInfo(time_zone) if time_zone else above[1]
        inherited[path] = (chosen, zone)
        calendar = _NONE if chosen is None else calendars[chosen]
        times = calendar.times
        if not times and huddle_at is not None:
            times = tuple(HuddleTime(weekday, huddle_at, minutes) for weekday in range(7))
        for day in days:
            if closed_on is not None and day >= closed_on:
                break
            for huddle in huddles_on(times, calendar.days, day):
                moment = datetime.combine(day, huddle.starts_at, zone).astimezone(UTC)
                found.setdefault((pk, moment), Slot(pk, day, moment, huddle.minutes))
    return list(found.values())


def _calendars(organisation: Organisation, first: date, last: date) -> tuple[Mapping[int, _Calendar], int | None]:
    """Calendars by id with their holidays and times, and which one is the default. Three statements."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, weekdays, is_default FROM org_calendar WHERE organisation_id = %s", [organisation.pk]
        )
        rows = cursor.fetchall()
        cursor.execute(
            "SELECT h.calendar_id, h.day, h.works FROM org_holiday h JOIN org_calendar c ON c.id = h.calendar_id "
            "WHERE c.organisation_id = %s AND h.day BETWEEN %s AND %s",
            [organisation.pk, first, last],
        )
        holidays: dict[int, dict[date, bool]] = {}
        for calendar, day, works in cursor.fetchall():
            holidays.setdefault(calendar, {})[day] = works
        cursor.execute(
            "SELECT h.calendar_id, h.weekday, h.starts_at, h.minutes FROM org_calendarhuddle h "
            "JOIN org_calendar c ON c.id = h.calendar_id WHERE c.organisation_id = %s ORDER BY h.starts_at",
            [organisation.pk],
        )
        times: dict[int, list[HuddleTime]] = {}
        for calendar, weekday, starts_at, minutes in cursor.fetchall():
            times.setdefault(calendar, []).append(HuddleTime(weekday, starts_at, minutes))
    found = {pk: _Calendar(OpenDays(week, holidays.get(pk)), tuple(times.get(pk, ()))) for pk, week, _default in rows}
    return found, next((pk for pk, _week, is_default in rows if is_default), None)
