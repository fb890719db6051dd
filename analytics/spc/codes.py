"""What a chart can say, as small integers that arrays and database columns hold.

The numbers are stored in snapshots: a code keeps its meaning for ever, a new one takes the next number.
"""

from enum import IntEnum

import numpy as np
import numpy.typing as npt

Flags = npt.NDArray[np.uint8]

LOW = 8
"""Bit of a point's flag that is set when the rule points downwards: below the lower limit or the mean, or falling."""


class Rule(IntEnum):
    """Why a point is marked; the lower number wins where several rules hold (Making Data Count's own order)."""

    NONE = 0
    OUTSIDE = 1
    TREND = 2
    TWO_OF_THREE = 3
    SHIFT = 4

    def __str__(self) -> str:
        return self.name.lower()


class Variation(IntEnum):
    """What the process is doing, told by its latest point. `str()` names the icon; NONE has no icon and an empty
    name.
    """

    NONE = 0
    COMMON = 1
    BETTER_HIGH = 2
    BETTER_LOW = 3
    WORSE_HIGH = 4
    WORSE_LOW = 5
    OTHER_HIGH = 6
    OTHER_LOW = 7

    def __str__(self) -> str:
        return self.name.lower() if self else ""


class Assurance(IntEnum):
    """Will the process as it is meet its target? `str()` names the icon; NONE has no icon and an empty name."""

    NONE = 0
    HIT_OR_MISS = 1
    PASSES = 2
    FAILS = 3

    def __str__(self) -> str:
        return self.name.lower() if self else ""


def rule_of(flags: Flags) -> Flags:
    """Rule codes of point flags, any shape."""
    return flags & np.uint8(7)


def is_low(flags: Flags) -> npt.NDArray[np.bool_]:
    """Which point flags point downwards, any shape."""
    low: npt.NDArray[np.bool_] = np.not_equal(flags & np.uint8(LOW), 0)
    return low
