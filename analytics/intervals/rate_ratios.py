"""Interval of the ratio of two rates."""

from typing import Literal

import numpy as np
import numpy.typing as npt

from analytics.intervals.exact import share_of_two
from analytics.intervals.inputs import normal_quantile, scattered, two_groups
from analytics.intervals.proportions import Interval
from analytics.intervals.ratios import ratio_of, stretched
from analytics.outcomes import Reason, SettingError


def rate_ratio(
    x1: npt.ArrayLike,
    n1: npt.ArrayLike,
    x2: npt.ArrayLike,
    n2: npt.ArrayLike,
    *,
    confidence: float = 0.95,
    method: Literal["exact", "log"] = "exact",
) -> Interval:
    """Ratio (x1 / n1) / (x2 / n2) of two independent rates, events being Poisson.

    `x1`, `n1`: events of the group of interest and what they are counted over (people, days; need not be whole),
    `x2`, `n2`: the comparator; shapes that broadcast; NaN without a denominator.
    `method`: "exact" conditions on the sum of events; without an event in the first group ratio and lower bound are 0,
    without one in the second ratio and upper bound are infinite. "log" is the normal interval of the logarithm and has
    none where a group has no event (NO_EVENTS). Without any event the ratio is NaN (NO_EVENTS).
    Raises CountError for negative or infinite counts, ShapeError for shapes that do not fit together, SettingError for
    a confidence outside (0, 1) or another method.
    Source: Rothman 2012; vectors: base R `poisson.test` with two samples, epitools `rateratio.wald`.
    """
    if method not in {"exact", "log"}:
        raise SettingError(f"the method of a ratio of rates is exact or log, not {method}")
    z = normal_quantile(confidence)
    parts, reason = two_groups(x1, n1, x2, n2, proportions=False)
    ratio = ratio_of(parts, reason)
    empty = (parts[0] == 0) & (parts[2] == 0) if method == "exact" else (parts[0] == 0) | (parts[2] == 0)
    reason[(reason == 0) & empty] = Reason.NO_EVENTS
    known = reason == 0
    first, size1, second, size2 = (part[known] for part in parts)
    if method == "exact":
        low, high = share_of_two(first, second, confidence)
        lower, upper = low * size2 / size1, high * size2 / size1
    else:
        stretch = stretched(z * np.sqrt(1 / first + 1 / second), known, reason)
        lower, upper = ratio[known] / stretch, ratio[known] * stretch
    return Interval(ratio, scattered(known, lower), scattered(known, upper), reason)
