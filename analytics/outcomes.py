"""What a calculation says when it has no number: a typed error for bad input, a typed reason where none can be had."""

from enum import IntEnum
from typing import Final

import numpy as np
import numpy.typing as npt

Reasons = npt.NDArray[np.uint8]


class AnalyticsError(ValueError):
    """Input from which nothing may be computed. The message says which and what would be right."""


class ShapeError(AnalyticsError):
    """Arrays that do not fit together, or have the wrong number of axes."""


class CountError(AnalyticsError):
    """A count that cannot be: negative, infinite, or a numerator above its denominator."""


class SettingError(AnalyticsError):
    """A choice outside its range: a confidence above 1, a base of no points, a rule that does not exist."""


class Reason(IntEnum):
    """Why a value cannot be computed, kept as uint8 beside the values; COMPUTED beside a value that stands."""

    COMPUTED = 0
    NO_DATA = 1
    TOO_FEW_POINTS = 2
    TOO_FEW_GROUPS = 3
    ZERO_DENOMINATOR = 4
    NO_EVENTS = 5
    ALL_EQUAL = 6
    ALL_ZERO = 7
    ALL_MET = 8
    ESTIMATE_MISSING = 9
    POPULATION_MISSING = 10
    ERROR_MISSING = 11
    NOT_ORDERED = 12
    ORDERED_ONLY = 13
    REFERENCE_MISSING = 14
    DID_NOT_CONVERGE = 15
    TOO_FEW_TO_JUDGE = 16
    OUT_OF_RANGE = 17
    IS_REFERENCE = 18


_SENTENCES: Final = {
    Reason.COMPUTED: "Computed.",
    Reason.NO_DATA: "Cannot be computed, because there are no data.",
    Reason.TOO_FEW_POINTS: "Cannot be computed, because there are too few points.",
    Reason.TOO_FEW_GROUPS: "Cannot be computed, because there are too few groups.",
    Reason.ZERO_DENOMINATOR: "Cannot be computed, because the denominator is zero.",
    Reason.NO_EVENTS: "Cannot be computed, because there were no events.",
    Reason.ALL_EQUAL: "Cannot be computed, because all values are equal: there is no variation.",
    Reason.ALL_ZERO: "Cannot be computed, because all values are zero.",
    Reason.ALL_MET: "No limits, because the measure was met every time, or never.",
    Reason.ESTIMATE_MISSING: "Cannot be computed, because the value of a group is missing.",
    Reason.POPULATION_MISSING: "Cannot be computed, because the size of a group is missing.",
    Reason.ERROR_MISSING: "No interval, because the standard error of a group is missing.",
    Reason.NOT_ORDERED: "Cannot be computed, because the groups have no order.",
    Reason.ORDERED_ONLY: "Cannot be computed, because the groups have an order: use a measure for ordered groups.",
    Reason.REFERENCE_MISSING: "Cannot be computed, because no reference group is given.",
    Reason.DID_NOT_CONVERGE: "Cannot be computed, because the fit did not settle.",
    Reason.TOO_FEW_TO_JUDGE: "Too few to judge.",
    Reason.OUT_OF_RANGE: "Cannot be computed, because a value lies outside the range of this measure.",
    Reason.IS_REFERENCE: "This is the group that the others are compared with.",
}


def sentence(reason: int) -> str:
    """The reason in one English sentence. Raises ValueError for a number that is no reason."""
    return _SENTENCES[Reason(reason)]
