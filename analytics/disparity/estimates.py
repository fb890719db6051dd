"""One measure of many tables: value, standard error, interval, and why a figure is absent."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analytics.disparity.groups import Floats
from analytics.outcomes import Reason, Reasons


@dataclass(frozen=True, slots=True)
class Estimate:
    """A measure of every table, each field (...).

    `value`: NaN where `reason` is not 0, but a ratio to nothing, which is infinite with ZERO_DENOMINATOR.
    `error`: standard error, on the scale of the value; of ratios (RATIO, RII) on the logarithmic scale.
    `lower`, `upper`: the interval. These three are NaN where `interval_reason` is not 0.
    """

    value: Floats
    error: Floats
    lower: Floats
    upper: Floats
    reason: Reasons
    interval_reason: Reasons


def because(*doubts: tuple[npt.ArrayLike, Reason]) -> Reasons:
    """The reason of the first doubt that holds, COMPUTED where none does; doubts broadcast."""
    conditions = np.broadcast_arrays(*(np.asarray(holds, dtype=np.bool_) for holds, _reason in doubts))
    found = np.select(conditions, [int(reason) for _holds, reason in doubts], default=int(Reason.COMPUTED))
    return np.asarray(found, dtype=np.uint8)


def point(value: Floats, reason: Reasons) -> Estimate:
    """A value without an interval."""
    return estimate(value, np.full_like(value, np.nan), np.nan, reason)


def estimate(value: Floats, error: Floats, z: float, reason: Reasons, doubt: Reasons | None = None) -> Estimate:
    """The value with value -/+ z errors. `doubt`: why there is no interval where there is a value."""
    kept, why = _kept(value, reason)
    spread, unsure = _spread(error, why, doubt)
    return Estimate(kept, spread, kept - z * spread, kept + z * spread, why, unsure)


def log_estimate(value: Floats, error: Floats, z: float, reason: Reasons, doubt: Reasons | None = None) -> Estimate:
    """The value with value ∙ exp(-/+ z errors), `error` on the logarithmic scale; no interval of 0 or less."""
    endless = np.isposinf(value) & (reason == Reason.COMPUTED)
    kept, why = _kept(value, np.where(endless, np.uint8(Reason.ZERO_DENOMINATOR), reason))
    doubts = because((endless, Reason.ZERO_DENOMINATOR), (kept == 0, Reason.NO_EVENTS), (kept < 0, Reason.OUT_OF_RANGE))
    spread, unsure = _spread(error, why, doubts if doubt is None else np.where(doubts > 0, doubts, doubt))
    with np.errstate(over="ignore"):
        lower, upper = kept * np.exp(-z * spread), kept * np.exp(z * spread)
    wild = np.isinf(upper)
    return Estimate(
        np.where(endless, np.inf, kept),
        np.where(wild, np.nan, spread),
        np.where(wild, np.nan, lower),
        np.where(wild, np.nan, upper),
        why,
        np.where(wild, np.uint8(Reason.OUT_OF_RANGE), unsure),
    )


def _kept(value: Floats, reason: Reasons) -> tuple[Floats, Reasons]:
    why = np.where((reason == 0) & ~np.isfinite(value), np.uint8(Reason.OUT_OF_RANGE), reason)
    return np.where(why == 0, value, np.nan), why


def _spread(error: Floats, why: Reasons, doubt: Reasons | None) -> tuple[Floats, Reasons]:
    unsure = why if doubt is None else np.where(why > 0, why, doubt)
    unsure = np.where((unsure == 0) & ~np.isfinite(error), np.uint8(Reason.ERROR_MISSING), unsure)
    return np.where(unsure == 0, error, np.nan), unsure.astype(np.uint8)
