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
from boards.snapshots.rollup import Figures
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


def layouts_of(
    organisation: Organisation, day: date, units: Collection[int] | None, table: str
) -> list[tuple[int | None, int, int]]:
    """(layout, number of strata, number of rows) of the day. One statement."""
    narrowed, params = _where_units(units)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT layout_id, COALESCE(cardinality(numerators), 0), count(*) FROM {table} "
            f"WHERE day = %s AND organisation_id = %s{narrowed} GROUP BY 1, 2",
            [day, organisation.pk, *params],
        )
        return list(cursor.fetchall())


def strata_of(layouts: Collection[int]) -> dict[int, NDArray[np.int32]]:
    """Strata of layouts by layout id. One statement."""
    found = Layout.objects.filter(pk__in=layouts).values_list("pk", "strata")
    return {pk: np.array(strata, np.int32) for pk, strata in found}


def readings(
    organisation: Organisation,
    day: date,
    units: Collection[int] | None,
    measures: Collection[int],
    layouts: Sequence[tuple[int | None, int, int]],
) -> list[Inputs]:
    """The readings of the day, one block per list of strata. One statement each."""
    narrowed, params = _where_units(units)
    strata = strata_of([layout for layout, _, _ in layouts if layout is not None])
    out = []
    for layout, width, _ in layouts:
        if layout is None:
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
        out.append(
            Inputs(
                strata[layout],
                rows["unit_id"],
                rows["measure_id"],
                rows["period_start"],
                rows["numerators"],
                rows["denominators"],
                rows["received_at"].astype(np.int64),
                rows["revision"] > 0,
                np.ones(count, np.int32),
                np.ones(count, np.int32),
            )
        )
    return out


def carried(
    organisation: Organisation, day: date, fringe: Collection[int], measures: Collection[int], total_id: int
) -> list[Inputs]:
    """Stored snapshots of the fringe, as if those units had sent them. One statement per list of strata, plus two."""
    if not fringe:
        return []
    layouts = layouts_of(organisation, day, fringe, "boards_snapshot")
    strata = strata_of([layout for layout, _, _ in layouts if layout is not None])
    out = []
    for layout, width, _ in layouts:
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
        groups = strata[layout] if layout is not None else np.zeros(0, np.int32)
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
        f"SELECT unit_id, measure_id FROM boards_boardmeasure WHERE reports AND measure_id = ANY(%s){narrowed}",
        [sorted(measures), *params],
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


def figures_of(
    measure: Measure, tree: Tree, inputs: Sequence[Inputs], total_id: int, day: date
) -> tuple[Figures, NDArray[np.int32], NDArray[np.datetime64]]:
    """Lay the stored rows of one measure over the tree.

    Returns the figures, the strata of their columns (the total first), and the period start of every unit (n,).
    """
    mine = [(block, np.flatnonzero(block.measure_ids == measure.pk)) for block in inputs]
    mine = [(block, rows) for block, rows in mine if len(rows)]
    groups = np.unique(np.concatenate([block.strata for block, _ in mine])) if mine else np.zeros(0, np.int32)
    strata = np.append(np.int32(total_id), groups[groups != total_id])
    f = Figures.empty(len(tree), len(strata))
    usual = np.datetime64(rules.period_of(rules.Cadence(measure.cadence), day)[0])
    starts = np.full(len(tree), usual)
    order = np.argsort(tree.unit_ids)
    column = {int(s): i for i, s in enumerate(strata)}
    for block, rows in mine:
        fits = (block.starts[rows] == usual).astype(np.int8)
        rows = rows[np.lexsort((block.starts[rows], fits))]
        at = order[np.searchsorted(tree.unit_ids[order], block.unit_ids[rows]).clip(max=len(order) - 1)]
        known = tree.unit_ids[at] == block.unit_ids[rows]
        rows, at = rows[known], at[known]
        better = ~f.own[at] | (block.starts[rows] == usual)
        rows, at = rows[better], at[better]
        columns = np.array([column[int(s)] for s in block.strata], np.intp)
        f.numerators[at] = np.nan
        f.denominators[at] = np.nan
        f.numerators[at[:, None], columns[None, :]] = block.numerators[rows]
        f.denominators[at[:, None], columns[None, :]] = block.denominators[rows]
        starts[at] = block.starts[rows]
        f.own[at] = True
        f.newest[at] = block.newest[rows]
        f.corrected[at] = block.corrected[rows]
        f.expected[at] = block.expected[rows]
        f.reported[at] = block.reported[rows]
    return f, strata, starts
