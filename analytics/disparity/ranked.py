"""Concentration indices: is a value gathered among the disadvantaged or the advantaged of an ordered dimension?"""

from typing import Final

import numpy as np

from analytics.disparity.estimates import Estimate, because, estimate, point
from analytics.disparity.groups import Floats, Groups
from analytics.disparity.measures import Measure
from analytics.disparity.weights import Weighed, first_reason
from analytics.outcomes import Reason, Reasons

LEAST_GROUPS: Final = 3


def ridits(shares: Floats) -> Floats:
    """(..., J) mid-points of the cumulative shares of people, groups from most to least disadvantaged; 0 .. 1."""
    found: Floats = np.cumsum(shares, axis=-1) - shares / 2
    return found


def in_order(values: Floats, groups: Groups) -> Floats:
    """(..., J) columns from the most disadvantaged group to the most advantaged; as they stand without an order."""
    return values if groups.order is None else values[..., np.argsort(groups.order)]


def gate(groups: Groups, weighed: Weighed) -> Reasons:
    """(...) why measures of ordered groups cannot be computed: no order, fewer than three groups, one missing."""
    unordered = np.full(weighed.mean.shape, groups.order is None)
    return first_reason(
        weighed.few,
        because(
            (unordered, Reason.NOT_ORDERED),
            (weighed.partial, Reason.ESTIMATE_MISSING),
            (weighed.width < LEAST_GROUPS, Reason.TOO_FEW_GROUPS),
            (weighed.uncounted, Reason.POPULATION_MISSING),
        ),
    )


def concentration(groups: Groups, weighed: Weighed, z: float) -> dict[Measure, Estimate]:
    """ACI 2 sum p (y-m)(R-1/2), RCI = ACI/m, Wagstaff RCI/(1 - m/scale), Erreygers 4 ACI/scale; R the ridits.

    Positive: gathered among the advantaged. Standard errors of ACI and RCI from the convenient regression of
    2 var(R) y on R with weights p, J-2 degrees of freedom. Wagstaff and Erreygers need values within the scale.
    Source: WHO healthequal `aci`, `rci`; O'Donnell et al. 2008; Wagstaff 2005; Erreygers 2009.
    """
    reason = gate(groups, weighed)
    p, values = in_order(weighed.shares, groups), in_order(weighed.values, groups)
    ranks = ridits(p)
    mean = weighed.mean
    # The weighted mean of ridits is 1/2, so their variance and the covariance need no mean of their own.
    away = ranks - 0.5
    variance = (p * away**2).sum(axis=-1)
    deviations = values - mean[..., None]
    aci = 2 * (p * deviations * away).sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        residual = 2 * variance[..., None] * deviations - aci[..., None] * away
        error = np.sqrt((p * residual**2).sum(axis=-1) / (weighed.width - 2) / variance)
        rci, relative = aci / mean, error / mean
        level = mean / groups.scale
        wagstaff = rci / (1 - level)
    flat = first_reason(reason, because((variance <= 0, Reason.ZERO_DENOMINATOR)))
    positive = first_reason(flat, because((weighed.negative | (mean <= 0), Reason.OUT_OF_RANGE)))
    inside = first_reason(positive, because(((weighed.values > groups.scale).any(axis=-1), Reason.OUT_OF_RANGE)))
    return {
        Measure.ACI: estimate(aci, error, z, flat),
        Measure.RCI: estimate(rci, relative, z, positive),
        Measure.RCI_WAGSTAFF: point(wagstaff, first_reason(inside, because((level == 1, Reason.ALL_MET)))),
        Measure.RCI_ERREYGERS: point(4 * aci / groups.scale, inside),
    }
