"""Pooling in time or place until there are enough patients: the narrowest window that suffices, and which it was.

A pooled figure stands beside others of the same people: what is shown of it goes through `protect` like any other, for
two windows of different length tell their difference.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analytics.inputs import floats, setting, wholes
from analytics.outcomes import CountError, Reason, Reasons, SettingError, ShapeError
from analytics.small_cells.cells import Floats
from analytics.small_cells.moves import Whole

ENOUGH = 30
"""Patients from which a rate is worth acting on: a setting of this project (methods of escalation), not a standard."""


@dataclass(frozen=True, slots=True)
class Pooled:
    """Counts of the window that was chosen, all of one shape (...).

    `index`: which of the candidates, 0 the narrowest, -1 where none suffices. `numerator`, `denominator`: of that
    window; NaN where there is none. `reason`: COMPUTED, TOO_FEW_TO_JUDGE, or NO_DATA where nobody was counted at all.
    """

    index: Whole
    numerator: Floats
    denominator: Floats
    reason: Reasons

    def sentence(self, labels: Sequence[str], at: tuple[int, ...] = ()) -> str:
        """Says which window was taken: "28 days; too few patients in 7 days." Raises ShapeError.

        `labels`: a name for each candidate, narrowest first; `at`: which of the pooled figures.
        """
        chosen = int(self.index[at])
        if max(chosen, 0) >= len(labels):
            raise ShapeError(f"there are more windows than the {len(labels)} labels")
        if self.reason[at] == Reason.NO_DATA:
            return "Cannot be computed, because there are no data."
        if chosen < 0:
            return f"Too few to judge, even over {labels[-1]}."
        return f"{labels[0]}." if chosen == 0 else f"{labels[chosen]}; too few patients in {labels[chosen - 1]}."


def pool_until(numerators: npt.ArrayLike, denominators: npt.ArrayLike, *, least: int = ENOUGH) -> Pooled:
    """The first of W candidates (..., W), from the narrowest to the widest, with at least `least` in the denominator.

    NaN is a candidate without data, which is never chosen. Raises CountError for a numerator above its denominator or
    below zero, ShapeError for shapes that differ, SettingError for `least` below 1.
    """
    x, n = floats(numerators), floats(denominators)
    if x.shape != n.shape or x.ndim < 1 or x.shape[-1] < 1:
        raise ShapeError("numerators and denominators are arrays of one shape (..., candidates)")
    setting(least, "the number of patients", least=1)
    if np.isinf(x).any() or np.isinf(n).any() or (x < 0).any() or (n < 0).any() or (x > n).any():
        raise CountError("numerators lie between zero and their denominator, and all are finite")
    enough = (n >= least) & ~np.isnan(x)
    some = enough.any(axis=-1)
    index = np.where(some, enough.argmax(axis=-1), -1)
    taken = np.maximum(index, 0)[..., None]
    numerator, denominator = (np.where(some, np.take_along_axis(a, taken, axis=-1)[..., 0], np.nan) for a in (x, n))
    nothing = ~(n > 0).any(axis=-1)
    reason = np.where(some, Reason.COMPUTED, np.where(nothing, Reason.NO_DATA, Reason.TOO_FEW_TO_JUDGE))
    return Pooled(np.asarray(index, dtype=np.intp), numerator, denominator, reason.astype(np.uint8))


def windows_of_time(counts: npt.ArrayLike, lengths: Sequence[int]) -> Floats:
    """Sums (..., W) of the last `lengths` periods of counts (..., T), the newest last.

    A missing period (NaN) adds nothing; a window that is longer than the series, or has no reading, is NaN. Of a rate,
    a period that is missing in one of both counts has to be missing in the other too. Raises SettingError unless the
    lengths rise from 1 or more, ShapeError without an axis of periods, CountError for counts that cannot be.
    """
    values = floats(counts)
    if values.ndim < 1:
        raise ShapeError("counts are an array (..., periods)")
    _counts(values)
    lengths = wholes(lengths, "lengths of windows").ravel().tolist()
    if not lengths or lengths[0] < 1 or any(b <= a for a, b in itertools.pairwise(lengths)):
        raise SettingError("windows are given from the shortest to the longest, each of one period or more")
    sums = []
    for length in lengths:
        last = values[..., -length:]
        known = (~np.isnan(last)).any(axis=-1) & (length <= values.shape[-1])
        sums.append(np.where(known, np.nansum(last, axis=-1), np.nan))
    return np.stack(sums, axis=-1)


def windows_of_place(counts: npt.ArrayLike, levels: Sequence[npt.ArrayLike]) -> Floats:
    """Sums (..., P, W) of counts (..., P) of places over the wider place that each belongs to.

    `levels`: W arrays (P,) of numbers of that wider place, from the narrowest to the widest: the units themselves,
    their departments, the hospital. A missing count (NaN) adds nothing. Raises ShapeError.
    """
    values = floats(counts)
    _counts(values)
    numbers = [wholes(level, "numbers of places") for level in levels]
    if values.ndim < 1 or not numbers or any(number.shape != values.shape[-1:] for number in numbers):
        raise ShapeError("every level gives each of the places a number")
    sums = []
    for number in numbers:
        same = (number[:, None] == number[None, :]).astype(np.float64)
        known = (~np.isnan(values)).astype(np.float64) @ same > 0
        sums.append(np.where(known, np.nan_to_num(values) @ same, np.nan))
    return np.stack(sums, axis=-1)


def _counts(values: Floats) -> None:
    if np.isinf(values).any() or (values < 0).any():
        raise CountError("counts must be finite and not negative")
