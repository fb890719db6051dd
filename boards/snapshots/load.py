"""What a snapshot is made of, read in sets: readings of the day, stored numbers of the fringe, what is due."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from boards import pgcopy, rules
from boards.models import Layout, Measure
from boards.snapshots.rollup import ADDED, Figures
from boards.snapshots.tree import Tree
from org.models import Organisation
from org.rules import OpenDays

#: How many counts are held in memory at once; a larger day is taken in portions of measures.
CELLS_AT_ONCE: Final = 4_000_000


@dataclass(frozen=True, slots=True)
class Inputs:
    """Stored rows of one list of strata: readings, or snapshots that stand for what lies below them."""

    strata: NDArray[np.int32]
    unit_ids: NDArray[np.int32]
    measure_ids: NDArray[np.int32]
    starts: NDArray[np.datetime64]
    numerators: NDArray[np.float64]
    denominators: NDArray[np.float64]
    newest: NDArray[np.int64]
    corrected: NDArray[np.bool_]
    expected: NDArray[np.int32]
    reported: NDArray[np.int32]


def _where_units(units: Collection[int] | None) -> tuple[str, list[Any]]:
    return ("", []) if units is None else (" AND unit_id = ANY(%s)", [sorted(units)])


@dataclass(frozen=True, slots=True)
class Stored:
    """How many rows of a day have one list of strata. `strata` (s,) is None where they hold a total only."""

    layout: int | None
    strata: NDArray[np.int32] | None
    width: int
    count: int


def layouts_of(
    organisation: Organisation, day: date, units: Collection[int] | None, fringe: Collection[int]
) -> tuple[list[Stored], list[Stored]]:
    """What lists of strata the day's readings of `units` have, and its snapshots of the `fringe`. One statement."""
    narrowed, params = _where_units(units)
    grouped = (
        "SELECT {kept} AS kept, layout_id, COALESCE(cardinality(numerators), 0) AS width, count(*) AS rows "
        "FROM {table} WHERE day = %s AND organisation_id = %s{narrowed} GROUP BY 1, 2, 3"
    )
    parts = [grouped.format(kept="false", table="boards_reading", narrowed=narrowed)]
    params = [day, organisation.pk, *params]
    if fringe:
        beside, chosen = _where_units(fringe)
        parts.append(grouped.format(kept="true", table="boards_snapshot", narrowed=beside))
        params += [day, organisation.pk, *chosen]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT s.kept, s.layout_id, l.strata, s.width, s.rows FROM ({' UNION ALL '.join(parts)}) s "
            "LEFT JOIN boards_layout l ON l.id = s.layout_id",
            params,
        )
        found = cursor.fetchall()
    stored: tuple[list[Stored], list[Stored]] = ([], [])
    for kept, layout, strata, width, count in found:
        stored[kept].append(Stored(layout, None if strata is None else np.array(strata, np.int32), width, count))
    return stored


def strata_of(layouts: Collection[int]) -> dict[int, NDArray[np.int32]]:
    """Strata of layouts by layout id. One statement."""
    found = Layout.objects.filter(pk__in=layouts).values_list("pk", "strata")
    return {pk: np.array(strata, np.int32) for pk, strata in found}


def readings(
    organisation: Organisation,
    day: date,
    units: Collection[int] | None,
    measures: Collection[int],
    layouts: Sequence[Stored],
    total_id: int,
) -> list[Inputs]:
    """The readings of the day, one block per list of strata. One statement each."""
    narrowed, params = _where_units(units)
    out = []
    for stored in layouts:
        layout, strata, width = stored.layout, stored.strata, stored.width
        if strata is None:
            continue
        rows = pgcopy.read(
            "SELECT unit_id, measure_id, period_start, revision, received_at, numerators, denominators "
            "FROM boards_reading WHERE day = %s AND organisation_id = %s AND layout_id = %s "
            f"AND cardinality(numerators) = %s AND measure_id = ANY(%s){narrowed}",
            [day, organisation.pk, layout, width, sorted(measures), *params],
            (
                ("unit_id", "int4"),
                ("measure_id", "int4"),
                ("period_start", "date"),
                ("revision", "int2"),
                ("received_at", "timestamptz"),
                ("numerators", "float8[]"),
                ("denominators", "float8[]"),
            ),
            {"numerators": width, "denominators": width},
        )
        count = len(rows["unit_id"])
        # A total that the source hid is no number: it came, but what lies above must not seem whole.
        arrived = np.ones(count, np.int32)
        if total_id in strata:
            total = rows["numerators"][:, int(np.flatnonzero(strata == total_id)[0])]
            arrived = (~np.isnan(total)).astype(np.int32)
        out.append(
            Inputs(
                strata,
                rows["unit_id"],
                rows["measure_id"],
                rows["period_start"],
                rows["numerators"],
                rows["denominators"],
                rows["received_at"].astype(np.int64),
                rows["revision"] > 0,
                np.ones(count, np.int32),
                arrived,
            )
        )
    return out


