"""Who reported to whom on a day."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import BooleanField, ExpressionWrapper, Q

from org.models import ReportingLine, Unit
from org.rules import LineKind


@dataclass(frozen=True, slots=True)
class Line:
    """A unit reports to a parent along one kind of line. A primary line without a parent is a top of the tree."""

    unit_id: int
    parent_id: int | None
    kind: LineKind


def lines_on(organisation_id: int, day: date) -> list[Line]:
    """The tree of `day`: one primary line for every unit, closed ones included, and every second line. Two statements.

    A unit whose history was never written reports as it does at present. A unit whose history does not cover the day
    was at the top then, and had no second line.
    """
    written: dict[tuple[int, str], int | None] = {}
    rows = (
        ReportingLine.objects.filter(unit__organisation_id=organisation_id)
        .annotate(holds=ExpressionWrapper(Q(valid__contains=day), output_field=BooleanField()))
        .values_list("unit_id", "kind", "parent_id", "holds")
    )
    for unit_id, kind, parent_id, holds in rows:
        if holds:
            written[unit_id, kind] = parent_id
        else:
            written.setdefault((unit_id, kind), None)
    lines: list[Line] = []
    units = Unit.objects.filter(organisation_id=organisation_id).order_by("path")
    for unit_id, parent_id, second_id in units.values_list("id", "parent_id", "second_parent_id"):
        lines.append(Line(unit_id, written.get((unit_id, LineKind.PRIMARY), parent_id), LineKind.PRIMARY))
        second = written.get((unit_id, LineKind.SECOND), second_id)
        if second is not None:
            lines.append(Line(unit_id, second, LineKind.SECOND))
    return lines


_AROUND = """
WITH RECURSIVE written AS (
    SELECT l.unit_id, l.kind, (array_agg(l.parent_id) FILTER (WHERE l.valid @> %(day)s::date))[1] AS parent_id
    FROM org_reportingline l JOIN org_unit u ON u.id = l.unit_id
    WHERE u.organisation_id = %(organisation)s GROUP BY l.unit_id, l.kind
), line AS MATERIALIZED (
    SELECT u.id AS unit_id, 'primary' AS kind,
           CASE WHEN w.unit_id IS NULL THEN u.parent_id ELSE w.parent_id END AS parent_id
    FROM org_unit u LEFT JOIN written w ON w.unit_id = u.id AND w.kind = 'primary'
    WHERE u.organisation_id = %(organisation)s
    UNION ALL
    SELECT u.id, 'second', CASE WHEN w.unit_id IS NULL THEN u.second_parent_id ELSE w.parent_id END
    FROM org_unit u LEFT JOIN written w ON w.unit_id = u.id AND w.kind = 'second'
    WHERE u.organisation_id = %(organisation)s
      AND CASE WHEN w.unit_id IS NULL THEN u.second_parent_id ELSE w.parent_id END IS NOT NULL
), near (unit_id) AS (
    SELECT unnest(%(units)s::int[])
    UNION SELECT unit_id FROM line WHERE kind = 'second'
    UNION SELECT parent_id FROM line WHERE kind = 'second'
), above (unit_id) AS (
    SELECT unit_id FROM near
    UNION SELECT line.parent_id FROM line JOIN above ON line.unit_id = above.unit_id WHERE line.parent_id IS NOT NULL
)
SELECT unit_id, parent_id, kind FROM line
WHERE unit_id IN (SELECT unit_id FROM above) OR parent_id IN (SELECT unit_id FROM above)
"""


def lines_around(organisation_id: int, day: date, unit_ids: Collection[int]) -> list[Line]:
    """The part of the tree of `day` that can change with `unit_ids`: these, all above them, and all their siblings.

    Units that report along two lines are always in it, with what lies above them and beside them. One statement.
    """
    with connection.cursor() as cursor:
        cursor.execute(_AROUND, {"day": day, "organisation": organisation_id, "units": sorted(unit_ids)})
        return [Line(unit, parent, LineKind(kind)) for unit, parent, kind in cursor.fetchall()]
