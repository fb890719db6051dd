"""What tier health counts and measures, as one statement of sets.

Counts of what has no length are made unit by unit where the rows are read; only what has a length stays a row each,
for its median and its 90th percentile.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection

from huddles.queries.states import BEGAN_ON_TIME, STATE
from huddles.rules.health import CLASSES

_SCOPE: Final = f"""scope AS (
    SELECT u.id, t.level FROM org_unit u JOIN org_tier t ON t.id = u.tier_id
    WHERE u.organisation_id = %(organisation)s AND u.path LIKE %(below)s
), met AS MATERIALIZED (
    SELECT h.id, h.unit_id, {STATE} AS state, {BEGAN_ON_TIME} AS on_time, h.is_extra,
    extract(epoch FROM h.ended_at - h.started_at)::float8 AS seconds
    FROM huddles_huddle h JOIN scope s ON s.id = h.unit_id
    WHERE h.day >= %(first_day)s AND h.day <= %(last_day)s
)"""  # noqa: S608 - of constants
#: Everything that happened to the issues that touch the scope; of the whole house none needs to be asked where it was.
_TOLD: Final = """told AS MATERIALIZED (
    SELECT e.id, e.issue_id, e.at, e.act, e.from_place_id, e.to_place_id, e.status, i.origin_id, i.confidential,
    i.raised_at, i.status AS now_status
    FROM huddles_issueevent e JOIN huddles_issue i ON i.id = e.issue_id
    WHERE i.organisation_id = %(organisation)s AND i.merged_into_id IS NULL AND i.raised_at < %(end)s
    AND i.changed_at >= %(start)s AND e.at < %(end)s AND e.to_place_id IS NOT NULL
    AND (%(whole)s OR i.origin_id IN (SELECT id FROM scope) OR i.place_id IN (SELECT id FROM scope) OR EXISTS
        (SELECT FROM huddles_issueevent x WHERE x.issue_id = i.id AND x.to_place_id IN (SELECT id FROM scope)))
), steps AS (
    SELECT t.*, lead(t.act) OVER w AS next_act, lead(t.at) OVER w AS next_at FROM told t
    WHERE t.act NOT IN ('read_out', 'copy', 'edit', 'remind', 'confirm', 'time_out')
    WINDOW w AS (PARTITION BY t.issue_id ORDER BY t.at, t.id)
), answers AS (
    SELECT DISTINCT ON (t.issue_id) t.* FROM told t WHERE t.act IN ('answer', 'decline', 'finish')
    ORDER BY t.issue_id, t.at, t.id
), words AS MATERIALIZED (
    SELECT w.*, p.level AS place_level FROM (
        SELECT DISTINCT ON (t.issue_id) t.* FROM told t WHERE t.act IN ('confirm', 'time_out')
        AND t.status IN ('confirmed', 'unconfirmed')
        AND t.now_status IN ('confirmed', 'unconfirmed') ORDER BY t.issue_id, t.at DESC, t.id DESC
    ) w JOIN org_unit pu ON pu.id = w.to_place_id JOIN org_tier p ON p.id = pu.tier_id WHERE w.at >= %(start)s
)"""
#: What is counted: unit, kind, how many, and how many confidential ones beside them.
#:
#: planned … checked_no: huddles of the period. raised, done, reopened, unconfirmed, solved_N: at the unit where the
#: issue began; `solved_N` says at which tier it was when it closed. arrived, escalated, climbed: at the unit that has
#: it.
_COUNTED: Final = """counted AS (
    SELECT m.unit_id, c.kind, c.plain, 0::bigint AS secret FROM (
        SELECT unit_id, count(*) FILTER (WHERE NOT is_extra AND state IN ('held', 'not_held')) AS planned,
        count(*) FILTER (WHERE NOT is_extra AND state = 'held') AS held,
        count(*) FILTER (WHERE NOT is_extra AND state = 'held' AND on_time) AS on_time,
        count(*) FILTER (WHERE state = 'held') AS met
        FROM met GROUP BY unit_id
    ) m CROSS JOIN LATERAL
        (VALUES ('planned', m.planned), ('held', m.held), ('on_time', m.on_time), ('met', m.met)) c(kind, plain)
    UNION ALL SELECT m.unit_id, 'checked_' || k.choice, count(*), 0
        FROM met m JOIN huddles_huddlemark k ON k.huddle_id = m.id AND k.choice IN ('yes', 'no')
        JOIN huddles_agendaline l ON l.id = k.line_id AND l.section = 'fidelity' GROUP BY m.unit_id, k.choice
    UNION ALL SELECT f.unit_id, f.kind, count(*) FILTER (WHERE NOT f.confidential),
        count(*) FILTER (WHERE f.confidential)
        FROM (
            SELECT c.kind, c.unit_id, t.confidential FROM told t CROSS JOIN LATERAL (VALUES
                ('raised', t.origin_id, t.act = 'raise'),
                ('arrived', t.to_place_id,
                    t.act IN ('raise', 'escalate', 'delegate', 'transfer', 'climb', 'unmerge')),
                ('escalated', t.from_place_id, t.act = 'escalate'),
                ('climbed', t.from_place_id, t.act = 'climb')
            ) c(kind, unit_id, counts) WHERE t.at >= %(start)s AND c.counts
            UNION ALL SELECT c.kind, d.origin_id, d.confidential FROM (
                SELECT origin_id, confidential, bool_or(act = 'reopen') AS again FROM told
                WHERE at >= %(start)s AND act IN ('finish', 'decline', 'reopen')
                GROUP BY issue_id, origin_id, confidential
            ) d CROSS JOIN LATERAL (VALUES ('done', true), ('reopened', d.again)) c(kind, counts) WHERE c.counts
            UNION ALL SELECT CASE status WHEN 'confirmed' THEN 'solved_' || place_level ELSE status END, origin_id,
                confidential FROM words
        ) f GROUP BY f.unit_id, f.kind
)"""
#: What has a length: unit, kind, seconds, whether it is confidential.
#:
#: length: of a huddle. answered, confirmed: at the unit where the issue began, from raising to the first answer and to
#: the origin's word. taken: at the unit that has it, from arrival until somebody there did something with it.
_MEASURED: Final = f"""measured AS MATERIALIZED (
    SELECT f.*, s.level, width_bucket(f.number, ARRAY[{", ".join(str(end) for end in CLASSES)}]::float8[]) AS class
    FROM (
        SELECT unit_id, 'length' AS kind, seconds AS number, false AS confidential FROM met
            WHERE state = 'held' AND seconds IS NOT NULL
        UNION ALL SELECT to_place_id, 'taken', extract(epoch FROM next_at - at)::float8, confidential FROM steps
            WHERE act IN ('raise', 'escalate', 'delegate', 'transfer', 'climb', 'unmerge', 'reopen', 'resume')
            AND next_act NOT IN ('climb', 'reopen', 'resume') AND next_at >= %(start)s
        UNION ALL SELECT origin_id, 'answered', extract(epoch FROM at - raised_at)::float8, confidential FROM answers
            WHERE at >= %(start)s
        UNION ALL SELECT origin_id, 'confirmed', extract(epoch FROM at - raised_at)::float8, confidential FROM words
            WHERE status = 'confirmed'
    ) f JOIN scope s ON s.id = f.unit_id
)"""  # noqa: S608 - of constants
_CLASSED: Final = ", ".join(f"count(*) FILTER (WHERE class = {at})" for at in range(len(CLASSES) + 1))
_LASTED: Final = f"""count(*), percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY number),
    ARRAY[{_CLASSED}]"""
_STATEMENT: Final = f"""
    WITH {_SCOPE}, {_TOLD}, {_COUNTED}, {_MEASURED}
    SELECT c.kind, c.unit_id, s.level, sum(c.plain)::bigint, sum(c.secret)::bigint, NULL::float8[], NULL::bigint[]
        FROM counted c JOIN scope s ON s.id = c.unit_id
        GROUP BY GROUPING SETS ((c.kind, c.unit_id), (c.kind, s.level), (c.kind))
    UNION ALL SELECT kind, unit_id, level, c, 0, ends, classes FROM (
        SELECT kind, unit_id, level, {_LASTED} FROM measured WHERE NOT confidential
        GROUP BY GROUPING SETS ((kind, unit_id), (kind, level), (kind))
    ) p(kind, unit_id, level, c, ends, classes)
    UNION ALL SELECT kind, NULL, NULL, c - secret, secret, ends, classes FROM (
        SELECT kind, count(*) FILTER (WHERE confidential), {_LASTED} FROM measured
        WHERE kind IN (SELECT kind FROM measured WHERE confidential) GROUP BY kind
    ) w(kind, secret, c, ends, classes)
"""  # noqa: S608 - of constants


@dataclass(frozen=True, slots=True)
class Fact:
    """How many of a kind there are at a unit, without a unit at a tier, without a tier in all; `secret` confidential
    ones beside them. What has a length: median and 90th percentile in seconds, and how many in each class, of all that
    are counted here. With confidential ones in it a length in all is there twice: without and with them.
    """

    kind: str
    unit_id: int | None
    level: int | None
    count: int
    secret: int
    ends: Sequence[float] | None
    classes: Sequence[int] | None


def facts(values: Mapping[str, Any]) -> list[Fact]:
    """All facts of a scope and a period; one statement. `values`: what the statement names."""
    with connection.cursor() as cursor:
        cursor.execute(_STATEMENT, values)
        return [Fact(*row) for row in cursor.fetchall()]
