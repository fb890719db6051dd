"""Readings are stored here and nowhere else, however they came: in sets, idempotent, with what they replace kept."""

from dataclasses import dataclass
from datetime import date, datetime
from math import isnan
from typing import Any, Final

import numpy as np
from django.db import connection, transaction
from numpy.typing import NDArray

from boards import partitions, pgcopy
from boards.actions.strata import layout_ids
from boards.models import Batch, Layout
from org.models import Organisation

_COLUMNS: Final = (
    "day",
    "unit_id",
    "measure_id",
    "period_start",
    "organisation_id",
    "layout_id",
    "batch_id",
    "revision",
    "received_at",
    "numerators",
    "denominators",
    "suppressed",
)
_LOCK_SPACE: Final = 7201


@dataclass(frozen=True, slots=True)
class ReadingRows:
    """Readings in long form, one row per stratum; all arrays have length n.

    `period_ends` is exclusive; NaN is "nothing sent"; `suppressed` marks counts that the source itself hid. `received`
    (datetime64[us], UTC) may tell when each row came; otherwise all came with the batch.
    """

    unit_ids: NDArray[np.int32]
    measure_ids: NDArray[np.int32]
    period_starts: NDArray[np.datetime64]
    period_ends: NDArray[np.datetime64]
    stratum_ids: NDArray[np.int32]
    numerators: NDArray[np.float64]
    denominators: NDArray[np.float64]
    suppressed: NDArray[np.bool_]
    received: NDArray[np.datetime64] | None = None

    def __len__(self) -> int:
        return len(self.unit_ids)


@dataclass(frozen=True, slots=True)
class StoreResult:
    """What became of the readings (a reading is one unit, measure and period with all its groups)."""

    new: int
    replaced: int
    same: int
    first_day: date | None
    last_day: date | None


@dataclass(slots=True)
class _Readings:
    """Readings as they lie in the table, all with the same list of strata: arrays (n,) and (n, k)."""

    strata: tuple[int, ...]
    days: NDArray[np.datetime64]
    unit_ids: NDArray[np.int32]
    measure_ids: NDArray[np.int32]
    starts: NDArray[np.datetime64]
    received: NDArray[np.datetime64]
    numerators: NDArray[np.float64]
    denominators: NDArray[np.float64]
    suppressed: NDArray[np.bool_]
    revisions: NDArray[np.int16]


_Key = tuple[int, int, int, int]


def _grouped(rows: ReadingRows, at: datetime) -> list[_Readings]:
    """Long rows as readings, put together by their list of strata. The last of doubled rows stays."""
    days = (rows.period_ends - np.timedelta64(1, "D")).astype("datetime64[D]")
    starts = rows.period_starts.astype("datetime64[D]")
    order = np.lexsort((rows.stratum_ids, starts, rows.measure_ids, rows.unit_ids, days))
    key = np.stack(
        [
            days[order].astype(np.int64),
            rows.unit_ids[order],
            rows.measure_ids[order],
            starts[order].astype(np.int64),
            rows.stratum_ids[order],
        ]
    )
    changes = np.any(key[:, 1:] != key[:, :-1], axis=0)
    order = order[np.append(changes, True)]
    key = key[:, np.append(changes, True)]
    first = np.append(True, np.any(key[:4, 1:] != key[:4, :-1], axis=0))
    begins = np.flatnonzero(first)
    sizes = np.diff(np.append(begins, len(order)))
    received = rows.received if rows.received is not None else pgcopy.timestamps(at, len(rows))
    out = []
    for size in np.unique(sizes):
        group = begins[sizes == size]
        cells = order[group[:, None] + np.arange(size)[None, :]]
        strata, inverse = np.unique(rows.stratum_ids[cells], axis=0, return_inverse=True)
        for number, layout in enumerate(strata):
            mine = cells[inverse.reshape(-1) == number]
            head = mine[:, 0]
            out.append(
                _Readings(
                    tuple(int(s) for s in layout),
                    days[head],
                    rows.unit_ids[head],
                    rows.measure_ids[head],
                    starts[head],
                    received[mine].max(axis=1),
                    rows.numerators[mine],
                    rows.denominators[mine],
                    rows.suppressed[mine],
                    np.zeros(len(head), np.int16),
                )
            )
    return out


