"""A made-up system of 2,000 units, for benchmarks: readings only, no people, no story."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

import numpy as np

from boards import rules
from boards.actions.readings import ReadingRows, store_readings
from boards.actions.strata import stratum_ids
from boards.models import Batch, BoardMeasure, Category, Dimension, Letter, Measure, Source
from huddleboard.demo import places
from huddleboard.demo.hospital import Say
from huddleboard.demo.organisation import make_organisation
from huddleboard.demo.places import Place
from huddleboard.demo.series import rng_of
from org.models import Organisation, Unit
from org.rules import UnitKind

SLUG: Final = "benchmark-system"
UNITS: Final = 2_000
MEASURES: Final = 30
STRATA: Final = 20
_UNITS_OF_A_LINE: Final = 20
_LINES_OF_A_HOSPITAL: Final = 10


@dataclass(frozen=True, slots=True)
class System:
    """What was made: ids (u,), (m,), (s,) of which each day has u × m × s counts."""

    organisation: Organisation
    unit_ids: np.ndarray
    measure_ids: np.ndarray
    stratum_ids: np.ndarray
    source: Source


def _places(count: int) -> list[Place]:
    lines = -(-count // _UNITS_OF_A_LINE)
    hospitals = -(-lines // _LINES_OF_A_HOSPITAL)
    every = places.EVERY_DAY
    return [
        Place("TOP", "Benchmark system", UnitKind.EXECUTIVE, 4, "", every),
        *(Place(f"H{h}", f"Hospital {h}", UnitKind.BRANCH, 3, "TOP", every) for h in range(hospitals)),
        *(
            Place(f"L{i}", f"Line {i}", UnitKind.SERVICE_LINE, 2, f"H{i // _LINES_OF_A_HOSPITAL}", every)
            for i in range(lines)
        ),
        *(Place(f"U{u}", f"Unit {u}", UnitKind.INPATIENT, 1, f"L{u // _UNITS_OF_A_LINE}", every) for u in range(count)),
    ]


def _definitions(organisation: Organisation, measures: int, strata: int) -> tuple[list[Measure], list[int]]:
    letter = Letter.objects.create(organisation=organisation, code="Q", name="Quality")
    made = Measure.objects.bulk_create(
        Measure(
            organisation=organisation,
            code=f"measure_{i}",
            name=f"Measure {i}",
            letter=letter,
            kind=rules.Kind.PROPORTION,
            direction=rules.Direction.HIGHER,
            roll_up=rules.RollUp.RATIO,
            stratifiable=True,
        )
        for i in range(measures)
    )
    dimension = Dimension.objects.create(organisation=organisation, code="group", name="Group")
    Category.objects.bulk_create(
        Category(dimension=dimension, code=f"g{i}", name=f"Group {i}", position=i) for i in range(strata - 1)
    )
    keys = [rules.TOTAL_KEY, *(rules.stratum_key([("group", f"g{i}")]) for i in range(strata - 1))]
    ids = stratum_ids(organisation.pk, keys)
    return made, [ids[key] for key in keys]


def make_system(
    *, last: date, at: datetime, units: int = UNITS, measures: int = MEASURES, strata: int = STRATA
) -> System:
    """The organisation without readings: units in four tiers, all measures on every board, a total and its groups."""
    rows = _places(units)
    organisation, by_code = make_organisation(SLUG, "Benchmark system (synthetic)", places.TIERS, rows, last, at)
    made, stratum = _definitions(organisation, measures, strata)
    lowest: list[Unit] = [by_code[p.code] for p in rows if p.tier == 1]
    BoardMeasure.objects.bulk_create(
        (BoardMeasure(unit=unit, measure=m, position=i) for unit in lowest for i, m in enumerate(made)), batch_size=5000
    )
    return System(
        organisation,
        np.array([unit.pk for unit in lowest], np.int32),
        np.array([m.pk for m in made], np.int32),
        np.array(stratum, np.int32),
        Source.objects.create(organisation=organisation, code="demo", name="Invented numbers (benchmark)"),
    )


def day_rows(system: System, day: date, seed: int = 1) -> ReadingRows:
    """All counts of one day (units × measures × strata rows); groups add up to the total."""
    shape = (len(system.unit_ids), len(system.measure_ids), len(system.stratum_ids))
    rng = rng_of(seed, "system", day.isoformat())
    cases = rng.integers(1, 40, shape).astype(np.float64)
    hits = np.floor(cases * rng.beta(8, 2, shape))
    cases[:, :, 0] = cases[:, :, 1:].sum(axis=2)
    hits[:, :, 0] = hits[:, :, 1:].sum(axis=2)
    count = cases.size
    start = np.datetime64(day)
    return ReadingRows(
        np.repeat(system.unit_ids, shape[1] * shape[2]),
        np.tile(np.repeat(system.measure_ids, shape[2]), shape[0]),
        np.full(count, start),
        np.full(count, start + np.timedelta64(1, "D")),
        np.tile(system.stratum_ids, shape[0] * shape[1]),
        hits.reshape(-1),
        cases.reshape(-1),
        np.zeros(count, bool),
    )


def store_days(system: System, last: date, days: int, at: datetime, say: Say) -> Iterator[int]:
    """Store `days` days that end with `last`, a batch each; yields the readings of each day."""
    for i in range(days):
        day = last - timedelta(days=days - 1 - i)
        rows = day_rows(system, day)
        batch = Batch.objects.create(
            organisation=system.organisation,
            source=system.source,
            file_name=f"demo-{day}.csv",
            state=Batch.State.IMPORTED,
            received_at=at,
            imported_at=at,
            rows=len(rows),
            first_day=day,
            last_day=day,
        )
        done = store_readings(organisation=system.organisation, batch=batch, rows=rows, at=at)
        say(f"{day}: {done.new:,} readings, {len(rows):,} counts")
        yield done.new
