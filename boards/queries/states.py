"""What the points of a measure say together: the state of a tile on a day, with limits and signals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from analytics import spc
from boards import rules
from boards.models import Measure, Tile
from boards.pgcopy import moment
from boards.queries.series import Series
from boards.sparks import Point

_WAY: Final = {rules.Direction.HIGHER: 1, rules.Direction.LOWER: -1}
_EPOCH: Final = np.datetime64("1970-01-01", "us")


@dataclass(slots=True)
class TileState:
    """The state of one measure on one board, up to and including one day; see `Tile` for the fields."""

    unit_id: int
    measure_id: int
    day: date
    period_start: date
    numerator: float | None
    denominator: float | None
    value: float | None
    target: float | None
    target_high: float | None
    status: int
    origin: int
    expected: int
    reported: int
    corrected: bool
    data_at: datetime | None
    last_value_day: date | None
    variation: int
    assurance: int
    rule: int
    run: int
    mean: float | None
    lower: float | None
    upper: float | None
    provisional: bool
    tail_days: Sequence[date]
    tail_values: Sequence[float]
    tail_statuses: Sequence[int]
    tail_flags: Sequence[int]
    gap: dict[str, Any] | None = None
    version: int = 0
    asked: int = 0


#: A stored tile, or one that was made for a day of the past: they answer alike.
TileLike = Tile | TileState


def blank_state(unit_id: int, measure_id: int, day: date) -> TileState:
    """The state of a measure of which nothing ever came."""
    return TileState(
        unit_id=unit_id,
        measure_id=measure_id,
        day=day,
        period_start=day,
        numerator=None,
        denominator=None,
        value=None,
        target=None,
        target_high=None,
        status=rules.STATUS_CODES[rules.Status.NO_DATA],
        origin=int(rules.Origin.NONE),
        expected=0,
        reported=0,
        corrected=False,
        data_at=None,
        last_value_day=None,
        variation=0,
        assurance=0,
        rule=0,
        run=0,
        mean=None,
        lower=None,
        upper=None,
        provisional=False,
        tail_days=[],
        tail_values=[],
        tail_statuses=[],
        tail_flags=[],
    )


def _or_none(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _matrix(series: Sequence[Series]) -> NDArray[np.float64]:
    """Values of many series side by side, right-aligned (s, t), NaN on the left where a series is shorter."""
    width = max((len(s) for s in series), default=0)
    out = np.full((len(series), width), np.nan)
    for i, s in enumerate(series):
        out[i, width - len(s) :] = s.values
    return out


def _natural_range(
    values: NDArray[np.float64], measures: Sequence[Measure]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Where numbers cannot go, so that no limit is drawn there: below zero, and for a share above the whole."""
    with np.errstate(invalid="ignore"):
        below = (values < 0).any(axis=1)
    whole = [m.multiplier if m.kind == rules.Kind.PROPORTION else np.inf for m in measures]
    return np.where(below, -np.inf, 0.0), np.array(whole)


def unchartable(measure: Measure, values: NDArray[np.float64]) -> bool:
    """Whether control limits would call the usual special.

    Days since an event rise by nature and fall at once. Of a rare event, mostly zeros, every quiet week is a "shift";
    it asks for the days between instead (methods: g and t charts).
    """
    if measure.kind == rules.Kind.DAYS_SINCE:
        return True
    known = values[~np.isnan(values)]
    return measure.kind in {rules.Kind.COUNT, rules.Kind.RATE} and bool(len(known)) and float(np.median(known)) == 0.0


def states_of(series: Sequence[Series], measures: Mapping[int, Measure]) -> list[TileState]:
    """The state of every series at its last point. One vectorised call for all limits and signals."""
    if not series:
        return []
    values = _matrix(series)
    charted = ~np.array([unchartable(measures[s.measure_id], s.values) for s in series])
    way = np.array([_WAY.get(rules.Direction(measures[s.measure_id].direction), 0) for s in series], np.int8)
    targets = np.array([s.targets[-1] for s in series])
    found = spc.xmr_states(np.where(charted[:, None], values, np.nan), way, targets)
    floor, ceiling = _natural_range(values, [measures[s.measure_id] for s in series])
    colors = point_colors(found.point_flags, way)
    out = []
    for i, s in enumerate(series):
        known = np.flatnonzero(~np.isnan(s.values))
        out.append(
            TileState(
                unit_id=s.unit_id,
                measure_id=s.measure_id,
                day=s.days[-1].item(),
                period_start=s.period_starts[-1].item(),
                numerator=_or_none(s.numerators[-1]),
                denominator=_or_none(s.denominators[-1]),
                value=_or_none(s.values[-1]),
                target=_or_none(s.targets[-1]),
                target_high=_or_none(s.highs[-1]),
                status=int(s.statuses[-1]),
                origin=int(s.origins[-1]),
                expected=int(s.expected[-1]),
                reported=int(s.reported[-1]),
                corrected=bool(s.corrected[-1]),
                data_at=moment(s.data_at[-1]) if s.data_at[-1] > _EPOCH else None,
                last_value_day=s.days[known[-1]].item() if len(known) else None,
                variation=int(found.variation[i]),
                assurance=int(found.assurance[i]),
                rule=int(found.rule[i]),
                run=int(found.run[i]),
                mean=_or_none(found.mean[i]),
                lower=_or_none(np.maximum(found.lower[i], floor[i])),
                upper=_or_none(np.minimum(found.upper[i], ceiling[i])),
                provisional=bool(found.provisional[i]),
                tail_days=s.days.tolist(),
                tail_values=s.values.tolist(),
                tail_statuses=s.statuses.tolist(),
                tail_flags=colors[i, values.shape[1] - len(s) :].tolist(),
            )
        )
    return out


def point_colors(flags: NDArray[np.uint8], way: NDArray[np.int8]) -> NDArray[np.int16]:
    """`sparks.Point` codes (s, t) of points that a rule marked: better or worse by direction, unusual without one.

    `flags` (s, t) as `analytics.spc` gives them; `way` (s,) is 1 where higher is better, -1 lower, 0 neither.
    """
    marked = spc.rule_of(flags) > 0
    good = np.where(spc.is_low(flags), -1, 1) * way[:, None]
    return np.select(
        [~marked, good > 0, good < 0], [int(Point.USUAL), int(Point.BETTER), int(Point.WORSE)], int(Point.UNUSUAL)
    ).astype(np.int16)
