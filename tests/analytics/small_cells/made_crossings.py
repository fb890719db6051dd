"""Houses whose people are split by two dimensions at once: made by chance, told, and read by who wants more."""

from dataclasses import dataclass
from itertools import product

import numpy as np

from analytics.small_cells.crossed import crossed, due
from analytics.small_cells.houses import House
from analytics.small_cells.telling import Told
from tests.analytics.small_cells.house_attacker import Reader
from tests.analytics.small_cells.made_houses import told_by


@dataclass
class Crossing:
    """`planes`: (P, l, A, B, T) true counts of leaves by groups of both dimensions and month."""

    parents: np.ndarray
    ends: np.ndarray
    leaves: list[int]
    planes: np.ndarray

    @property
    def months(self) -> int:
        return int(self.planes.shape[-1])

    @property
    def below(self) -> list[list[int]]:
        return [
            [self.leaves.index(j) for j in range(i, self.ends[i]) if j in self.leaves] for i in range(len(self.ends))
        ]

    def house(self, axis: int) -> House:
        """The groups of one dimension alone; `axis` 3 sums the columns up, 2 the rows."""
        monthly = self.planes.sum(axis=axis)
        counts = np.stack([monthly[:, below].sum(1) for below in self.below], axis=1)[None]
        whole = np.ones((1, len(self.parents), counts.shape[3]), bool)
        return House(counts, counts.sum(3), whole, self.parents, self.ends)


@dataclass
class Crossed:
    """A crossing that was told of the top unit from month `first` to before `last`."""

    first: int
    last: int
    cells: list[tuple[list[int], list[int]]]  # the rows and columns of each told cell; a rest has several


def made_crossing(seed: int) -> Crossing:
    """One to three lines with up to four wards; dimensions that hang together more or less."""
    rng = np.random.default_rng(seed)
    months = int(rng.choice([1, 2, 3, 6, 12, 13]))
    scale = float(rng.choice([60, 200, 600])) / (1 + months / 4)
    parents = [-1]
    for _ in range(rng.integers(1, 4)):
        line = len(parents)
        parents += [0, *[line] * int(rng.integers(1, 5))]
    ends = np.arange(1, len(parents) + 1)
    for unit in range(len(parents) - 1, 0, -1):
        ends[parents[unit]] = max(ends[parents[unit]], ends[unit])
    leaves = [unit for unit in range(len(parents)) if ends[unit] == unit + 1]
    wide, deep = int(rng.integers(2, 5)), int(rng.integers(2, 4))
    rows, columns = rng.dirichlet(np.array([6, 3, 2, 1])[:wide]), rng.dirichlet(np.array([5, 3, 1])[:deep])
    tied = rng.lognormal(0, float(rng.choice([0.1, 0.8, 1.6, 3.0])), (wide, deep))
    share = rows[:, None] * columns * tied
    share /= share.sum()
    mixed = rng.lognormal(0, float(rng.choice([0.1, 1.0])), (len(leaves), wide, deep))
    size = rng.lognormal(np.log(scale), 0.8, len(leaves))
    people = rng.poisson(size[:, None, None, None] * (share * mixed)[..., None], (*mixed.shape, months))
    events = rng.binomial(people, rng.uniform(0.2, 0.8))
    return Crossing(np.array(parents), ends, leaves, np.stack([events, people - events]).astype(float))


def _of_top(told: list[Told]) -> list[tuple[int, int, set[int]]]:
    return [
        (each.first, each.last, set(np.flatnonzero(each.groups[each.units.tolist().index(0)]).tolist()))
        for each in told
        if not each.whole_cycle and 0 in each.units.tolist()
    ]


def crossings_told(house: Crossing) -> tuple[tuple[list[Told], list[Told]], list[Crossed]]:
    """What is told of each dimension by itself, and of both crossed, month after month."""
    singles = (told_by(house.house(3), house.months), told_by(house.house(2), house.months))
    blocks = tuple(_of_top(told) for told in singles)
    found: list[Crossed] = []
    since = 0
    for ends in range(1, house.months + 1):
        rows, columns = ([(first, last) for first, last, _groups in each if last <= ends] for each in blocks)
        begun = due(rows, columns, since, ends)
        if begun is None:
            continue
        first, least = begun
        named = [
            sorted(set.intersection(*(groups for f, last, groups in each if f >= first and last <= ends)))
            for each in blocks
        ]
        counts = house.planes[..., first:ends]
        table = counts.sum(axis=(1, 4))
        margins = table.sum(axis=2), table.sum(axis=1)
        for margin, groups in zip(margins, named, strict=True):
            margin[:, [g for g in range(margin.shape[1]) if g not in groups]] = np.nan
        made = crossed(margins, table.sum(axis=(1, 2)), counts, 11, least=least)
        if made is not None:
            members = [
                [*([group] for group in groups.tolist()), [g for g in range(size) if g not in groups]]
                for groups, size in zip((made.rows, made.columns), table.shape[1:], strict=True)
            ]
            cells_ = [(members[0][i], members[1][j]) for i, j in np.argwhere(made.shown).tolist()]
            found.append(Crossed(first, ends, cells_))
            since = ends
    return singles, found


def crossing_readers(house: Crossing, singles: tuple[list[Told], list[Told]], told: list[Crossed]) -> list[Reader]:
    """One who reads all of it, for each plane of counts; a group of his is a row crossed with a column."""
    _planes, leaves, wide, deep, months = house.planes.shape
    found = []
    for plane in house.planes:
        reader = Reader(house.below, wide * deep, months, plane.reshape(leaves, wide * deep, months))
        for unit, month in product(range(len(house.below)), range(months)):
            reader.read(unit, list(range(wide * deep)), range(month, month + 1))
        for axis, each in enumerate(singles):
            for part in each:
                for unit, marks in zip(part.units.tolist(), part.groups, strict=True):
                    for group in np.flatnonzero(marks).tolist():
                        reader.read(unit, cells(house, axis, group), range(part.first, part.last))
        for cross in told:
            for rows, columns in cross.cells:
                reader.read(0, [row * deep + c for row in rows for c in columns], range(cross.first, cross.last))
        found.append(reader)
    return found


def cells(house: Crossing, axis: int, group: int) -> list[int]:
    """The crossed groups that make up one group of the first (0) or the second dimension (1)."""
    _planes, _leaves, wide, deep, _months = house.planes.shape
    return [group * deep + j for j in range(deep)] if axis == 0 else [i * deep + group for i in range(wide)]


def asked(
    house: Crossing, singles: tuple[list[Told], list[Told]], told: list[Crossed]
) -> list[tuple[int, list[int], range]]:
    """Groups of either dimension and of both crossed, of every unit, by month and by all that was told of."""
    _planes, _leaves, wide, deep, months = house.planes.shape
    groups = [cells(house, 0, row) for row in range(wide)] + [cells(house, 1, column) for column in range(deep)]
    groups += [[at] for at in range(wide * deep)]
    spans = {(each.first, each.last) for part in singles for each in part} | {(each.first, each.last) for each in told}
    spans |= {(month, month + 1) for month in range(months)} | {(0, months)}
    return [
        (unit, group, range(*span)) for unit in range(len(house.below)) for group in groups for span in sorted(spans)
    ]
