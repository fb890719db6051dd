"""Many tests at once: p values adjusted so that a screening of a hundred gaps does not call five by chance."""

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
import numpy.typing as npt

from analytics.inputs import floats
from analytics.intervals.inputs import Floats
from analytics.outcomes import AnalyticsError, SettingError, ShapeError


def adjust(p: npt.ArrayLike, method: str = "holm") -> Floats:
    """Adjusted p values, in the order of `p`; each may be held against the level that one test alone would have.

    `p`: (..., m) p values between 0 and 1, one family along the last axis; NaN is a test that was not made: it stays
    NaN and does not count. `method`, in any letter case: "bonferroni" and "holm" (never worse) keep the chance of any
    false call, "bh" (Benjamini and Hochberg, also "fdr") the share of false calls among all calls.
    Raises AnalyticsError for p values outside 0 .. 1, ShapeError without an axis, SettingError for another method.
    Source: Holm 1979, Benjamini and Hochberg 1995; vectors: base R `p.adjust`.
    """
    rule = _RULES.get(str(method).lower())
    if rule is None:
        raise SettingError(f"p values are adjusted by bonferroni, holm or bh, not {method}")
    values = floats(p)
    if values.ndim == 0:
        raise ShapeError("p values need an axis: one test needs no adjustment")
    if ((values < 0) | (values > 1)).any():
        raise AnalyticsError("a p value lies between 0 and 1")
    order = np.argsort(values, axis=-1, kind="stable")  # NaN last
    ranked = np.take_along_axis(values, order, axis=-1)
    made = (~np.isnan(values)).sum(axis=-1, keepdims=True)
    rank = np.arange(1, values.shape[-1] + 1)
    adjusted = np.minimum(rule(ranked, made, rank), 1.0)
    out = np.empty_like(values)
    np.put_along_axis(out, order, adjusted, axis=-1)
    return out


def _bonferroni(ranked: Floats, made: npt.NDArray[np.int64], _rank: npt.NDArray[np.int64]) -> Floats:
    return ranked * made


def _holm(ranked: Floats, made: npt.NDArray[np.int64], rank: npt.NDArray[np.int64]) -> Floats:
    return np.maximum.accumulate(ranked * (made - rank + 1), axis=-1)


def _benjamini_hochberg(ranked: Floats, made: npt.NDArray[np.int64], rank: npt.NDArray[np.int64]) -> Floats:
    steps = ranked * made / rank
    smallest = np.minimum.accumulate(np.where(np.isnan(steps), np.inf, steps)[..., ::-1], axis=-1)[..., ::-1]
    return np.where(np.isnan(ranked), np.nan, smallest)


_RULES: Final[Mapping[str, Callable[[Floats, npt.NDArray[np.int64], npt.NDArray[np.int64]], Floats]]] = {
    "bonferroni": _bonferroni,
    "holm": _holm,
    "bh": _benjamini_hochberg,
    "fdr": _benjamini_hochberg,
}
