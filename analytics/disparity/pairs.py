"""Measures of two groups, or of the best group and everyone: difference, ratio, attributable risk and fraction."""

from dataclasses import dataclass

import numpy as np

from analytics.disparity.estimates import Estimate, because, estimate, log_estimate
from analytics.disparity.groups import Groups, Ints, at, pick
from analytics.disparity.weights import Weighed, first_reason
from analytics.outcomes import Reason, Reasons


@dataclass(frozen=True, slots=True)
class Extremes:
    """Which two groups a difference compares: (...) columns, `above` minus `below`, and why it may not be."""

    above: Ints
    below: Ints
    reason: Reasons


def extremes(groups: Groups, weighed: Weighed) -> Extremes:
    """The two groups of D and R.

    With an order the ends: most advantaged minus most disadvantaged where a higher value is better, the reverse where
    it is worse. Without: highest minus lowest, or with a reference, reference minus lowest of the others where higher
    is better, highest of the others minus reference where it is worse. Of groups with equal values the one with the
    larger standard error is taken, which gives the wider interval whatever the order of the groups.
    """
    there = groups.there
    if groups.order is not None:
        ranks = np.broadcast_to(groups.order, there.shape)
        top = np.argmax(np.where(there, ranks, -np.inf), axis=-1)
        bottom = np.argmin(np.where(there, ranks, np.inf), axis=-1)
        above, below = np.where(groups.favourable, top, bottom), np.where(groups.favourable, bottom, top)
        missing = np.isnan(at(groups.estimate, top)) | np.isnan(at(groups.estimate, bottom))
        return Extremes(above, below, first_reason(weighed.few, because((missing, Reason.ESTIMATE_MISSING))))
    highest = pick(weighed.values, groups.error, weighed.present)
    lowest = pick(-weighed.values, groups.error, weighed.present)
    column = np.maximum(groups.reference, 0)
    others = weighed.present & (np.arange(there.shape[-1]) != column[..., None])
    given = (groups.reference >= 0) & others.any(axis=-1)
    worst_low, worst_high = pick(-weighed.values, groups.error, others), pick(weighed.values, groups.error, others)
    above = np.where(given, np.where(groups.favourable, column, worst_high), highest)
    below = np.where(given, np.where(groups.favourable, worst_low, column), lowest)
    empty = given & ~np.take_along_axis(weighed.present, column[..., None], -1)[..., 0]
    return Extremes(
        above, below, first_reason(weighed.few, because((weighed.partial | empty, Reason.ESTIMATE_MISSING)))
    )


def difference(groups: Groups, weighed: Weighed, z: float) -> Estimate:
    """D: value of one group minus value of the other, Wald interval from the standard errors.

    Source: WHO healthequal `d`; Schlotheuber & Hosseinpoor 2022. For counts prefer `gap`, whose interval is Newcombe's.
    """
    two = extremes(groups, weighed)
    error = np.hypot(at(groups.error, two.above), at(groups.error, two.below))
    return estimate(at(groups.estimate, two.above) - at(groups.estimate, two.below), error, z, two.reason)


def ratio(groups: Groups, weighed: Weighed, z: float) -> Estimate:
    """R: value of one group over value of the other, interval and `error` on the logarithmic scale.

    Infinite with ZERO_DENOMINATOR where the lower value is 0; negative values are OUT_OF_RANGE.
    Source: WHO healthequal `r`, delta method.
    """
    two = extremes(groups, weighed)
    one, other = at(groups.estimate, two.above), at(groups.estimate, two.below)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = one / other
        error = np.sqrt(at(groups.error, two.above) ** 2 + (value * at(groups.error, two.below)) ** 2) / (other * value)
    reason = first_reason(
        two.reason,
        because(((one == 0) & (other == 0), Reason.ALL_ZERO), ((one < 0) | (other < 0), Reason.OUT_OF_RANGE)),
    )
    return log_estimate(value, error, z, reason)


def best(groups: Groups, weighed: Weighed) -> tuple[Ints, Reasons]:
    """(...) column of the group that PAR holds everyone against, and why there is none.

    The most advantaged group of an order, else the group with the best value (of equal ones the largest), also where
    a reference is given, as WHO does.
    """
    if groups.order is not None:
        ranks = np.broadcast_to(groups.order, groups.there.shape)
        top = np.argmax(np.where(groups.there, ranks, -np.inf), axis=-1)
        return top, because((~np.take_along_axis(weighed.present, top[..., None], -1)[..., 0], Reason.ESTIMATE_MISSING))
    way = np.where(groups.favourable, 1.0, -1.0)[..., None]
    return pick(way * weighed.values, groups.people, weighed.present), np.zeros(weighed.mean.shape, dtype=np.uint8)


def attributable(groups: Groups, weighed: Weighed, z: float) -> tuple[Estimate, Estimate]:
    """PAR in the measure's unit and PAF in per cent: what would change if everyone fared as `best` does.

    PAR = best - mean, 0 where that would be a loss; PAF = 100 PAR / mean. Negative for measures where lower is better.
    The standard error of the fraction treats values / scale as proportions of a two-by-two table, best group (p0 of
    n0) against all (pt of N): p0/pt ∙ sqrt((1-p0)/(n0 p0) + (1-pt)/(N pt) - 2(1-p0)/(N pt)), 0 where p0 is 0; that of
    PAR is the mean times it. None where a value is above the scale. Source: WHO healthequal `par`, `paf`, whose PAF
    interval is 100 times too narrow (docs/methods/disparity.md).
    """
    column, doubt = best(groups, weighed)
    mean = weighed.mean
    par = at(weighed.values, column) - mean
    par = np.where(np.where(groups.favourable, par < 0, par > 0), 0.0, par)
    reason = first_reason(
        weighed.few,
        doubt,
        because((weighed.scarce, Reason.ESTIMATE_MISSING), (weighed.uncounted, Reason.POPULATION_MISSING)),
    )
    share, overall = at(weighed.values, column) / groups.scale, mean / groups.scale
    size = at(groups.people, column)
    above = (np.where(weighed.present, weighed.values, 0.0) > groups.scale).any(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        paf = 100 * par / mean
        spread = (1 - share) / (size * share) + (1 - overall - 2 * (1 - share)) / (weighed.total * overall)
        fraction = np.where(share == 0, 0.0, (share / overall) * np.sqrt(np.maximum(spread, 0.0)))
    unsure = because((above | weighed.negative, Reason.OUT_OF_RANGE))
    return (
        estimate(par, mean * fraction, z, reason, unsure),
        estimate(
            paf,
            100 * fraction,
            z,
            first_reason(reason, because((weighed.negative | (mean == 0), Reason.OUT_OF_RANGE))),
            unsure,
        ),
    )
