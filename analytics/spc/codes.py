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
    """Why a point is marked. Which rules are asked, and which wins where several hold: `RuleSet`.

    OUTSIDE a limit. TREND: seven rising or falling. TWO_OF_THREE near a limit but inside, all three on one side. SHIFT:
    seven on one side (Making Data Count). BEYOND_TWO: two of three beyond two standard deviations on one side.
    FOUR_OF_FIVE beyond one. RUN_OF_EIGHT on one side (Western Electric). RUN_OF_NINE on one side. TREND_OF_SIX.
    ALTERNATING: fourteen up and down in turn. HUGGING: fifteen within one standard deviation. AVOIDING: eight beyond
    it on both sides, none within (Nelson). LONG_RUN on one side, FEW_CROSSINGS of the center (Anhøj).
    """

    NONE = 0
    OUTSIDE = 1
    TREND = 2
    TWO_OF_THREE = 3
    SHIFT = 4
    BEYOND_TWO = 5
    FOUR_OF_FIVE = 6
    RUN_OF_EIGHT = 7
    RUN_OF_NINE = 8
    TREND_OF_SIX = 9
    ALTERNATING = 10
    HUGGING = 11
    AVOIDING = 12
    LONG_RUN = 13
    FEW_CROSSINGS = 14

    def __str__(self) -> str:
        return self.name.lower()


class Variation(IntEnum):
    """What the process is doing, told by its latest point. `str()` names the icon; NONE has no icon and an empty
    name. OTHER: something has changed, but neither upwards nor downwards (rules of Nelson and Anhøj).
    """

    NONE = 0
    COMMON = 1
    BETTER_HIGH = 2
    BETTER_LOW = 3
    WORSE_HIGH = 4
    WORSE_LOW = 5
    OTHER_HIGH = 6
    OTHER_LOW = 7
    OTHER = 8

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


RULE_BITS = (0, 1, 2, 4)
"""Bits of a point's flag that hold the bits of its rule's code, lowest first. `LOW` stands between them: flags with
the first five rules were stored before there were more."""

SIDELESS = frozenset({Rule.ALTERNATING, Rule.HUGGING, Rule.AVOIDING, Rule.FEW_CROSSINGS})
"""Rules that point neither up nor down."""


def rule_of(flags: Flags) -> Flags:
    """Rule codes of point flags, any shape."""
    return (flags & np.uint8(7)) | ((flags & np.uint8(16)) >> np.uint8(1))


def is_low(flags: Flags) -> npt.NDArray[np.bool_]:
    """Which point flags point downwards, any shape."""
    low: npt.NDArray[np.bool_] = np.not_equal(flags & np.uint8(LOW), 0)
    return low
