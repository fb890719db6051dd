"""Which boards of the organisation are complete, late, red."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, Max, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from boards import rules
from boards.models import BoardMeasure, RedReason, Snapshot
from boards.pages import OverviewPage, OverviewRow
from boards.queries import words
from org.models import Organisation, Unit
from org.queries import tree_rows
from org.rules import Permission

if TYPE_CHECKING:
    from org.models import User


def overview_page(
    organisation: Organisation, day: date, now: datetime, user: "User", *, named: bool = False
) -> OverviewPage:
    """One line per board that the reader may see, in the order of the tree. Two statements.

    `named`: links to other days name the organisation, for a reader of several.
    """
    local = now.astimezone(organisation.zone)
    codes = rules.STATUS_CODES
    units = list(
        Unit.objects.open()
        .filter(organisation=organisation)
        .visible_to(user)
        .with_permission(user, Permission.OVERVIEW)
        .select_related("tier")
    )
    explained = RedReason.objects.filter(unit=OuterRef("unit_id"), measure=OuterRef("measure_id"), day=day)
    driver = BoardMeasure.objects.filter(unit=OuterRef("unit_id"), measure=OuterRef("measure_id")).exclude(
        role=rules.MeasureRole.WATCH
    )
    on_board = BoardMeasure.objects.filter(unit=OuterRef("unit_id"), measure=OuterRef("measure_id"))
    missed = Q(status=codes[rules.Status.MISSED])
    found = {
        row["unit_id"]: row
        for row in Snapshot.objects.filter(day=day, unit__in=[u.pk for u in units])
        .annotate(driver=Exists(driver), placed=Exists(on_board), said=Exists(explained))
        .filter(placed=True)
        .values("unit_id")
        .annotate(
            due=Count("measure_id"),
            arrived=Count("value"),
            met=Count("measure_id", filter=Q(status__in=(codes[rules.Status.MET], codes[rules.Status.AT_RISK]))),
            missed=Count("measure_id", filter=missed),
            unexplained=Count("measure_id", filter=missed & Q(driver=True, said=False)),
            newest=Max("data_at"),
        )
    }
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
    latest = local.date() - timedelta(days=1)
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