def _key(day: Any, unit: Any, measure: Any, start: Any) -> _Key:
    return int(np.datetime64(day, "D").astype(int)), int(unit), int(measure), int(np.datetime64(start, "D").astype(int))


@dataclass(slots=True)
class _Stored:
    """A reading that stands in the table: counts by stratum, what was suppressed, how often it was replaced."""

    cells: dict[int, tuple[float, float, bool]]
    revision: int


def _any_stored(first: date, last: date, organisation: Organisation) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM boards_reading WHERE organisation_id = %s AND day BETWEEN %s AND %s)",
            [organisation.pk, first, last],
        )
        found: bool = cursor.fetchone()[0]
        return found


def _come_in(groups: list[_Readings], layouts: dict[tuple[int, ...], int]) -> None:
    """Lay the incoming readings, numbered in the order of `groups`, beside the stored ones."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE IF NOT EXISTS incoming_reading (number integer, day date, unit_id integer, "
            "measure_id integer, period_start date, layout_id integer, hides boolean, numerators double precision[], "
            "denominators double precision[]) ON COMMIT DELETE ROWS"
        )
        cursor.execute("TRUNCATE incoming_reading")
    begin = 0
    names = (
        "number",
        "day",
        "unit_id",
        "measure_id",
        "period_start",
        "layout_id",
        "hides",
        "numerators",
        "denominators",
    )
    with pgcopy.writing("incoming_reading", names) as out:
        for g in groups:
            count = len(g.days)
            out.rows(
                [
                    pgcopy.Column("number", "int4", np.arange(begin, begin + count)),
                    pgcopy.Column("day", "date", g.days),
                    pgcopy.Column("unit_id", "int4", g.unit_ids),
                    pgcopy.Column("measure_id", "int4", g.measure_ids),
                    pgcopy.Column("period_start", "date", g.starts),
                    pgcopy.Column("layout_id", "int4", np.full(count, layouts[g.strata])),
                    pgcopy.Column("hides", "bool", np.any(g.suppressed, axis=1, keepdims=True)[:, 0]),
                    pgcopy.Column("numerators", "float8[]", g.numerators),
                    pgcopy.Column("denominators", "float8[]", g.denominators),
                ]
            )
            begin += count
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE incoming_reading")


_MEETING: Final = (
    "FROM incoming_reading i JOIN boards_reading r USING (day, unit_id, measure_id, period_start) "
    "WHERE r.organisation_id = %s AND r.day BETWEEN %s AND %s"
)
#: The stored word is the same: the same groups, the same counts (NaN equals NaN here), nothing hidden in either.
_SAME: Final = (
    "r.layout_id = i.layout_id AND r.numerators = i.numerators AND r.denominators = i.denominators "
    "AND r.suppressed IS NULL AND NOT i.hides"
)


def _without_same(groups: list[_Readings], within: list[Any]) -> tuple[list[_Readings], int]:
    """The incoming readings that are not stored word for word, and how many are. One statement."""
    same = pgcopy.read(f"SELECT i.number {_MEETING} AND {_SAME}", within, (("number", "int4"),))["number"]
    fresh = np.ones(sum(len(g.days) for g in groups), bool)
    fresh[same] = False
    left, begin = [], 0
    for g in groups:
        mine = fresh[begin : begin + len(g.days)]
        begin += len(g.days)
        if mine.any():
            left.append(_taken(g, mine))
    return left, len(same)


def _present(within: list[Any]) -> dict[_Key, _Stored]:
    """The stored readings that incoming ones meet with another word. Two statements, whatever their number."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.day, r.unit_id, r.measure_id, r.period_start, r.revision, r.layout_id, r.numerators, "
            f"r.denominators, r.suppressed {_MEETING} AND NOT ({_SAME})",
            within,
        )
        found = cursor.fetchall()
    layouts = dict(Layout.objects.filter(pk__in={row[5] for row in found}).values_list("pk", "strata"))
    stored: dict[_Key, _Stored] = {}
    for day, unit, measure, start, revision, layout, numerators, denominators, suppressed in found:
        hidden = set(suppressed or ())
        stored[_key(day, unit, measure, start)] = _Stored(
            {s: (n, d, s in hidden) for s, n, d in zip(layouts[layout], numerators, denominators, strict=True)},
            revision,
        )
    return stored


