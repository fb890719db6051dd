"""What every form of file becomes before it is checked: one row per unit, measure, period and group of patients."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from boards.feeds.dates import Periods
from boards.feeds.numbers import Cells

_T = TypeVar("_T")
#: (dimension, category) as the file writes them; none means all patients.
Pairs = tuple[tuple[str, str], ...]
_TABLE: Final = 1 << 22


@dataclass(frozen=True, slots=True)
class Labels(Generic[_T]):
    """Words of a column: `words[codes[i]]` belongs to row i; `column` is its name in the file."""

    codes: NDArray[np.int32]
    words: list[_T]
    column: str = ""

    def taken(self, mask: NDArray[Any]) -> "Labels[_T]":
        """The labels of some rows."""
        return Labels(self.codes[mask], self.words, self.column)


def constant(word: _T, count: int, column: str = "") -> Labels[_T]:
    """The same word in every row."""
    return Labels(np.zeros(count, np.int32), [word], column)


@dataclass(frozen=True, slots=True)
class Facts:
    """All arrays have length n. `rows` are row numbers of the file; `good` is False where a finding is an error.

    `once`: a repeated key is an error even with the same numbers. `skip_units`: rows of unknown units are left out with
    a notice.
    """

    rows: NDArray[np.int32]
    units: Labels[str]
    measures: Labels[str]
    periods: Periods
    strata: Labels[Pairs]
    numerators: Cells
    denominators: Cells
    values: Cells
    good: NDArray[np.bool_]
    once: bool = False
    skip_units: bool = False

    def __len__(self) -> int:
        return len(self.rows)


def join(parts: Sequence[Facts]) -> Facts:
    """Facts one after the other. Raises ValueError without parts."""
    if len(parts) == 1:
        return parts[0]
    first = parts[0]
    return Facts(
        np.concatenate([p.rows for p in parts]),
        _join_labels([p.units for p in parts]),
        _join_labels([p.measures for p in parts]),
        Periods(np.concatenate([p.periods.starts for p in parts]), np.concatenate([p.periods.ends for p in parts])),
        _join_labels([p.strata for p in parts]),
        _join_cells([p.numerators for p in parts]),
        _join_cells([p.denominators for p in parts]),
        _join_cells([p.values for p in parts]),
        np.concatenate([p.good for p in parts]),
        first.once,
        first.skip_units,
    )


def _join_cells(parts: Sequence[Cells]) -> Cells:
    return Cells(np.concatenate([p.values for p in parts]), np.concatenate([p.states for p in parts]))


def _join_labels(parts: Sequence[Labels[_T]]) -> Labels[_T]:
    codes: list[NDArray[np.int32]] = []
    words: list[_T] = []
    for part in parts:
        codes.append((part.codes + len(words)).astype(np.int32))
        words += part.words
    return Labels(np.concatenate(codes), words, parts[0].column)


def combine(
    one: NDArray[Any], ones: int, other: NDArray[Any], others: int
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Codes of the pairs (one, other) that occur, and those pairs as one * others + other, ascending.

    `one` < `ones`, `other` < `others`, both (n,).
    """
    pairs = one.astype(np.int64) * others + other
    if ones * others <= _TABLE:
        present = np.bincount(pairs, minlength=ones * others) > 0
        numbers = np.cumsum(present, dtype=np.int32) - np.int32(1)
        return numbers[pairs], np.flatnonzero(present)
    found, codes = np.unique(pairs, return_inverse=True)
    return codes.astype(np.int32).reshape(-1), found
