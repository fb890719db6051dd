"""What most measures share: shares of the population, the mean, and why a table cannot be measured."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from analytics.disparity.estimates import because
from analytics.disparity.groups import Bools, Floats, Groups
from analytics.outcomes import Reason, Reasons

LEAST_PRESENT: Final = 0.85
"""Share of the groups without an order that must have a value (WHO HEAT)."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """Tables with their weights. Absent groups weigh nothing: their value is the mean and their error 0.

    `values`, `errors`, `shares`: (..., J). `present`: (..., J). `width`: (...) number of groups with a value.
    `mean`: (...) weighted by people, exactly the common value where all are equal. `total`: (...) people.
    `equal`, `zero`, `negative`: (...) all values are equal, are zero, one is negative.
    `few`: (...) why nothing can be measured at all; `partial`: (...) a value is missing; `scarce`: too many are.
    `uncounted`: (...) people of a group with a value are unknown. `unsure`: (...) an error is missing.
    """

    values: Floats
    errors: Floats
    shares: Floats
    present: Bools
    width: Floats
    mean: Floats
    total: Floats
    equal: Bools
    zero: Bools
    negative: Bools
    few: Reasons
    partial: Bools
    scarce: Bools
    uncounted: Bools
    unsure: Bools

    @property
    def deviations(self) -> Floats:
        """(..., J) value minus mean, 0 for absent groups."""
        return self.values - self.mean[..., None]


def weigh(groups: Groups) -> Weighed:
    """Shares, means and gates of the tables."""
    there, present = groups.there, groups.present
    width = present.sum(axis=-1).astype(np.float64)
    expected = there.sum(axis=-1)
    sizes = np.where(present, np.nan_to_num(groups.people), 0.0)
    total = sizes.sum(axis=-1)
    shares = sizes / np.where(total > 0, total, 1.0)[..., None]
    known = np.where(present, groups.estimate, 0.0)
    highest = np.where(present, groups.estimate, -np.inf).max(axis=-1, initial=-np.inf)
    lowest = np.where(present, groups.estimate, np.inf).min(axis=-1, initial=np.inf)
    equal = (highest == lowest) & (width > 0)
    mean = np.where(equal, highest, (shares * known).sum(axis=-1))
    zero = (width > 0) & (highest == 0) & (lowest == 0)
    return Weighed(
        values=np.where(present, known, mean[..., None]),
        errors=np.where(present, groups.error, 0.0),
        shares=shares,
        present=present,
        width=width,
        mean=mean,
        total=total,
        equal=equal,
        zero=zero,
        negative=(width > 0) & (lowest < 0),
        few=because((width < 1, Reason.NO_DATA), (width < 2, Reason.TOO_FEW_GROUPS), (zero, Reason.ALL_ZERO)),
        partial=width < expected,
        scarce=width < LEAST_PRESENT * expected,
        uncounted=(present & np.isnan(groups.people)).any(axis=-1) | (total == 0),
        unsure=np.asarray((present & np.isnan(groups.error)).any(axis=-1)),
    )


def first_reason(*reasons: Reasons) -> Reasons:
    """The first of several reasons that is not COMPUTED."""
    found = reasons[0]
    for other in reasons[1:]:
        found = np.where(found > 0, found, other)
    return found.astype(np.uint8)
