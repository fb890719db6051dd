"""What an issue has to know about the unit at which it arrives: who answers there, which time counts, what is above."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import connection

from huddles.rules import clocks
from huddles.rules import issues as rules
from huddles.rules.clocks import Level
from huddles.rules.issues import Size, Urgency
from org.models import Unit
from org.rules import LEADING, OpenDays, Role, ancestor_ids

#: One statement for all of it: every act on an issue asks, so it is written by hand. `rank` says who goes before whom:
#: the nearest unit first, then the order of `LEADING`, at last whoever administers.
_TERMS: Final = """
WITH here AS (
    SELECT u.id, u.organisation_id, u.parent_id, u.path, u.closed_on, t.level, o.time_zone AS house_zone,
    string_to_array(trim(trailing '/' FROM u.path), '/')::int[] AS line
    FROM org_unit u JOIN org_tier t ON t.id = u.tier_id JOIN org_organisation o ON o.id = u.organisation_id
    WHERE u.id = %(unit)s
), nearest AS (
    SELECT a.calendar_id, a.time_zone, length(a.path) AS depth FROM here, org_unit a WHERE a.id = ANY(here.line)
), days AS (
    SELECT c.id, c.weekdays FROM here, org_calendar c WHERE c.id = coalesce(
        (SELECT calendar_id FROM nearest WHERE calendar_id IS NOT NULL ORDER BY depth DESC LIMIT 1),
        (SELECT d.id FROM org_calendar d WHERE d.organisation_id = here.organisation_id AND d.is_default)
    )
), lead AS (
    SELECT m.id, m.user_id FROM here, org_unit a
    JOIN org_membership m ON m.unit_id = a.id AND m.ended_on IS NULL AND m.stands_in_for_id IS NULL
    JOIN org_user p ON p.id = m.user_id AND p.is_active
    WHERE a.id = ANY(here.line) AND m.role = ANY(%(roles)s)
    ORDER BY m.role = %(last)s, length(a.path) DESC, array_position(%(roles)s, m.role::text), m.id LIMIT 1
)
SELECT here.organisation_id, here.parent_id, here.path, here.closed_on, here.level,
    coalesce((SELECT time_zone FROM nearest WHERE time_zone <> '' ORDER BY depth DESC LIMIT 1), here.house_zone),
    (SELECT weekdays FROM days),
    (SELECT array_agg(h.day ORDER BY h.day) FROM org_holiday h, days WHERE h.calendar_id = days.id
     AND h.day BETWEEN %(first)s AND %(last_day)s),
    (SELECT array_agg(h.works ORDER BY h.day) FROM org_holiday h, days WHERE h.calendar_id = days.id
     AND h.day BETWEEN %(first)s AND %(last_day)s),
    (SELECT user_id FROM lead),
    (SELECT array_agg(s.user_id ORDER BY s.id) FROM lead, org_membership s JOIN org_user p ON p.id = s.user_id
     AND p.is_active WHERE s.stands_in_for_id = lead.id AND s.ended_on IS NULL),
    l.acknowledge_minutes, l.answer_minutes, l.quick_hit_days, l.big_days, l.confirm_huddles, l.working,
    l.works_from, l.works_until, l.check_in_days
FROM here LEFT JOIN huddles_servicelevel l ON l.organisation_id = here.organisation_id AND l.tier_level = here.level
    AND l.urgency = %(urgency)s
"""
_ROLES: Final = [*(role.value for role in LEADING), Role.ADMINISTRATOR.value]


@dataclass(frozen=True, slots=True)
class Terms:
    """A unit as an issue meets it. `lead` is who answers there, or at the nearest unit above; None in an empty house.

    `is_top`: nothing is above it. Moments that its methods give are UTC.
    """

    unit_id: int
    organisation_id: int
    parent_id: int | None
    path: str
    closed: bool
    tier: int
    zone: ZoneInfo
    days: OpenDays
    lead: int | None
    stand_ins: tuple[int, ...]
    level: Level

    @property
    def is_top(self) -> bool:
        """Whether no unit is above it."""
        return self.parent_id is None

    @property
    def above(self) -> list[int]:
        """Ids of the units above along the primary line, top first."""
        return ancestor_ids(self.path)

    def acknowledge_by(self, at: datetime) -> datetime:
        """When somebody has to have taken what arrives at `at`."""
        return clocks.deadline(at, self.level.acknowledge_minutes, self.level, self.days, self.zone)

    def answer_by(self, at: datetime) -> datetime:
        """When what was taken at `at` has to be answered."""
        return clocks.deadline(at, self.level.answer_minutes, self.level, self.days, self.zone)

    def after(self, at: datetime, minutes: int) -> datetime:
        """When so many minutes of its time have passed after `at`."""
        return clocks.deadline(at, minutes, self.level, self.days, self.zone)

    def minutes_left(self, at: datetime, until: datetime) -> int:
        """How many minutes of its time lie between `at` and `until`."""
        return clocks.minutes_left(at, until, self.level, self.days, self.zone)

    def confirm_by(self, at: datetime) -> datetime:
        """When the origin has to have confirmed what was done at `at`: the end of so many of its open days after."""
        day = clocks.open_day_after(at.astimezone(self.zone).date(), self.level.confirm_huddles, self.days)
        return self.end_of(day)

    def end_of(self, day: date) -> datetime:
        """When `day` is over here."""
        return datetime.combine(day + timedelta(days=1), time(0), self.zone).astimezone(UTC)

    def looks_at(self, at: datetime, due: datetime, every: int) -> list[date]:
        """The days on which a big issue, promised at `at` for `due`, is looked at, each `every` days."""
        last = (due.astimezone(self.zone) - timedelta(microseconds=1)).date()
        today = at.astimezone(self.zone).date()
        return clocks.check_in_days(today, last, every, rules.MOST_CHECK_INS, self.days)

    def due(self, size: str, at: datetime) -> datetime:
        """Until when an issue of `size`, promised at `at`, is done unless somebody says another day."""
        days = self.level.quick_hit_days if size != Size.BIG else self.level.big_days
        return self.end_of(at.astimezone(self.zone).date() + timedelta(days=days))


def terms_of(unit: Unit | int, urgency: str, at: datetime) -> Terms:
    """The terms of a unit for an issue of `urgency` at `at`. One statement. Raises Unit.DoesNotExist."""
    unit_id = unit if isinstance(unit, int) else unit.pk
    day = at.astimezone(UTC).date()
    values: dict[str, Any] = {
        "unit": unit_id,
        "roles": _ROLES,
        "last": Role.ADMINISTRATOR.value,
        "first": day - timedelta(days=2),
        "last_day": day + clocks.LONGEST,
        "urgency": urgency,
    }
    with connection.cursor() as cursor:
        cursor.execute(_TERMS, values)
        row = cursor.fetchone()
    if row is None:
        raise Unit.DoesNotExist
    organisation, parent, path, closed_on, tier, zone, weekdays, holidays, works, lead, stand_ins, *level = row
    return Terms(
        unit_id,
        organisation,
        parent,
        path,
        closed_on is not None and closed_on <= at.astimezone(ZoneInfo(zone)).date(),
        tier,
        ZoneInfo(zone),
        _open_days(weekdays, dict(zip(holidays or (), works or (), strict=True))),
        lead,
        tuple(stand_ins or ()),
        clocks.default_level(tier, Urgency(urgency)) if level[0] is None else Level(*level),
    )


def _open_days(weekdays: int | None, holidays: Mapping[date, bool]) -> OpenDays:
    return OpenDays() if weekdays is None else OpenDays(weekdays, holidays)
