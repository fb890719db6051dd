"""Funnel of observed over expected events (standardised ratios), and of rates, by intervals of the counts."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analytics.intervals.inputs import Floats, exposures, together, why_not
from analytics.intervals.rates import count_bounds
from analytics.outcomes import Reason
from analytics.shapes.funnel import TAILS, Significance, inner_and_outer, levels, quantiles


@dataclass(frozen=True, slots=True)
class RatioCurves:
    """Points of the lines of a funnel of ratios: (..., K) for K tails, from inside to outside.

    A line is drawn through its points: `high_ratio` over `high_expected`, `low_ratio` over `low_expected`. NaN where a
    line has no point: no number of expected events makes none too many.
    """

    high_expected: Floats
    high_ratio: Floats
    low_expected: Floats
    low_ratio: Floats


def ratio_curves(events: npt.ArrayLike, *, tails: Sequence[float] = TAILS) -> RatioCurves:
    """Where lines of a funnel of observed over expected events pass: one point of each line for each of `events`.

    `events`: numbers of observed events, of any shape (0, 1, 2 ... as far as the drawing reaches). The upper line is
    where as many events are only just not too many: their interval (exact below 10, Byar from 10 on) begins at the
    expected number. For a rate against an average, the expected number is the average times the denominator.
    Raises CountError for negative or infinite counts, SettingError for tails out of their range.
    Source: Spiegelhalter 2005; PHEindicatormethods `calculate_funnel_points`.
    """
    z = quantiles(tails)
    (seen,) = together(events)
    lower, upper = zip(
        *(count_bounds(seen, q, 1 - tail) for q, tail in zip(z.tolist(), tails, strict=True)), strict=True
    )
    low, high = np.stack(lower, axis=-1), np.stack(upper, axis=-1)
    some = low > 0
    many = np.where(some, low, np.nan)
    return RatioCurves(many, seen[..., None] / many, high, seen[..., None] / high)


def ratio_significance(
    observed: npt.ArrayLike, expected: npt.ArrayLike, *, tails: Sequence[float] = TAILS
) -> Significance:
    """Where units of a funnel of observed over expected events lie.

    `observed`: events, `expected`: their expected number, of shapes that broadcast; NaN is "not known". A unit is high
    where the interval of its count (exact below 10 events, Byar from 10 on) lies above the expected number.
    `tails`: two, inner and outer. Nothing expected: ZERO_DENOMINATOR.
    Raises CountError for negative or infinite counts, ShapeError for shapes that do not fit together, SettingError for
    tails out of their range.
    Source: PHEindicatormethods `assign_funnel_significance`.
    """
    z = inner_and_outer(tails)
    seen, wanted = exposures(observed, expected)
    reason = why_not(seen, wanted)
    known = reason == Reason.COMPUTED
    count, goal = np.where(known, seen, 1.0), np.where(known, wanted, 1.0)
    inner, outer = (count_bounds(count, float(q), 1 - tail) for q, tail in zip(z, tails, strict=True))
    beyond = (inner[0] > goal, outer[0] > goal, inner[1] < goal, outer[1] < goal)
    return Significance(np.where(known, levels(*beyond), 0).astype(np.int8), reason)
