"""A small house for tests of snapshots: two branches, three lines, five wards, one of which also reports elsewhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import numpy as np

from boards import rules
from boards.actions.readings import ReadingRows, StoreResult, store_readings
from boards.actions.strata import stratum_ids
from boards.models import Batch, BoardMeasure, Category, Dimension, Letter, Measure, Source
from org.models import Organisation, Tier, Unit

DAY = date(2026, 11, 18)
AT = datetime(2026, 11, 19, 10, 30, tzinfo=UTC)

TREE = {
    "top": None,
    "clinical": "top",
    "support": "top",
    "medicine": "clinical",
    "surgery": "clinical",
    "services": "support",
    "m1": "medicine",
    "m2": "medicine",
    "s1": "surgery",
    "pharmacy": "services",
    "imaging": "services",
}
LEVELS = {"top": 4, "clinical": 3, "support": 3, "medicine": 2, "surgery": 2, "services": 2}

Counts = tuple[float, float]


@dataclass
class House:
    organisation: Organisation
    units: dict[str, Unit]
    letter: Letter
    source: Source
    measures: dict[str, Measure] = field(default_factory=dict)

    def measure(self, code: str, kind: str = "proportion", roll_up: str = "ratio", **fields) -> Measure:
        """A measure on the board of every ward, sent by the wards themselves."""
        wards = fields.pop("wards", [name for name in TREE if name not in LEVELS])
        made = Measure.objects.create(
            organisation=self.organisation,
            code=code,
            name=code,
            letter=self.letter,
            kind=kind,
            roll_up=roll_up,
            **{"direction": "higher", "stratifiable": True, **fields},
        )
        for name, unit in self.units.items():
            BoardMeasure.objects.create(unit=unit, measure=made, role="driver", reports=name in wards)
        self.measures[code] = made
        return made

    def dimension(self, code: str, *categories: str) -> Dimension:
        made = Dimension.objects.create(organisation=self.organisation, code=code, name=code)
        Category.objects.bulk_create(Category(dimension=made, code=c, name=c) for c in categories)
        return made

    def send(
        self,
        measure: Measure,
        sent: Mapping[str, Mapping[str, Counts]],
        day: date = DAY,
        at: datetime = AT,
        period: int = 1,
    ) -> StoreResult:
        """Store counts: ward → stratum key ("" is the total) → (numerator, denominator)."""
        return self.send_all([(measure, day, sent)], at=at, period=period)

    def send_all(
        self,
        sendings: Sequence[tuple[Measure, date, Mapping[str, Mapping[str, Counts]]]],
        at: datetime = AT,
        period: int = 1,
    ) -> StoreResult:
        """Store what `send` stores, of many measures and days at once."""
        used = {key for _, _, sent in sendings for cells in sent.values() for key in cells}
        keys = stratum_ids(self.organisation.pk, used)
        flat = [
            (self.units[ward].pk, keys[key], n, d, measure.pk, day)
            for measure, day, sent in sendings
            for ward, cells in sent.items()
            for key, (n, d) in cells.items()
        ]
        end = np.array([row[5] for row in flat], "datetime64[D]") + np.timedelta64(1, "D")
        rows = ReadingRows(
            np.array([row[0] for row in flat], np.int32),
            np.array([row[4] for row in flat], np.int32),
            end - np.timedelta64(period, "D"),
            end,
            np.array([row[1] for row in flat], np.int32),
            np.array([row[2] for row in flat], float),
            np.array([row[3] for row in flat], float),
            np.zeros(len(flat), bool),
        )
        batch = Batch.objects.create(organisation=self.organisation, source=self.source, received_at=at)
        return store_readings(organisation=self.organisation, batch=batch, rows=rows, at=at)


def build_house() -> House:
    organisation = Organisation.objects.create(name="House", slug="house", time_zone="America/New_York")
    tiers = {
        level: Tier.objects.create(organisation=organisation, level=level, name=f"Tier {level}")
        for level in range(1, 5)
    }
    units: dict[str, Unit] = {}
    for name, parent in TREE.items():
        unit = Unit.objects.create(
            organisation=organisation,
            tier=tiers[LEVELS.get(name, 1)],
            parent=units[parent] if parent else None,
            code=name,
            name=name,
            path=f"new-{name}",
        )
        unit.path = f"{units[parent].path if parent else ''}{unit.pk}/"
        unit.save()
        units[name] = unit
    units["pharmacy"].second_parent = units["medicine"]
    units["pharmacy"].save()
    letter = Letter.objects.create(organisation=organisation, code="Q", name="Quality")
    source = Source.objects.create(organisation=organisation, code="test", name="Test")
    return House(organisation, units, letter, source)


def yesterday(days: int = 1) -> date:
    return DAY - timedelta(days=days)


__all__ = ["AT", "DAY", "House", "build_house", "rules", "yesterday"]
