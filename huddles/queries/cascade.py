"""What happens today below a unit: which huddles have met, and what is coming up. Nobody's name is in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any, Final

from django.db import connection

from huddles.queries.states import BEGAN_ON_TIME, STATE, state_values
from huddles.rules.issues import Act
from huddles.rules.schedule import HuddleState
from org.models import Unit
from org.shipped import shipped

_MORNINGS: Final = f"""
    SELECT u.id, u.parent_id, u.path, u.position, u.name, t.level, t.name,
    h.id, h.planned_at, h.minutes, {STATE}, {BEGAN_ON_TIME}, h.started_at, h.ended_at, c.name
    FROM org_unit u JOIN org_tier t ON t.id = u.tier_id
    LEFT JOIN huddles_huddle h ON h.unit_id = u.id AND h.day = %(day)s
    LEFT JOIN huddles_choice c ON c.id = h.not_held_reason_id
    WHERE u.organisation_id = %(organisation)s AND u.path LIKE %(below)s AND u.id <> %(unit)s
    AND (u.closed_on IS NULL OR u.closed_on > %(day)s) ORDER BY u.path, h.planned_at, h.id
"""  # noqa: S608 - of constants
#: Confidential issues are left out: only named people hear of them.
_COUNTS: Final = """
    SELECT CASE e.act WHEN 'raise' THEN e.to_place_id ELSE e.from_place_id END,
    count(*) FILTER (WHERE e.act = 'raise'), count(*) FILTER (WHERE e.act <> 'raise')
    FROM huddles_issueevent e JOIN huddles_issue i ON i.id = e.issue_id
    WHERE i.organisation_id = %(organisation)s AND NOT i.confidential
    AND e.at >= %(first)s AND e.at < %(end)s AND e.act = ANY(%(acts)s) GROUP BY 1
"""
_COMING: Final = """
    SELECT DISTINCT ON (i.id) i.id, i.number, i.title, i.urgency = 'urgent', i.ask, i.asked, i.needed_by, e.act, e.at,
    e.from_place_id, f.name
    FROM huddles_issueevent e JOIN huddles_issue i ON i.id = e.issue_id LEFT JOIN org_unit f ON f.id = e.from_place_id
    WHERE e.at >= %(first)s AND e.at < %(end)s AND e.act = ANY(%(up)s) AND e.to_place_id = %(unit)s
    AND i.place_id = %(unit)s AND i.status IN ('raised', 'acknowledged') AND NOT i.confidential
    ORDER BY i.id, e.at DESC, e.id DESC
