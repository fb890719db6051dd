"""Funnel whose lines allow for more variation between units than chance alone brings."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analytics.inputs import floats, setting
from analytics.intervals.inputs import Floats, shares, why_not
from analytics.outcomes import CountError, Reason, Reasons, SettingError, ShapeError
from analytics.shapes.funnel import TAILS, FunnelLimits, average, quantiles, shares_and_sizes

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class OverdispersedFunnel:
    """J units (..., J) and their lines for K tails, on the scale 0 .. 1; NaN where `reason` (..., J) says why.

    `target`: (...). `z`: (..., J) distance from the target in standard errors of the arcsine scale; `winsorised`: the
    same with the outermost drawn in. `phi`: (...) mean square of those, 1 where chance explains all; `tau2`: (...)
    variance between units on the arcsine scale, 0 where chance explains all.
    `lower`, `upper`: (..., J, K) lines of chance alone; `wide_lower`, `wide_upper`: with the variance between units.
    `outside`, `wide_outside`: (..., J) units beyond the outermost of these lines.
    """

    target: Floats
    z: Floats
    winsorised: Floats
    phi: Floats
    tau2: Floats
    lower: Floats
    upper: Floats
    wide_lower: Floats
    wide_upper: Floats
    outside: Bools
    wide_outside: Bools
    reason: Reasons


def overdispersed_funnel(
    x: npt.ArrayLike,
    n: npt.ArrayLike,
    target: npt.ArrayLike | None = None,
    *,
    trim: float = 0.1,
    tails: Sequence[float] = TAILS,
) -> OverdispersedFunnel:
    """Funnel of proportions with Spiegelhalter's additive variance between units.

    `x`, `n`: (..., J) counts; NaN is "not known", such a unit and one without a denominator are left out.
    `target`: (...) the middle line, by default the sum of numerators over the sum of denominators.
    `trim`: share of units at each end whose distance is drawn in to the quantile before phi is taken, 0 .. 0.5.
    A single unit, and phi not above (J - 1) / J, have no variance between units (tau2 = 0). An average of 0 or 1:
    ALL_MET.
    Raises CountError for negative or infinite counts, x above n or a target outside 0 .. 1, ShapeError for shapes that
    do not fit together, SettingError for a trim or tails out of their range.
    Source: Spiegelhalter 2005 and 2012; vectors: FunnelPlotR (which rounds z to 3.090232).
    """
    if not 0 <= setting(trim, "the share drawn in") < 0.5:
        raise SettingError(f"from each end a share of 0 up to 0.5 is drawn in, not {trim}")
    lines = quantiles(tails)
    events, sizes = shares(x, n)
    if events.ndim == 0 or events.shape[-1] == 0:
        raise ShapeError("a funnel needs units along the last axis")
    middle = average(events, sizes) if target is None else floats(target)
    theta, size = shares_and_sizes(middle[..., None], sizes)
    if size.shape[-1] == 0 or not size.size:
        raise ShapeError("a funnel needs units and tables")
    reason = np.where(np.isnan(theta), np.uint8(Reason.NO_DATA), why_not(events, size))
    reason = np.where((reason == 0) & ((theta == 0) | (theta == 1)), np.uint8(Reason.ALL_MET), reason)
    known = reason == 0
    root = np.sqrt(np.where(known, size, 1.0))
    rates = np.where(known, events / np.where(known, size, 1.0), np.nan)
    center = np.arcsin(np.sqrt(theta))
    z = (np.arcsin(np.sqrt(rates)) - center) * 2 * root
    winsorised = _winsorised(z, known, trim)
    error2 = np.where(known, 0.25 / (root * root), np.nan)
    phi, tau2 = _between(winsorised, error2, known)
    lower, upper = _lines(center, error2, lines)
    wide_lower, wide_upper = _lines(center, error2 + tau2[..., None], lines)
    return OverdispersedFunnel(
        target=middle,
        z=z,
        winsorised=winsorised,
        phi=phi,
        tau2=tau2,
        lower=lower,
        upper=upper,
        wide_lower=wide_lower,
        wide_upper=wide_upper,
        outside=(rates < lower[..., -1]) | (rates > upper[..., -1]),
        wide_outside=(rates < wide_lower[..., -1]) | (rates > wide_upper[..., -1]),
        reason=reason.astype(np.uint8),
    )


def overdispersed_limits(
    sizes: npt.ArrayLike, target: npt.ArrayLike, tau2: npt.ArrayLike, *, tails: Sequence[float] = TAILS
) -> FunnelLimits:
    """Lines at the sizes asked for, with the variance between units that `overdispersed_funnel` found.

    `sizes`: denominators, of any shape; `target`: the average (0 .. 1) and `tau2`: the variance, broadcast against
    them. `tau2` 0 gives the lines of chance alone on the arcsine scale. Size 0: ZERO_DENOMINATOR; an average of 0 or 1:
    ALL_MET; NaN: NO_DATA.
    Raises CountError for a negative or infinite size, a target outside 0 .. 1 or a negative variance, ShapeError for
    shapes that do not fit together, SettingError for tails outside (0.5, 1) or not rising.
    Source: Spiegelhalter 2005; vectors: FunnelPlotR.
    """
    lines = quantiles(tails)
    theta, size = shares_and_sizes(target, sizes)
    between = floats(tau2)
    if (between < 0).any() or np.isinf(between).any():
        raise CountError("a variance is finite and not negative")
    try:
        theta, size, between = np.broadcast_arrays(theta, size, between)
    except ValueError as error:
        raise ShapeError(f"shapes {size.shape} and {between.shape} do not fit together") from error
    reason = why_not(theta, size)
    reason = np.where(np.isnan(between), np.uint8(Reason.NO_DATA), reason)
    reason = np.where((reason == 0) & ((theta == 0) | (theta == 1)), np.uint8(Reason.ALL_MET), reason)
    known = reason == 0
    variance = np.where(known, 0.25 / np.where(known, size, 1.0) + between, np.nan)
    lower, upper = _lines(np.arcsin(np.sqrt(theta)), variance, lines)
    return FunnelLimits(np.array(theta), lower, upper, reason.astype(np.uint8))


def _winsorised(z: Floats, known: Bools, trim: float) -> Floats:
    """Distances drawn in to the quantiles of the known units of their funnel."""
    some = known.any(axis=-1, keepdims=True)
    low, high = np.nanquantile(np.where(some, z, 0.0), [trim, 1 - trim], axis=-1, keepdims=True)
    return np.where(known, np.clip(z, low, high), np.nan)


def _between(winsorised: Floats, error2: Floats, known: Bools) -> tuple[Floats, Floats]:
    """Both figures of each funnel; NaN where no unit is known."""
    units = known.sum(axis=-1)
    squares = np.where(known, winsorised * winsorised, 0.0).sum(axis=-1)
    phi = np.where(units > 0, squares / np.maximum(units, 1), np.nan)
    weight = np.where(known, 1 / error2, 0.0)
    total = weight.sum(axis=-1)
    room = total - (weight * weight).sum(axis=-1) / np.where(units > 0, total, 1.0)
    several = units > 1
    tau2 = np.where(several, (squares - (units - 1)) / np.where(several, room, 1.0), 0.0)
    return np.asarray(phi), np.where(units > 0, np.maximum(tau2, 0.0), np.nan)


def _lines(center: Floats, variance: Floats, z: Floats) -> tuple[Floats, Floats]:
    """Lines back from the arcsine scale, whose ends are 0 and a right angle: no line bends back there."""
    reach = np.sqrt(variance)[..., None] * z
    low = np.maximum(center[..., None] - reach, 0.0)
    high = np.minimum(center[..., None] + reach, np.pi / 2)
    return np.sin(low) ** 2, np.sin(high) ** 2
