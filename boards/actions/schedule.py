"""Which snapshots are due, and taking them: once a day at the organisation's hour, and after late readings."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Count, F, OuterRef, Subquery
from django.db.models.functions import Coalesce

from boards.actions.again import mark_tree_due
from boards.models import BoardMeasure, DueSnapshot, Measure, SnapshotRun, TreeSeen
from boards.snapshots.take import Taken, take_snapshot
from boards.snapshots.tiles import refresh_tiles
from org.models import Organisation

#: Above this many touched units of a day, the whole day is taken again: one set is faster than many paths.
WHOLE_DAY_FROM = 200


@transaction.atomic
def take_and_show(organisation: Organisation, day: date, at: datetime, units: set[int] | None = None) -> Taken:
    """Take a snapshot and bring the boards that it touches up to date."""
    taken = take_snapshot(organisation, day, at, units)
    refresh_tiles(organisation, at, taken.units if units is not None else None)
    return taken


def with_due_days() -> set[int]:
    """Ids of the organisations of which a day is due, or whose tree was changed since the last time. Two statements."""
    waiting = set(DueSnapshot.objects.values_list("organisation_id", flat=True).distinct())
    seen = TreeSeen.objects.filter(organisation=OuterRef("pk")).values("change_id")
    changed = Organisation.objects.alias(seen=Coalesce(Subquery(seen), 0)).filter(tree_changes__pk__gt=F("seen"))
    return waiting | set(changed.values_list("pk", flat=True).distinct())


@transaction.atomic
def take_due(organisation: Organisation, *, at: datetime, limit: int) -> int:
    """Take again the days that changed, oldest first, at most `limit`; then bring the boards up to date once.

    A day changes with late readings, and with a unit that moved on a day of the past.

    All or nothing: what was due stays due until the boards show it.
    """
    mark_tree_due(organisation, at)
    days = list(
        DueSnapshot.objects.filter(organisation=organisation)
        .values("day")
        .annotate(units=Count("id"))
        .order_by("day")[:limit]
    )
    touched: set[int] = set()
    for due in days:
        units: set[int] | None = None
        if due["units"] < WHOLE_DAY_FROM:
            units = set(
                DueSnapshot.objects.filter(organisation=organisation, day=due["day"]).values_list("unit_id", flat=True)
            )
        touched |= take_snapshot(organisation, due["day"], at, units).units
    if touched:
        refresh_tiles(organisation, at, touched)
    return len(days)


@transaction.atomic
def take_daily(organisation: Organisation, *, at: datetime) -> int:
    """Take yesterday's snapshot when the organisation's hour has come and it does not stand yet.

    Numbers that arrive some days later by their nature are looked for again when they should be there.
    """
    local = at.astimezone(organisation.zone)
    yesterday = local.date() - timedelta(days=1)
    if local.time() < organisation.snapshot_at:
        return 0
    if SnapshotRun.objects.filter(organisation=organisation, day=yesterday, whole=True).exists():
        return 0
    taken = 1
    take_snapshot(organisation, yesterday, at)
    lags = Measure.objects.active().filter(organisation=organisation, lag_days__gt=0)
    for lag in sorted(set(lags.values_list("lag_days", flat=True))):
        units = set(
            BoardMeasure.objects.filter(measure__in=lags.filter(lag_days=lag), reports=True).values_list(
                "unit_id", flat=True
            )
        )
        if units:
            take_snapshot(organisation, yesterday - timedelta(days=lag), at, units)
            taken += 1
    refresh_tiles(organisation, at)
    return taken
