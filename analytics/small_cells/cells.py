"""What is decided of a cell."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from analytics.inputs import whole_setting

Floats = npt.NDArray[np.float64]
Marks = npt.NDArray[np.bool_]

THRESHOLD = 11
"""Counts below this, but for zero, are small (CMS cell size policy: no cell of 1 to 10)."""


class Cell(IntEnum):
    """Why a cell is hidden, or that it is not. The page must not tell the two reasons apart."""

    SHOWN = 0
    HIDDEN_SMALL = 1
    HIDDEN_COMPLEMENTARY = 2


@dataclass(frozen=True, slots=True)
class Mask:
    """`codes`: uint8 array of `Cell` codes, of the shape of the table."""

    codes: npt.NDArray[np.uint8]

    @property
    def shown(self) -> Marks:
        """Where the number, and all that is computed from it, may be shown."""
        return np.asarray(self.codes == np.uint8(Cell.SHOWN), dtype=bool)

    @property
    def hidden(self) -> Marks:
        """Where nothing may be shown: not the count, rate, interval, point, sign or tooltip."""
        return np.asarray(self.codes != np.uint8(Cell.SHOWN), dtype=bool)


def coded(small: Marks, hidden: Marks) -> Mask:
    """The mask of what is small and what is hidden besides."""
    codes = np.where(
        small, np.uint8(Cell.HIDDEN_SMALL), np.where(hidden, np.uint8(Cell.HIDDEN_COMPLEMENTARY), np.uint8(0))
    )
    return Mask(codes.astype(np.uint8))


def is_small(counts: Floats, threshold: int) -> Marks:
    """Above zero and below the threshold; NaN is not small."""
    return (counts > 0) & (counts < threshold)


def checked_threshold(threshold: int) -> int:
    """SettingError below 2: with less there is nothing to hide."""
    return whole_setting(threshold, "a threshold", least=2)
