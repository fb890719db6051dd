"""Slope index of inequality over quantiles of deprivation, from values with errors, as England's public health does."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from analytics.disparity.estimates import Estimate, because
from analytics.disparity.groups import Floats
from analytics.disparity.logit import probability
from analytics.disparity.ranked import ridits
from analytics.inputs import floats, setting
from analytics.intervals.inputs import MOST, normal_quantile
from analytics.outcomes import AnalyticsError, CountError, Reason, Reasons, SettingError, ShapeError

LEAST_GROUPS: Final = 3
BISECTIONS: Final = 70
WIDEST: Final = 1e4
"""An RII beyond this many times its estimate is no bound."""

_NODES, _RAW = np.polynomial.hermite_e.hermegauss(40)
_WEIGHTS: Final[Floats] = _RAW / _RAW.sum()
_ERF: Final = np.frompyfunc(math.erf, 1, 1)


class ValueKind(Enum):
    """What is normally distributed around a value: itself, its logarithm (rates), or its log-odds (proportions)."""

    NORMAL = 0
    RATE = 1
    PROPORTION = 2


@dataclass(frozen=True, slots=True)
class QuantileSlope:
    """Slope and relative index of every area.

    `sii`, `rii`: (...); their `error` is read from the interval: (upper - lower) / (2 z), of RII on the logarithmic
    scale. `intercept`: (...) the fitted value at rank 0, on the scale of the fit.
    """

    sii: Estimate
    rii: Estimate
    intercept: Floats


class _Fit(NamedTuple):
    """Areas with groups in order: values and errors on the normal scale, weights of the predictions at both ends."""

    values: Floats
    errors: Floats
    low: Floats
    high: Floats
    kind: ValueKind


def quantile_slope(
    value: npt.ArrayLike,
    people: npt.ArrayLike,
    error: npt.ArrayLike | None = None,
    *,
    order: npt.ArrayLike | None = None,
    kind: ValueKind = ValueKind.NORMAL,
    transform: bool = False,
    multiplier: float = 1.0,
    confidence: float = 0.95,
) -> QuantileSlope:
    """SII and RII of one or many areas by least squares on mid-point ranks, weighted by people.

    `value`, `people`: (..., J). `error`: (..., J) standard errors on the scale that is normal for `kind` (of the
    logarithm for rates, of the log-odds for proportions), None for no intervals. `order`: (J,) ranks, the lowest is
    the most deprived; as they stand without. `transform`: fit on that scale too and turn the predictions back.
    `multiplier`: a factor for the SII; a negative one, for values where low is good, turns the RII round as well.
    Intervals are the quantiles to which a simulation of the values converges, computed without chance: exact for
    NORMAL values (for the RII Fieller's), by the expansion of Cornish and Fisher with four cumulants for the others,
    by quadrature with `transform`.
    A missing value or no people: NaN with the reason. Raises ShapeError, CountError for negative people,
    AnalyticsError for infinite values, negative errors, rates of 0 or less and proportions outside (0, 1), SettingError
    for equal ranks, a multiplier of 0, what is no kind and a confidence outside (0, 1).
    Source: PHEindicatormethods `phe_sii`, whose limits come from 100,000 random draws; Cornish & Fisher 1938.
    """
    z = normal_quantile(confidence)
    tails = ((1 - confidence) / 2, (1 + confidence) / 2)
    values, sizes, errors = _checked(value, people, error, kind, multiplier)
    where = _places(order, values.shape[-1])
    values, sizes, errors = values[..., where], sizes[..., where], errors[..., where]
    reason = _why_not(values, sizes)
    shares = np.where(sizes > 0, sizes, 1.0)
    shares = shares / shares.sum(axis=-1, keepdims=True)
    away = ridits(shares) - 0.5
    slope = shares * away / (shares * away**2).sum(axis=-1, keepdims=True)
    fit = _Fit(_to_normal(values, kind), errors, shares - slope / 2, shares + slope / 2, kind)
    fitted = fit.values if transform else values
    at_low, at_high = (fit.low * fitted).sum(axis=-1), (fit.high * fitted).sum(axis=-1)
    intercept = at_low
    if transform:
        at_low, at_high = _from_normal(at_low, kind), _from_normal(at_high, kind)
    undefined = np.where((reason == 0) & (at_low <= 0), np.uint8(Reason.OUT_OF_RANGE), reason)
    sii = (at_high - at_low) * multiplier
    with np.errstate(divide="ignore", invalid="ignore"):
        rii = np.where(undefined == 0, at_high / at_low, np.nan)
    ends = _limits_of_predictions(fit, tails) if transform else _limits_of_sums(fit, rii, tails)
    with np.errstate(divide="ignore", invalid="ignore"):
        rii, ratio_ends = (rii, ends[2:]) if multiplier > 0 else (1 / rii, [1 / end for end in ends[2:]])
    doubt = because((np.isnan(errors).any(axis=-1), Reason.ERROR_MISSING))
    return QuantileSlope(
        _told(sii, [end * multiplier for end in ends[:2]], reason, doubt, lambda a, b: (b - a) / (2 * z)),
        _told(rii, ratio_ends, undefined, doubt, lambda a, b: np.log(b / a) / (2 * z)),
        np.where(reason == 0, intercept, np.nan),
    )


def _checked(
    value: npt.ArrayLike, people: npt.ArrayLike, error: npt.ArrayLike | None, kind: ValueKind, multiplier: float
) -> tuple[Floats, Floats, Floats]:
    if not isinstance(kind, ValueKind):
        raise SettingError(f"a kind of values is a member of ValueKind, not {kind!r}"[:200])
    if setting(multiplier, "a multiplier") == 0:
        raise SettingError(f"a multiplier is a number other than 0, not {multiplier}")
    given = (floats(a) for a in (value, people, np.nan if error is None else error))
    try:
        values, sizes, errors = np.broadcast_arrays(*given)
    except ValueError as unfit:
        raise ShapeError(f"values, people and errors do not fit together: {unfit}") from None
    if not values.ndim:
        raise ShapeError("groups stand along the last axis: a single number is no area")
    if np.isinf(sizes).any() or (sizes < 0).any():
        raise CountError("numbers of people must be finite and not negative")
    if np.isinf(values).any() or (errors > MOST).any() or (errors < 0).any():
        raise AnalyticsError("a value is infinite, or a standard error negative or beyond all reason")
    if kind is not ValueKind.NORMAL and (values <= 0).any():
        raise AnalyticsError("a rate or proportion of 0 or less has no logarithm")
    if kind is ValueKind.PROPORTION and (values >= 1).any():
        raise AnalyticsError("a proportion of 1 or more has no log-odds: values are shares, not per cent")
    return values, sizes, errors


def _places(order: npt.ArrayLike | None, width: int) -> npt.NDArray[np.intp]:
    ranks = np.arange(width) if order is None else floats(order)
    if ranks.shape != (width,):
        raise ShapeError(f"an order has one rank for each of the {width} groups, not the shape {ranks.shape}")
    if np.isnan(ranks).any() or len(np.unique(ranks)) < width:
        raise SettingError("every group of an order has a rank of its own")
    return np.argsort(ranks)


def _why_not(values: Floats, sizes: Floats) -> Reasons:
    few = np.full(values.shape[:-1], values.shape[-1] < LEAST_GROUPS)
    return because(
        (few, Reason.TOO_FEW_GROUPS),
        (np.isnan(values).any(axis=-1), Reason.ESTIMATE_MISSING),
        (~(sizes > 0).all(axis=-1), Reason.POPULATION_MISSING),
        (values.max(axis=-1, initial=-np.inf) == values.min(axis=-1, initial=np.inf), Reason.ALL_EQUAL),
    )


def _to_normal(values: Floats, kind: ValueKind) -> Floats:
    if kind is ValueKind.NORMAL:
        return values
    logs: Floats = np.log(values)
    return logs if kind is ValueKind.RATE else logs - np.log1p(-values)


def _from_normal(values: Floats, kind: ValueKind) -> Floats:
    if kind is ValueKind.NORMAL:
        return values
    found: Floats = np.exp(values) if kind is ValueKind.RATE else probability(values)
    return found


def _limits_of_sums(fit: _Fit, rii: Floats, tails: tuple[float, float]) -> list[Floats]:
    """Both limits of the SII and of the RII where the line is fitted to the values themselves."""
    cumulants = _cumulants(fit)
    sii = [_cornish_fisher(fit.high - fit.low, cumulants, tail) for tail in tails]
    # RII <= r means high - r low <= 0, where the prediction at rank 0 is surely above 0.
    sure = _cornish_fisher(fit.low, cumulants, tails[0]) > 0
    start = np.where(sure & (rii > 0), rii, np.nan)

    def excess(tail: float) -> Callable[[Floats], Floats]:
        return lambda r: _cornish_fisher(fit.high - r[..., None] * fit.low, cumulants, tail)

    return sii + [_bisect(excess(tail), start / WIDEST, start * WIDEST, logarithmic=True) for tail in tails]


def _cumulants(fit: _Fit) -> tuple[Floats, Floats, Floats, Floats]:
    """(..., J) mean, variance, third and fourth cumulant of each simulated value."""
    if fit.kind is ValueKind.NORMAL:
        nothing = np.zeros_like(fit.values)
        return fit.values, fit.errors**2, nothing, nothing
    drawn = _from_normal(fit.values[..., None] + fit.errors[..., None] * _NODES, fit.kind)
    mean = (drawn * _WEIGHTS).sum(axis=-1)
    away = drawn - mean[..., None]
    second, third, fourth = ((away**power * _WEIGHTS).sum(axis=-1) for power in (2, 3, 4))
    return mean, second, third, fourth - 3 * second**2


def _cornish_fisher(weights: Floats, cumulants: tuple[Floats, Floats, Floats, Floats], tail: float) -> Floats:
    z = normal_quantile(abs(2 * tail - 1)) * (1 if tail > 0.5 else -1)
    mean, variance, third, fourth = (
        (weights**power * cumulant).sum(axis=-1) for power, cumulant in enumerate(cumulants, start=1)
    )
    spread = np.sqrt(variance)
    safe = np.where(spread > 0, spread, 1.0)
    skew, excess = third / safe**3, fourth / safe**4
    bent = z + (z**2 - 1) * skew / 6 + (z**3 - 3 * z) * excess / 24 - (2 * z**3 - 5 * z) * skew**2 / 36
    found: Floats = mean + bent * spread
    return found


def _limits_of_predictions(fit: _Fit, tails: tuple[float, float]) -> list[Floats]:
    """Both limits of the SII and of the RII where the line is fitted on the normal scale and turned back."""
    low, high = (fit.low * fit.values).sum(axis=-1), (fit.high * fit.values).sum(axis=-1)
    var_low, var_high = ((weights**2 * fit.errors**2).sum(axis=-1) for weights in (fit.low, fit.high))
    both = (fit.low * fit.high * fit.errors**2).sum(axis=-1)
    safe = np.where(var_low > 0, var_low, 1.0)
    lows = low[..., None] + np.sqrt(var_low)[..., None] * _NODES
    highs = high[..., None] + (both / safe)[..., None] * (lows - low[..., None])
    apart = np.sqrt(np.maximum(var_high - both**2 / safe, 1e-300))
    turned = _from_normal(lows, fit.kind)

    def below(bound: Floats) -> Floats:
        """(...) probability that the prediction at rank 1 is below `bound` (..., nodes), a value as it was given."""
        top = 1.0 if fit.kind is ValueKind.PROPORTION else np.inf
        bottom = -np.inf if fit.kind is ValueKind.NORMAL else 0.0
        inside = (bound > bottom) & (bound < top)
        scaled = (_to_normal(np.where(inside, bound, 0.5), fit.kind) - highs) / apart[..., None]
        normal = 0.5 * (1 + _ERF(scaled / math.sqrt(2)).astype(np.float64))
        found: Floats = (np.where(inside, normal, np.where(bound >= top, 1.0, 0.0)) * _WEIGHTS).sum(axis=-1)
        return found

    centre = _from_normal(high, fit.kind) - _from_normal(low, fit.kind)
    reach = 20 * (np.abs(centre) + np.abs(turned).max(axis=-1) + np.sqrt(var_high))
    ratio = np.where(
        _from_normal(low, fit.kind) > 0, _from_normal(high, fit.kind) / _from_normal(low, fit.kind), np.nan
    )
    found = []
    for scale, place, reach_of, logarithmic in (
        (0.0, 1.0, (centre - reach, centre + reach), False),
        (1.0, 0.0, (ratio / WIDEST, ratio * WIDEST), True),
    ):
        # SII <= t means high <= t + low; RII <= r means high <= r low.
        for tail in tails:

            def over(t: Floats, tail: float = tail, scale: float = scale, place: float = place) -> Floats:
                return tail - below((scale * t + 1 - scale)[..., None] * turned + (place * t)[..., None])

            found.append(_bisect(over, *reach_of, logarithmic=logarithmic))
    return found


def _bisect(falling: Callable[[Floats], Floats], lower: Floats, upper: Floats, *, logarithmic: bool = False) -> Floats:
    """Where a falling function passes 0; NaN where it does not between the bounds."""
    known = ~np.isnan(lower) & (falling(lower) >= 0) & (falling(upper) <= 0)
    for _ in range(BISECTIONS):
        middle = np.sqrt(lower * upper) if logarithmic else (lower + upper) / 2
        high = falling(middle) > 0
        lower, upper = np.where(high, middle, lower), np.where(high, upper, middle)
    return np.where(known, (lower + upper) / 2, np.nan)


def _told(
    value: Floats, ends: list[Floats], reason: Reasons, doubt: Reasons, error: Callable[[Floats, Floats], Floats]
) -> Estimate:
    lower, upper = np.minimum(*ends), np.maximum(*ends)
    unsure = np.where(reason > 0, reason, doubt)
    endless = ~(np.isfinite(lower) & np.isfinite(upper))
    unsure = np.where((unsure == 0) & endless, np.uint8(Reason.OUT_OF_RANGE), unsure).astype(np.uint8)
    lower, upper = np.where(unsure == 0, lower, np.nan), np.where(unsure == 0, upper, np.nan)
    return Estimate(np.where(reason == 0, value, np.nan), error(lower, upper), lower, upper, reason, unsure)
