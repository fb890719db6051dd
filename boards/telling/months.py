"""Exact counts of whole months, of every unit and group, added up from snapshots. Never shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from boards import pgcopy
from boards.models import Measure, Reading
from boards.snapshots.load import strata_of
from boards.telling.tables import Table, columns
from org.models import Organisation

#: Units whose days are held in memory at once.
UNITS_AT_ONCE: Final = 200


def month_of(day: date) -> int:
    """The number of a month, counted from year 0."""
    return day.year * 12 + day.month - 1


def first_day(month: int) -> date:
    """The first day of a month by its number."""
    return date(month // 12, month % 12 + 1, 1)


@dataclass(frozen=True, slots=True)
class Months:
    """Counts of measures × units × groups of all tables side by side × months: `numerators`, `denominators`
    (m, n, C, T); of all patients `numerator`, `denominator` (m, n, T). `withheld`: (m, n, C) a source hid a count.
    """

    numerators: NDArray[np.float64]
    denominators: NDArray[np.float64]
    numerator: NDArray[np.float64]
    denominator: NDArray[np.float64]
    withheld: NDArray[np.bool_]


def months(
    organisation: Organisation,
    measures: Sequence[Measure],
    units: NDArray[np.int32],
    tables: Sequence[Table],
    first: int,
    last: int,
) -> Months:
    """The months from `first` to `last`, both included. A few statements for every `UNITS_AT_ONCE` units."""
    width, length = sum(len(table.names) for table in tables), last - first + 1
    shape = (len(measures), len(units), width, length)
    found = Months(
        np.zeros(shape), np.zeros(shape), np.zeros((*shape[:2], length)), np.zeros((*shape[:2], length)),
        np.zeros(shape[:3], np.bool_),
    )  # fmt: skip
    place = {measure.pk: number for number, measure in enumerate(measures)}
    for begin in range(0, len(units), UNITS_AT_ONCE):
        _add(found, organisation, place, units, slice(begin, begin + UNITS_AT_ONCE), tables, first, last)
    return found


_ARRAYS: Final = (("numerators", "float8[]"), ("denominators", "float8[]"))
_DAY: Final = np.datetime64("0000-01", "M")


def _add(
    found: Months,
    organisation: Organisation,
    place: Mapping[int, int],
    units: NDArray[np.int32],
    portion: slice,
    tables: Sequence[Table],
    first: int,
    last: int,
) -> None:
    begin, end = first_day(first), first_day(last + 1) - timedelta(days=1)
    where = "day BETWEEN %s AND %s AND organisation_id = %s AND unit_id = ANY(%s) AND measure_id = ANY(%s)"
    params = [begin, end, organisation.pk, units[portion].tolist(), list(place)]
    layouts = pgcopy.read(
        "SELECT DISTINCT COALESCE(layout_id, 0), COALESCE(cardinality(numerators), 0) FROM boards_snapshot "
        f"WHERE {where}",
        params,
        (("layout", "int4"), ("width", "int4")),
    )
    strata = strata_of(layouts["layout"].tolist())
    order = np.argsort(units, kind="stable")
    for layout, width in zip(layouts["layout"].tolist(), layouts["width"].tolist(), strict=True):
        arrays = ", numerators, denominators" if width else ""
        rows = pgcopy.read(
            "SELECT unit_id, measure_id, day, COALESCE(numerator, 0), COALESCE(denominator, 0)"
            f"{arrays} FROM boards_snapshot WHERE {where} AND COALESCE(layout_id, 0) = %s "
            "AND COALESCE(cardinality(numerators), 0) = %s",
            [*params, layout, width],
            (
                ("unit", "int4"), ("measure", "int4"), ("day", "date"), ("numerator", "float8"),
                ("denominator", "float8"), *(_ARRAYS if width else ()),
            ),
            {"numerators": width, "denominators": width} if width else {},
        )  # fmt: skip
        at = order[np.searchsorted(units, rows["unit"], sorter=order)]
        which = np.array([place[m] for m in rows["measure"].tolist()], np.intp)
        month = (rows["day"].astype("datetime64[M]") - _DAY).astype(np.intp) - first
        np.add.at(found.numerator, (which, at, month), rows["numerator"])
        np.add.at(found.denominator, (which, at, month), rows["denominator"])
        if width:
            marks = columns(tables, strata[layout])
            for target, name in ((found.numerators, "numerators"), (found.denominators, "denominators")):
                sums = np.nan_to_num(rows[name]) @ marks
                np.add.at(np.moveaxis(target, 3, 2), (which, at, month), sums)


def mark_withheld(
    found: Months,
    organisation: Organisation,
    place: Mapping[int, int],
    index: Mapping[int, int],
    above: Mapping[int, Sequence[int]],
    tables: Sequence[Table],
    first: int,
    last: int,
) -> None:
    """Mark the groups of which a source hid a count, in the unit that sent it and those in `above`. One statement."""
    begin = 0
    group_of: dict[int, list[int]] = {}
    for table in tables:
        for stratum, group in table.of_stratum.items():
            group_of.setdefault(stratum, []).append(begin + group)
        begin += len(table.names)
    rows = Reading.objects.filter(
        organisation=organisation,
        measure__in=list(place),
        day__range=(first_day(first), first_day(last + 1) - timedelta(days=1)),
        suppressed__isnull=False,
    ).values_list("measure_id", "unit_id", "suppressed")
    for measure, unit, hidden in rows:
        for stratum in hidden or ():
            for column in group_of.get(stratum, ()):
                for each in (unit, *above.get(unit, ())):
                    if each in index:
                        found.withheld[place[measure], index[each], column] = True
