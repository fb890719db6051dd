"""Standard errors and intervals by simulation, for the measures that have no formula for them."""

from collections.abc import Iterable
from typing import Final

import numpy as np

from analytics.disparity.estimates import Estimate, because
from analytics.disparity.groups import Bools, Floats, Groups
from analytics.disparity.measures import Measure
from analytics.disparity.summary import Summary, summarise
from analytics.disparity.weights import weigh
from analytics.inputs import whole_setting
from analytics.intervals.inputs import normal_quantile
from analytics.outcomes import Reason, SettingError

LEAST_DRAWS: Final = 100


def simulated(
    groups: Groups, measures: Iterable[Measure], *, seed: int, draws: int = 2_000, confidence: float = 0.95
) -> Summary:
    """The measures with standard errors and percentile intervals by simulation, for those that have no formula.

    Every draw takes each group's value from a normal distribution around it with its standard error, not below 0.
    The value stays that of the data; `error` is the standard deviation of the draws, on the measure's own scale.
    Mean distances of small groups are biased upwards by chance, so the interval may lie above the value: then the
    distance is no more than chance explains. Same seed, same figures. Memory: draws ∙ tables ∙ J numbers.
    Raises SettingError for fewer than 100 draws.
    """
    whole_setting(seed, "a seed")
    if whole_setting(draws, "a number of draws") < LEAST_DRAWS:
        raise SettingError(f"a simulation takes at least {LEAST_DRAWS} draws, not {draws}")
    asked = tuple(measures)
    normal_quantile(confidence)
    given = summarise(groups, asked, confidence=confidence)
    chance = np.random.default_rng(seed).standard_normal((draws, *groups.estimate.shape))
    error = np.where(groups.present, groups.error, 0.0)
    drawn = np.maximum(groups.estimate + np.nan_to_num(error) * chance, np.minimum(groups.estimate, 0.0))
    found = summarise(groups.with_estimates(drawn), asked)
    unsure = weigh(groups).unsure
    tails = ((1 - confidence) / 2, (1 + confidence) / 2)
    return {measure: _by_draws(given[measure], found[measure].value, unsure, tails) for measure in asked}


def _by_draws(given: Estimate, drawn: Floats, unsure: Bools, tails: tuple[float, float]) -> Estimate:
    whole = np.isfinite(drawn).all(axis=0)
    doubt = because((unsure, Reason.ERROR_MISSING), (~whole, Reason.OUT_OF_RANGE))
    why = np.where(given.reason > 0, given.reason, doubt)
    usable = np.where(why == 0, drawn, 0.0)
    lower, upper = np.quantile(usable, tails, axis=0)
    figures = (usable.std(axis=0, ddof=1), lower, upper)
    error, low, high = (np.where(why == 0, figure, np.nan) for figure in figures)
    return Estimate(given.value, error, low, high, given.reason, why)
