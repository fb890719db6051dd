"""Counts of the days that are in the window, kept small: what leaves the window need not be read from snapshots again.

A day that was taken again since is read anew; so is every measure of which nothing fitting was kept.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from analytics.signals import Day
from boards.packed import packed, unpacked
from boards.signals import counts
from boards.signals.counts import Keys
from boards.signals.groups import Groups
from org.models import Organisation

_FIELDS: Final = "organisation_id, measure_id, dimension_id, day, groups, strata, places, unit_ids, events, people"
_TYPES: Final = ["int4", "int4", "int4", "date", "varchar[]", "int4[]", "int2[]", "bytea", "bytea", "bytea"]


@dataclass(frozen=True, slots=True)
class Kept:
    """What was kept of a day: the measures of which it is all that was sent, and their counts (k, g) by key."""

    measures: frozenset[int]
    keys: Keys
    events: NDArray[np.float64]
    people: NDArray[np.float64]


def keep(organisation: Organisation, groups: Groups, keys: Keys, day: date, came: Day) -> None:
    """Keep the counts of a day. One statement."""
    starts = np.flatnonzero(np.diff(keys >> 32, prepend=-1))
    strata, places = list(groups.places), list(groups.places.values())
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY boards_signalday ({_FIELDS}) FROM STDIN (FORMAT BINARY)") as copy,
    ):
        copy.set_types(_TYPES)
        for i, start in enumerate(starts.tolist()):
            own = slice(start, starts[i + 1] if i + 1 < len(starts) else None)
            sent = came.reported[own]
            copy.write_row(
                (
                    organisation.pk,
                    int(keys[start]) >> 32,
                    groups.dimension.pk,
                    day,
                    list(groups.names),
                    strata,
                    places,
                    (keys[own][sent] & 0xFFFFFFFF).astype(np.int32).tobytes(),
                    packed(came.events[own][sent]),
                    packed(came.people[own][sent]),
                )
            )


def let_go(groups: Groups, measures: Collection[int], day: date, today: date) -> None:
    """Let go of what has left the window, up to `day`, and of a `today` that is looked at anew. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM boards_signalday WHERE dimension_id = %s AND measure_id = ANY(%s) AND (day <= %s OR day = %s)",
            [groups.dimension.pk, sorted(measures), day, today],
        )


def kept(groups: Groups, measures: Collection[int], day: date) -> Kept:
    """What was kept of a day and fits the groups of today. One statement."""
    with connection.cursor() as cursor:
        statement = cursor.mogrify(
            f"COPY (SELECT {_FIELDS} FROM boards_signalday WHERE dimension_id = %s AND measure_id = ANY(%s) "
            "AND day = %s ORDER BY measure_id) TO STDOUT (FORMAT BINARY)",
            [groups.dimension.pk, sorted(measures), day],
        )
        with cursor.copy(statement) as copy:
            copy.set_types(_TYPES)
            rows = [row for row in copy.rows() if fits(row[4:7], groups)]
    width = len(groups.names)
    keys, tables = [np.zeros(0, np.int64)], [[np.zeros((0, width))], [np.zeros((0, width))]]
    for row in rows:
        units, before = np.frombuffer(row[7], np.int32), len(row[4])
        keys.append(counts.keys_of(np.full(len(units), row[1]), units))
        for out, raw in zip(tables, row[8:10], strict=True):
            table = unpacked(raw, len(units) * before).reshape(-1, before)
            out.append(np.pad(table, ((0, 0), (0, width - before))) if before < width else table)
    events, people = (np.concatenate(each) for each in tables)
    return Kept(frozenset(row[1] for row in rows), np.concatenate(keys), events, people)


def laid(found: Kept, read: Day, keys: Keys, again: NDArray[np.bool_]) -> Day:
    """The counts of a day for `keys` (r,): as they were kept, but as they were `read` where `again` (r,) says so."""
    at = np.searchsorted(keys, found.keys).clip(max=max(len(keys) - 1, 0))
    ours = (keys[at] == found.keys) & ~again[at] if len(keys) else np.zeros(len(found.keys), bool)
    at = at[ours]
    events, people, reported = read.events.copy(), read.people.copy(), read.reported.copy()
    events[at], people[at], reported[at] = found.events[ours], found.people[ours], True
    return Day(events, people, reported)


def fits(row: Sequence[Any], groups: Groups) -> bool:
    """Whether names, strata and places are still those of `groups`, in their order; new ones may stand behind them."""
    names, strata, places = row
    same = tuple(names) == groups.names[: len(names)]
    return same and all(groups.places.get(s) == place for s, place in zip(strata, places, strict=True))
