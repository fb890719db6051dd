"""How huddles and answers work over the tiers: counts and distributions by unit, tier and in all. Nobody's name.

An issue that joined another one is part of it and is not counted again. A confidential issue is counted in the numbers
of all units together alone, and there only where at least `FEWEST_CONFIDENTIAL` of them are in that very number.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from django.db import connection

from huddles.queries.cascade import in_tree_order
from huddles.queries.states import BEGAN_ON_TIME, STATE, state_values
from huddles.rules.health import CLASSES, FEWEST_CONFIDENTIAL, Hint, Signs, hints
from org.models import Unit

_UNITS: Final = """
    SELECT u.id, u.parent_id, u.path, u.position, u.name, t.level, t.name, u.code FROM org_unit u
    JOIN org_tier t ON t.id = u.tier_id
    WHERE u.organisation_id = %(organisation)s AND u.path LIKE %(below)s
    AND (u.closed_on IS NULL OR u.closed_on > %(first_day)s)
"""
#: Everything that is counted, one row each: kind, unit, seconds (or another number) and whether it is confidential.
#:
#: held … fidelity: huddles of the period. raised, answered, confirmed, unconfirmed, solved_N, done, reopened: at the
#: unit where the issue began; `answered` lasts from raising to the first answer, `confirmed` to the origin's word,
#: `solved_N` says at which tier it was when it closed. arrived, taken, escalated, climbed: at the unit that has it;
#: `taken` lasts from arrival until somebody there did something with it.
_FACTS: Final = f"""
    WITH scope AS (
        SELECT u.id, t.level FROM org_unit u JOIN org_tier t ON t.id = u.tier_id
        WHERE u.organisation_id = %(organisation)s AND u.path LIKE %(below)s
    ), met AS MATERIALIZED (
        SELECT h.id, h.unit_id, {STATE} AS state, {BEGAN_ON_TIME} AS on_time, h.is_extra,
        extract(epoch FROM h.ended_at - h.started_at) AS seconds
        FROM huddles_huddle h JOIN scope s ON s.id = h.unit_id
        WHERE h.day >= %(first_day)s AND h.day <= %(last_day)s
    ), told AS MATERIALIZED (
        SELECT e.id, e.issue_id, e.at, e.act, e.from_place_id, e.to_place_id, e.status, i.origin_id, i.place_id,
        i.confidential, i.raised_at, i.status AS now_status, p.level AS place_level
        FROM huddles_issueevent e JOIN huddles_issue i ON i.id = e.issue_id
        JOIN org_unit pu ON pu.id = e.to_place_id JOIN org_tier p ON p.id = pu.tier_id
        WHERE i.organisation_id = %(organisation)s AND i.merged_into_id IS NULL AND i.raised_at < %(end)s
        AND i.changed_at >= %(start)s AND e.at < %(end)s
        AND (i.origin_id IN (SELECT id FROM scope) OR i.place_id IN (SELECT id FROM scope) OR EXISTS
            (SELECT FROM huddles_issueevent x WHERE x.issue_id = i.id AND x.to_place_id IN (SELECT id FROM scope)))
    ), steps AS (
        SELECT t.*, lead(t.act) OVER w AS next_act, lead(t.at) OVER w AS next_at FROM told t
        WHERE t.act NOT IN ('read_out', 'copy', 'edit', 'remind', 'confirm', 'time_out')
        WINDOW w AS (PARTITION BY t.issue_id ORDER BY t.at, t.id)
    ), answers AS (
        SELECT DISTINCT ON (t.issue_id) t.* FROM told t WHERE t.act IN ('answer', 'decline', 'finish')
        ORDER BY t.issue_id, t.at, t.id
    ), words AS (
        SELECT DISTINCT ON (t.issue_id) t.* FROM told t WHERE t.act IN ('confirm', 'time_out')
        AND t.status IN ('confirmed', 'unconfirmed')
        AND t.now_status IN ('confirmed', 'unconfirmed') ORDER BY t.issue_id, t.at DESC, t.id DESC
    ), facts AS (
        SELECT 'planned' AS kind, unit_id, NULL::float8 AS number, false AS confidential FROM met
            WHERE NOT is_extra AND state IN ('held', 'not_held')
        UNION ALL SELECT 'held', unit_id, NULL, false FROM met WHERE NOT is_extra AND state = 'held'
        UNION ALL SELECT 'on_time', unit_id, NULL, false FROM met WHERE NOT is_extra AND state = 'held' AND on_time
        UNION ALL SELECT 'met', unit_id, NULL, false FROM met WHERE state = 'held'
        UNION ALL SELECT 'length', unit_id, seconds, false FROM met WHERE state = 'held' AND seconds IS NOT NULL
        UNION ALL SELECT CASE k.choice WHEN 'yes' THEN 'checked_yes' ELSE 'checked_no' END, m.unit_id, NULL, false
            FROM met m JOIN huddles_huddlemark k ON k.huddle_id = m.id AND k.choice IN ('yes', 'no')
            JOIN huddles_agendaline l ON l.id = k.line_id AND l.section = 'fidelity'
        UNION ALL SELECT 'raised', origin_id, NULL, confidential FROM told WHERE act = 'raise' AND at >= %(start)s
        UNION ALL SELECT 'arrived', to_place_id, NULL, confidential FROM told WHERE at >= %(start)s
            AND act IN ('raise', 'escalate', 'delegate', 'transfer', 'climb', 'unmerge')
        UNION ALL SELECT 'taken', to_place_id, extract(epoch FROM next_at - at), confidential FROM steps
            WHERE act IN ('raise', 'escalate', 'delegate', 'transfer', 'climb', 'unmerge', 'reopen', 'resume')
            AND next_act NOT IN ('climb', 'reopen', 'resume') AND next_at >= %(start)s
        UNION ALL SELECT 'escalated', from_place_id, NULL, confidential FROM told
            WHERE act = 'escalate' AND at >= %(start)s
        UNION ALL SELECT 'climbed', from_place_id, NULL, confidential FROM told
            WHERE act = 'climb' AND at >= %(start)s
        UNION ALL SELECT 'answered', origin_id, extract(epoch FROM at - raised_at), confidential FROM answers
            WHERE at >= %(start)s
        UNION ALL SELECT 'done', origin_id, NULL, confidential FROM
            (SELECT DISTINCT issue_id, origin_id, confidential FROM told
             WHERE at >= %(start)s AND act IN ('finish', 'decline', 'reopen')) d
        UNION ALL SELECT 'reopened', origin_id, NULL, confidential FROM
            (SELECT DISTINCT issue_id, origin_id, confidential FROM told
             WHERE at >= %(start)s AND act = 'reopen') r
        UNION ALL SELECT 'confirmed', origin_id, extract(epoch FROM at - raised_at), confidential FROM words
            WHERE at >= %(start)s AND status = 'confirmed'
        UNION ALL SELECT 'unconfirmed', origin_id, NULL, confidential FROM words
            WHERE at >= %(start)s AND status = 'unconfirmed'
        UNION ALL SELECT 'solved_' || place_level, origin_id, NULL, confidential FROM words
            WHERE at >= %(start)s AND status = 'confirmed'
    )
    SELECT f.kind, f.unit_id, s.level, count(*) FILTER (WHERE NOT f.confidential),
    count(*) FILTER (WHERE f.confidential),
    percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY f.number) FILTER (WHERE NOT f.confidential),
    percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY f.number),
    {{classes}}
    FROM facts f JOIN scope s ON s.id = f.unit_id
    GROUP BY GROUPING SETS ((f.kind, f.unit_id), (f.kind, s.level), (f.kind))
