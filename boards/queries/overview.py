"""Which boards of the organisation are complete, late, red."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext as _

from boards import rules
from boards.pages import OverviewPage, OverviewRow
from boards.queries import reds, words
from org.models import Organisation, Unit
from org.queries import tree_rows
from org.rules import Permission

if TYPE_CHECKING:
    from org.models import User


#: What a board showed of a measure on a day of the past: the last point of its tile up to then; where that is further
#: back than a tile keeps, what was due on the day itself.
_ON_DAY: Final = """(
    SELECT * FROM (
        (SELECT p.day, p.status, p.value <> 'NaN' AS known
        FROM unnest(t.tail_days, t.tail_statuses, t.tail_values) AS p (day, status, value)
        WHERE p.day <= %(day)s ORDER BY p.day DESC LIMIT 1)
        UNION ALL SELECT n.day, n.status, n.value IS NOT NULL WHERE n.day IS NOT NULL
    ) both_ways LIMIT 1
)"""
_NOW: Final = "(SELECT t.day, t.status, t.value IS NOT NULL AS known)"
_COUNTED: Final = """
    SELECT b.unit_id, count(*), count(*) FILTER (WHERE s.known),
    count(*) FILTER (WHERE s.status = ANY(%(good)s)), count(*) FILTER (WHERE s.status = %(missed)s),
    count(*) FILTER (WHERE {asks}), max(n.data_at)
    FROM {placed} LEFT JOIN boards_snapshot n ON n.day = %(day)s AND n.unit_id = b.unit_id
    AND n.measure_id = b.measure_id CROSS JOIN LATERAL {state} s
    WHERE b.unit_id = ANY(%(units)s) GROUP BY b.unit_id
"""
_NAMES: Final = ("due", "arrived", "met", "missed", "unexplained", "newest")


def _counted(units: Sequence[int], day: date, *, past: bool) -> dict[int, Mapping[str, Any]]:
    """What the boards of `units` show, counted by unit. One statement."""
    good = [rules.STATUS_CODES[status] for status in (rules.Status.MET, rules.Status.AT_RISK)]
    sql = _COUNTED.format(asks=reds.ASKS.format(s="s"), placed=reds.PLACED, state=_ON_DAY if past else _NOW)
    with connection.cursor() as cursor:
        cursor.execute(sql, {**reds.asking(), "good": good, "day": day, "units": list(units)})
        return {row[0]: dict(zip(_NAMES, row[1:], strict=True)) for row in cursor.fetchall()}


def overview_page(
    organisation: Organisation, day: date, now: datetime, user: "User", *, named: bool = False
) -> OverviewPage:
    """One line per board that the reader may see, in the order of the tree, with what that board shows on `day`. Two
    statements.

    `named`: links to other days name the organisation, for a reader of several.
    """
    local = now.astimezone(organisation.zone)
    latest = local.date() - timedelta(days=1)
    units = list(
        Unit.objects.open()
        .filter(organisation=organisation)
        .visible_to(user)
        .with_permission(user, Permission.OVERVIEW)
        .select_related("tier")
    )
    found = _counted([unit.pk for unit in units], day, past=day < latest)
    rows = []
    for line in tree_rows(units):
        unit = line.unit
        row: Mapping[str, Any] = found.get(unit.pk, {})
        newest = row.get("newest")
        rows.append(
            OverviewRow(
                unit_id=unit.pk,
                name=unit.name,
                depth=line.depth,
                tier=unit.tier.name,
                url=reverse("boards:board", args=[unit.pk]) + f"?day={day.isoformat()}",
                expected=row.get("due", 0),
                arrived=row.get("arrived", 0),
                late=row.get("due", 0) - row.get("arrived", 0),
                met=row.get("met", 0),
                missed=row.get("missed", 0),
                unexplained=row.get("unexplained", 0),
                newest=words.clock(newest.astimezone(local.tzinfo)) if newest else "",
            )
        )
    base = reverse("boards:overview") + (f"?organisation={organisation.slug}&day=" if named else "?day=")
    return OverviewPage(
        organisation_name=organisation.name,
        synthetic=organisation.is_synthetic,
        day=day,
        rows=rows,
        totals=OverviewRow(
            unit_id=0,
            name=_("All boards"),
            depth=0,
            tier="",
            url="",
            **{
                name: sum(getattr(row, name) for row in rows)
                for name in ("expected", "arrived", "late", "met", "missed", "unexplained")
            },
            newest=max((row.newest for row in rows), default=""),
        ),
        previous_url=f"{base}{(day - timedelta(days=1)).isoformat()}",
        next_url="" if day >= latest else f"{base}{(day + timedelta(days=1)).isoformat()}",
    )
