"""The history of the demo hospital as readings: drawn in arrays, with what came late, never, or was corrected."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from boards.actions.readings import ReadingRows
from boards.models import Measure
from boards.rules import TOTAL_KEY, Cadence, Kind, TargetLine, period_of
from huddleboard.demo import story
from huddleboard.demo.boards import AIMS
from huddleboard.demo.causes import Cause
from huddleboard.demo.groups import Table, table
from huddleboard.demo.lastday import Box, make_red
from huddleboard.demo.places import Place
from huddleboard.demo.series import Line, draw, rng_of
from huddleboard.demo.shapes import SHAPES
from org.models import Unit
from org.rules import OpenDays

Days = NDArray[np.datetime64]

#: Of the scenario: 192 numbers expected, 5 of them not there, 31 of the 187 red.
MISSING_ON_LAST_DAY: Final = 5
RED_SHARE: Final = 31 / 187
_NEVER_ARRIVED: Final = 0.006
_LATE: Final = 0.03
_CORRECTED: Final = 0.01
_DAYS_OF: Final = {Cadence.DAILY: 1.0, Cadence.WEEKLY: 7.0, Cadence.MONTHLY: 30.0, Cadence.QUARTERLY: 91.0}


@dataclass(slots=True)
class Sent:
    """What one unit sends of one measure: last days of periods (n,), when each came, and the numbers by group.

    `lost` marks periods of which nothing arrived.
    """

    unit: str
    measure: Measure
    days: Days
    starts: Days
    line: Line
    told: dict[str, story.Counts] | None
    received: Days
    lost: NDArray[np.bool_]
    numbers: Table | None = field(default=None)


@dataclass(frozen=True, slots=True)
class Frame:
    """What all series share: the first and the last day, the seed, when "now" is, and which days units work."""

    first: date
    last: date
    seed: int
    at: datetime
    zone: ZoneInfo
    open_days: Mapping[str, OpenDays]


def _days(frame: Frame, unit: str, measure: Measure) -> list[date]:
    """Last days of the periods that the unit sends, oldest first."""
    first = frame.first
    if unit == story.UNIT and first < story.goal_start(frame.last):
        first = story.first_day(frame.last)
    every = [first + timedelta(days=i) for i in range((frame.last - first).days + 1)]
    cadence = Cadence(measure.cadence)
    if cadence == Cadence.DAILY:
        return [day for day in every if frame.open_days[unit].is_open(day)]
    newest = frame.last - timedelta(days=measure.lag_days)
    return [day for day in every if day <= newest and period_of(cadence, day)[1] == day + timedelta(days=1)]


def _is_story(unit: str, measure: Measure) -> bool:
    return (unit, measure.code) == (story.UNIT, story.MEASURE)


def _received(rng: np.random.Generator, frame: Frame, days: Sequence[date], lag: int) -> tuple[Days, NDArray[np.bool_]]:
    """When each number came: between 04:00 and 06:00 after its day, some hours or a day later; and which never did."""
    mornings = np.array(
        [
            datetime.combine(day + timedelta(days=lag + 1), time(4), frame.zone).astimezone(UTC).replace(tzinfo=None)
            for day in days
        ],
        "datetime64[us]",
    )
    minutes = rng.integers(0, 120, len(days))
    late = rng.random(len(days)) < _LATE
    late[-1] = False  # what is late on the last day is not there yet
    minutes = minutes + np.where(late, 120 + rng.exponential(500, len(days)), 0).astype(np.int64)
    came = mornings + minutes.astype("timedelta64[m]")
    now = np.datetime64(frame.at.astimezone(UTC).replace(tzinfo=None), "us")
    return np.minimum(came, now), rng.random(len(days)) < _NEVER_ARRIVED


def _send(frame: Frame, place: Place, measure: Measure, causes: Sequence[Cause]) -> Sent | None:
    days = _days(frame, place.code, measure)
    if not days:
        return None
    shape = SHAPES[measure.code]
    cadence = Cadence(measure.cadence)
    ends = np.array(days, "datetime64[D]")
    rng = rng_of(frame.seed, place.code, measure.code)
    shift = np.zeros(len(days))
    for cause in causes:
        if measure.code in cause.measures and (not cause.units or place.code in cause.units):
            shift += cause.over(ends)
    line = draw(
        rng,
        shape,
        Kind(measure.kind),
        measure.multiplier,
        place.size,
        np.array([day.weekday() for day in days]),
        shift,
        _DAYS_OF[cadence],
    )
    received, lost = _received(rng, frame, days, measure.lag_days)
    lost[-1] = False
    told = None
    if _is_story(place.code, measure):
        told = {c: (x[-len(days) :], n[-len(days) :]) for c, (x, n) in story.languages(rng, frame.last).items()}
        line = Line(np.sum([x for x, _ in told.values()], axis=0), np.sum([n for _, n in told.values()], axis=0))
        lost[:] = False
    starts = np.array([period_of(cadence, day)[0] for day in days], "datetime64[D]")
    return Sent(place.code, measure, ends, starts, line, told, received, lost)


def _target(unit: str, code: str) -> TargetLine | None:
    """The target of the last day: the unit's own before the one for all."""
    found = [a for a in AIMS if a.measure == code and a.unit in {"", unit}]
    if not found:
        return None
    aim = max(found, key=lambda a: a.unit)
    return TargetLine(aim.value, aim.high, aim.warning)


