"""Who reported to whom on a day."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import BooleanField, ExpressionWrapper, Q

from org.models import ReportingLine, TreeChange, Unit
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


#: The primary parent of a unit on the day: by the line that holds then; none where lines hold on other days only; at
#: present where none was ever written.
_PRIMARY = """
SELECT CASE
    WHEN count(l.unit_id) > 0 THEN min(l.parent_id) FILTER (WHERE l.valid @> %(day)s::date)
    ELSE min(u.parent_id)
END AS parent_id
FROM org_unit u LEFT JOIN org_reportingline l ON l.unit_id = u.id AND l.kind = 'primary' WHERE u.id = %(unit)s
"""
_PART = """
WITH RECURSIVE crossing AS MATERIALIZED (
    SELECT l.unit_id, l.parent_id FROM org_reportingline l JOIN org_unit u ON u.id = l.unit_id
    WHERE l.kind = 'second' AND l.valid @> %(day)s::date AND u.organisation_id = %(organisation)s
    UNION ALL
    SELECT u.id, u.second_parent_id FROM org_unit u
    WHERE u.second_parent_id IS NOT NULL AND u.organisation_id = %(organisation)s
      AND NOT EXISTS (SELECT FROM org_reportingline l WHERE l.unit_id = u.id AND l.kind = 'second')
), near (unit_id) AS (
    SELECT unnest(%(units)s::int[]) UNION SELECT unit_id FROM crossing UNION SELECT parent_id FROM crossing
), above (unit_id, parent_id) AS (
    SELECT near.unit_id, line.parent_id FROM near, LATERAL (%(line)s) line
    UNION
    SELECT above.parent_id, line.parent_id FROM above, LATERAL (%(line_above)s) line WHERE above.parent_id IS NOT NULL
)
SELECT unit_id, parent_id, 'primary' FROM above
UNION
SELECT l.unit_id, l.parent_id, 'primary' FROM org_reportingline l
WHERE l.kind = 'primary' AND l.valid @> %(day)s::date AND l.parent_id IN (SELECT unit_id FROM above)
UNION
SELECT u.id, u.parent_id, 'primary' FROM org_unit u
WHERE u.parent_id IN (SELECT unit_id FROM above)
  AND NOT EXISTS (SELECT FROM org_reportingline l WHERE l.unit_id = u.id AND l.kind = 'primary')
UNION ALL
SELECT unit_id, parent_id, 'second' FROM crossing
"""
_AROUND = _PART.replace("%(line)s", _PRIMARY.replace("%(unit)s", "near.unit_id")).replace(
    "%(line_above)s", _PRIMARY.replace("%(unit)s", "above.parent_id")
)


def lines_around(organisation_id: int, day: date, unit_ids: Collection[int]) -> list[Line]:
    """The part of the tree of `day` that can change with `unit_ids`: these, all above them, and all their siblings.

    Units that report along two lines are always in it, with what lies above them and beside them. One statement.
    """
    with connection.cursor() as cursor:
        cursor.execute(_AROUND, {"day": day, "organisation": organisation_id, "units": sorted(unit_ids)})
        return [Line(unit, parent, LineKind(kind)) for unit, parent, kind in cursor.fetchall()]


_EVER_BELOW = """
WITH RECURSIVE below (id) AS (
    SELECT %(unit)s::int
    UNION
    SELECT line.unit_id FROM below JOIN (
        SELECT unit_id, parent_id FROM org_reportingline WHERE valid && daterange(%(first)s, %(last)s, '[]')
        UNION ALL SELECT id, parent_id FROM org_unit WHERE organisation_id = %(organisation)s
        UNION ALL SELECT id, second_parent_id FROM org_unit WHERE organisation_id = %(organisation)s
    ) line ON line.parent_id = below.id
)
SELECT id FROM below
"""


def ever_below(unit: Unit, first: date, last: date) -> set[int]:
    """The unit, and all that reported to it along any line at present or on any day from `first` to `last`.

    More than any one day's tree: for what must not be missed. One statement.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _EVER_BELOW, {"unit": unit.pk, "organisation": unit.organisation_id, "first": first, "last": last}
        )
        return {pk for (pk,) in cursor.fetchall()}


def tree_changes_after(organisation_id: int, change_id: int) -> list[TreeChange]:
    """What was changed on the tree of past days since the change `change_id`, oldest first. One statement."""
    return list(TreeChange.objects.filter(organisation_id=organisation_id, pk__gt=change_id).order_by("pk"))
