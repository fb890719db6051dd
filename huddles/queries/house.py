"""The house in one minute: huddles of today, what is open, late and red below a unit; and the promises of a place."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import connection

from boards.queries.reds import Red, reds_below
from huddles.queries.states import BEGAN_ON_TIME, STATE, state_values
from huddles.rules.issues import OPEN
from org.models import Unit
from org.shipped import shipped

LOOK_BACK: Final = timedelta(days=14)
#: Most lines of one list.
MOST: Final = 20

_HUDDLES: Final = f"""
    SELECT t.level, t.name, count(*), count(*) FILTER (WHERE {STATE} = 'held'),
    count(*) FILTER (WHERE {STATE} = 'running'), count(*) FILTER (WHERE {STATE} IN ('coming', 'due')),
    count(*) FILTER (WHERE {STATE} = 'not_held'), count(*) FILTER (WHERE {BEGAN_ON_TIME})
    FROM huddles_huddle h JOIN org_unit u ON u.id = h.unit_id JOIN org_tier t ON t.id = u.tier_id
    WHERE h.day = %(day)s AND u.organisation_id = %(organisation)s AND u.path LIKE %(below)s AND NOT h.is_extra
    GROUP BY t.id ORDER BY t.level
"""  # noqa: S608 - of constants
#: Confidential issues are not counted: their number is for named people only.
_COUNTS: Final = """
    SELECT 'open', t.level, t.name, count(*) FROM huddles_issue i JOIN org_unit u ON u.id = i.place_id
    JOIN org_tier t ON t.id = u.tier_id
    WHERE i.organisation_id = %(organisation)s AND u.path LIKE %(below)s AND i.status = ANY(%(open)s)
    AND NOT i.confidential GROUP BY t.id
    UNION ALL
    SELECT 'late', 0, '', count(*) FROM huddles_issue i JOIN org_unit u ON u.id = i.place_id
    WHERE i.organisation_id = %(organisation)s AND u.path LIKE %(below)s AND NOT i.confidential
    AND (i.status = 'answered' AND i.due_at < %(now)s OR i.check_in_at < %(now)s)
    UNION ALL
    SELECT 'alerts', 0, '', count(DISTINCT a.id) FROM huddles_systemalert a JOIN huddles_alertreceipt r
    ON r.alert_id = a.id JOIN org_unit u ON u.id = r.unit_id
    WHERE a.organisation_id = %(organisation)s AND a.ended_at IS NULL AND u.path LIKE %(below)s
    ORDER BY 1, 2
"""
#: Units of which a huddle of the day has met, or has not: their reds have been talked about, or have not.
_MET: Final = f"""
    SELECT DISTINCT h.unit_id FROM huddles_huddle h JOIN org_unit u ON u.id = h.unit_id
    WHERE u.organisation_id = %(organisation)s AND u.path LIKE %(below)s AND h.day = %(day)s
    AND {STATE} IN ('held', 'not_held')
"""  # noqa: S608 - of constants
_PROMISES: Final = """
    (SELECT 'late' AS kind, i.id, i.number, i.title, i.due_at AS at, i.status, p.name, count(*) OVER ()
    FROM huddles_issue i JOIN org_user p ON p.id = i.owner_id
    WHERE i.place_id = %(unit)s AND i.status = 'answered' AND i.due_at < %(now)s AND NOT i.confidential
    ORDER BY i.due_at LIMIT %(most)s)
    UNION ALL
    (SELECT 'not_looked_at', i.id, i.number, i.title, i.check_in_at, i.status, p.name, count(*) OVER ()
    FROM huddles_issue i JOIN org_user p ON p.id = i.owner_id
    WHERE i.place_id = %(unit)s AND i.check_in_at < %(now)s AND NOT i.confidential
    AND NOT (i.status = 'answered' AND coalesce(i.due_at < %(now)s, false))
    ORDER BY i.check_in_at LIMIT %(most)s)
    UNION ALL
    (SELECT 'ahead', i.id, i.number, i.title, i.due_at, i.status, p.name, count(*) OVER ()
    FROM huddles_issue i JOIN org_user p ON p.id = i.owner_id
    WHERE i.place_id = %(unit)s AND i.status = 'answered' AND i.due_at >= %(now)s AND NOT i.confidential
    AND (i.check_in_at IS NULL OR i.check_in_at >= %(now)s)
    ORDER BY i.due_at LIMIT %(most)s)
    UNION ALL
    (SELECT 'kept', i.id, i.number, i.title, i.done_at, i.status, p.name, count(*) OVER ()
    FROM huddles_issue i JOIN org_user p ON p.id = i.owner_id
    WHERE i.place_id = %(unit)s AND i.answered_from_id = %(unit)s AND i.done_at >= %(since)s
    AND (i.due_at IS NULL OR i.done_at <= i.due_at)
    AND i.status IN ('done', 'confirmed', 'unconfirmed') AND i.outcome <> 'declined' AND NOT i.confidential
    ORDER BY i.done_at DESC LIMIT %(most)s)
    UNION ALL
    (SELECT 'kept_late', i.id, i.number, i.title, i.done_at, i.status, p.name, count(*) OVER ()
    FROM huddles_issue i JOIN org_user p ON p.id = i.owner_id
    WHERE i.place_id = %(unit)s AND i.answered_from_id = %(unit)s AND i.done_at >= %(since)s
    AND i.done_at > i.due_at
    AND i.status IN ('done', 'confirmed', 'unconfirmed') AND i.outcome <> 'declined' AND NOT i.confidential
    ORDER BY i.done_at DESC LIMIT %(most)s)
    UNION ALL
    (SELECT DISTINCT ON (i.id) 'reopened', i.id, i.number, i.title, e.at, i.status, p.name, 0
    FROM huddles_issueevent e JOIN huddles_issue i ON i.id = e.issue_id JOIN org_user p ON p.id = i.owner_id
    WHERE e.at >= %(since)s AND e.act = 'reopen' AND e.from_place_id = %(unit)s AND NOT i.confidential
    AND i.merged_into_id IS NULL ORDER BY i.id, e.at DESC LIMIT %(most)s)
