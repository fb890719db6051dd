"""Counts of groups, out of snapshots and into the tables that the rules take."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from analytics.signals import Day
from boards import pgcopy
from boards.signals.groups import Groups
from boards.snapshots.load import strata_of
from org.models import Organisation

Keys = NDArray[np.int64]


def keys_of(measures: NDArray[Any], units: NDArray[Any]) -> Keys:
    """One number for each measure of a unit, in order of measures."""
    packed: Keys = measures.astype(np.int64) << 32 | units
    return packed


@dataclass(frozen=True, slots=True)
class Block:
    """Snapshots of one list of strata: `days` (k,), `keys` (k,), counts (k, s)."""

    strata: NDArray[np.int32]
    days: NDArray[np.datetime64]
    keys: Keys
    numerators: NDArray[np.float64]
    denominators: NDArray[np.float64]


def read(
    organisation: Organisation,
    days: Sequence[date],
    measures: Collection[int],
    units: Collection[int] | None = None,
) -> list[Block]:
    """The counts of groups on `days`. Two statements.

    The rows of one list of strata come as one: a row of its own for each would take most of the night.
    """
    where = "day = ANY(%s) AND measure_id = ANY(%s) AND organisation_id = %s AND layout_id IS NOT NULL"
    params: list[Any] = [list(days), sorted(measures), organisation.pk]
    if len(days) == 1:  # one partition instead of all that stand
        where, params[0] = where.replace("day = ANY(%s)", "day = %s"), days[0]
    if units is not None:
        where, params = f"{where} AND unit_id = ANY(%s)", [*params, sorted(units)]
    with connection.cursor() as cursor:
        statement = cursor.mogrify(
            "COPY (SELECT layout_id, cardinality(numerators), string_agg(date_send(day), ''), "
            "string_agg(int8send(measure_id::bigint << 32 | unit_id), ''), string_agg(array_send(numerators), ''), "
            f"string_agg(array_send(denominators), '') FROM boards_snapshot WHERE {where} "
            "GROUP BY layout_id, cardinality(numerators)) TO STDOUT (FORMAT BINARY)",
            params,
        )
        with cursor.copy(statement) as copy:
            copy.set_types(["int4", "int4", "bytea", "bytea", "bytea", "bytea"])
            rows = list(copy.rows())
    strata = strata_of([layout for layout, *_ in rows])
    return [
        Block(
            strata[layout],
            np.datetime64("2000-01-01") + np.frombuffer(on, ">i4").astype("timedelta64[D]"),
            np.frombuffer(keys, ">i8").astype(np.int64),
            pgcopy.arrays(numerators, width),
            pgcopy.arrays(denominators, width),
        )
        for layout, width, on, keys, numerators, denominators in rows
    ]


def keys_in(blocks: Sequence[Block], groups: Groups) -> Keys:
    """Which measures of which units have counts of this dimension."""
    own = [block.keys for block in blocks if len(groups.columns(block.strata)[0])]
    if not own:
        return np.zeros(0, np.int64)
    every = np.sort(np.concatenate(own))
    first: Keys = every[np.append(True, every[1:] != every[:-1])]
    return first


def missing(keys: Keys, among: Keys) -> Keys:
    """The `keys` that are not `among` others; both in order."""
    if not len(among):
        return keys
    at = np.searchsorted(among, keys).clip(max=len(among) - 1)
    lost: Keys = keys[among[at] != keys]
    return lost


def day_of(blocks: Sequence[Block], groups: Groups, keys: Keys, day: date) -> Day:
    """The counts of one day for `keys` (r,), which are in order; NaN inside becomes what `Day.of` makes of it."""
    shape = (len(keys), len(groups.names))
    events, people = np.full(shape, np.nan), np.full(shape, np.nan)
    that_day = np.datetime64(day)
    for block in blocks:
        columns, places = groups.columns(block.strata)
        chosen = slice(None) if (block.days == that_day).all() else np.flatnonzero(block.days == that_day)
        own = block.keys[chosen]
        if not len(columns) or not len(own):
            continue
        at = np.searchsorted(keys, own).clip(max=len(keys) - 1)
        ours = keys[at] == own
        if not ours.all():
            chosen = np.arange(len(block.keys))[chosen][ours]
            at = at[ours]
        for counts, out in ((block.numerators, events), (block.denominators, people)):
            _lay(counts[chosen], columns, places, at, out)
    return Day.of(events, people)


def _lay(
    counts: NDArray[np.float64],
    columns: NDArray[np.intp],
    places: NDArray[np.intp],
    at: NDArray[np.intp],
    out: NDArray[np.float64],
) -> None:
    """Add the columns of each group, NaN only where all of them are."""
    if len(np.unique(places)) == len(places):
        if len(columns) == out.shape[1] and len(at) == len(out) and (np.diff(at) == 1).all():
            out[:, places] = counts[:, columns]
        else:
            out[at[:, None], places] = counts[:, columns]
        return
    for place in np.unique(places).tolist():
        own = counts[:, columns[places == place]]
        gone = np.isnan(own)
        out[at, place] = np.where(gone.all(axis=1), np.nan, np.where(gone, 0.0, own).sum(axis=1))
