"""Tiles: the latest state of what stands on boards, written in sets; only what changed gets a new version."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any, Final

import numpy as np
from django.db import connection, transaction

from boards import pgcopy
from boards.models import BoardMeasure, Measure
from boards.queries.series import series
from boards.queries.states import TileState, states_of
from org import live
from org.models import Organisation

#: Units whose points are held in memory at once.
UNITS_AT_ONCE: Final = 250

_NUMBERS: Final = ("numerator", "denominator", "value", "target", "target_high", "mean", "lower", "upper")
_SMALL: Final = ("status", "origin", "variation", "assurance", "rule", "run")
_COLUMNS: Final = (
    ("unit_id", "int4"),
    ("measure_id", "int4"),
    ("day", "date"),
    ("period_start", "date"),
    *((name, "float8") for name in _NUMBERS),
    *((name, "int2") for name in _SMALL),
    ("expected", "int4"),
    ("reported", "int4"),
    ("corrected", "bool"),
    ("provisional", "bool"),
    ("data_at", "timestamptz"),
    ("last_value_day", "date"),
    ("tail_days", "date[]"),
    ("tail_values", "float8[]"),
    ("tail_statuses", "int2[]"),
    ("tail_flags", "int2[]"),
)
_NAMES: Final = tuple(name for name, _ in _COLUMNS)
#: What makes a tile look different; the rest follows from these.
_LOOKS: Final = tuple(name for name in _NAMES if name not in {"unit_id", "measure_id", "data_at"})


def _column(name: str, kind: str, states: Sequence[TileState]) -> pgcopy.Column:
    raw: list[Any] = [getattr(state, name) for state in states]
    null = np.array([value is None for value in raw])
    if kind == "timestamptz":
        stamps = [np.datetime64("1970-01-01", "us") if v is None else pgcopy.timestamps(v, 1)[0] for v in raw]
        return pgcopy.Column(name, kind, np.array(stamps), null)
    if kind.startswith("date"):
        filled = [date(1970, 1, 1) if v is None else v for v in raw]
        return pgcopy.Column(name, kind, np.array(filled, "datetime64[D]"), null if kind == "date" else None)
    if kind.startswith("float8"):
        return pgcopy.Column(
            name, kind, np.array([np.nan if v is None else v for v in raw], float), null if kind == "float8" else None
        )
    return pgcopy.Column(name, kind, np.array(raw))


def _after(name: str) -> str:
    """What a column of a tile holds afterwards. When a number last came is kept beyond the points of the tail."""
    return f"COALESCE(excluded.{name}, t.{name})" if name == "last_value_day" else f"excluded.{name}"


def _upsert(states: Sequence[TileState], at: datetime) -> list[tuple[int, int]]:
    """Write `states`; returns (unit, measure) of those that look different from before. Three statements."""
    temporary = ", ".join(f"{name} {kind}" for name, kind in _COLUMNS)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE IF NOT EXISTS incoming_tile ({temporary}) ON COMMIT DELETE ROWS")
        cursor.execute("TRUNCATE incoming_tile")
    ordered = sorted(states, key=lambda s: len(s.tail_days))
    with pgcopy.writing("incoming_tile", _NAMES) as out:
        for _length, group in groupby(ordered, key=lambda s: len(s.tail_days)):
            mine = list(group)
            out.rows([_column(name, kind, mine) for name, kind in _COLUMNS])
    listed = ", ".join(_NAMES)
    updates = ", ".join(f"{name} = {_after(name)}" for name in _NAMES[2:])
    different = " OR ".join(f"t.{name} IS DISTINCT FROM {_after(name)}" for name in _LOOKS)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO boards_tile AS t ({listed}, version, changed_at) SELECT {listed}, %s, %s FROM incoming_tile "
            f"ON CONFLICT (unit_id, measure_id) DO UPDATE SET {updates}, version = excluded.version, "
            f"changed_at = excluded.changed_at WHERE {different} RETURNING unit_id, measure_id",
            [int(at.timestamp() * 1_000_000), at],
        )
        return list(cursor.fetchall())


@transaction.atomic
def refresh_tiles(
    organisation: Organisation, at: datetime, units: Collection[int] | None = None, *, tell: bool = True
) -> int:
    """Bring the tiles of boards up to date with the snapshots; returns how many look different.

    With `units`, only theirs. Open boards are told, unless `tell` is False. A bounded number of statements for every
    `UNITS_AT_ONCE` units.
    """
    measures = {m.pk: m for m in Measure.objects.active().filter(organisation=organisation)}
    placed = BoardMeasure.objects.filter(measure__in=measures, unit__closed_on__isnull=True)
    if units is not None:
        placed = placed.filter(unit__in=units)
    on_boards = set(placed.values_list("unit_id", "measure_id"))
    unit_ids = sorted({unit for unit, _ in on_boards})
    last = at.astimezone(organisation.zone).date() + timedelta(days=1)
    changed: list[tuple[int, int]] = []
    for start in range(0, len(unit_ids), UNITS_AT_ONCE):
        portion = unit_ids[start : start + UNITS_AT_ONCE]
        points = [
            s
            for s in series(portion, [(m.pk, m.cadence) for m in measures.values()], last)
            if (s.unit_id, s.measure_id) in on_boards
        ]
        if points:
            changed += _upsert(states_of(points, measures), at)
    _drop_removed(unit_ids if units is None else units, organisation)
    if tell:
        _tell(changed, organisation, at)
    return len(changed)


def _drop_removed(units: Collection[int], organisation: Organisation) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM boards_tile t USING org_unit u WHERE u.id = t.unit_id AND u.organisation_id = %s "
            "AND t.unit_id = ANY(%s) AND NOT EXISTS (SELECT FROM boards_boardmeasure b "
            "WHERE b.unit_id = t.unit_id AND b.measure_id = t.measure_id)",
            [organisation.pk, sorted(units)],
        )


def _tell(changed: Sequence[tuple[int, int]], organisation: Organisation, at: datetime) -> None:
    if not changed:
        return
    # The day that boards show. With a later one a page would take the change for that of a day to come.
    day = (at.astimezone(organisation.zone).date() - timedelta(days=1)).isoformat()
    by_unit: dict[int, list[int]] = {}
    for unit, measure in changed:
        by_unit.setdefault(unit, []).append(measure)
    events: list[tuple[str, live.Payload]] = [
        (live.unit_topic(unit), {"measures": measures, "day": day}) for unit, measures in by_unit.items()
    ]
    events.append((live.organisation_topic(organisation.pk), {"day": day}))
    live.publish_many(events)