"""  # noqa: S608 - of constants
_ENDS: Final = ", ".join(str(end) for end in CLASSES)


def _classes(where: str) -> str:
    counts = (
        f"count(*) FILTER (WHERE width_bucket(f.number, ARRAY[{_ENDS}]::float8[]) = {at}{where})"
        for at in range(len(CLASSES) + 1)
    )
    return f"ARRAY[{', '.join(counts)}]"


_STATEMENT: Final = _FACTS.replace("{classes}", f"{_classes(' AND NOT f.confidential')}, {_classes('')}")


@dataclass(frozen=True, slots=True)
class Lasted:
    """How long something took: how often, median and 90th percentile in seconds, and how often in each class."""

    count: int = 0
    median: float | None = None
    ninth: float | None = None
    classes: Sequence[int] = (0,) * (len(CLASSES) + 1)


_NEVER: Final = Lasted()


@dataclass(frozen=True, slots=True)
class Health:
    """One unit, one tier or all. Shares are None where nothing is there to be a share of."""

    counts: Mapping[str, int]
    lasted: Mapping[str, Lasted] = field(default_factory=dict)

    def count(self, kind: str) -> int:
        """How many facts of a kind."""
        return self.counts.get(kind, 0)

    def share(self, part: str, *whole: str) -> float | None:
        """`part` of the sum of `whole`."""
        total = sum(self.count(kind) for kind in whole)
        return self.count(part) / total if total else None

    def time(self, kind: str) -> Lasted:
        """How long what has a length took."""
        return self.lasted.get(kind, _NEVER)

    @property
    def raised_per_huddle(self) -> float | None:
        """Issues raised for each huddle held."""
        return self.count("raised") / self.count("met") if self.count("met") else None

    @property
    def solved(self) -> dict[int, int]:
        """Tier → how many were there when their origin confirmed them."""
        found = {int(kind[7:]): count for kind, count in self.counts.items() if kind.startswith("solved_")}
        return dict(sorted(found.items()))

    def solved_share(self, level: int) -> float | None:
        """The share of confirmed issues that were solved at tier `level`."""
        total = sum(self.solved.values())
        return self.solved.get(level, 0) / total if total else None


@dataclass(frozen=True, slots=True)
class UnitHealth:
    """A unit, and what a coach may ask there."""

    unit_id: int
    code: str
    name: str
    depth: int
    level: int
    health: Health
    hints: Sequence[Hint]


@dataclass(frozen=True, slots=True)
class TierHealth:
    """A tier and its units in the order of the tree, never of a number."""

    level: int
    name: str
    health: Health
    units: Sequence[UnitHealth]


@dataclass(frozen=True, slots=True)
class HealthReport:
    """A unit and all below it from `first` to `last`, both included; the front line first."""

    first: date
    last: date
    whole: Health
    tiers: Sequence[TierHealth]


def tier_health(unit: Unit, last: date, days: int, now: datetime) -> HealthReport:
    """How the tiers at and below `unit` have worked in the `days` days up to `last`, by the organisation's clock. Two
    statements.
    """
    first = last - timedelta(days=days - 1)
    zone = unit.organisation.zone
    values: dict[str, Any] = {
        **state_values(now),
        "organisation": unit.organisation_id,
        "below": f"{unit.path}%",
        "first_day": first,
        "last_day": last,
        "start": datetime.combine(first, time(0), zone).astimezone(UTC),
        "end": datetime.combine(last + timedelta(days=1), time(0), zone).astimezone(UTC),
    }
    with connection.cursor() as cursor:
        cursor.execute(_UNITS, values)
        rows = cursor.fetchall()
        cursor.execute(_STATEMENT, values)
        found = _gathered(cursor.fetchall())
    nothing = Health({})
    tiers: dict[int, list[UnitHealth]] = {}
    names: dict[int, str] = {}
    for pk, parent, path, _position, name, level, tier, code in in_tree_order(rows):
        health = found.get(("unit", pk), nothing)
        asks = hints(_signs(health, level, is_top=parent is None))
        depth = path.count("/") - unit.path.count("/")
        tiers.setdefault(level, []).append(UnitHealth(pk, code, name, depth, level, health, asks))
        names[level] = tier
    return HealthReport(
        first,
        last,
        found.get(("all", 0), nothing),
        [
            TierHealth(level, names[level], found.get(("tier", level), nothing), units)
            for level, units in sorted(tiers.items())
        ],
    )


def _gathered(rows: Sequence[tuple[Any, ...]]) -> dict[tuple[str, int], Health]:
    """("unit", id), ("tier", level) or ("all", 0) → its numbers."""
    counts: dict[tuple[str, int], dict[str, int]] = {}
    lasted: dict[tuple[str, int], dict[str, Lasted]] = {}
    for kind, unit_id, level, plain, secret, halves, halves_all, classes, classes_all in rows:
        key = ("unit", unit_id) if unit_id is not None else ("tier", level) if level is not None else ("all", 0)
        whole = key[0] == "all" and secret >= FEWEST_CONFIDENTIAL
        count = plain + secret if whole else plain
        if count == 0:
            continue
        counts.setdefault(key, {})[kind] = count
        ends = halves_all if whole else halves
        if ends is not None and ends[0] is not None:
            lasted.setdefault(key, {})[kind] = Lasted(count, ends[0], ends[1], tuple(classes_all if whole else classes))
    return {key: Health(found, lasted.get(key, {})) for key, found in counts.items()}


def _signs(health: Health, level: int, *, is_top: bool) -> Signs:
    count = health.count
    return Signs(
        held=count("met"),
        raised=count("raised"),
        arrived=count("arrived"),
        escalated=count("escalated"),
        climbed=count("climbed"),
        closed=count("confirmed") + count("unconfirmed"),
        unconfirmed=count("unconfirmed"),
        is_top=is_top,
        is_front=level == 1,
    )
