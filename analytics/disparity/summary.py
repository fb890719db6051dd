"""All summary measures of many tables at once, each with the gate that says when it may be computed."""

from collections.abc import Callable, Iterable, Mapping

import numpy as np

from analytics.disparity.estimates import Estimate
from analytics.disparity.groups import Groups
from analytics.disparity.measures import ORDERED, SIMPLE, UNORDERED, Measure
from analytics.disparity.pairs import attributable, difference, ratio
from analytics.disparity.ranked import concentration
from analytics.disparity.slopes import slopes
from analytics.disparity.spread import spreads
from analytics.disparity.weights import Weighed, weigh
from analytics.intervals.inputs import normal_quantile
from analytics.outcomes import SettingError

Summary = Mapping[Measure, Estimate]

ALL = tuple(Measure)


def summarise(
    groups: Groups,
    measures: Iterable[Measure] = ALL,
    *,
    confidence: float = 0.95,
    whole_people: bool = False,
) -> Summary:
    """The asked measures of every table, in the order asked; arrays of shape (...), one number per table.

    Gates of WHO HEAT: fewer than two groups or all values zero, nothing; two groups, D, R, PAR and PAF only; a missing
    value, no D and R without an order (with one: only if an end is missing), the others from 85 % of the groups on;
    measures of ordered groups need all; measures of the one kind of groups never for the other. What may not be
    computed is NaN with its reason. `whole_people`: see `slopes`.
    Raises SettingError for a confidence outside (0, 1) or what is no Measure.
    """
    asked = tuple(measures)
    if not all(isinstance(measure, Measure) for measure in asked):
        raise SettingError("measures are members of Measure")
    z = normal_quantile(confidence)
    with np.errstate(over="ignore", under="ignore"):
        weighed = weigh(groups)
    found: dict[Measure, Estimate] = {}
    wanted = set(asked)
    parts: tuple[tuple[Iterable[Measure], Callable[[], Mapping[Measure, Estimate]]], ...] = (
        (SIMPLE, lambda: _simple(groups, weighed, z)),
        (UNORDERED, lambda: spreads(groups, weighed, z)),
        (ORDERED[:4], lambda: concentration(groups, weighed, z)),
        (ORDERED[4:], lambda: slopes(groups, weighed, z, whole_people=whole_people)),
    )
    for members, compute in parts:
        if wanted.intersection(members):
            # Values so large or small that they overflow end as OUT_OF_RANGE.
            with np.errstate(over="ignore", under="ignore", invalid="ignore", divide="ignore"):
                found.update(compute())
    return {measure: found[measure] for measure in asked}


def _simple(groups: Groups, weighed: Weighed, z: float) -> dict[Measure, Estimate]:
    par, paf = attributable(groups, weighed, z)
    return {
        Measure.DIFFERENCE: difference(groups, weighed, z),
        Measure.RATIO: ratio(groups, weighed, z),
        Measure.PAR: par,
        Measure.PAF: paf,
    }
