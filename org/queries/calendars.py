"""Which days count for which unit, and when it huddles next."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import connection

from org import rules
from org.models import Calendar, CalendarHuddle, Holiday, Organisation, Unit
from org.rules import HuddleTime, OpenDays


@dataclass(frozen=True, slots=True)
class NextHuddle:
    """The next huddle of a unit: an aware moment in the unit's own time zone, and its length."""

    starts_at: datetime
    minutes: int


def open_days(
    organisation: Organisation, first: date, last: date, only: Collection[int] | None = None
) -> dict[int, OpenDays]:
    """Which days from `first` to `last`, both included, count for each unit of the organisation. Two statements.

    `only` narrows to some units; all units above them must be among them, since calendars are inherited.

    A unit without a calendar uses the one above it along the primary line, at last the organisation's default; without
    any, every day counts. From the day on which it was closed no day counts.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, path, calendar_id, closed_on FROM org_unit WHERE organisation_id = %(organisation)s "
            "AND (%(only)s::int[] IS NULL OR id = ANY(%(only)s)) ORDER BY path",
            {"organisation": organisation.pk, "only": None if only is None else sorted(only)},
        )
        units = cursor.fetchall()
        cursor.execute(
            "SELECT c.id, c.weekdays, c.is_default, h.day, h.works FROM org_calendar c LEFT JOIN org_holiday h "
            "ON h.calendar_id = c.id AND h.day BETWEEN %s AND %s WHERE c.organisation_id = %s",
            [first, last, organisation.pk],
        )
        calendars = cursor.fetchall()
    found: dict[int | None, OpenDays] = {None: OpenDays()}
    default: int | None = None
    holidays: dict[int, dict[date, bool]] = {}
    for pk, weekdays, is_default, day, works in calendars:
        own = holidays.setdefault(pk, {})
        if day is not None:
            own[day] = works
        found[pk] = OpenDays(weekdays, own)
        default = pk if is_default else default
    chosen = _inherited({path: (pk, calendar) for pk, path, calendar, _ in units}, default)
    return {pk: _until(found[chosen[pk]], closed_on, last) for pk, _, _, closed_on in units}


def _inherited(units: Mapping[str, tuple[int, int | None]], default: int | None) -> dict[int, int | None]:
    """Unit → calendar. `units` is path → (unit, own calendar), parents before children."""
    by_path: dict[str, int | None] = {}
    chosen: dict[int, int | None] = {}
    for path, (pk, own) in units.items():
        above = path[: -len(rules.child_path("", pk))]
        chosen[pk] = by_path[path] = by_path.get(above, default) if own is None else own
    return chosen


def _until(days: OpenDays, closed_on: date | None, last: date) -> OpenDays:
    if closed_on is None or closed_on > last:
        return days
    holidays = {day: works for day, works in (days.holidays or {}).items() if day < closed_on}
    span = (last - closed_on).days + 1
    return OpenDays(days.weekdays, holidays | {closed_on + timedelta(days=n): False for n in range(span)})


def zone_of(unit: Unit) -> ZoneInfo:
    """The unit's time zone: its own, else the nearest above it, else the organisation's. At most two statements."""
    if unit.time_zone:
        return ZoneInfo(unit.time_zone)
    above = Unit.objects.filter(pk__in=rules.ancestor_ids(unit.path)).exclude(time_zone="")
    nearest = above.order_by("-path").values_list("time_zone", flat=True).first()
    return ZoneInfo(nearest) if nearest else unit.organisation.zone


def calendar_of(unit: Unit) -> Calendar | None:
    """The unit's calendar: its own, else the nearest above it, else the organisation's default."""
    line = Unit.objects.filter(pk__in=[*rules.ancestor_ids(unit.path), unit.pk], calendar__isnull=False)
    nearest = line.order_by("-path").select_related("calendar").first()
    if nearest is not None:
        return nearest.calendar
    return Calendar.objects.filter(organisation_id=unit.organisation_id, is_default=True).first()


def next_huddle_of(unit: Unit, now: datetime, horizon_days: int = 14) -> NextHuddle | None:
    """The first huddle of `unit` that starts at or after `now`; None where none does within `horizon_days`.

    A calendar without huddle times leaves the time to the unit's tier, on every day that the unit works.
    """
    if unit.closed_on is not None:
        return None
    zone = zone_of(unit)
    calendar = calendar_of(unit)
    first = now.astimezone(zone).date() - timedelta(days=1)
    days = OpenDays()
    times: list[HuddleTime] = []
    if calendar is not None:
        holidays = Holiday.objects.filter(calendar=calendar, day__range=(first, first + timedelta(horizon_days + 1)))
        days = OpenDays(calendar.weekdays, dict(holidays.values_list("day", "works")))
        rows = CalendarHuddle.objects.filter(calendar=calendar).values_list("weekday", "starts_at", "minutes")
        times = [HuddleTime(*row) for row in rows]
    if not times and unit.tier.huddle_at is not None:
        times = [HuddleTime(weekday, unit.tier.huddle_at, unit.tier.huddle_minutes) for weekday in range(7)]
    found = rules.next_huddle(times, days, zone, now, horizon_days)
    return None if found is None else NextHuddle(found[0], found[1].minutes)
