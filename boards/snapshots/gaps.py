"""The gap mark of a tile: the group that fares worst, where that is more than chance, as it was published last.

Against the measure's comparator, Newcombe's 95 % interval of the difference leaves out zero on the harmful side, the
relative difference is at least a tenth, and both sides have at least thirty patients. It is a mark to look at, not a
signal that climbs.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

import numpy as np
from django.db import connection, transaction
from psycopg.types.json import Jsonb

from boards import rules
from boards.models import Dimension, Measure
from boards.queries.comparison import Against, against_of
from boards.queries.marks import marks
from boards.queries.newest import Newest, newest
from org import live
from org.models import Organisation

#: What was told longer ago is not marked any more.
FRESH: Final = timedelta(days=400)

Place = tuple[int, int]
Gap = dict[str, Any]


@transaction.atomic
def refresh_gaps(
    organisation: Organisation,
    day: date,
    at: datetime,
    *,
    units: Collection[int] | None = None,
    only: Measure | None = None,
) -> int:
    """Mark the tiles whose measure has a gap in what was told up to `day`; returns how many marks changed.

    Of all units and measures, or of these alone. Marks of measures of staff change without a word: a tile that looks
    new, and a board that draws itself anew, would tell everybody that there is something to see. A fixed number of
    statements.
    """
    found = Measure.objects.active().filter(organisation=organisation)
    measures = {m.pk: m for m in (found if only is None else found.filter(pk=only.pk))}
    judged = {
        pk
        for pk, m in measures.items()
        if m.stratifiable and m.direction in {rules.Direction.HIGHER, rules.Direction.LOWER}
    }
    marked = _marked(newest(organisation, judged, units, after=day - FRESH, last=day), measures, day)
    heard = {pk for pk, measure in measures.items() if measure.about == rules.About.PATIENTS}
    changed = _write(marked, measures, heard, units, at)
    by_unit: dict[int, list[int]] = {}
    for unit, measure in changed:
        if measure in heard:
            by_unit.setdefault(unit, []).append(measure)
    live.publish_many(
        [(live.unit_topic(unit), {"measures": own, "day": day.isoformat()}) for unit, own in by_unit.items()]
    )
    return len(changed)


def _marked(told: Sequence[Newest], measures: Mapping[int, Measure], day: date) -> dict[Place, Gap]:
    """(unit, measure) → the largest gap of any dimension, as tiles keep it."""
    against = against_of(measures, day)
    codes = dict(Dimension.objects.filter(pk__in={each.dimension for each in told}).values_list("pk", "code"))
    found: dict[Place, Gap] = {}
    sizes: dict[Place, float] = {}
    for each in told:
        measure = measures[each.measure]
        chosen = against.get((each.measure, each.dimension), Against())
        places, differences = marks(each, measure, chosen.group)
        at = np.flatnonzero(places >= 0)
        for unit, group, difference, first, last in zip(
            each.units[at].tolist(),
            places[at].tolist(),
            differences[at].tolist(),
            each.first[at].tolist(),
            each.last[at].tolist(),
            strict=True,
        ):
            if abs(difference) <= sizes.get((unit, each.measure), 0.0):
                continue
            sizes[unit, each.measure] = abs(difference)
            found[unit, each.measure] = {
                "group": each.names[group],
                "difference": round(difference, measure.decimals),
                "dimension": codes[each.dimension],
                "against": chosen.group if chosen.group in each.names else "",
                "first": first.isoformat(),
                "last": last.isoformat(),
            }
    return found


_WRITE: Final = """
    UPDATE boards_tile t SET gap = n.gap, version = CASE WHEN t.measure_id = ANY(%(heard)s) THEN %(version)s
        ELSE t.version END
    FROM boards_tile o LEFT JOIN jsonb_to_recordset(%(marked)s) AS n(unit int, measure int, gap jsonb)
        ON n.unit = o.unit_id AND n.measure = o.measure_id
    WHERE t.id = o.id AND o.measure_id = ANY(%(measures)s) AND (%(units)s::int[] IS NULL OR o.unit_id = ANY(%(units)s))
        AND o.gap IS DISTINCT FROM n.gap
    RETURNING t.unit_id, t.measure_id
"""


def _write(
    marked: Mapping[Place, Gap],
    measures: Collection[int],
    heard: Collection[int],
    units: Collection[int] | None,
    at: datetime,
) -> list[Place]:
    """Let the tiles of these measures and units have just these marks; returns those that had another."""
    rows = [{"unit": unit, "measure": measure, "gap": gap} for (unit, measure), gap in marked.items()]
    params: dict[str, Any] = {
        "marked": Jsonb(rows),
        "measures": list(measures),
        "heard": list(heard),
        "units": None if units is None else list(units),
        "version": int(at.timestamp() * 1_000_000),
    }
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, params)
        return list(cursor.fetchall())
