"""Too few to judge, as a value of its own: neither a zero, nor a good rate, nor a missing reading."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analytics.inputs import floats, setting
from analytics.outcomes import CountError, Reason, Reasons, ShapeError
from analytics.small_cells.cells import Floats

LEAST_EACH, LEAST_TOGETHER = 12, 25
"""Patients from which a gap is shown: in each group, and in both together (CMS disparity methods, JAMA 2813773)."""


@dataclass(frozen=True, slots=True)
class Judged:
    """`value` (...): the rate, NaN where it has none; `reason` (...): why. TOO_FEW_TO_JUDGE is an answer, no error."""

    value: Floats
    reason: Reasons


def judged_rate(numerators: npt.ArrayLike, denominators: npt.ArrayLike, *, least: int = LEAST_EACH) -> Judged:
    """Rates x / n (...) where n is at least `least`.

    Where it is not: TOO_FEW_TO_JUDGE; ZERO_DENOMINATOR for nobody, NO_DATA for NaN. Raises CountError for negative or
    infinite counts, ShapeError for shapes that do not fit, SettingError for `least` below 1.
    """
    x, n = _fitting(numerators, denominators)
    setting(least, "the number of patients", least=1)
    missing = np.isnan(x) | np.isnan(n)
    reason = np.select(
        [missing, n == 0, n < least],
        [Reason.NO_DATA, Reason.ZERO_DENOMINATOR, Reason.TOO_FEW_TO_JUDGE],
        Reason.COMPUTED,
    ).astype(np.uint8)
    good = reason == np.uint8(Reason.COMPUTED)
    value = np.full(x.shape, np.nan)
    np.divide(x, n, out=value, where=good)
    return Judged(value, reason)


def gap_reasons(
    people: npt.ArrayLike, others: npt.ArrayLike, *, each: int = LEAST_EACH, together: int = LEAST_TOGETHER
) -> Reasons:
    """(...): whether a gap between a group and its comparator may be judged, from the patients in each.

    COMPUTED, TOO_FEW_TO_JUDGE, ZERO_DENOMINATOR where a side has nobody, or NO_DATA. Raises as `judged_rate` does.
    """
    n1, n2 = _fitting(people, others)
    setting(each, "the number of patients", least=1)
    setting(together, "the number of patients", least=1)
    few = (np.minimum(n1, n2) < each) | (n1 + n2 < together)
    return np.select(
        [np.isnan(n1) | np.isnan(n2), (n1 == 0) | (n2 == 0), few],
        [Reason.NO_DATA, Reason.ZERO_DENOMINATOR, Reason.TOO_FEW_TO_JUDGE],
        Reason.COMPUTED,
    ).astype(np.uint8)


def _fitting(first: npt.ArrayLike, second: npt.ArrayLike) -> tuple[Floats, Floats]:
    a, b = floats(first), floats(second)
    try:
        a, b = np.broadcast_arrays(a, b)
    except ValueError:
        raise ShapeError(f"arrays of shapes {a.shape} and {b.shape} do not fit together") from None
    for counts in (a, b):
        if np.isinf(counts).any() or (counts < 0).any():
            raise CountError("counts must be finite and not negative")
    return a, b
