"""Points of measures over time, read in sets as arrays."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from boards import pgcopy, rules

#: How far back `rules.TAIL_POINTS` points may lie; daily numbers may skip weekends and holidays.
HORIZON_DAYS: Final = {
    rules.Cadence.DAILY: 140,
    rules.Cadence.WEEKLY: 640,
    rules.Cadence.MONTHLY: 2760,
    rules.Cadence.QUARTERLY: 8300,
}

FEW_UNITS: Final = 16

_COLUMNS: Final = (
    ("unit_id", "int4"),
    ("measure_id", "int4"),
    ("day", "date"),
    ("period_start", "date"),
    ("numerator", "float8"),
    ("denominator", "float8"),
    ("value", "float8"),
    ("target", "float8"),
    ("target_high", "float8"),
    ("status", "int2"),
    ("origin", "int2"),
    ("expected", "int4"),
    ("reported", "int4"),
    ("corrected", "bool"),
    ("data_at", "timestamptz"),
)


@dataclass(frozen=True, slots=True)
class Series:
    """Points of one measure of one unit, oldest first; all arrays (t,). NaN where there is no number.

    `data_at` is 1970 where nothing was received.
    """

    unit_id: int
    measure_id: int
    days: NDArray[np.datetime64]
    period_starts: NDArray[np.datetime64]
    numerators: NDArray[np.float64]
    denominators: NDArray[np.float64]
    values: NDArray[np.float64]
    targets: NDArray[np.float64]
    highs: NDArray[np.float64]
    statuses: NDArray[np.int16]
    origins: NDArray[np.int16]
    expected: NDArray[np.int32]
    reported: NDArray[np.int32]
    corrected: NDArray[np.bool_]
    data_at: NDArray[np.datetime64]

    def __len__(self) -> int:
        return len(self.days)


def series(
    unit_ids: Collection[int],
    measures: Collection[tuple[int, str]],
    last: date,
    points: int = rules.TAIL_POINTS,
) -> list[Series]:
    """The last `points` points up to `last` of every unit and measure that has any, by unit and measure.

    `measures` are (id, cadence). One statement per cadence; totals only, so nothing here needs the small-cell guard.
    """
    found: list[Series] = []
    for cadence in rules.Cadence:
        chosen = [pk for pk, own in measures if own == cadence]
        if chosen and unit_ids:
            found += _of_cadence(unit_ids, chosen, last, points, HORIZON_DAYS[cadence] * points // rules.TAIL_POINTS)
    return sorted(found, key=lambda s: (s.unit_id, s.measure_id))


def _of_cadence(units: Collection[int], measures: list[int], last: date, points: int, horizon: int) -> list[Series]:
    # Few units: one descent of the index (day, unit, measure) per day. Many: a scan of the days.
    first = last - timedelta(days=horizon)
    params: list[date | list[date]]
    if len(units) <= FEW_UNITS:
        within, params = "day = ANY(%s)", [[first + timedelta(days=i) for i in range(horizon + 1)]]
    else:
        within, params = "day BETWEEN %s AND %s", [first, last]
    rows = pgcopy.read(
        "SELECT unit_id, measure_id, day, period_start, COALESCE(numerator, 'NaN'), COALESCE(denominator, 'NaN'), "
        "COALESCE(value, 'NaN'), COALESCE(target, 'NaN'), COALESCE(target_high, 'NaN'), status, origin, expected, "
        "reported, corrected, COALESCE(data_at, 'epoch') FROM boards_snapshot "
        f"WHERE {within} AND unit_id = ANY(%s) AND measure_id = ANY(%s)",
        [*params, sorted(units), measures],
        _COLUMNS,
    )
    order = np.lexsort((rows["day"], rows["measure_id"], rows["unit_id"]))
    sorted_rows = {name: values[order] for name, values in rows.items()}
    unit, measure = sorted_rows["unit_id"], sorted_rows["measure_id"]
    starts = np.flatnonzero(np.append(True, (unit[1:] != unit[:-1]) | (measure[1:] != measure[:-1])))
    ends = np.append(starts[1:], len(unit))
    out = []
    for start, end in zip(starts, ends, strict=True) if len(unit) else ():
        mine = slice(max(start, end - points), end)
        out.append(
            Series(
                int(unit[start]),
                int(measure[start]),
                *(sorted_rows[name][mine] for name, _ in _COLUMNS[2:]),
            )
        )
    return out
