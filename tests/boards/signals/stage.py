"""Wards that send counts of two or three groups day after day, and nights that look at them."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

import numpy as np

from boards.models import Measure
from boards.signals import night
from boards.snapshots import take_snapshot
from tests.boards.snapshots.house import House, build_house

FIRST = date(2026, 1, 1)
NAMES = ("en", "es", "vi")


def moment(day: date) -> datetime:
    """The morning after `day`, when its night is looked at."""
    return datetime(day.year, day.month, day.day, 11, tzinfo=UTC) + timedelta(days=1)


def build() -> tuple[House, Measure]:
    house = build_house()
    house.dimension("language", *NAMES)
    return house, house.measure("pain")


def send(
    house: House, measure: Measure, day: date, counts: dict[str, list[tuple[float, float]]], at: datetime, **how: int
) -> None:
    """Ward → (numerator, denominator) of each group, in the order of `NAMES`."""
    sent = {}
    for ward, groups in counts.items():
        cells = {f"language:{name}": pair for name, pair in zip(NAMES, groups, strict=False)}
        sent[ward] = {"": (sum(x for x, _ in groups), sum(n for _, n in groups)), **cells}
    house.send(measure, sent, day=day, at=at, **how)


def run(house: House, days: Iterable[date]) -> list[night.Looked]:
    """Take the snapshot of each day and look at it."""
    found = []
    for day in days:
        take_snapshot(house.organisation, day, moment(day))
        found.append(night.look(house.organisation, day, moment(day)))
    return found


def days(count: int, first: date = FIRST) -> list[date]:
    return [first + timedelta(days=i) for i in range(count)]


def wide(day: int, *, gap: bool = True) -> list[tuple[float, float]]:
    """A day of a ward: English 24 a day at 80 %, Spanish 8 a day, with `gap` at 50 %."""
    good = 20 if day % 5 else 16
    return [(good, 24), (4 if gap else (7 if day % 5 else 5), 8)]


def random_days(seed: int, wards: Iterable[str], count: int, rates: tuple[float, ...] = (0.8, 0.7, 0.75)):
    """Ward → list of days, each a list of (numerator, denominator) per group or None where nothing is sent."""
    rng = np.random.default_rng(seed)
    out = {}
    for ward in wards:
        rows = []
        for _ in range(count):
            if rng.random() < 0.1:
                rows.append(None)
                continue
            people = rng.poisson((12, 6, 4))
            rows.append([(float(rng.binomial(n, p)), float(n)) for n, p in zip(people, rates, strict=True)])
        out[ward] = rows
    return out
