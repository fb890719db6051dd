"""What was told of groups, added up by what is known of patients: known, unknown, declined, not asked, not mapped.

The second half of `boards.queries.published`: nothing but sums of what stands there, so it tells nothing new.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import connection

from boards import rules
from boards.completeness_rules import Counts

#: Kinds of which a denominator, or a count itself, is a number of cases; a rate's days are not.
CASES: Final = (
    rules.Kind.PROPORTION,
    rules.Kind.MEAN,
    rules.Kind.MINUTES,
    rules.Kind.MEDIAN,
    rules.Kind.COUNT,
)
#: Of each block: how many are in which state. Where the hidden names are all of a state that is not known, what no
#: group holds is surely not known either (`dark`); else it is open. Where patients may be in several groups, the known
#: are all that no other state holds.
_SUMS: Final = """
    WITH dark (dimension_id, names) AS (
        SELECT d, array_agg(n) FROM unnest(%(dark_of)s::int[], %(dark)s::varchar[]) AS t (d, n) GROUP BY d
    ), told AS (
        SELECT p.unit_id, p.dimension_id, p.measure_id, p.stretch, p.first, p.last, d.is_partition,
        CASE m.kind WHEN 'count' THEN p.numerator ELSE p.denominator END AS total,
        cardinality(p.hidden) > 0 AS hides,
        cardinality(p.hidden) > 0 AND coalesce(p.hidden <@ dark.names, false) AS all_dark,
        s.* FROM boards_published p
        JOIN boards_measure m ON m.id = p.measure_id JOIN boards_dimension d ON d.id = p.dimension_id
        LEFT JOIN dark ON dark.dimension_id = p.dimension_id
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(n) FILTER (WHERE state = 'known'), 0) AS known,
            coalesce(sum(n) FILTER (WHERE state = 'unknown'), 0) AS unknown,
            coalesce(sum(n) FILTER (WHERE state = 'declined'), 0) AS declined,
            coalesce(sum(n) FILTER (WHERE state = 'not_asked'), 0) AS not_asked,
            coalesce(sum(n) FILTER (WHERE state = 'unmapped'), 0) AS unmapped
            FROM unnest(p.states, CASE m.kind WHEN 'count' THEN p.numerators ELSE p.denominators END) AS t (state, n)
        ) s
        WHERE p.unit_id = ANY(%(units)s) AND p.dimension_id = ANY(%(dimensions)s)
        AND p.last <= %(until)s AND p.last >= CASE p.stretch WHEN 'year' THEN %(years_since)s ELSE %(since)s END
        AND m.about = 'patients'
        AND (p.measure_id = ANY(%(measures)s) OR %(measures)s::int[] IS NULL AND m.kind = ANY(%(kinds)s))
    ), split AS (
        SELECT *, greatest(total - unknown - declined - not_asked - unmapped
            - CASE WHEN is_partition THEN known ELSE 0 END, 0) AS rest FROM told
    )
    SELECT unit_id, dimension_id, CASE WHEN %(by_measure)s THEN measure_id ELSE 0 END AS measure, stretch, last,
    min(first),
    sum(CASE WHEN is_partition THEN known WHEN NOT hides THEN rest ELSE 0 END),
    sum(unknown), sum(declined), sum(not_asked), sum(unmapped),
    sum(CASE WHEN is_partition AND NOT hides THEN rest ELSE 0 END),
    sum(CASE WHEN is_partition AND all_dark THEN rest ELSE 0 END),
    sum(CASE WHEN hides AND NOT (is_partition AND all_dark) THEN rest ELSE 0 END),
    sum(total), array_agg(DISTINCT measure_id)
    FROM split GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 5, 4
