"""After a change of set-up: which days are taken again, and telling the boards that look different."""

from collections.abc import Collection, Iterable
from datetime import date, datetime

from django.db import connection
from django.db.models import F, QuerySet

from boards.models import DueSnapshot, Measure, SignalDay, SignalWindow, Tile, TreeSeen
from org import live
from org.models import Organisation, Unit
from org.queries import tree_changes_after


def has_readings(measure: Measure) -> bool:
    """Whether any reading of `measure` stands. One statement."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM boards_reading WHERE measure_id = %s)", [measure.pk])
        return bool(cursor.fetchone()[0])


def mark_due(measure: Measure, first: date, last: date, *, path: str = "", at: datetime) -> int:
    """Have the snapshots of `measure` from `first` to `last` taken again; returns how many unit-days. One statement.

    A unit's day is due where it has a snapshot or a reading of the measure. `path` narrows to a unit and those below.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO boards_duesnapshot (organisation_id, day, unit_id, since)
            SELECT %(organisation)s, f.day, f.unit_id, %(at)s FROM (
                SELECT day, unit_id FROM boards_snapshot
                WHERE measure_id = %(measure)s AND day BETWEEN %(first)s AND %(last)s
                UNION
                SELECT day, unit_id FROM boards_reading
                WHERE measure_id = %(measure)s AND day BETWEEN %(first)s AND %(last)s
            ) f JOIN org_unit u ON u.id = f.unit_id
            WHERE u.organisation_id = %(organisation)s AND starts_with(u.path, %(path)s)
            ON CONFLICT DO NOTHING
            """,
            {
                "organisation": measure.organisation_id,
                "measure": measure.pk,
                "first": first,
                "last": last,
                "path": path,
                "at": at,
            },
        )
        due: int = cursor.rowcount
        return due


def forget_gaps(measure: Measure) -> None:
    """Have the past of its gaps counted anew in the next night: its numbers are made otherwise now. Two statements."""
    SignalWindow.objects.filter(measure=measure).delete()
    SignalDay.objects.filter(measure=measure).delete()


def mark_unit_due(unit: Unit, day: date, at: datetime) -> None:
    """Have the snapshot of `unit` and of those above it taken again for one day: what should report has changed."""
    due = DueSnapshot(organisation_id=unit.organisation_id, day=day, unit=unit, since=at)
    DueSnapshot.objects.bulk_create([due], ignore_conflicts=True)


def mark_tree_due(organisation: Organisation, at: datetime) -> int:
    """Have the days taken again whose tree was changed after they were taken; returns how many unit-days.

    What was moved, what it left and what it came to are due on every day with a snapshot from the day of the change
    on; each change is taken up once. Four statements where something changed, two where nothing did.
    """
    TreeSeen.objects.bulk_create([TreeSeen(organisation=organisation)], ignore_conflicts=True)
    seen = TreeSeen.objects.select_for_update().get(organisation=organisation)
    changes = tree_changes_after(organisation.pk, seen.change_id)
    if not changes:
        return 0
    turns = [(change.first_day, unit) for change in changes for unit in change.units]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO boards_duesnapshot (organisation_id, day, unit_id, since)
            SELECT DISTINCT %(organisation)s, r.day, u.id, %(at)s::timestamptz
            FROM unnest(%(days)s::date[], %(units)s::int[]) AS c(first_day, unit_id)
            JOIN org_unit u ON u.id = c.unit_id AND u.organisation_id = %(organisation)s
            JOIN boards_snapshotrun r ON r.organisation_id = %(organisation)s AND r.day >= c.first_day
            ON CONFLICT DO NOTHING
            """,
            {
                "organisation": organisation.pk,
                "days": [day for day, _ in turns],
                "units": [unit for _, unit in turns],
                "at": at,
            },
        )
        due: int = cursor.rowcount
    seen.change_id = changes[-1].pk
    seen.save(update_fields=["change_id"])
    return due


def look_changed(tiles: "QuerySet[Tile]", organisation: Organisation, at: datetime) -> int:
    """Give `tiles` a new version, since something that they show was changed, and tell the open boards.

    Returns how many tiles. Two statements.
    """
    shown = list(tiles.values_list("unit_id", "measure_id"))
    tiles.update(version=F("version") + 1)
    tell(shown, organisation, at)
    return len(shown)


def tell(shown: Iterable[tuple[int, int]], organisation: Organisation, at: datetime) -> None:
    """Say to the open boards which (unit, measure) to fetch again."""
    day = at.astimezone(organisation.zone).date().isoformat()
    by_unit: dict[int, list[int]] = {}
    for unit, measure in shown:
        by_unit.setdefault(unit, []).append(measure)
    if by_unit:
        events: list[tuple[str, live.Payload]] = [
            (live.unit_topic(unit), {"measures": sorted(measures), "day": day}) for unit, measures in by_unit.items()
        ]
        live.publish_many([*events, (live.organisation_topic(organisation.pk), {"day": day})])


def renumber(rows: "QuerySet", order: Collection[int]) -> None:  # type: ignore[type-arg]
    """Write the positions of `rows` as their ids stand in `order`, from 1. One statement."""
    places = {pk: place for place, pk in enumerate(order, start=1)}
    changed = list(rows.filter(pk__in=places))
    for row in changed:
        row.position = places[row.pk]
    if changed:
        rows.model._default_manager.bulk_update(changed, ["position"])