def _equal(one: tuple[float, float, bool], other: tuple[float, float, bool]) -> bool:
    counts = zip(one[:2], other[:2], strict=True)
    return one[2] == other[2] and all(a == b or (isnan(a) and isnan(b)) for a, b in counts)


def _merge(groups: list[_Readings], stored: dict[_Key, _Stored]) -> tuple[list[_Readings], set[_Key], int, int]:
    """Split into (to write, keys to replace, new, same). A group that was not sent again keeps its counts."""
    if not stored:
        return groups, set(), sum(len(g.days) for g in groups), 0
    write: list[_Readings] = []
    replace: set[_Key] = set()
    merged: dict[tuple[int, ...], list[tuple[_Readings, int, _Stored]]] = {}
    new = same = 0
    for g in groups:
        fresh = np.ones(len(g.days), bool)
        for i in range(len(g.days)):
            key = _key(g.days[i], g.unit_ids[i], g.measure_ids[i], g.starts[i])
            old = stored.get(key)
            if old is None:
                continue
            fresh[i] = False
            sent = {
                s: (float(g.numerators[i, j]), float(g.denominators[i, j]), bool(g.suppressed[i, j]))
                for j, s in enumerate(g.strata)
            }
            if all(s in old.cells and _equal(old.cells[s], cell) for s, cell in sent.items()):
                same += 1
                continue
            old.cells.update(sent)
            replace.add(key)
            merged.setdefault(tuple(sorted(old.cells)), []).append((g, i, old))
        new += int(fresh.sum())
        if fresh.any():
            write.append(_taken(g, fresh))
    for strata, items in merged.items():
        cells = [[old.cells[s] for s in strata] for _, _, old in items]
        write.append(
            _Readings(
                strata,
                np.array([g.days[i] for g, i, _ in items]),
                np.array([g.unit_ids[i] for g, i, _ in items], np.int32),
                np.array([g.measure_ids[i] for g, i, _ in items], np.int32),
                np.array([g.starts[i] for g, i, _ in items]),
                np.array([g.received[i] for g, i, _ in items]),
                np.array([[c[0] for c in row] for row in cells], np.float64),
                np.array([[c[1] for c in row] for row in cells], np.float64),
                np.array([[c[2] for c in row] for row in cells], bool),
                np.array([old.revision + 1 for _, _, old in items], np.int16),
            )
        )
    return write, replace, new, same


def _taken(g: _Readings, mask: NDArray[np.bool_]) -> _Readings:
    return _Readings(
        g.strata,
        g.days[mask],
        g.unit_ids[mask],
        g.measure_ids[mask],
        g.starts[mask],
        g.received[mask],
        g.numerators[mask],
        g.denominators[mask],
        g.suppressed[mask],
        g.revisions[mask],
    )