def carried(
    organisation: Organisation,
    day: date,
    fringe: Collection[int],
    measures: Collection[int],
    layouts: Sequence[Stored],
    total_id: int,
) -> list[Inputs]:
    """Stored snapshots of the fringe, as if those units had sent them. One statement per list of strata."""
    out = []
    for stored in layouts:
        layout, width = stored.layout, stored.width
        chosen = "layout_id IS NULL" if layout is None else "layout_id = %s"
        rows = pgcopy.read(
            "SELECT unit_id, measure_id, period_start, COALESCE(numerator, 'NaN'), COALESCE(denominator, 'NaN'), "
            "corrected, COALESCE(data_at, 'epoch'), expected, reported, COALESCE(numerators, '{}'), "
            "COALESCE(denominators, '{}') FROM boards_snapshot WHERE day = %s AND organisation_id = %s "
            f"AND {chosen} AND measure_id = ANY(%s) AND unit_id = ANY(%s)",
            [day, organisation.pk, *([] if layout is None else [layout]), sorted(measures), sorted(fringe)],
            (
                ("unit_id", "int4"),
                ("measure_id", "int4"),
                ("period_start", "date"),
                ("numerator", "float8"),
                ("denominator", "float8"),
                ("corrected", "bool"),
                ("data_at", "timestamptz"),
                ("expected", "int4"),
                ("reported", "int4"),
                ("numerators", "float8[]"),
                ("denominators", "float8[]"),
            ),
            {"numerators": width, "denominators": width},
        )
        groups = np.zeros(0, np.int32) if stored.strata is None else stored.strata
        out.append(
            Inputs(
                np.append(np.int32(total_id), groups),
                rows["unit_id"],
                rows["measure_id"],
                rows["period_start"],
                np.column_stack([rows["numerator"], rows["numerators"]]),
                np.column_stack([rows["denominator"], rows["denominators"]]),
                rows["data_at"].astype(np.int64),
                rows["corrected"],
                rows["expected"],
                rows["reported"],
            )
        )
    return out


def due_units(
    measures: Mapping[int, Measure],
    units: Collection[int] | None,
    day: date,
    open_days: Mapping[int, OpenDays],
    today: date,
) -> dict[int, NDArray[np.int32]]:
    """Measure id → ids of the units that should have sent it for `day` by now. One statement."""
    narrowed, params = _where_units(units)
    rows = pgcopy.read(
        "SELECT unit_id, measure_id FROM boards_boardmeasure JOIN org_unit u ON u.id = unit_id WHERE reports "
        f"AND measure_id = ANY(%s) AND (u.closed_on IS NULL OR u.closed_on > %s){narrowed}",
        [sorted(measures), day, *params],
        (("unit_id", "int4"), ("measure_id", "int4")),
    )
    open_units = np.array([unit for unit, days in open_days.items() if days.is_open(day)], np.int32)
    known_units = np.fromiter(open_days, np.int32, len(open_days))
    opened = np.isin(rows["unit_id"], open_units) | ~np.isin(rows["unit_id"], known_units)
    due: dict[int, NDArray[np.int32]] = {}
    for measure_id in np.unique(rows["measure_id"]).tolist():
        measure = measures[measure_id]
        if day + timedelta(days=measure.lag_days) >= today:
            continue
        cadence = rules.Cadence(measure.cadence)
        chosen = rows["measure_id"] == measure_id
        if not rules.is_due(cadence, day, open_day=True):
            continue
        due[measure_id] = rows["unit_id"][chosen & opened if cadence == rules.Cadence.DAILY else chosen]
    return due


