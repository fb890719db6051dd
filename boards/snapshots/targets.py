"""The target of every unit for one measure on one day: its own, else the nearest above, else the one for all."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boards.models import Target
from boards.snapshots.tree import Tree


@dataclass(frozen=True, slots=True)
class TargetLines:
    """Aligned to the units of a tree; NaN where there is none."""

    values: NDArray[np.float64]
    highs: NDArray[np.float64]
    warnings: NDArray[np.float64]


def lines(tree: Tree, targets: Iterable[Target]) -> TargetLines:
    """Targets of one measure, all valid on the day, laid over the tree from the top down."""
    out = TargetLines(*(np.full(len(tree), np.nan) for _ in range(3)))
    where = tree.index()
    placed = [(where[t.unit_id], t) for t in targets if t.unit_id is not None and t.unit_id in where]
    whole = [(-1, t) for t in targets if t.unit_id is None]
    for i, target in whole + sorted(placed, key=lambda item: int(tree.depths[item[0]])):
        reach = slice(0, len(tree)) if i < 0 else slice(i, int(tree.ends[i]))
        out.values[reach] = target.value
        out.highs[reach] = np.nan if target.high is None else target.high
        out.warnings[reach] = np.nan if target.warning is None else target.warning
    return out
