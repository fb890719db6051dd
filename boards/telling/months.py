"""Exact counts of whole months, of every unit and group, by the tables of today. Never shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from boards.models import Measure, MonthCounts, Reading
from boards.telling import books
from boards.telling.tables import Table, columns
from org.models import Organisation


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
    """The months from `first` to `last`, both included, as far as `books.count_up` added them up. One statement."""
    width, length = sum(len(table.names) for table in tables), last - first + 1
    shape = (len(measures), len(units), width, length)
    found = Months(
        np.zeros(shape), np.zeros(shape), np.zeros((*shape[:2], length)), np.zeros((*shape[:2], length)),
        np.zeros(shape[:3], np.bool_),
    )  # fmt: skip
    place = {measure.pk: number for number, measure in enumerate(measures)}
    order = np.argsort(units, kind="stable")
    inside = units[order]
    for page in books.read(organisation, first_day(first), first_day(last), list(place)):
        where = np.searchsorted(inside, page.units).clip(max=max(len(inside) - 1, 0))
        known = inside[where] == page.units
        at, measure, month = order[where[known]], place[page.measure], month_of(page.month) - first
        found.numerator[measure, at, month] = page.numerator[known]
        found.denominator[measure, at, month] = page.denominator[known]
        if len(page.strata):
            marks = columns(tables, page.strata)
            for target, counts in ((found.numerators, page.numerators), (found.denominators, page.denominators)):
                target[measure, at, :, month] = counts[known] @ marks
    return found


def strata_in(organisation: Organisation, first: int, last: int) -> dict[int, set[int]]:
    """Measure id → strata of which something was added up in the months from `first` to `last`. One statement."""
    found: dict[int, set[int]] = {}
    rows = MonthCounts.objects.filter(organisation=organisation, month__range=(first_day(first), first_day(last)))
    for measure, strata in rows.values_list("measure_id", "strata"):
        found.setdefault(measure, set()).update(strata)
    return found


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