@dataclass(frozen=True, slots=True)
class Sheet:
    """Measures that roll up alike and have the same groups, side by side.

    `strata` (s,) are the columns of the figures, the total first; `starts` (n, m) the first days of the periods.
    """

    measures: tuple[Measure, ...]
    strata: NDArray[np.int32]
    figures: Figures
    starts: NDArray[np.datetime64]


def _alike(
    measures: Mapping[int, Measure], inputs: Sequence[Inputs], due: Collection[int], total_id: int
) -> dict[tuple[str, tuple[int, ...]], list[Measure]]:
    """Measures with anything to show, by how they roll up and by their strata (the total first)."""
    strata: dict[int, set[int]] = {measure: set() for measure in due}
    for block in inputs:
        for measure in np.unique(block.measure_ids).tolist():
            strata.setdefault(measure, set()).update(block.strata.tolist())
    alike: dict[tuple[str, tuple[int, ...]], list[Measure]] = {}
    for pk in sorted(strata.keys() & measures.keys()):
        measure = measures[pk]
        columns = (total_id, *sorted(strata[pk] - {total_id}))
        way = "added" if measure.roll_up in ADDED else str(measure.roll_up)
        alike.setdefault((way, columns), []).append(measure)
    return alike


def sheets(
    measures: Mapping[int, Measure],
    tree: Tree,
    inputs: Sequence[Inputs],
    due: Mapping[int, NDArray[np.int32]],
    total_id: int,
    day: date,
) -> list[Sheet]:
    """Lay the stored rows of all `measures` over the tree; a due number that is missing is expected."""
    order = np.argsort(tree.unit_ids)
    ordered = tree.unit_ids[order]
    out = []
    for (_way, columns), group in _alike(measures, inputs, due.keys(), total_id).items():
        strata = np.array(columns, np.int32)
        f = Figures.empty(len(tree), len(group), len(strata))
        usual = np.array([rules.period_of(rules.Cadence(m.cadence), day)[0] for m in group], dtype="datetime64[D]")
        starts = np.tile(usual, (len(tree), 1))
        ids = np.array([m.pk for m in group], np.int32)
        place = np.argsort(strata)
        for block in inputs:
            rows = np.flatnonzero(np.isin(block.measure_ids, ids))
            if not len(rows):
                continue
            at = order[np.searchsorted(ordered, block.unit_ids[rows]).clip(max=len(order) - 1)]
            known = tree.unit_ids[at] == block.unit_ids[rows]
            rows, at = rows[known], at[known]
            which = np.searchsorted(ids, block.measure_ids[rows])
            rows, at, which = _one_each(block, rows, at, which, usual, f)
            wide = place[np.searchsorted(strata[place], block.strata)]
            if len(wide) < len(strata):
                f.numerators[at, which] = np.nan
                f.denominators[at, which] = np.nan
            f.numerators[at[:, None], which[:, None], wide] = block.numerators[rows]
            f.denominators[at[:, None], which[:, None], wide] = block.denominators[rows]
            starts[at, which] = block.starts[rows]
            f.own[at, which] = True
            for name in ("newest", "corrected", "expected", "reported"):
                getattr(f, name)[at, which] = getattr(block, name)[rows]
        for i, measure in enumerate(group):
            if measure.pk in due:
                units = due[measure.pk]
                at = order[np.searchsorted(ordered, units).clip(max=len(order) - 1)]
                waiting = np.zeros(len(tree), bool)
                waiting[at[tree.unit_ids[at] == units]] = True
                f.expected[waiting & ~f.own[:, i], i] += 1
        out.append(Sheet(tuple(group), strata, f, starts))
    return out


_Index = NDArray[np.intp]


def _one_each(
    block: Inputs, rows: _Index, at: _Index, which: _Index, usual: NDArray[np.datetime64], f: Figures
) -> tuple[_Index, _Index, _Index]:
    """One row per unit and measure: of several periods that end on the day the usual one, else the shortest."""
    fits = block.starts[rows] == usual[which]
    if fits.all():
        return rows, at, which
    order = np.lexsort((block.starts[rows], fits))
    rows, at, which, fits = rows[order], at[order], which[order], fits[order]
    _cells, last = np.unique((at * f.own.shape[1] + which)[::-1], return_index=True)
    last = len(rows) - 1 - last
    last = last[fits[last] | ~f.own[at[last], which[last]]]
    return rows[last], at[last], which[last]