"""


@dataclass(frozen=True, slots=True)
class TierToday:
    """Huddles of one tier today. `ahead`: their time has not passed."""

    level: int
    name: str
    planned: int
    held: int
    running: int
    ahead: int
    not_held: int
    on_time: int


@dataclass(frozen=True, slots=True)
class OpenAt:
    """How many issues are open at a tier."""

    level: int
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class House:
    """A unit and all below it, this morning. `reds`: all without a reason that the boards show; `talked`: those of
    units that have had a huddle of the day, or should have.
    """

    huddles: Sequence[TierToday]
    open: Sequence[OpenAt]
    late: int
    alerts: int
    reds: Sequence[Red]
    talked: Sequence[Red]


@dataclass(frozen=True, slots=True)
class Promised:
    """A promise of a place. `at`: due, done, reopened, or the end of the day of a check-in."""

    pk: int
    number: int
    title: str
    at: datetime
    status: str
    owner: str


@dataclass(frozen=True, slots=True)
class Promises:
    """What a place has promised: late, not looked at when that was planned, and ahead now; kept, kept late and reopened
    since `LOOK_BACK`. `counts` by name, since lists are cut at `MOST`.
    """

    late: Sequence[Promised]
    not_looked_at: Sequence[Promised]
    ahead: Sequence[Promised]
    kept: Sequence[Promised]
    kept_late: Sequence[Promised]
    reopened: Sequence[Promised]
    counts: dict[str, int]


def house(unit: Unit, day: date, now: datetime) -> House:
    """The house below `unit` on `day`, as it stands at `now`. Four statements."""
    values: dict[str, Any] = {
        **state_values(now),
        "organisation": unit.organisation_id,
        "below": f"{unit.path}%",
        "day": day,
        "open": sorted(OPEN),
    }
    with connection.cursor() as cursor:
        cursor.execute(_HUDDLES, values)
        huddles = [TierToday(level, shipped(name), *counts) for level, name, *counts in cursor.fetchall()]
        cursor.execute(_COUNTS, values)
        counts = cursor.fetchall()
        cursor.execute(_MET, values)
        met = {pk for (pk,) in cursor.fetchall()}
    reds = reds_below(unit)
    single = {kind: count for kind, _level, _name, count in counts if kind != "open"}
    opened = [OpenAt(level, shipped(name), count) for kind, level, name, count in counts if kind == "open"]
    return House(huddles, opened, single["late"], single["alerts"], reds, [red for red in reds if red.unit_id in met])


def promises(unit: Unit, now: datetime) -> Promises:
    """What `unit` has promised. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_PROMISES, {"unit": unit.pk, "now": now, "since": now - LOOK_BACK, "most": MOST})
        rows = cursor.fetchall()
    kinds = ("late", "not_looked_at", "ahead", "kept", "kept_late", "reopened")
    lists: dict[str, list[Promised]] = {kind: [] for kind in kinds}
    counts = dict.fromkeys(lists, 0)
    for kind, *fields, count in rows:
        lists[kind].append(Promised(*fields))
        counts[kind] = count or len(lists[kind])
    return Promises(**lists, counts=counts)
