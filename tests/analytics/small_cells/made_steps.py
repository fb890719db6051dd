"""Measures of one house that count the same patients, told in step, and somebody who reads all of them together."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from analytics.small_cells.steps import Ahead, ended, gate, inside
from analytics.small_cells.telling import Course, Told, tell
from tests.analytics.small_cells.house_attacker import Reader
from tests.analytics.small_cells.made_houses import PARTS, Made, made, stretches

Kinds = tuple[int, ...]


@dataclass
class Family:
    """`people`: (K, l, G, D) patients by what is true of them, K kinds. `measures`: of each the counts that it tells,
    each as the kinds that are in it; `guarded`: of each the counts that are looked at beside these.
    """

    house: Made
    people: np.ndarray
    measures: list[list[Kinds]]
    guarded: list[list[Kinds]]

    def of(self, measure: int, *, alone: bool) -> Made:
        """The house with the counts of one measure that are guarded."""
        counts = [*self.measures[measure], *([] if alone else self.guarded[measure])]
        return replace(self.house, planes=np.stack([self.people[list(kinds)].sum(axis=0) for kinds in counts]))


def same_patients(seed: int) -> Family:
    """Two events of the same patients, the second rare in some groups and not in others: with and without each."""
    house = made(seed)
    rng = np.random.default_rng(seed + 10_000)
    rates = rng.choice([0.02, 0.1, 0.4, 0.7], house.planes.shape[2])
    rare = rng.binomial(house.planes.astype(int), rates[:, None]).astype(float)
    people = np.stack([*(house.planes - rare), *rare])
    return Family(house, people, [[(0, 2), (1, 3)], [(2, 3), (0, 1)]], [[], []])


def parts(seed: int) -> Family:
    """A count, two parts of it and what is left, which may be nothing."""
    house = made(seed)
    rng = np.random.default_rng(seed + 20_000)
    whole = house.planes.sum(axis=0)
    one = rng.binomial(whole.astype(int), rng.choice([0.05, 0.3, 0.6])).astype(float)
    other = rng.binomial((whole - one).astype(int), rng.choice([0.3, 1.0])).astype(float)
    people = np.stack([one, other, whole - one - other])
    return Family(house, people, [[(0, 1, 2)], [(0,)], [(1,)]], [[], [(1, 2)], [(0, 2), (2,)]])


def told_in_step(family: Family, *, alone: bool = False) -> list[list[Told]]:
    """What each measure tells after those before it; `alone`: as if there were no others."""
    ahead: list[Ahead] = []
    found = []
    for number in range(len(family.measures)):
        each = family.of(number, alone=alone)
        house = each.house()
        own = Ahead((len(each.parents), house.groups))
        courses: list[Course | None] = [None]
        told: list[Told] = []
        for month in range(each.months):
            before = courses
            gates = None if alone else [gate(ahead, month + 1)]
            courses, new = tell(house, before, origin=0, month=month, threshold=11, gates=gates)
            own.gates[0, month + 1] = ended(before[0], courses[0], month + 1)
            for one in new:
                within = one if alone else inside(one, ahead)
                own.note(within)
                told.append(within)
        ahead.append(own)
        found.append(told)
    return found


def reader_of_all(family: Family, told: Sequence[Sequence[Told]]) -> Reader:
    """One who reads all measures together: he knows the totals of each, and of which patients they are."""
    kinds, leaves, groups, days = family.people.shape
    below = family.house.below
    reader = Reader(below, kinds * groups, days, family.people.swapaxes(0, 1).reshape(leaves, kinds * groups, days))
    for measure, stretches_told in zip(family.measures, told, strict=True):
        for counted in measure:
            for unit in range(len(below)):
                for day in range(days):
                    every = [kind * groups + group for kind in counted for group in range(groups)]
                    reader.read(unit, every, range(day, day + 1))
            for each in stretches_told:
                for unit, marks in zip(each.units, each.groups, strict=True):
                    for group in np.flatnonzero(marks):
                        mine = [kind * groups + int(group) for kind in counted]
                        reader.read(int(unit), mine, range(each.first * PARTS, each.last * PARTS))
    return reader


def small_counts(family: Family, reader: Reader, told: Sequence[Sequence[Told]]) -> list[tuple]:
    """The small counts of what is told or guarded that he derives."""
    groups = family.people.shape[2]
    every = [each for of in told for each in of]
    counts = {counted for of in (*family.measures, *family.guarded) for counted in of}
    where = [
        (unit, [kind * groups + group for kind in counted], days)
        for counted in sorted(counts)
        for unit in range(len(reader.below))
        for group in range(groups)
        for days in stretches(family.house, every)
    ]
    return reader.derived_of(where)
