"""Months are added up while they go on: a day each night, so that closing one reads no days. Exact, never shown."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from boards import pgcopy
from boards.models import CountedMonth, DueMonth, Measure, Stratum
from boards.packed import packed, unpacked
from boards.snapshots.load import strata_of
from org.models import Organisation, Unit

#: Snapshots whose groups are held in memory at once while days are added up.
ROWS_AT_ONCE: Final = 150_000
_FIELDS: Final = (
    "organisation_id, month, measure_id, strata, unit_ids, numerator, denominator, numerators, denominators"
)
_TYPES: Final = ["int4", "date", "int4", "int4[]", *["bytea"] * 5]


@dataclass(frozen=True, slots=True)
class Page:
    """The counts of one measure in one month: `strata` (s,), `units` (n,), counts (n, s), of all patients (n,)."""

    month: date
    measure: int
    strata: NDArray[np.int32]
    units: NDArray[np.int32]
    numerator: NDArray[np.float64]
    denominator: NDArray[np.float64]
    numerators: NDArray[np.float64]
    denominators: NDArray[np.float64]


@dataclass(slots=True)
class Sums:
    """Counts of measures at units by `strata`: `keys` (r,), in order; of all patients (2, r), of groups (2, r, s)."""

    keys: NDArray[np.int64]
    strata: NDArray[np.int32]
    whole: NDArray[np.float64]
    groups: NDArray[np.float64]

    def reach(self, keys: NDArray[np.int64], strata: NDArray[np.int32]) -> None:
        """Have a place for each of these measures and groups."""
        rows, columns = np.union1d(self.keys, keys), np.union1d(self.strata, strata)
        if len(rows) == len(self.keys) and len(columns) == len(self.strata):
            return
        at, across = np.searchsorted(rows, self.keys), np.searchsorted(columns, self.strata)
        whole, groups = np.zeros((2, len(rows))), np.zeros((2, len(rows), len(columns)))
        whole[:, at] = self.whole
        groups[:, at[:, None], across] = self.groups
        self.keys, self.strata, self.whole, self.groups = rows, columns, whole, groups

    def forget(self, units: Collection[int]) -> None:
        """Let go of what was counted of `units`."""
        mine = np.isin(self.keys & 0xFFFFFFFF, list(units))
        self.whole[:, mine], self.groups[:, mine] = 0.0, 0.0


def count_up(organisation: Organisation, first: date, until: date) -> None:
    """Add up all days from the month that begins on `first` up to the day `until` that are not in their months yet, and
    count anew what came late; months that are closed stay. The caller holds the lock of snapshots.

    A statement for about `ROWS_AT_ONCE` snapshots, and a few for each month with something to do.
    """
    known = {m.month: m for m in CountedMonth.objects.filter(organisation=organisation, month__range=(first, until))}
    due: dict[date, list[int]] = {}
    for month, unit in DueMonth.objects.filter(organisation=organisation).values_list("month", "unit_id"):
        due.setdefault(month, []).append(unit)
    todo = []
    for month in _months(first, until):
        counted = known.get(month) or CountedMonth(organisation=organisation, month=month)
        missing = [day for day in _days(month, until) if not counted.days >> day.day - 1 & 1]
        if not counted.closed and (missing or month in due):
            todo.append((counted, missing, due.get(month, [])))
    if not todo:
        return
    strata = Stratum.objects.filter(organisation=organisation, dimensions__len__gte=1, dimensions__len__lte=2)
    kept = np.array(strata.values_list("pk"), np.int32).ravel()
    measures = Measure.objects.filter(organisation=organisation).count()
    units = Unit.objects.filter(organisation=organisation).count()
    for counted, missing, late in todo:
        _count(counted, missing, late, kept, (measures, units))


def _months(first: date, until: date) -> Iterator[date]:
    month = first
    while month <= until:
        yield month
        month = (month + timedelta(days=31)).replace(day=1)


def _days(month: date, until: date) -> list[date]:
    end = min(until, (month + timedelta(days=31)).replace(day=1) - timedelta(days=1))
    return [month + timedelta(days=i) for i in range((end - month).days + 1)]


def _count(
    counted: CountedMonth,
    missing: Sequence[date],
    late: Sequence[int],
    kept: NDArray[np.int32],
    size: tuple[int, int],
) -> None:
    """Add the `missing` days of a month, and count the days before anew for the units that came `late`.

    `kept`: strata of a category, or of two crossed; `size`: how many measures and units there are.
    """
    organisation, month = counted.organisation, counted.month
    sums = _load(organisation, month) if counted.days else _nothing()
    if late:
        before = [day for day in _days(month, date.max) if counted.days >> day.day - 1 & 1]
        sums.forget(late)
        _add(sums, organisation, before, late, kept, (size[0], len(late)))
        DueMonth.objects.filter(organisation=organisation, month=month, unit__in=late).delete()
    _add(sums, organisation, missing, None, kept, size)
    store(organisation, month, sums)
    for day in missing:
        counted.days |= 1 << day.day - 1
    counted.save()


def _nothing() -> Sums:
    return Sums(np.zeros(0, np.int64), np.zeros(0, np.int32), np.zeros((2, 0)), np.zeros((2, 0, 0)))


def _add(
    sums: Sums,
    organisation: Organisation,
    days: Sequence[date],
    units: Sequence[int] | None,
    kept: NDArray[np.int32],
    size: tuple[int, int],
) -> None:
    """Add the snapshots of `days`; the rows of a day and list of groups come as one."""
    at_once = max(1, ROWS_AT_ONCE // max(1, size[0] * size[1]))
    narrowed = "" if units is None else " AND unit_id = ANY(%s)"
    for begin in range(0, len(days), at_once):
        params: list[Any] = [organisation.pk, list(days[begin : begin + at_once])]
        with connection.cursor() as cursor:
            statement = cursor.mogrify(
                "COPY (SELECT COALESCE(layout_id, 0), COALESCE(cardinality(numerators), 0), "
                "string_agg(int8send(measure_id::bigint << 32 | unit_id), ''), "
                "string_agg(float8send(COALESCE(numerator, 0)), ''), "
                "string_agg(float8send(COALESCE(denominator, 0)), ''), "
                "string_agg(array_send(numerators), ''), string_agg(array_send(denominators), '') "
                f"FROM boards_snapshot WHERE organisation_id = %s AND day = ANY(%s){narrowed} "
                "GROUP BY day, 1, 2) TO STDOUT (FORMAT BINARY)",
                params if units is None else [*params, list(units)],
            )
            with cursor.copy(statement) as copy:
                copy.set_types(["int4", "int4", *["bytea"] * 5])
                rows = list(copy.rows())
        strata = strata_of({layout for layout, *_ in rows if layout})
        for layout, width, keys, *counts in rows:
            own = strata[layout] if width else np.zeros(0, np.int32)
            _add_rows(sums, np.frombuffer(keys, ">i8").astype(np.int64), own, np.isin(own, kept), counts)


def _add_rows(
    sums: Sums, keys: NDArray[np.int64], strata: NDArray[np.int32], kept: NDArray[np.bool_], counts: Sequence[bytes]
) -> None:
    """Add the rows of one day: of all patients, and of the `kept` ones of their groups."""
    mine = strata[kept]
    sums.reach(keys, mine)
    at = np.searchsorted(sums.keys, keys)
    across = np.searchsorted(sums.strata, mine)
    for side in (0, 1):
        sums.whole[side, at] += np.nan_to_num(np.frombuffer(counts[side], ">f8").astype(np.float64))
        if len(mine):
            groups = pgcopy.arrays(counts[2 + side], len(strata))[:, kept]
            sums.groups[side][np.ix_(at, across)] += np.nan_to_num(groups)


def _load(organisation: Organisation, month: date) -> Sums:
    pages = list(read(organisation, month, month))
    sums = _nothing()
    keys = [np.int64(page.measure) << 32 | page.units.astype(np.int64) for page in pages]
    if pages:
        sums.reach(np.concatenate(keys), np.concatenate([page.strata for page in pages]))
    for page, own in zip(pages, keys, strict=True):
        at = np.searchsorted(sums.keys, own)
        cells = np.ix_(at, np.searchsorted(sums.strata, page.strata))
        for side, (whole, groups) in enumerate(
            ((page.numerator, page.numerators), (page.denominator, page.denominators))
        ):
            sums.whole[side, at] = whole
            sums.groups[side][cells] = groups
    return sums


def read(
    organisation: Organisation, first: date, last: date, measures: Collection[int] | None = None
) -> Iterator[Page]:
    """What was added up of the months from `first` to `last`, both named by their first day, page by page. One
    statement, which goes on until the last page was taken.
    """
    narrowed = "" if measures is None else " AND measure_id = ANY(%s)"
    with connection.cursor() as cursor:
        statement = cursor.mogrify(
            f"COPY (SELECT {_FIELDS} FROM boards_monthcounts WHERE organisation_id = %s AND month BETWEEN %s AND %s"
            f"{narrowed}) TO STDOUT (FORMAT BINARY)",
            [organisation.pk, first, last, *([] if measures is None else [sorted(measures)])],
        )
        with cursor.copy(statement) as copy:
            copy.set_types(_TYPES)
            yield from map(_page, copy.rows())


def _page(row: Sequence[Any]) -> Page:
    _organisation, month, measure, strata, raw, *counts = row
    units = np.frombuffer(raw, np.int32)
    whole = [unpacked(each, len(units)) for each in counts[:2]]
    groups = [unpacked(each, len(units) * len(strata)).reshape(len(units), len(strata)) for each in counts[2:]]
    return Page(month, measure, np.array(strata, np.int32), units, *whole, *groups)


def store(organisation: Organisation, month: date, sums: Sums) -> None:
    """Keep the counts of a month: a row for each measure, without groups of which nothing came. Two statements."""
    starts = np.flatnonzero(np.diff(sums.keys >> 32, prepend=-1)).tolist()
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM boards_monthcounts WHERE organisation_id = %s AND month = %s", [organisation.pk, month]
        )
        with cursor.copy(f"COPY boards_monthcounts ({_FIELDS}) FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types(_TYPES)
            for number, start in enumerate(starts):
                own = slice(start, starts[number + 1] if number + 1 < len(starts) else None)
                came = sums.groups[:, own].any(axis=(0, 1))
                copy.write_row(
                    (
                        organisation.pk,
                        month,
                        int(sums.keys[start]) >> 32,
                        sums.strata[came].tolist(),
                        (sums.keys[own] & 0xFFFFFFFF).astype(np.int32).tobytes(),
                        *(packed(side) for side in sums.whole[:, own]),
                        *(packed(side[:, came]) for side in sums.groups[:, own]),
                    )
                )
