"""Interval of one rate: exact where events are few, Byar's approximation from ten on."""

from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from analytics.inputs import setting
from analytics.intervals.exact import poisson_bounds
from analytics.intervals.inputs import Floats, exposures, normal_quantile, why_not
from analytics.intervals.proportions import Interval
from analytics.outcomes import Reason, SettingError

BYAR_FROM: Final = 10
"""Events from which Byar's approximation is used, as PHEindicatormethods does."""


def byar(x: npt.ArrayLike, n: npt.ArrayLike = 1.0, *, per: float = 1.0, confidence: float = 0.95) -> Interval:
    """Byar's interval of the rate x / n for each `per`.

    `x`: events, `n`: what they are counted over (people, days; need not be whole), of any shapes that broadcast; NaN is
    "not known". Without n the interval is that of the count itself.
    At x = 0 there is no lower bound (NaN, NO_EVENTS); estimate and upper bound stand. A lower bound that the formula
    puts below zero, where events are few and the confidence high, is 0.
    Raises CountError for negative or infinite counts, ShapeError for shapes that do not fit together, SettingError for
    a confidence outside (0, 1).
    Source: Breslow and Day 1987, vol. II, p. 69; vectors: PHEindicatormethods.
    """
    z = normal_quantile(confidence)
    events, sizes = exposures(x, n)
    reason = why_not(events, sizes)
    known = reason == 0
    x_, scale = events[known], setting(per, "what a rate is told for", above=0) / sizes[known]
    lower, upper = byar_bounds(x_, z)
    lower[x_ == 0] = np.nan
    reason[known & (events == 0)] = Reason.NO_EVENTS
    return Interval.at(known, x_ * scale, lower * scale, upper * scale, reason)


def rate(
    x: npt.ArrayLike,
    n: npt.ArrayLike = 1.0,
    *,
    per: float = 1.0,
    confidence: float = 0.95,
    method: Literal["auto", "exact", "byar"] = "auto",
) -> Interval:
    """The rate x / n for each `per` (1000 for "per 1000 bed days") with its interval, events being Poisson.

    `x`: events, `n`: what they are counted over (people, days; need not be whole), of any shapes that broadcast; NaN is
    "not known". `method`: "auto" is exact below 10 events and Byar from 10 on; "exact"; "byar" (see `byar`).
    Raises CountError for negative or infinite counts, ShapeError for shapes that do not fit together, SettingError for
    a confidence outside (0, 1) or another method.
    Source: PHEindicatormethods `phe_rate`.
    """
    if method == "byar":
        return byar(x, n, per=per, confidence=confidence)
    if method not in {"auto", "exact"}:
        raise SettingError(f"a rate's method is auto, exact or byar, not {method}")
    z = normal_quantile(confidence)
    events, sizes = exposures(x, n)
    reason = why_not(events, sizes)
    known = reason == 0
    x_, scale = events[known], setting(per, "what a rate is told for", above=0) / sizes[known]
    switch = BYAR_FROM if method == "auto" else np.inf
    lower, upper = count_bounds(x_, z, (1 - confidence) / 2, switch)
    return Interval.at(known, x_ * scale, lower * scale, upper * scale, reason)


def count_bounds(x: Floats, z: float, tail: float, switch: float = BYAR_FROM) -> tuple[Floats, Floats]:
    """Bounds of the expected number of events where x (any shape, finite) were seen: exact below `switch`, else Byar.

    `z` and `tail` tell the same confidence: as a normal quantile and as the share left out on each side.
    """
    few = x < switch
    lower, upper = np.empty(x.shape), np.empty(x.shape)
    lower[few], upper[few] = poisson_bounds(x[few], tail)
    lower[~few], upper[~few] = byar_bounds(x[~few], z)
    return lower, upper


def byar_bounds(x: Floats, z: float) -> tuple[Floats, Floats]:
    """Byar's bounds of a count x (any shape, finite); the lower is 0 where the formula has none or falls below."""
    seen = np.where(x > 0, x, 1.0)
    below = seen * (1 - 1 / (9 * seen) - z / (3 * np.sqrt(seen))) ** 3
    lower = np.where(x > 0, np.maximum(below, 0.0), 0.0)
    more = x + 1
    return lower, more * (1 - 1 / (9 * more) + z / (3 * np.sqrt(more))) ** 3
