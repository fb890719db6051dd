"""Slope and relative index of inequality: what a line over the ranks of an ordered dimension says from end to end."""

from typing import Final, NamedTuple

import numpy as np

from analytics.disparity import logit
from analytics.disparity.estimates import Estimate, because, estimate, log_estimate
from analytics.disparity.groups import Floats, Groups
from analytics.disparity.measures import Measure
from analytics.disparity.ranked import gate, in_order, ridits
from analytics.disparity.weights import Weighed, first_reason
from analytics.outcomes import Reason, Reasons

PER_CENT: Final = 100.0


class _Ranked(NamedTuple):
    """Groups in order: values, people, ridits, number of groups, and why there is no slope."""

    values: Floats
    people: Floats
    ranks: Floats
    width: Floats
    reason: Reasons


def slopes(groups: Groups, weighed: Weighed, z: float, *, whole_people: bool = False) -> dict[Measure, Estimate]:
    """SII (prediction at rank 1 minus prediction at rank 0) and RII (their ratio), linear and logit.

    Linear: least squares weighted by people. Logit: grouped binomial regression, values as shares of the scale. Both
    with standard errors that are robust to unequal variance (HC1) and the delta method; RII on the logarithmic scale.
    `whole_people`: take the next whole number of people, as WHO's software does with survey weights, and whole events
    in the logit fit; the same for counts of patients.
    SII_LOGIT_HEALTHEQUAL and its RII are what WHO's software prints: weighted by the square of people and fitted as
    per cent whatever the scale is; only to compare with it, never to report.
    Source: WHO healthequal `sii`, `rii`; Schlotheuber & Hosseinpoor 2022; MacKinnon & White 1985 for HC1.
    """
    prepared = _prepare(groups, weighed, whole_people)
    whole = _prepare(groups, weighed, whole=True)
    linear = _linear(prepared, z)
    common = _logit(prepared, groups.scale, z, rounded=whole_people)
    squared = _logit(whole, PER_CENT, z, rounded=True, as_printed=True)
    return {
        Measure.SII_LINEAR: linear[0],
        Measure.RII_LINEAR: linear[1],
        Measure.SII_LOGIT: common[0],
        Measure.RII_LOGIT: common[1],
        Measure.SII_LOGIT_HEALTHEQUAL: squared[0],
        Measure.RII_LOGIT_HEALTHEQUAL: squared[1],
    }


def _prepare(groups: Groups, weighed: Weighed, whole: bool) -> _Ranked:
    known = np.where(weighed.present, np.nan_to_num(groups.people), 0.0)
    people = in_order(np.ceil(known) if whole else known, groups)
    shares = people / np.maximum(people.sum(axis=-1, keepdims=True), 1e-300)
    ranks = ridits(shares)
    flat = (people * (ranks - 0.5) ** 2).sum(axis=-1) <= 0
    reason = first_reason(
        gate(groups, weighed), because((weighed.equal, Reason.ALL_EQUAL), (flat, Reason.ZERO_DENOMINATOR))
    )
    return _Ranked(in_order(weighed.values, groups), people, ranks, weighed.width, reason)


def _linear(ranked: _Ranked, z: float) -> tuple[Estimate, Estimate]:
    weights = ranked.people / np.maximum(ranked.people.sum(axis=-1, keepdims=True), 1e-300)
    middle = (weights * ranked.values).sum(axis=-1)
    away = ranked.ranks - 0.5
    with np.errstate(divide="ignore", invalid="ignore"):
        # Ranks have the weighted mean 1/2, so middle and slope are estimated apart.
        spread = (weights * away**2).sum(axis=-1)
        slope = (weights * away * ranked.values).sum(axis=-1) / spread
        residual = ranked.values - middle[..., None] - slope[..., None] * away
        score = weights * residual
        extra = ranked.width / (ranked.width - 2)
        var_middle = extra * (score**2).sum(axis=-1)
        var_slope = extra * ((score * away) ** 2).sum(axis=-1) / spread**2
        both = extra * (score**2 * away).sum(axis=-1) / spread
        low, high = middle - slope / 2, middle + slope / 2
        to_middle, to_slope = 1 / high - 1 / low, (1 / high + 1 / low) / 2
        log_var = to_middle**2 * var_middle + 2 * to_middle * to_slope * both + to_slope**2 * var_slope
        rii = high / low
    undefined = first_reason(ranked.reason, because((low <= 0, Reason.OUT_OF_RANGE)))
    return (
        estimate(slope, np.sqrt(var_slope), z, ranked.reason),
        log_estimate(rii, np.sqrt(np.maximum(log_var, 0.0)), z, undefined),
    )


def _logit(
    ranked: _Ranked, scale: float, z: float, *, rounded: bool, as_printed: bool = False
) -> tuple[Estimate, Estimate]:
    people = ranked.people
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = ranked.values / scale
        if rounded:
            shares = np.where(people > 0, np.round(shares * people) / np.maximum(people, 1.0), shares)
    outside = ((shares < 0) | (shares > 1)).any(axis=-1)
    weights = people**2 if as_printed else people
    events = (weights * shares).sum(axis=-1)
    reason = first_reason(
        ranked.reason,
        because(
            (outside, Reason.OUT_OF_RANGE),
            (events <= 0, Reason.ALL_ZERO),
            (events >= weights.sum(axis=-1), Reason.ALL_MET),
        ),
    )
    usable = np.flatnonzero(reason.reshape(-1) == 0)
    width = people.shape[-1]
    x, y, n, w = (a.reshape(-1, width)[usable] for a in (ranked.ranks, shares, people, weights))
    line = logit.fit_as_printed(x, y, n, w) if as_printed else logit.fit(x, y, w)
    low, high = logit.probability(line.intercept), logit.probability(line.intercept + line.slope)
    variance = _robust(x, line, ranked.width.reshape(-1)[usable])
    at_low, at_high = low * (1 - low), high * (1 - high)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        sii_error = _delta(at_high - at_low, at_high, variance)
        rii_error = _delta(low - high, 1 - high, variance)
        figures = np.stack([scale * (high - low), scale * sii_error, high / low, rii_error])
    spread = np.full((4, reason.size), np.nan)
    spread[:, usable] = np.where(line.settled, figures, np.nan)
    settled = np.ones(reason.size, dtype=np.bool_)
    settled[usable] = line.settled
    reason = first_reason(reason, because((~settled.reshape(reason.shape), Reason.DID_NOT_CONVERGE)))
    sii, error, rii, log_error = (row.reshape(reason.shape) for row in spread)
    return estimate(sii, error, z, reason), log_estimate(rii, log_error, z, reason)


class _Variance(NamedTuple):
    intercept: Floats
    both: Floats
    slope: Floats


def _robust(x: Floats, line: logit.Line, width: Floats) -> _Variance:
    curve, score = line.curve, line.score
    a, b, c = curve.sum(-1), (curve * x).sum(-1), (curve * x * x).sum(-1)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        size = a * c - b * b
        # Rows of the inverse information times each group's score.
        first = score * (c[:, None] - b[:, None] * x) / size[:, None]
        second = score * (a[:, None] * x - b[:, None]) / size[:, None]
        extra = width / (width - 2)
        return _Variance(extra * (first**2).sum(-1), extra * (first * second).sum(-1), extra * (second**2).sum(-1))


def _delta(to_intercept: Floats, to_slope: Floats, variance: _Variance) -> Floats:
    found: Floats = np.sqrt(
        np.maximum(
            to_intercept**2 * variance.intercept
            + 2 * to_intercept * to_slope * variance.both
            + to_slope**2 * variance.slope,
            0.0,
        )
    )
    return found
