"""Measures of how far groups without an order lie apart: variance, mean distances, indices of disparity, entropies."""

from typing import Final

import numpy as np

from analytics.disparity.estimates import Estimate, because, estimate, point
from analytics.disparity.groups import Floats, Groups, at
from analytics.disparity.measures import Measure
from analytics.disparity.weights import Weighed, first_reason
from analytics.outcomes import Reason, Reasons

LEAST_GROUPS: Final = 3
ZERO_STANDS_FOR: Final = 1e-6
"""A value of 0 has no logarithm; the entropies take this instead, in the measure's unit, as WHO does."""


def spreads(groups: Groups, weighed: Weighed, z: float) -> dict[Measure, Estimate]:
    """The thirteen measures of groups without an order.

    With p the shares of people, y the values, m their mean, b the best, r the reference value, J groups:
    BGV sum p (y-m)^2; BGSD its root; COV 100 BGSD/m; MDM sum p|y-m| and sum |y-m|/J; MDB, MDR the same from b and r;
    IDIS 100 MDM/m; Theil 1000 sum p (y/m) ln(y/m); MLD 1000 sum p (-ln(y/m)).
    Standard errors of BGV (exact for normal values), Theil and MLD (delta method); the others have theirs by
    `simulated`. Source: WHO healthequal; Schlotheuber & Hosseinpoor 2022; Ahn et al. 2018.
    """
    common = _gate(groups, weighed)
    counted = first_reason(common, because((weighed.uncounted, Reason.POPULATION_MISSING)))
    positive = first_reason(counted, because((weighed.negative | (weighed.mean <= 0), Reason.OUT_OF_RANGE)))
    p, mean, deviations = weighed.shares, weighed.mean, weighed.deviations
    variance = (p * deviations**2).sum(axis=-1)
    from_mean = np.abs(deviations)
    mdmu, mdmw = _unweighted(from_mean, weighed), (p * from_mean).sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = {
            Measure.BGV: estimate(variance, _variance_error(weighed), z, counted),
            Measure.BGSD: point(np.sqrt(variance), counted),
            Measure.COV: point(100 * np.sqrt(variance) / mean, positive),
            Measure.MDM_UNWEIGHTED: point(mdmu, counted),
            Measure.MDM_WEIGHTED: point(mdmw, counted),
            Measure.IDIS_UNWEIGHTED: point(100 * mdmu / mean, positive),
            Measure.IDIS_WEIGHTED: point(100 * mdmw / mean, positive),
        }
    values = np.where(weighed.present, weighed.values, np.nan)
    highest = np.where(weighed.present, values, -np.inf).max(axis=-1)
    lowest = np.where(weighed.present, values, np.inf).min(axis=-1)
    column = np.maximum(groups.reference, 0)
    referred = because(
        (groups.reference < 0, Reason.REFERENCE_MISSING), (np.isnan(at(values, column)), Reason.ESTIMATE_MISSING)
    )
    for against, plain, by_people, doubt in (
        (
            np.where(groups.favourable, highest, lowest),
            Measure.MDB_UNWEIGHTED,
            Measure.MDB_WEIGHTED,
            np.zeros_like(common),
        ),
        (at(values, column), Measure.MDR_UNWEIGHTED, Measure.MDR_WEIGHTED, referred),
    ):
        with np.errstate(invalid="ignore"):
            apart = np.where(weighed.present, np.abs(weighed.values - against[..., None]), 0.0)
        found[plain] = point(_unweighted(apart, weighed), first_reason(common, doubt))
        found[by_people] = point((p * apart).sum(axis=-1), first_reason(counted, doubt))
    found[Measure.THEIL], found[Measure.MLD] = _entropies(weighed, z, positive)
    return found


def _gate(groups: Groups, weighed: Weighed) -> Reasons:
    ordered = np.full(weighed.mean.shape, groups.order is not None)
    return first_reason(
        weighed.few,
        because(
            (ordered, Reason.ORDERED_ONLY),
            (weighed.width < LEAST_GROUPS, Reason.TOO_FEW_GROUPS),
            (weighed.scarce, Reason.ESTIMATE_MISSING),
        ),
    )


def _unweighted(apart: Floats, weighed: Weighed) -> Floats:
    found: Floats = apart.sum(axis=-1) / np.maximum(weighed.width, 1.0)
    return found


def _variance_error(weighed: Weighed) -> Floats:
    p, squares, deviations = weighed.shares, weighed.errors**2, weighed.deviations
    first = 4 * (p**2 * squares * deviations**2).sum(axis=-1)
    weighted = p**2 * squares
    second = 2 * (weighted.sum(axis=-1) ** 2 - (weighted**2).sum(axis=-1) + ((p * (1 - p) * squares) ** 2).sum(axis=-1))
    found: Floats = np.sqrt(np.maximum(first + second, 0.0))
    return found


def _entropies(weighed: Weighed, z: float, reason: Reasons) -> tuple[Estimate, Estimate]:
    p = weighed.shares
    with np.errstate(divide="ignore", invalid="ignore"):
        values = np.where(weighed.values > 0, weighed.values, ZERO_STANDS_FOR)
        mean = np.where(weighed.equal, weighed.mean, (p * values).sum(axis=-1))[..., None]
        relative = values / mean
        logs = np.log(relative)
        theil = (p * relative * logs).sum(axis=-1)
        mld = -(p * logs).sum(axis=-1)
        slope_theil = p / mean * (logs - theil[..., None])
        slope_mld = p / mean * (1 - mean / values)
        errors = [np.sqrt((slope**2 * weighed.errors**2).sum(axis=-1)) for slope in (slope_theil, slope_mld)]
    return (estimate(1000 * theil, 1000 * errors[0], z, reason), estimate(1000 * mld, 1000 * errors[1], z, reason))