"""

#: Under which name each category is told: its group on boards, else its own.
_NAMES: Final = """
    SELECT c.dimension_id, coalesce(m."group", c.name), c.state FROM boards_category c
    LEFT JOIN boards_grouping g ON g.dimension_id = c.dimension_id AND g.is_default
    LEFT JOIN boards_groupmember m ON m.grouping_id = g.id AND m.category_id = c.id
    WHERE c.dimension_id = ANY(%s)
"""
#: Units at or below each unit that told a dimension: the last day of it, and how many told it below lately.
_AROUND: Final = """
    SELECT u.id, p.dimension_id, max(p.last),
    count(DISTINCT p.unit_id) FILTER (WHERE p.unit_id <> u.id AND p.last >= %(since)s)
    FROM org_unit u JOIN org_unit b ON b.path LIKE u.path || '%%'
    JOIN boards_published p ON p.unit_id = b.id JOIN boards_measure m ON m.id = p.measure_id
    WHERE u.id = ANY(%(units)s) AND p.dimension_id = ANY(%(dimensions)s) AND m.about = 'patients'
    AND m.kind = ANY(%(kinds)s) AND p.last <= %(until)s AND p.last >= %(years_since)s
    GROUP BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class States:
    """Cases of one unit and dimension over the blocks that end on `last`, of one measure or of several (0).

    `measures`: whose cases they are.
    """

    unit_id: int
    dimension_id: int
    measure_id: int
    stretch: rules.Stretch
    last: date
    first: date
    counts: Counts
    measures: frozenset[int]


def names_not_known(dimensions: Collection[int]) -> Mapping[int, frozenset[str]]:
    """Names of groups, by dimension, behind which stands no category that is known. One statement."""
    states: dict[tuple[int, str], set[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_NAMES, [list(dimensions)])
        for dimension, name, state in cursor.fetchall():
            states.setdefault((dimension, name), set()).add(state)
    found: dict[int, set[str]] = {}
    for (dimension, name), own in states.items():
        if rules.CategoryState.KNOWN not in own:
            found.setdefault(dimension, set()).add(name)
    return {dimension: frozenset(names) for dimension, names in found.items()}


def states(
    units: Collection[int],
    dimensions: Collection[int],
    *,
    since: date,
    until: date,
    years_since: date | None = None,
    measures: Collection[int] | None = None,
    by_measure: bool = False,
) -> list[States]:
    """Sums of the blocks that end from `since` to `until`, and of the years that end from `years_since` on (else as the
    blocks), by unit, dimension and last day.

    `measures` None: all whose numbers are of cases. Two statements.
    """
    dark = [(dimension, name) for dimension, names in names_not_known(dimensions).items() for name in names]
    asked: dict[str, Any] = {
        "units": list(units),
        "dimensions": list(dimensions),
        "since": since,
        "until": until,
        "years_since": years_since or since,
        "measures": None if measures is None else list(measures),
        "kinds": [kind.value for kind in CASES],
        "by_measure": by_measure,
        "dark_of": [dimension for dimension, _ in dark],
        "dark": [name for _, name in dark],
    }
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, asked)
        return [
            States(
                unit,
                dimension,
                measure,
                rules.Stretch(stretch),
                last,
                first,
                Counts(*map(float, counts)),
                frozenset(whose),
            )
            for unit, dimension, measure, stretch, last, first, *counts, whose in cursor.fetchall()
        ]


def told_around(
    units: Collection[int], dimensions: Collection[int], *, since: date, years_since: date, until: date
) -> Mapping[tuple[int, int], tuple[date, int]]:
    """(unit, dimension) → the last day of which it or a unit below told, and how many units below told from `since` on.

    Nothing of what was told before `years_since`. One statement.
    """
    if not units or not dimensions:
        return {}
    asked: dict[str, Any] = {
        "units": list(units), "dimensions": list(dimensions), "kinds": [kind.value for kind in CASES],
        "since": since, "years_since": years_since, "until": until,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_AROUND, asked)
        return {(unit, dimension): (last, below) for unit, dimension, last, below in cursor.fetchall()}
