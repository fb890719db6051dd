"""Rates as they would be with the age structure, or with the risks, of a standard population."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from analytics.inputs import setting
from analytics.intervals.inputs import Floats, normal_quantile, together
from analytics.intervals.proportions import Interval
from analytics.intervals.rates import BYAR_FROM, byar_bounds, count_bounds
from analytics.outcomes import Reason, Reasons, SettingError, ShapeError

LEAST_EVENTS: Final = 10
"""A directly standardised rate is not computed from fewer events, as PHEindicatormethods refuses it."""


@dataclass(frozen=True, slots=True)
class Standardised:
    """Standardised rates of as many areas as the leading shape of the input holds.

    `interval`: estimate, bounds and reason, in the unit asked for. `observed`: events in all bands.
    `expected`: events that the standard would have led to here; NaN for a direct rate.
    `reference`: the crude rate of the reference population, in the unit asked for; NaN for a direct rate.
    `exact`: bounds are exact ones, else Byar's.
    """

    interval: Interval
    observed: Floats
    expected: Floats
    reference: Floats
    exact: npt.NDArray[np.bool_]


def direct(
    events: npt.ArrayLike,
    people: npt.ArrayLike,
    standard: npt.ArrayLike,
    *,
    per: float = 1.0,
    confidence: float = 0.95,
    blank_is_zero: bool = False,
) -> Standardised:
    """Directly standardised rate for each `per`: the rates of the bands, weighted by the standard population.

    `events`, `people`, `standard`: (..., B) along B bands of age, broadcast against each other. Each band needs people.
    NaN is "not known" and leaves no rate (ESTIMATE_MISSING, POPULATION_MISSING); with `blank_is_zero` a blank count of
    events is none, as the reference reads it. Fewer than 10 events in all: no rate (TOO_FEW_TO_JUDGE).
    Raises CountError for negative or infinite counts, ShapeError for shapes that do not fit together or no axis,
    SettingError for a confidence outside (0, 1) or a standard without people.
    Source: Dobson et al. 1991 with Byar's bounds; vectors: PHEindicatormethods `calculate_dsr`.
    """
    z = normal_quantile(confidence)
    per = setting(per, "what a rate is told for", above=0)
    seen, size, weight = _bands(events, people, standard)
    if blank_is_zero:
        seen = np.nan_to_num(seen)
    weights = weight.sum(axis=-1, keepdims=True)
    if not (weights > 0).all():
        raise SettingError("a standard population needs people, known for every band")
    reason = _first(
        (np.isnan(seen).any(axis=-1), Reason.ESTIMATE_MISSING),
        (np.isnan(size).any(axis=-1), Reason.POPULATION_MISSING),
        ((size == 0).any(axis=-1), Reason.ZERO_DENOMINATOR),
        (seen.sum(axis=-1) < LEAST_EVENTS, Reason.TOO_FEW_TO_JUDGE),
    )
    known = reason == 0
    share = np.where(known[..., None], weight / weights / np.where(size > 0, size, 1.0), np.nan)
    observed = seen.sum(axis=-1)
    value = (share * seen).sum(axis=-1)
    total = np.where(known, observed, 1.0)
    low, high = byar_bounds(total, z)
    stretch = np.sqrt((share * share * seen).sum(axis=-1) / total)
    lower, upper = value + stretch * (low - total), value + stretch * (high - total)
    none = np.full(value.shape, np.nan)
    interval = Interval(value * per, lower * per, upper * per, reason)
    return Standardised(interval, observed, none, none, np.zeros(value.shape, dtype=np.bool_))


def indirect(
    events: npt.ArrayLike,
    people: npt.ArrayLike,
    reference_events: npt.ArrayLike,
    reference_people: npt.ArrayLike,
    *,
    per: float = 1.0,
    ratio: bool = False,
    confidence: float = 0.95,
    blank_is_zero: bool = False,
) -> Standardised:
    """Indirectly standardised rate for each `per`, or the `ratio` of observed to expected events times `per`.

    `events`, `people`: (..., B) along B bands of age; `reference_events`, `reference_people`: the same of the
    population whose rates are expected here; broadcast against each other. The rate is the ratio times the crude rate
    of the reference.
    NaN is "not known" and leaves no rate (ESTIMATE_MISSING, POPULATION_MISSING); with `blank_is_zero` a blank is zero,
    as the reference reads it. Nobody expected to have an event: ZERO_DENOMINATOR.
    Bounds are exact below 10 events, Byar's from 10 on.
    Raises CountError for negative or infinite counts, ShapeError for shapes that do not fit together or no axis,
    SettingError for a confidence outside (0, 1).
    Source: Breslow and Day 1987; vectors: PHEindicatormethods `calculate_ISRate`, `calculate_ISRatio`.
    """
    z = normal_quantile(confidence)
    per = setting(per, "what a rate is told for", above=0)
    seen, size, cases, base = _bands(events, people, reference_events, reference_people)
    if blank_is_zero:
        seen, size, cases, base = (np.nan_to_num(part) for part in (seen, size, cases, base))
    bare = (base == 0) & (size > 0)
    reason = _first(
        ((np.isnan(seen) | np.isnan(cases)).any(axis=-1), Reason.ESTIMATE_MISSING),
        ((np.isnan(size) | np.isnan(base)).any(axis=-1), Reason.POPULATION_MISSING),
        (bare.any(axis=-1), Reason.ZERO_DENOMINATOR),
    )
    risks = np.where(base > 0, cases / np.where(base > 0, base, 1.0), 0.0)
    expected = (risks * size).sum(axis=-1)
    reason[(reason == 0) & ~(expected > 0)] = Reason.ZERO_DENOMINATOR
    known = reason == 0
    everybody = base.sum(axis=-1)
    crude = np.where(known, cases.sum(axis=-1) / np.where(everybody > 0, everybody, 1.0) * per, np.nan)
    observed = seen.sum(axis=-1)
    total = np.where(known, observed, 1.0)
    low, high = count_bounds(total, z, (1 - confidence) / 2)
    scale = np.where(known, (per if ratio else crude) / np.where(known, expected, 1.0), np.nan)
    interval = Interval(total * scale, low * scale, high * scale, reason)
    return Standardised(interval, observed, expected, crude, total < BYAR_FROM)


def _bands(*parts: npt.ArrayLike) -> tuple[Floats, ...]:
    found = together(*parts)
    if found[0].ndim == 0 or found[0].shape[-1] == 0:
        raise ShapeError("standardisation needs bands along the last axis")
    return found


def _first(*found: tuple[npt.NDArray[np.bool_] | np.bool_, Reason]) -> Reasons:
    """The first reason that holds at each place."""
    tests, reasons = zip(*found, strict=True)
    return np.asarray(np.select(tests, reasons, Reason.COMPUTED), dtype=np.uint8)
