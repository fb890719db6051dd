"""Measures that are told in step: one goes ahead, another tells a group of a unit only over months over which that one
was told of it too. So whatever both count alike follows from what was told of the first. See
`analytics.small_cells.telling`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from analytics.small_cells.houses import Bools
from analytics.small_cells.telling import SHUT, Course, Gate, Told


@dataclass(slots=True)
class Ahead:
    """What one measure has told of a table to those that follow it, in all houses side by side.

    `shape`: n units and G groups; `stretches`: first month, month of the end (exclusive) and (n, G) what was told over
    them; `gates`: by top unit and month (exclusive) what of its course ended. Where there is none, nothing did.
    """

    shape: tuple[int, int]
    stretches: list[tuple[int, int, Bools]] = field(default_factory=list)
    gates: dict[tuple[int, int], Gate] = field(default_factory=dict)

    def note(self, told: Told, top: int = 0) -> None:
        """Add what is told in the house under the unit `top`."""
        marks = np.zeros(self.shape, np.bool_)
        marks[top + told.units] = told.groups
        self.stretches.append((told.first, told.last, marks))

    def covers(self, first: int, ends: int) -> Bools:
        """(n, G) told over just the months from `first` to before `ends`, in one stretch or in several."""
        reached = {first: np.ones(self.shape, np.bool_)}
        for begin, end, marks in sorted(self.stretches, key=lambda each: (each[1], each[0])):
            if begin in reached and end <= ends:
                so_far = reached.get(end, np.zeros(self.shape, np.bool_))
                reached[end] = so_far | (reached[begin] & marks)
        return reached.get(ends, np.zeros(self.shape, np.bool_))


def ended(before: Course | None, now: Course | None, ends: int) -> Gate:
    """What of a course did end before month `ends`."""
    if now is None or before == now:
        return SHUT
    return Gate(block=now.block == ends, period=now.period == ends, cycle=now.cycle == ends)


_OPEN: Final = Gate()


def gate(ahead: Iterable[Ahead], ends: int, top: int = 0) -> Gate:
    """What may end before month `ends` in the house under the unit `top`: what did of all that go ahead."""
    found = [_OPEN, *(each.gates.get((top, ends), SHUT) for each in ahead)]
    return Gate(
        block=all(each.block for each in found),
        period=all(each.period for each in found),
        cycle=all(each.cycle for each in found),
    )


def inside(told: Told, ahead: Iterable[Ahead], top: int = 0) -> Told:
    """The part of it that all that go ahead have told over the same months, in the house under the unit `top`."""
    groups = told.groups
    for each in ahead:
        groups = groups & each.covers(told.first, told.last)[top + told.units]
    some = groups.any(axis=1)
    return replace(told, units=told.units[some], groups=groups[some])
