"""What is kept of the past of gaps between nights: read, extended, counted anew, stored. Arrays, not objects."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from analytics.signals import Policy, Window, step
from analytics.signals.nightly import NEVER
from boards.packed import packed, unpacked
from boards.rules import Cadence
from boards.signals import counts, steps
from boards.signals.counts import Keys
from boards.signals.groups import Groups
from boards.signals.ring import fits
from org.models import Organisation
from org.rules import OpenDays

#: How many counts are held in memory at once while the past is read again.
CELLS_AT_ONCE: Final = 4_000_000
_SUMS: Final = ("events", "people", "since_events", "since_people")
_DAYS: Final = ("run", "quiet")
_FIELDS: Final = (
    'organisation_id, measure_id, dimension_id, counted, "window", groups, strata, places, unit_ids, began, '
    + ", ".join((*_SUMS, *_DAYS))
)
#: Days in a row are counted up to here.
_MOST: Final = 2**15 - 1
_TYPES: Final = ["int4", "int4", "int4", "date", "int2", "varchar[]", "int4[]", "int2[]", *["bytea"] * 8]


@dataclass(slots=True)
class Book:
    """The windows of the gaps of some measures by one dimension: `keys` (r,) in order, `window` (r, g)."""

    groups: Groups
    keys: Keys
    window: Window

    def extend(self, keys: Keys) -> None:
        """Take in measures of units that were not there before; nothing was counted of them yet."""
        lost = counts.missing(keys, self.keys)
        if not len(lost):
            return
        every = np.sort(np.concatenate([self.keys, lost]))
        grown = Window.empty(len(every), len(self.groups.names))
        _copy(self.window, slice(None), grown, np.searchsorted(every, self.keys))
        self.keys, self.window = every, grown


def _copy(source: Window, rows: Any, into: Window, at: Any) -> None:
    for name in (*_SUMS, *_DAYS):
        getattr(into, name)[at] = getattr(source, name)[rows]
    into.began[at] = source.began[rows]


@dataclass(frozen=True, slots=True)
class Past:
    """How the looks of some measures are counted: their cadence, the policy in looks, harmful sides by measure id,
    open days by unit id.
    """

    organisation: Organisation
    cadence: Cadence
    policy: Policy
    ways: Mapping[int, float]
    open_days: Mapping[int, OpenDays]

    def way(self, keys: Keys) -> NDArray[np.float64]:
        """(r,): the harmful side of each row."""
        measures, where = np.unique(keys >> 32, return_inverse=True)
        sides: NDArray[np.float64] = np.array([self.ways[pk] for pk in measures.tolist()], np.float64)[where]
        return sides

    def board(self, keys: Keys, day: date) -> NDArray[np.bool_] | None:
        """(r,): whether the board of each row is looked at on `day`; None where every one is."""
        if self.cadence != Cadence.DAILY:
            return None
        shut = [unit for unit, days in self.open_days.items() if not days.is_open(day)]
        return ~np.isin(keys & 0xFFFFFFFF, shut) if shut else None


def counted(organisation: Organisation) -> dict[tuple[int, int], date]:
    """(measure id, dimension id) → the day up to which its gaps are counted. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT measure_id, dimension_id, counted FROM boards_signalwindow WHERE organisation_id = %s",
            [organisation.pk],
        )
        return {(measure, dimension): day for measure, dimension, day in cursor.fetchall()}


def load(organisation: Organisation, measures: Collection[int], groups: Groups, day: date, window: int) -> Book:
    """What was kept up to `day` of `measures` by one dimension; rows that do not fit any more are left out.

    They do not fit after another grouping was put to use, with another window, or where a night is missing.
    """
    with connection.cursor() as cursor:
        statement = cursor.mogrify(
            f"COPY (SELECT {_FIELDS} FROM boards_signalwindow WHERE organisation_id = %s AND dimension_id = %s "
            'AND measure_id = ANY(%s) AND counted = %s AND "window" = %s ORDER BY measure_id) '
            "TO STDOUT (FORMAT BINARY)",
            [organisation.pk, groups.dimension.pk, sorted(measures), day, window],
        )
        with cursor.copy(statement) as copy:
            copy.set_types(_TYPES)
            rows = [row for row in copy.rows() if fits(row[5:8], groups)]
    width = len(groups.names)
    keys: list[Keys] = []
    parts: list[Window] = []
    for row in rows:
        units = np.frombuffer(row[8], np.int32)
        keys.append(counts.keys_of(np.full(len(units), row[1]), units))
        before = len(row[5])
        tables: list[NDArray[Any]] = [unpacked(raw, len(units) * before).reshape(-1, before) for raw in row[10:14]]
        tables += [np.frombuffer(raw, np.int16).astype(np.int32).reshape(-1, before) for raw in row[14:16]]
        if before < width:  # groups of which nothing has come before
            tables = [np.pad(table, ((0, 0), (0, width - before))) for table in tables]
        parts.append(_window([*tables, np.frombuffer(row[9], np.int64)]))
    if not rows:
        return Book(groups, np.zeros(0, np.int64), Window.empty(0, width))
    joined = [np.concatenate([getattr(part, name) for part in parts]) for name in (*_SUMS, *_DAYS, "began")]
    return Book(groups, np.concatenate(keys), _window(joined))


