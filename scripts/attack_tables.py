"""Attack random tables that were suppressed: `python -m scripts.attack_tables --tables 10000 --seed 1`.

The attacker knows what a reader knows: every number that is shown, that a total is the sum of its parts, and that no
count is negative. For each hidden cell he looks for the smallest and largest value that fit, by linear programming over
all shown numbers at once. A cell is derived where only one whole number fits, or only numbers of 1 to 10. He shares no
code with the suppression. Exit status 1 if anything was derived; of sets of tables of two days a hidden number that is
not small may be computed where yesterday gave it away: it is told as exact, and does not fail.

Any table that fits the shown numbers widens the range of all its cells, so that few programs settle many cells; what is
not settled that way gets two programs of its own. Many tables go into one program: their unknowns are separate.
"""

import argparse
import itertools
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog
from scipy.sparse import block_diag, csr_array

from analytics.small_cells import Cells, View, protect, suppress_crossing

Floats = npt.NDArray[np.float64]
Marks = npt.NDArray[np.bool_]

SMALL = 11
ROUNDING = 1e-6
TABLES_AT_ONCE = 25


@dataclass(slots=True)
class Attack:
    """A table with margins and what is known of it: figures by their row over the inner cells."""

    name: str
    rows: Floats
    truth: Floats
    shown: Marks
    lower: Floats = field(init=False)
    upper: Floats = field(init=False)
    tried: set[tuple[int, int]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.lower, self.upper = self.truth.astype(float).copy(), self.truth.astype(float).copy()

    def learn(self, inner: Floats) -> None:
        """Widen the ranges by a table that fits."""
        values = self.rows @ inner
        self.lower, self.upper = np.minimum(self.lower, values), np.maximum(self.upper, values)

    @property
    def whole(self) -> tuple[Floats, Floats]:
        """The ranges as an attacker reads them, knowing that counts are whole."""
        return np.ceil(self.lower - ROUNDING), np.floor(self.upper + ROUNDING)

    def exact(self) -> Marks:
        """Hidden figures for which one number fits."""
        low, high = self.whole
        return ~self.shown & (low == high)

    def small(self) -> Marks:
        """Hidden figures that are small, and for which only small numbers fit."""
        low, high = self.whole
        return ~self.shown & (self.truth > 0) & (self.truth < SMALL) & (low >= 1) & (high < SMALL)

    def open(self) -> list[tuple[int, int]]:
        """Hidden figures that look derived and still have a way to be tried."""
        left = np.flatnonzero(self.exact() | self.small())
        return [(int(at), way) for at in left for way in (1, -1) if (int(at), way) not in self.tried]


def margins(shape: Sequence[int]) -> Floats:
    """Rows (figures, inner cells) of a crossing with all its margins; the total is the last level of each axis."""
    levels = [[*range(size), None] for size in shape]
    cells = list(itertools.product(*(range(size) for size in shape)))
    figures = list(itertools.product(*levels))
    return np.array(
        [[all(f in (None, c) for f, c in zip(figure, cell, strict=True)) for cell in cells] for figure in figures],
        float,
    )


def solve(attacks: Sequence[Attack], aims: Sequence[Floats]) -> None:
    """One program for many tables: each table's aim (a row over its figures) as large as can be."""
    blocks, values, goal = [], [], []
    for attack, aim in zip(attacks, aims, strict=True):
        known = attack.rows[attack.shown]
        blocks.append(csr_array(known if len(known) else np.zeros((1, attack.rows.shape[1]))))
        values.append(attack.truth[attack.shown] if len(known) else np.zeros(1))
        # Without a shown total everything is open: an upper bound stands for infinity.
        goal.append(-(aim @ attack.rows))
    ceiling = 10 * max(float(attack.truth.max()) for attack in attacks) + 1000
    found = linprog(
        np.concatenate(goal),
        A_eq=block_diag(blocks, format="csr"),
        b_eq=np.concatenate(values),
        bounds=(0, ceiling),
        method="highs",
    )
    if found.status != 0:
        raise RuntimeError(f"the solver says: {found.message}")
    start = 0
    for attack in attacks:
        size = attack.rows.shape[1]
        attack.learn(found.x[start : start + size])
        start += size


def press(attacks: Sequence[Attack]) -> int:
    """Attack all tables until every hidden figure is settled; returns the number of programs."""
    programs = 0
    for way in (1.0, -1.0):
        batch = [attack for attack in attacks if attack.open()]
        if batch:
            solve(batch, [np.where(a.exact() | a.small(), way, 0.0) for a in batch])
            programs += 1
    while batch := [attack for attack in attacks if attack.open()]:
        aims = []
        for attack in batch:
            at, way = attack.open()[0]
            attack.tried.add((at, way))
            aims.append(way * np.eye(len(attack.truth))[at])
        solve(batch, aims)
        programs += 1
    return programs


def leaking_lines(table: Floats, hidden: Marks) -> int:
    """How many lines there are whose hidden parts come to a small number that their shown total gives away."""
    count = 0
    for axis in range(table.ndim):
        parts, marks = np.moveaxis(table, axis, -1), np.moveaxis(hidden, axis, -1)
        rest = (parts[..., :-1] * marks[..., :-1]).sum(axis=-1)
        count += int(((rest > 0) & (rest < SMALL) & (rest < parts[..., -1]) & ~marks[..., -1]).sum())
    return count


def tables(count: int, seed: int) -> Iterator[tuple[npt.NDArray[np.int64], dict[str, Any]]]:
    """Random tables of 2 × 2 up to 6 × 6 × 3, from nearly empty to large, with the options of the suppression."""
    rng = np.random.default_rng(seed)
    for number in range(count):
        shape = [int(size) for size in rng.integers(2, 7, 2)]
        depth = int(rng.integers(1, 4))
        spread = rng.choice([0.3, 0.6, 1.5])
        means = rng.gamma(spread, rng.choice([3, 12, 40, 150, 1000]), shape if depth == 1 else [*shape, depth])
        counts = rng.poisson(means * (rng.random(means.shape) > rng.choice([0, 0, 0.2])))
        options: dict[str, Any] = {"sums": number % 4 != 3}
        if depth == 2 and number % 2:
            people = counts.sum(axis=2)
            events = rng.binomial(people, rng.choice([0.05, 0.3, 0.8]))
            counts, options = np.stack((events, people - events), axis=-1), {"together": 2}
        yield counts, options


def unshown(rows: Floats) -> Floats:
    """What a reader may try to derive besides the figures: each finest cell that is counted, and differences."""
    size = rows.sum(axis=1)
    part, whole = np.nonzero((rows @ rows.T == size[:, None]) & (size[:, None] < size[None, :]))
    return np.unique(np.vstack((np.eye(rows.shape[1])[rows.any(axis=0)], rows[whole] - rows[part])), axis=0)


def publications(count: int, seed: int) -> Iterator[tuple[Cells, list[View], list[View]]]:
    """Random cells day × race × payer (× met, not met), what was shown of them yesterday, and what shall be today."""
    rng = np.random.default_rng(seed)
    for number in range(count):
        days, *groups = (int(size) for size in rng.integers(2, 5, 3))
        axes, shape = ["day", "race", "payer"], [days, *groups]
        if number % 3 == 0:
            axes, shape = [*axes, "met"], [*shape, 2]
        cells = Cells.of(rng.poisson(rng.gamma(0.6, rng.choice([2, 8, 30, 100]), shape)), axes)
        kinds = axes[3:]

        def some(when: str, levels: range, cells: Cells = cells, kinds: list[str] = kinds) -> list[View]:
            tables = [("race",), ("payer",), ("day",), ("race", "day"), ("race", "payer"), ()]
            chosen = rng.permutation(len(tables))[: int(rng.integers(2, 5))]
            return [
                cells.view(f"{when} {tables[at]}", (*tables[at], *kinds), where={"day": levels}, together=kinds)
                for at in sorted(chosen.tolist())
            ]

        yield cells, some("yesterday", range(days - 1)), some("today", range(int(rng.integers(2)), days))


def run_publications(count: int, seed: int, *, say: Callable[[str], None] | None = None) -> dict[str, int]:
    """Attack `count` publications over two days, by everything shown on both; returns the figures."""
    figures = dict.fromkeys(
        ("publications", "figures", "hidden", "programs", "exact", "narrowed", "unshown", "lines"), 0
    )
    begun = time.perf_counter()
    for number, (cells, yesterday, today) in enumerate(publications(count, seed)):
        first = protect(cells, yesterday)
        out = [view.published(mask) for view, mask in zip(yesterday, first.masks, strict=True)]
        views = [*out, *today]
        second = protect(cells, views)
        shown = [old.shown.ravel() for old in first.masks]
        shown += [mask.shown.ravel() for mask in second.masks[len(out) :]]
        own = sum(len(view.rows) for view in views)
        rows = np.vstack([view.rows for view in views])
        rows = np.vstack((rows, unshown(rows)))
        marks = np.concatenate([*shown, np.zeros(len(rows) - own, dtype=bool)])
        attack = Attack(f"seed {seed}, publication {number}", rows, rows @ cells.counts.ravel(), marks)
        figures["programs"] += press([attack])
        figures["publications"] += 1
        figures["figures"] += own
        figures["hidden"] += int((~marks[:own]).sum())
        visible = attack.truth[marks]
        found = {
            "exact": int(attack.exact()[:own].sum()),
            "narrowed": int(attack.small()[:own].sum()) + int(((visible > 0) & (visible < SMALL)).sum()),
            "unshown": int(attack.small()[own:].sum()),
            "lines": sum(
                leaking_lines((view.rows @ cells.counts.ravel()).reshape(view.shape), mask.hidden)
                for view, mask in zip(today, second.masks[len(out) :], strict=True)
            ),
        }
        for name, value in found.items():
            figures[name] += value
        if say and (any(found.values()) or not (first.safe and second.safe)):
            say(f"{attack.name}: {found} {first.derivable} {second.derivable}")
        if say and (number + 1) % 100 == 0:
            say(f"{number + 1} publications, {time.perf_counter() - begun:.0f} s")
    figures["derived"] = figures["narrowed"] + figures["unshown"] + figures["lines"]
    return figures


def run(count: int, seed: int, *, say: Callable[[str], None] | None = None) -> dict[str, int]:
    """Attack `count` tables; returns the figures."""
    rows: dict[tuple[int, ...], Floats] = {}
    figures = dict.fromkeys(("tables", "cells", "small", "further", "programs", "exact", "narrowed", "lines"), 0)
    waiting: list[Attack] = []
    begun = time.perf_counter()
    for number, (counts, options) in enumerate(tables(count, seed)):
        if counts.shape not in rows:
            rows[counts.shape] = margins(counts.shape)
        mask = suppress_crossing(counts, **options)
        truth = rows[counts.shape] @ counts.ravel()
        attack = Attack(f"seed {seed}, table {number}", rows[counts.shape], truth, mask.shown.ravel())
        full = truth.reshape(mask.codes.shape)
        missed = mask.shown & (full > 0) & (full < SMALL)
        figures["tables"] += 1
        figures["cells"] += full.size
        figures["small"] += int((mask.codes == 1).sum())
        figures["further"] += int((mask.codes == 2).sum())
        figures["narrowed"] += int(missed.sum())
        if options.get("sums", True):
            figures["lines"] += leaking_lines(full, mask.hidden)
        waiting.append(attack)
        if len(waiting) == TABLES_AT_ONCE or number == count - 1:
            figures["programs"] += press(waiting)
            for done in waiting:
                exact, small = int(done.exact().sum()), int(done.small().sum())
                figures["exact"] += exact
                figures["narrowed"] += small
                if (exact or small) and say:
                    say(f"{done.name}: {exact} cells exactly, {small} known to be small")
            waiting = []
        if say and (number + 1) % 1000 == 0:
            say(f"{number + 1} tables, {time.perf_counter() - begun:.0f} s")
    figures["derived"] = figures["exact"] + figures["narrowed"] + figures["lines"]
    return figures


def main(arguments: Sequence[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m scripts.attack_tables", description=__doc__.split("\n")[0])
    parser.add_argument("--tables", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--publications", type=int, default=0, help="attack also this many sets of tables of two days")
    chosen = parser.parse_args(arguments)
    derived = 0
    for attack, count in ((run, chosen.tables), (run_publications, chosen.publications)):
        figures = attack(count, chosen.seed, say=lambda line: print(line, file=sys.stderr, flush=True)) if count else {}
        for name, value in figures.items():
            print(f"{name:12} {value}")
        derived += figures.get("derived", 0)
    return 1 if derived else 0


if __name__ == "__main__":
    sys.exit(main())