def _put_aside(keys: set[_Key], batch: Batch, at: datetime) -> None:
    """Move what is replaced into the record of replaced readings."""
    days, units, measures, starts = (np.array(part) for part in zip(*keys, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH gone AS (DELETE FROM boards_reading r USING (SELECT unnest(%s::date[]) AS day, unnest(%s::int[]) AS "
            "unit_id, unnest(%s::int[]) AS measure_id, unnest(%s::date[]) AS period_start) k WHERE r.day = k.day AND "
            "r.unit_id = k.unit_id AND r.measure_id = k.measure_id AND r.period_start = k.period_start "
            "AND r.day BETWEEN %s AND %s RETURNING r.*) "
            "INSERT INTO boards_replacedreading (day, unit_id, measure_id, period_start, organisation_id, layout_id, "
            "batch_id, revision, received_at, numerators, denominators, suppressed, replaced_at, replaced_by_id) "
            "SELECT day, unit_id, measure_id, period_start, organisation_id, layout_id, batch_id, revision, "
            "received_at, numerators, denominators, suppressed, %s, %s FROM gone",
            [
                days.astype("datetime64[D]").tolist(),
                units.tolist(),
                measures.tolist(),
                starts.astype("datetime64[D]").tolist(),
                days.min().astype("datetime64[D]").item(),
                days.max().astype("datetime64[D]").item(),
                at,
                batch.pk,
            ],
        )


def _nothing(name: str, count: int) -> pgcopy.Column:
    return pgcopy.Column(name, "int4", np.zeros(count, np.int32), np.ones(count, bool))


def _write(groups: list[_Readings], organisation: Organisation, batch: Batch) -> None:
    layouts = layout_ids(organisation.pk, [g.strata for g in groups])
    with pgcopy.writing("boards_reading", _COLUMNS) as out:
        for g in groups:
            count = len(g.days)
            hides = g.suppressed.any(axis=1)
            common = [
                ("day", "date", g.days),
                ("unit_id", "int4", g.unit_ids),
                ("measure_id", "int4", g.measure_ids),
                ("period_start", "date", g.starts),
                ("organisation_id", "int4", np.full(count, organisation.pk)),
                ("layout_id", "int4", np.full(count, layouts[g.strata])),
                ("batch_id", "int4", np.full(count, batch.pk)),
                ("revision", "int2", g.revisions),
                ("received_at", "timestamptz", g.received),
                ("numerators", "float8[]", g.numerators),
                ("denominators", "float8[]", g.denominators),
            ]
            out.rows(
                [
                    *(pgcopy.Column(name, kind, values[~hides]) for name, kind, values in common),
                    _nothing("suppressed", int((~hides).sum())),
                ]
            )
            strata = np.array(g.strata, np.int32)
            for pattern in np.unique(g.suppressed[hides], axis=0) if hides.any() else []:
                mine = np.all(g.suppressed == pattern, axis=1)
                out.rows(
                    [
                        *(pgcopy.Column(name, kind, values[mine]) for name, kind, values in common),
                        pgcopy.Column("suppressed", "int4[]", np.tile(strata[pattern], (int(mine.sum()), 1))),
                    ]
                )


def _mark_due(groups: list[_Readings], organisation: Organisation, at: datetime) -> None:
    pairs = np.unique(
        np.concatenate([np.stack([g.days.astype(np.int64), g.unit_ids.astype(np.int64)], axis=1) for g in groups]),
        axis=0,
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO boards_duesnapshot (organisation_id, day, unit_id, since) SELECT %s, d, u, %s "
            "FROM unnest(%s::date[], %s::int[]) AS t(d, u) ON CONFLICT (organisation_id, day, unit_id) DO NOTHING",
            [organisation.pk, at, pairs[:, 0].astype("datetime64[D]").tolist(), pairs[:, 1].tolist()],
        )


@transaction.atomic
def store_readings(*, organisation: Organisation, batch: Batch, rows: ReadingRows, at: datetime) -> StoreResult:
    """Store `rows`; the same again changes nothing, another word for the same key replaces it and both are kept.

    A bounded number of statements whatever the number of rows. Writers of one organisation wait for each other.
    """
    if len(rows) == 0:
        return StoreResult(0, 0, 0, None, None)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK_SPACE, organisation.pk])
    groups = _grouped(rows, at)
    first: date = min(g.days.min() for g in groups).item()
    last: date = max(g.days.max() for g in groups).item()
    months = np.unique(np.concatenate([g.days.astype("datetime64[M]") for g in groups])).astype("datetime64[D]")
    partitions.ensure_days(months.tolist())
    stored: dict[_Key, _Stored] = {}
    unchanged = 0
    if _any_stored(first, last, organisation):
        within = [organisation.pk, first, last]
        _come_in(groups, layout_ids(organisation.pk, [g.strata for g in groups]))
        groups, unchanged = _without_same(groups, within)
        stored = _present(within)
    write, replace, new, same = _merge(groups, stored)
    if replace:
        _put_aside(replace, batch, at)
    if write:
        _write(write, organisation, batch)
        _mark_due(write, organisation, at)
    return StoreResult(new, len(replace), same + unchanged, first, last)