def _tell_last_day(frame: Frame, sent: Sequence[Sent]) -> None:
    """Let five daily numbers of the last day be late and as many of the others be red as the scenario says."""
    rng = rng_of(frame.seed, "last day")
    due = [s for s in sent if s.measure.cadence == Cadence.DAILY and s.days[-1] == np.datetime64(frame.last)]
    first = [s for s in due if (s.unit, s.measure.code) == (story.UNIT, story.RED_MEASURE)]
    free = [s for s in due if s.told is None and s not in first]
    for i in rng.choice(len(free), min(MISSING_ON_LAST_DAY, len(free) // 4), replace=False):
        free[i].lost[-1] = True
    arrived = [s for s in due if not s.lost[-1]]
    boxes = []
    for s in arrived:
        box = Box(s.line, s.measure, _target(s.unit, s.measure.code), movable=s.told is None)
        boxes.append(replace(box, movable=False) if s in first and box.move(miss=True) else box)
    make_red(rng, boxes, round(RED_SHARE * len(boxes)))


def _numbers(frame: Frame, place: Place, sent: Sent) -> Table:
    x, n = sent.line.numerators, sent.line.denominators
    shape = SHAPES[sent.measure.code]
    if not shape.groups:
        return Table((TOTAL_KEY,), x[:, None], n[:, None])
    rng = rng_of(frame.seed, place.code, sent.measure.code, "groups")
    return table(rng, x, n, shape, place.mix, Kind(sent.measure.kind), sent.told)


def make_history(
    frame: Frame,
    places: Sequence[Place],
    sends: Mapping[str, Sequence[str]],
    measures: Mapping[str, Measure],
    causes: Sequence[Cause],
) -> list[Sent]:
    """Every series of every unit, groups and all. `sends`: unit → measures. Same seed, same numbers."""
    of_code = {p.code: p for p in places}
    found = [_send(frame, of_code[unit], measures[code], causes) for unit, codes in sends.items() for code in codes]
    sent = [s for s in found if s is not None]
    _tell_last_day(frame, sent)
    for s in sent:
        s.numbers = _numbers(frame, of_code[s.unit], s)
    return sent


def keys_of(sent: Sequence[Sent]) -> set[str]:
    """All groups that appear."""
    return {key for s in sent if s.numbers is not None for key in s.numbers.keys}


def reading_rows(sent: Sequence[Sent], units: Mapping[str, Unit], strata: Mapping[str, int]) -> ReadingRows:
    """The series as long rows: what arrived, one row per group. A group without a case on a day is sent as 0 of 0."""
    parts = []
    for s in sent:
        assert s.numbers is not None
        there = np.flatnonzero(~s.lost)
        width = len(s.numbers.keys)
        count = len(there) * width
        parts.append(
            (
                np.full(count, units[s.unit].pk, np.int32),
                np.full(count, s.measure.pk, np.int32),
                np.repeat(s.starts[there], width),
                np.repeat(s.days[there] + np.timedelta64(1, "D"), width),
                np.tile(np.array([strata[key] for key in s.numbers.keys], np.int32), len(there)),
                s.numbers.numerators[there].reshape(-1),
                s.numbers.denominators[there].reshape(-1),
                np.repeat(s.received[there], width),
            )
        )
    unit_ids, measure_ids, starts, ends, stratum_ids, numerators, denominators, received = (
        np.concatenate(column) for column in zip(*parts, strict=True)
    )
    return ReadingRows(
        unit_ids,
        measure_ids,
        starts,
        ends,
        stratum_ids,
        numerators,
        denominators,
        np.zeros(len(unit_ids), bool),
        received,
    )


def corrections(frame: Frame, rows: ReadingRows, sent: Sequence[Sent], units: Mapping[str, Unit]) -> ReadingRows:
    """Some numbers without groups sent again three days later, with a case more or the same: (m,) rows."""
    rng = rng_of(frame.seed, "corrections")
    plain = [
        units[s.unit].pk << 32 | s.measure.pk
        for s in sent
        if s.measure.kind == Kind.PROPORTION and not SHAPES[s.measure.code].groups
    ]
    received = rows.received
    assert received is not None
    again = received + np.timedelta64(3, "D")
    now = np.datetime64(frame.at.astimezone(UTC).replace(tzinfo=None), "us")
    able = np.isin(rows.unit_ids.astype(np.int64) << 32 | rows.measure_ids, plain) & (again < now)
    candidates = np.flatnonzero(able & (rows.numerators < rows.denominators))
    chosen = np.sort(rng.choice(candidates, round(_CORRECTED * len(candidates)), replace=False))
    more = np.minimum(rows.numerators[chosen] + rng.integers(0, 3, len(chosen)), rows.denominators[chosen])
    return ReadingRows(
        rows.unit_ids[chosen],
        rows.measure_ids[chosen],
        rows.period_starts[chosen],
        rows.period_ends[chosen],
        rows.stratum_ids[chosen],
        more,
        rows.denominators[chosen],
        np.zeros(len(chosen), bool),
        again[chosen],
    )