def _window(columns: Sequence[NDArray[Any]]) -> Window:
    events, people, since_events, since_people, run, quiet, began = columns
    return Window(events, people, since_events, since_people, run, quiet, began)


def store(organisation: Organisation, book: Book, day: date, window: int) -> None:
    """Keep a book, counted up to `day`: one row for each measure. Two statements."""
    starts = np.flatnonzero(np.diff(book.keys >> 32, prepend=-1))
    measures = (book.keys[starts] >> 32).tolist()
    strata, places = list(book.groups.places), list(book.groups.places.values())
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM boards_signalwindow WHERE dimension_id = %s AND measure_id = ANY(%s)",
            [book.groups.dimension.pk, measures],
        )
        with cursor.copy(f"COPY boards_signalwindow ({_FIELDS}) FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types(_TYPES)
            for i, measure in enumerate(measures):
                own = slice(starts[i], starts[i + 1] if i + 1 < len(starts) else None)
                copy.write_row(
                    (
                        organisation.pk,
                        measure,
                        book.groups.dimension.pk,
                        day,
                        window,
                        list(book.groups.names),
                        strata,
                        places,
                        (book.keys[own] & 0xFFFFFFFF).astype(np.int32).tobytes(),
                        book.window.began[own].tobytes(),
                        *(packed(getattr(book.window, name)[own]) for name in _SUMS),
                        *(
                            np.minimum(getattr(book.window, name)[own], _MOST).astype(np.int16).tobytes()
                            for name in _DAYS
                        ),
                    )
                )


def recount(past: Past, book: Book, measures: Collection[int], units: Collection[int], last: date) -> None:
    """Count the past of `measures` at `units` anew from snapshots, up to the look of `last`.

    Runs of days are counted from the first day that is read (`steps.first_needed`); the day on which a series began
    is kept where it is known to be earlier.
    """
    number = steps.number_of(past.cadence, last)
    first = steps.first_needed(past.policy, number)
    days = [steps.day_of(past.cadence, each) for each in range(first, number + 1)]
    every, ordered = sorted(measures), sorted(units)
    cells = len(days) * len(every) * max(1, len(book.groups.places))
    at_once = max(1, CELLS_AT_ONCE // cells)
    for i in range(0, len(ordered), at_once):
        _recount(past, book, every, ordered[i : i + at_once], days, first)


def _recount(
    past: Past, book: Book, measures: Sequence[int], units: Sequence[int], days: Sequence[date], first: int
) -> None:
    blocks = counts.read(past.organisation, days, measures, units)
    keys = counts.keys_in(blocks, book.groups)
    known = book.keys[np.isin(book.keys >> 32, measures) & np.isin(book.keys & 0xFFFFFFFF, units)]
    keys = np.union1d(keys, known)
    if not len(keys):
        return
    fresh = Window.empty(len(keys), len(book.groups.names))
    way = past.way(keys)
    came = [counts.day_of(blocks, book.groups, keys, day) for day in days]
    for i, day in enumerate(days):
        number = first + i
        step(
            fresh,
            came[i],
            came[i - past.policy.window] if i >= past.policy.window else None,
            number=number,
            restart=steps.begins_anew(past.policy, number),
            way=way,
            policy=past.policy,
            board=past.board(keys, day),
        )
    book.extend(keys)
    at = np.searchsorted(book.keys, keys)
    earlier = book.window.began[at]
    _copy(fresh, slice(None), book.window, at)
    book.window.began[at] = np.where(earlier < NEVER, np.minimum(earlier, fresh.began), fresh.began)
