"""The target of every unit and measure on one day: its own, else the nearest above, else the one for all."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boards.models import Target
from boards.snapshots.tree import Tree


@dataclass(frozen=True, slots=True)
class TargetLines:
    """Targets (n, m) of `n` units and `m` measures; NaN where there is none."""

    values: NDArray[np.float64]
    highs: NDArray[np.float64]
    warnings: NDArray[np.float64]


def lines(tree: Tree, targets: Sequence[Sequence[Target]]) -> TargetLines:
    """`targets[i]`, all valid on the day, are those of measure `i`; laid over the tree from the top down."""
    out = TargetLines(*(np.full((len(tree), len(targets)), np.nan) for _ in range(3)))
    where = tree.index() if any(t.unit_id is not None for own in targets for t in own) else {}
    for i, own in enumerate(targets):
        whole = [(-1, t) for t in own if t.unit_id is None]
        placed = [(where[t.unit_id], t) for t in own if t.unit_id is not None and t.unit_id in where]
        for at, target in whole + sorted(placed, key=lambda item: int(tree.depths[item[0]])):
            reach = slice(0, len(tree)) if at < 0 else slice(at, int(tree.ends[at]))
            out.values[reach, i] = target.value
            out.highs[reach, i] = np.nan if target.high is None else target.high
            out.warnings[reach, i] = np.nan if target.warning is None else target.warning
    return out
