"""What a unit needs before its huddle: whom the link of its page is mailed to, and when."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.db import connection

from org.rules import LEADING

#: Huddles whose mail is due: one statement for the whole organisation. The zone is that of the nearest unit with one.
_DUE: Final = """
SELECT h.id, u.id, u.name, h.planned_at,
    coalesce((SELECT a.time_zone FROM org_unit a WHERE u.path LIKE a.path || '%%' AND a.time_zone <> ''
              AND a.organisation_id = u.organisation_id ORDER BY length(a.path) DESC LIMIT 1), o.time_zone),
    p.id, p.email, p.language
FROM huddles_huddle h JOIN org_unit u ON u.id = h.unit_id JOIN org_organisation o ON o.id = u.organisation_id
LEFT JOIN huddles_unithabits b ON b.unit_id = u.id
JOIN org_membership m ON m.unit_id = u.id AND m.ended_on IS NULL AND m.role = ANY(%(roles)s)
JOIN org_user p ON p.id = m.user_id AND p.is_active
WHERE u.organisation_id = %(organisation)s AND h.started_at IS NULL AND NOT h.is_extra AND h.not_held_reason_id IS NULL
AND coalesce(b.digest_minutes, 30) > 0 AND h.planned_at > %(at)s
AND h.planned_at <= %(at)s + coalesce(b.digest_minutes, 30) * interval '1 minute'
ORDER BY h.planned_at, h.id, m.id
"""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who leads a unit, or stands in."""

    user_id: int
    email: str
    language: str


@dataclass(frozen=True, slots=True)
class Digest:
    """A huddle that comes soon and the people of its unit who are told. `time_text` is its time there."""

    organisation_id: int
    huddle_id: int
    unit_id: int
    unit_name: str
    time_text: str
    people: Sequence[Person] = field(default_factory=tuple)


def due_digests(organisation_id: int, at: datetime) -> list[Digest]:
    """Huddles of an organisation whose page is to be mailed at `at`, with leads and stand-ins. One statement."""
    roles = [role.value for role in LEADING]
    with connection.cursor() as cursor:
        cursor.execute(_DUE, {"organisation": organisation_id, "at": at, "roles": roles})
        rows = cursor.fetchall()
    found: dict[int, Digest] = {}
    people: dict[int, dict[int, Person]] = {}
    for huddle, unit, name, planned_at, zone, user, email, language in rows:
        clock = planned_at.astimezone(ZoneInfo(zone))
        found.setdefault(huddle, Digest(organisation_id, huddle, unit, name, f"{clock:%H:%M}"))
        people.setdefault(huddle, {}).setdefault(user, Person(user, email, language))
    return [
        Digest(d.organisation_id, d.huddle_id, d.unit_id, d.unit_name, d.time_text, tuple(people[d.huddle_id].values()))
        for d in found.values()
    ]
