"""Houses made by chance, told month after month, and read by somebody who wants to know more."""

from dataclasses import dataclass

import numpy as np

from analytics.small_cells.houses import House
from analytics.small_cells.telling import Course, Told, tell
from tests.analytics.small_cells.house_attacker import Reader

PARTS = 2  # of a month: the totals of each are out


@dataclass
class Made:
    """`planes`: (P, l, G, D) true counts of leaves by part of a month."""

    parents: np.ndarray
    ends: np.ndarray
    leaves: list[int]
    planes: np.ndarray
    months: int

    @property
    def below(self) -> list[list[int]]:
        return [
            [self.leaves.index(j) for j in range(i, self.ends[i]) if j in self.leaves] for i in range(len(self.ends))
        ]

    def house(self) -> House:
        planes, leaves, groups, _days = self.planes.shape
        monthly = self.planes.reshape(planes, leaves, groups, self.months, PARTS).sum(-1)
        counts = np.stack([monthly[:, below].sum(1) for below in self.below], axis=1)[None]
        whole = np.ones((1, len(self.parents), groups), bool)
        return House(counts, counts.sum(3), whole, self.parents, self.ends)


def made(seed: int) -> Made:
    """A top unit, one to three lines, up to four wards each; small and large, steady and lopsided."""
    rng = np.random.default_rng(seed)
    months, groups = int(rng.integers(3, 15)), int(rng.integers(2, 6))
    scale = float(rng.choice([8, 30, 100, 300]))
    parents = [-1]
    for _ in range(rng.integers(1, 4)):
        line = len(parents)
        parents += [0, *[line] * int(rng.integers(1, 5))]
    units = len(parents)
    ends = np.arange(1, units + 1)
    for unit in range(units - 1, 0, -1):
        ends[parents[unit]] = max(ends[parents[unit]], ends[unit])
    leaves = [unit for unit in range(units) if ends[unit] == unit + 1]
    share = rng.dirichlet(np.array([6, 2, 1, 0.6, 0.4, 0.3])[:groups])
    size = rng.lognormal(np.log(scale), 1.0, len(leaves))
    people = rng.poisson(size[:, None, None] * share[:, None] / PARTS, (len(leaves), groups, months * PARTS))
    events = rng.binomial(people, rng.uniform(0.2, 0.8))
    return Made(np.array(parents), ends, leaves, np.stack([events, people - events]).astype(float), months)


def told_by(house: House, months: int, threshold: float = 11) -> list[Told]:
    courses: list[Course | None] = [None]
    told: list[Told] = []
    for month in range(months):
        courses, new = tell(house, courses, origin=0, month=month, threshold=threshold)
        told += new
    return told


def readers(house: Made, told: list[Told]) -> list[Reader]:
    """One who reads all of it, for each plane of counts."""
    groups, days = house.planes.shape[2], house.planes.shape[3]
    found = []
    for plane in house.planes:
        reader = Reader(house.below, groups, days, plane)
        for unit in range(len(house.below)):
            for day in range(days):
                reader.read(unit, list(range(groups)), range(day, day + 1))
        for each in told:
            for unit, marks in zip(each.units, each.groups, strict=True):
                for group in np.flatnonzero(marks):
                    reader.read(int(unit), [int(group)], range(each.first * PARTS, each.last * PARTS))
        found.append(reader)
    return found


def stretches(house: Made, told: list[Told]) -> list[range]:
    """What he asks about: parts of months, months, and every stretch that anything was told of."""
    days = [range(day, day + 1) for day in range(house.months * PARTS)]
    spans = {(each.first, each.last) for each in told} | {(0, house.months)}
    spans |= {(month, month + 1) for month in range(house.months)}
    return days + [range(first * PARTS, last * PARTS) for first, last in sorted(spans)]
