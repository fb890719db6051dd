"""Pareto: the few reasons behind most of the trouble."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from analytics.inputs import setting
from analytics.intervals.inputs import Floats, together
from analytics.outcomes import CountError, Reason, Reasons, SettingError, ShapeError

#: The vital few make up at least this share of all.
VITAL_SHARE: Final = 0.8


@dataclass(frozen=True, slots=True)
class Pareto:
    """K categories from the most to the least frequent; all (..., K) but `total` and `reason` (...).

    `order`: place of each in the input; equal counts keep the order of the input. `counts`: in the new order.
    `share`, `cumulative`: of the total, 0 .. 1, NaN without any count. `vital`: among the vital few.
    """

    order: npt.NDArray[np.int64]
    counts: Floats
    share: Floats
    cumulative: Floats
    vital: npt.NDArray[np.bool_]
    total: Floats
    reason: Reasons


def pareto(counts: npt.ArrayLike, *, vital_share: float = VITAL_SHARE) -> Pareto:
    """Categories in the order of their counts, with shares, running shares and the vital few.

    `counts`: (..., K) of K categories. The vital few are the fewest that together reach `vital_share`, and whatever is
    as frequent as the last of them: chance alone does not part equals. Nothing counted: NO_DATA.
    Raises CountError for unknown, negative or infinite counts, ShapeError without an axis, SettingError for a share
    outside (0, 1].
    Source: Juran 1954.
    """
    if not 0 < setting(vital_share, "the share of the vital few") <= 1:
        raise SettingError(f"the vital few make up a share above 0 and up to 1, not {vital_share}")
    (found,) = together(counts)
    if found.ndim == 0:
        raise ShapeError("categories lie along an axis")
    if np.isnan(found).any():
        raise CountError("a category without a known count has no place in the order")
    order = np.argsort(-found, axis=-1, kind="stable")
    ranked = np.take_along_axis(found, order, axis=-1)
    total = ranked.sum(axis=-1)
    whole = np.where(total > 0, total, np.nan)[..., None]
    running = np.cumsum(ranked, axis=-1)
    needed = (running - ranked < vital_share * total[..., None] * (1 - 1e-12)) & (ranked > 0)
    least = np.min(np.where(needed, ranked, np.inf), axis=-1, keepdims=True, initial=np.inf)
    reason = np.asarray(np.where(total > 0, Reason.COMPUTED, Reason.NO_DATA), dtype=np.uint8)
    return Pareto(order, ranked, ranked / whole, running / whole, ranked >= least, np.asarray(total), reason)
