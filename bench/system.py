"""A system of 2,000 units made for measuring: tree, 30 measures, 20 strata, readings, in a database of its own."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor

from boards.actions.readings import ReadingRows, store_readings
from boards.actions.strata import stratum_ids
from boards.models import Batch, BoardMeasure, Category, Dimension, Letter, Measure, Source, Target
from org.models import Organisation, Tier, Unit

NAME = os.environ.get("BENCH_DATABASE", "huddleboard_bench")
#: A database with the tables and no rows, where there is one: a copy takes a moment, all migrations take seconds.
TEMPLATE = os.environ.get("BENCH_TEMPLATE", "template1")
LEVELS = ((5, 1), (4, 11), (3, 60), (2, 260), (1, 2000))
SMALL_LEVELS = ((5, 1), (4, 1), (3, 2), (2, 4), (1, 20))
MEASURES = 30
GROUPS = 19
FIRST_DAY = date(2026, 11, 1)
AT = datetime(2026, 11, 22, 12, tzinfo=UTC)


@dataclass
class System:
    """The system: its organisation, the units that send, and what they send about."""

    organisation: Organisation
    wards: list[Unit]
    measures: list[Measure]
    strata: dict[str, int]
    source: Source


@contextmanager
def own_database() -> Iterator[None]:
    """A fresh database beside the house's own, dropped at the end; every query within goes there."""
    main = connections["default"].settings_dict["NAME"]
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{NAME}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{NAME}" TEMPLATE "{TEMPLATE}"')
    connection.close()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = NAME
    try:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", verbosity=0)
        yield
    finally:
        connection.close()
        settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = main
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{NAME}" WITH (FORCE)')


def build(levels: Sequence[tuple[int, int]] = LEVELS) -> System:
    """Units, measures with targets, one dimension of nineteen categories; every ward sends everything.

    `levels` are (level, number of units), top first; the units of a level are dealt out to those above.
    """
    organisation = Organisation.objects.create(name="Bench", slug="bench")
    above: list[Unit] = []
    for level, count in levels:
        tier = Tier.objects.create(organisation=organisation, level=level, name=f"Tier {level}")
        units = [
            Unit(
                organisation=organisation,
                tier=tier,
                code=f"{level}-{i}",
                name=f"Unit {level}-{i}",
                parent=above[i % len(above)] if above else None,
                path=f"{level}-{i}",
            )
            for i in range(count)
        ]
        Unit.objects.bulk_create(units)
        for unit in units:
            unit.path = f"{unit.parent.path if unit.parent else ''}{unit.pk}/"
        Unit.objects.bulk_update(units, ["path"], batch_size=1000)
        above = units
    letter = Letter.objects.create(organisation=organisation, code="Q", name="Quality")
    measures = Measure.objects.bulk_create(
        Measure(
            organisation=organisation,
            code=f"measure_{i}",
            name=f"Measure {i}",
            letter=letter,
            kind="proportion",
            direction="higher",
            roll_up="ratio",
            stratifiable=True,
        )
        for i in range(MEASURES)
    )
    Target.objects.bulk_create(Target(measure=m, valid=("2020-01-01", None), value=75) for m in measures)
    dimension = Dimension.objects.create(organisation=organisation, code="group", name="Group")
    Category.objects.bulk_create(Category(dimension=dimension, code=f"g{i}", name=f"Group {i}") for i in range(GROUPS))
    BoardMeasure.objects.bulk_create(
        (BoardMeasure(unit=u, measure=m, role="driver") for u in above for m in measures), batch_size=10_000
    )
    source = Source.objects.create(organisation=organisation, code="bench", name="Bench")
    strata = stratum_ids(organisation.pk, ["", *(f"group:g{i}" for i in range(GROUPS))])
    return System(organisation, above, list(measures), strata, source)


def rows(system: System, day: date, seed: int = 1) -> ReadingRows:
    """The readings of one day: 2,000 wards × 30 measures × 20 strata. The total is the sum of its groups."""
    chance = np.random.default_rng([seed, day.toordinal()])
    shape = (len(system.wards), MEASURES, GROUPS)
    denominators = chance.integers(2, 6, shape).astype(float)
    numerators = np.floor(denominators * chance.uniform(0.5, 1.0, shape))
    both = [np.concatenate([x.sum(axis=2, keepdims=True), x], axis=2).ravel() for x in (numerators, denominators)]
    count = both[0].size
    cells = MEASURES * (GROUPS + 1)
    ends = np.full(count, np.datetime64(day) + 1)
    return ReadingRows(
        np.repeat(np.array([u.pk for u in system.wards], np.int32), cells),
        np.tile(np.repeat(np.array([m.pk for m in system.measures], np.int32), GROUPS + 1), len(system.wards)),
        ends - 1,
        ends,
        np.tile(np.array(list(system.strata.values()), np.int32), len(system.wards) * MEASURES),
        both[0],
        both[1],
        np.zeros(count, bool),
    )


def send(system: System, day: date, seed: int = 1) -> None:
    """Store the readings of one day."""
    batch = Batch.objects.create(organisation=system.organisation, source=system.source, received_at=AT)
    store_readings(organisation=system.organisation, batch=batch, rows=rows(system, day, seed), at=AT)


def day_number(i: int) -> date:
    """The i-th day of the bench."""
    return FIRST_DAY + timedelta(days=i)