"""
_UP: Final = [Act.ESCALATE.value, Act.CLIMB.value]


@dataclass(frozen=True, slots=True)
class HuddleNow:
    """A huddle of the day as it stands. Times are UTC; `reason` is why it was not held, in a word of the hospital."""

    pk: int
    planned_at: datetime
    minutes: int
    state: HuddleState
    on_time: bool
    started_at: datetime | None
    ended_at: datetime | None
    reason: str

    @property
    def unheard(self) -> bool:
        """Its time is over, nobody met, and nobody has said why."""
        return self.state == HuddleState.NOT_HELD and not self.reason


@dataclass(frozen=True, slots=True)
class UnitMorning:
    """A unit below on a day: its huddles in their order (none planned: empty), what was raised there and sent up."""

    unit_id: int
    name: str
    depth: int
    level: int
    tier: str
    huddles: Sequence[HuddleNow]
    raised: int
    sent_up: int

    @property
    def state(self) -> HuddleState | None:
        """Where its morning stands: the last huddle that is not still to come, else the first; None without any."""
        begun = [huddle.state for huddle in self.huddles if huddle.state != HuddleState.COMING]
        return begun[-1] if begun else HuddleState.COMING if self.huddles else None


@dataclass(frozen=True, slots=True)
class ComingUp:
    """An issue that came up to the unit on the day and waits there. `title` and `asked` are free text for its page."""

    pk: int
    number: int
    title: str
    urgent: bool
    ask: str
    asked: str
    needed_by: datetime | None
    climbed: bool
    at: datetime
    from_unit_id: int | None
    from_name: str


@dataclass(frozen=True, slots=True)
class TierMorning:
    """All units below of one tier, in the order of the tree."""

    level: int
    name: str
    units: Sequence[UnitMorning]

    @property
    def counts(self) -> dict[HuddleState, int]:
        """State → how many huddles of this tier are in it."""
        found = dict.fromkeys(HuddleState, 0)
        for unit in self.units:
            for huddle in unit.huddles:
                found[huddle.state] += 1
        return found


@dataclass(frozen=True, slots=True)
class Cascade:
    """A day below a unit: tiers from the front line up, what came up to it, the most urgent first."""

    day: date
    tiers: Sequence[TierMorning]
    coming: Sequence[ComingUp]


def cascade(unit: Unit, day: date, now: datetime) -> Cascade:
    """What happens on `day` in the units below `unit`, as seen at `now`. Three statements, whatever their number.

    The day of huddles is that of their unit's calendar; that of issues begins and ends by the organisation's clock.
    """
    values = {**day_values(unit, day), **state_values(now), "acts": ["raise", *_UP], "up": _UP}
    with connection.cursor() as cursor:
        cursor.execute(_MORNINGS, values)
        rows = cursor.fetchall()
        cursor.execute(_COUNTS, values)
        counts = {pk: (raised, up) for pk, raised, up in cursor.fetchall()}
        cursor.execute(_COMING, values)
        coming = [_coming(row) for row in cursor.fetchall()]
    base = unit.path.count("/")
    ordered = groupby(in_tree_order(rows), lambda row: row[0])
    mornings = [_morning(list(found), counts, base) for _pk, found in ordered]
    mornings.sort(key=attrgetter("level"))
    tiers = []
    for level, found in groupby(mornings, attrgetter("level")):
        units = tuple(found)
        tiers.append(TierMorning(level, units[0].tier, units))
    coming.sort(key=lambda one: (not one.urgent, one.needed_by or one.at, one.pk))
    return Cascade(day, tuple(tiers), tuple(coming))


def day_values(unit: Unit, day: date) -> dict[str, Any]:
    """What statements about a day below `unit` name: ids, the day, and when it begins and ends."""
    zone = unit.organisation.zone
    return {
        "organisation": unit.organisation_id,
        "unit": unit.pk,
        "below": f"{unit.path}%",
        "day": day,
        "first": datetime.combine(day, time(0), zone).astimezone(UTC),
        "end": datetime.combine(day + timedelta(days=1), time(0), zone).astimezone(UTC),
    }


def in_tree_order(rows: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Rows that begin with id, parent, path, position, name of a unit, in the order in which the tree is shown.

    Several rows of one unit keep their order. A unit whose parent is not among them begins a tree.
    """
    under: dict[int | None, dict[int, list[tuple[Any, ...]]]] = {}
    for row in rows:
        under.setdefault(row[1], {}).setdefault(row[0], []).append(row)
    known = {row[0] for row in rows}
    found: list[tuple[Any, ...]] = []
    waiting = [child for parent in under if parent not in known for child in _children(under, parent)][::-1]
    while waiting:
        own = waiting.pop()
        found += own
        waiting += _children(under, own[0][0])[::-1]
    return found


def _children(
    under: dict[int | None, dict[int, list[tuple[Any, ...]]]], parent: int | None
) -> list[list[tuple[Any, ...]]]:
    return sorted(under.get(parent, {}).values(), key=lambda own: (own[0][3], own[0][4], own[0][0]))


def _morning(rows: list[tuple[Any, ...]], counts: dict[int, tuple[int, int]], base: int) -> UnitMorning:
    pk, _parent, path, _position, name, level, tier = rows[0][:7]
    raised, up = counts.get(pk, (0, 0))
    huddles = tuple(
        HuddleNow(huddle, planned, minutes, HuddleState(state), on_time, started, ended, shipped(reason or ""))
        for _u, _p, _pa, _po, _n, _l, _t, huddle, planned, minutes, state, on_time, started, ended, reason in rows
        if huddle is not None
    )
    return UnitMorning(pk, name, path.count("/") - base, level, shipped(tier), huddles, raised, up)


def _coming(row: tuple[Any, ...]) -> ComingUp:
    pk, number, title, urgent, ask, asked, needed_by, act, at, from_unit, name = row
    return ComingUp(pk, number, title, urgent, ask, asked, needed_by, act == Act.CLIMB, at, from_unit, name or "")
