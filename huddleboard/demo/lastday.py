"""The last day as the scenario tells it: a given number of red boxes among the numbers that arrived."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, isnan, nan

import numpy as np

from boards.models import Measure
from boards.rules import STATUS_CODES, Direction, Kind, Status, TargetLine, figures, statuses
from huddleboard.demo.series import Line

#: Kinds whose number of one day may be moved without contradicting the days before.
_MOVABLE = frozenset({Kind.PROPORTION, Kind.RATE, Kind.MEAN, Kind.MINUTES})


@dataclass(frozen=True, slots=True)
class Box:
    """One number of the last day: the last entry of `line`, beside its measure and target."""

    line: Line
    measure: Measure
    target: TargetLine | None
    movable: bool = True

    def missed(self) -> bool:
        """Whether the number misses its target."""
        return self._status() == STATUS_CODES[Status.MISSED]

    def _status(self) -> int:
        one = np.ones(1)
        target = self.target or TargetLine(nan)
        value = figures(
            self.line.numerators[-1:], self.line.denominators[-1:], Kind(self.measure.kind), self.measure.multiplier
        )
        codes = statuses(
            value,
            Direction(self.measure.direction),
            one * target.value,
            one * (nan if target.high is None else target.high),
            one * (nan if target.warning is None else target.warning),
        )
        return int(codes[0])

    def move(self, *, miss: bool) -> bool:
        """Set the count of the day just beyond the target on the wanted side; False where that cannot be."""
        cases = self.line.denominators[-1]
        if not self.movable or self.target is None or self.measure.kind not in _MOVABLE or isnan(cases) or cases < 1:
            return False
        before = self.line.numerators[-1]
        wanted = self.target.value * cases / self.measure.multiplier
        if self.measure.kind in {Kind.MEAN, Kind.MINUTES}:
            wanted = self.target.value * cases
        up = miss == (self.measure.direction == Direction.LOWER)
        count = float(floor(wanted * 1.04) + 1 if up else ceil(wanted * 0.97) - 1)
        most = cases if self.measure.kind == Kind.PROPORTION else count
        self.line.numerators[-1] = min(max(count, 0.0), most)
        if self.missed() != miss:
            self.line.numerators[-1] = before
            return False
        return True


def make_red(rng: np.random.Generator, boxes: Sequence[Box], wanted: int) -> int:
    """Move single numbers until exactly `wanted` of `boxes` are missed, or none can be moved; returns how many are."""
    red = sum(box.missed() for box in boxes)
    for i in rng.permutation(len(boxes)):
        if red == wanted:
            break
        miss = red < wanted
        if boxes[i].missed() != miss and boxes[i].move(miss=miss):
            red += 1 if miss else -1
    return red
