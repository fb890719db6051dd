"""Where a falling score crosses a line: the bounds of intervals that have no formula of their own."""

from collections.abc import Callable
from typing import Final

import numpy as np

from analytics.intervals.inputs import Floats

_HALVINGS: Final = 64
_DOUBLINGS: Final = 200


def crossing(score: Callable[[Floats], Floats], goal: float, low: Floats, high: Floats) -> Floats:
    """Where `score`, which falls from `low` to `high`, passes `goal`: (N,), to the last bits of a float.

    `score` takes and gives (N,). Where it stays above the goal the answer is `high`, where below, `low`.
    """
    low, high = low.copy(), high.copy()
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        above = score(middle) > goal
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return (low + high) / 2


def reach(score: Callable[[Floats], Floats], goal: float, start: Floats, step: Floats) -> Floats:
    """A place from `start` in the direction of `step` (N,) where a falling `score` has passed `goal`.

    To the right (positive steps) the score has fallen below the goal, to the left risen above it.
    """
    stride = step.copy()
    for _ in range(_DOUBLINGS):
        found = score(start + stride)
        short = np.where(stride > 0, found > goal, found < goal)
        if not short.any():
            break
        stride = np.where(short, 2 * stride, stride)
    return start + stride


def in_errors(off: Floats, variance: Floats) -> Floats:
    """`off` in standard errors; without variance endlessly far off, or not at all."""
    some = variance > 0
    endless = np.where(off > 0, np.inf, np.where(off < 0, -np.inf, 0.0))
    return np.where(some, off / np.sqrt(np.where(some, variance, 1.0)), endless)
