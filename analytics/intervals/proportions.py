"""Intervals of one proportion and of the difference of two."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from analytics.intervals.inputs import Floats, normal_quantile, scattered, shares, two_groups, why_not
from analytics.outcomes import Reasons


class Interval(NamedTuple):
    """Estimate and bounds, each an array of the broadcast shape of the inputs; NaN where `reason` says why.

    An estimate may stand where its bounds do not (a ratio with no events on one side, a single measurement).

    `reason`: `Reason` as uint8 of the same shape, 0 where all three stand. Only a ratio may be infinite.
    """

    estimate: Floats
    lower: Floats
    upper: Floats
    reason: Reasons

    @classmethod
    def at(
        cls, known: npt.NDArray[np.bool_], estimate: Floats, lower: Floats, upper: Floats, reason: Reasons
    ) -> "Interval":
        """Three results (N,) laid out at the N places that are `known`; NaN elsewhere."""
        return cls(scattered(known, estimate), scattered(known, lower), scattered(known, upper), reason)


def wilson(x: npt.ArrayLike, n: npt.ArrayLike, *, confidence: float = 0.95) -> Interval:
    """Wilson score interval of the proportion x / n, on the scale 0 .. 1.

    `x`, `n`: counts of any shapes that broadcast; NaN is "not known".
    Without a denominator (n = 0, NaN) all three are NaN.
    At x = 0 the lower bound is exactly 0, at x = n the upper exactly 1.
    Raises CountError for negative or infinite counts or x above n, SettingError for a confidence outside (0, 1).
    Source: Wilson 1927; vectors: PHEindicatormethods, base R `prop.test(correct = FALSE)`.
    """
    z = normal_quantile(confidence)
    events, sizes = shares(x, n)
    known = (sizes > 0) & ~np.isnan(events)
    size = np.where(known, sizes, np.nan)
    share = events / size
    spread = z * np.sqrt(z * z + 4 * events * (1 - share))
    lower = (2 * events + z * z - spread) / (2 * (size + z * z))
    upper = (2 * events + z * z + spread) / (2 * (size + z * z))
    return Interval(
        share,
        np.where(events == 0, np.where(known, 0.0, np.nan), lower),
        np.where(events == sizes, share, upper),
        why_not(events, sizes),
    )


def newcombe_difference(
    x1: npt.ArrayLike, n1: npt.ArrayLike, x2: npt.ArrayLike, n2: npt.ArrayLike, *, confidence: float = 0.95
) -> Interval:
    """Difference x1 / n1 - x2 / n2 of two independent proportions, on the scale -1 .. 1, by Newcombe's hybrid score.

    The groups must not overlap: a group against everyone means its complement, not a total that contains it.
    `x1`, `n1`: the group of interest, `x2`, `n2`: the comparator; shapes that broadcast. NaN without a denominator.
    Raises as `wilson` does. Source: Newcombe 1998, method 10; vectors: ratesci, published examples.
    """
    counts, reason = two_groups(x1, n1, x2, n2, proportions=True)
    first = wilson(*counts[:2], confidence=confidence)
    second = wilson(*counts[2:], confidence=confidence)
    gap = first.estimate - second.estimate
    below = np.hypot(first.estimate - first.lower, second.upper - second.estimate)
    above = np.hypot(first.upper - first.estimate, second.estimate - second.lower)
    return Interval(gap, gap - below, gap + above, reason)
