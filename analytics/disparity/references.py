"""Which group the others are compared with, chosen by a rule that is written down, and kept for a while."""

from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Final

import numpy as np
import numpy.typing as npt

from analytics.disparity.groups import Bools, Floats, Groups, Ints, pick
from analytics.inputs import floats, setting, whole_setting
from analytics.intervals.inputs import together
from analytics.outcomes import Reason, Reasons, SettingError, ShapeError

LEAST_OF_BEST: Final = 30
"""People that a group must have to be called the best: below, "best" is mostly chance."""


class ReferenceRule(Enum):
    """How the comparator is found. REST is everyone else: the total without the group itself."""

    BEST = "best"
    LARGEST = "largest"
    REST = "rest"
    FIXED = "fixed"


@dataclass(frozen=True, slots=True)
class Comparator:
    """What each group is compared with.

    `x`, `n`: (..., J) counts of the comparator of each group, NaN where there is none. `column`: (...) the reference
    group, -1 for REST or where no group qualifies. `reason`: (..., J), IS_REFERENCE at the reference group itself.
    """

    x: Floats
    n: Floats
    column: Ints
    reason: Reasons


def choose(
    x: npt.ArrayLike,
    n: npt.ArrayLike,
    rule: ReferenceRule,
    *,
    favourable: npt.ArrayLike,
    least: int = LEAST_OF_BEST,
    fixed: npt.ArrayLike | None = None,
) -> Ints:
    """(...) column of the reference group by `rule`; -1 where none qualifies and for REST.

    `x`, `n`: (..., J) counts. BEST: the best rate among groups with n >= `least`, of equal rates the larger group.
    LARGEST: most people, of equal sizes the better rate. FIXED: the column(s) `fixed`, -1 where nobody is in it.
    Choose once for a period and keep it (`FrozenReference`): a best group chosen afresh every day follows chance.
    Raises as `Groups.of_counts`; SettingError for FIXED without a column, `least` below 1 or what is no rule.
    """
    _checked_rule(rule)
    setting(least, "the people of the best group", least=1)
    groups = Groups.of_counts(x, n, favourable=favourable, scale=1.0, reference=fixed)
    way = np.where(groups.favourable, 1.0, -1.0)[..., None]
    counted = groups.present & (groups.people > 0)
    if rule is ReferenceRule.REST:
        return np.full(groups.favourable.shape, -1)
    if rule is ReferenceRule.FIXED:
        if fixed is None:
            raise SettingError("a fixed reference group is named by its column")
        return np.where(_holds(counted, groups.reference), groups.reference, -1)
    values, sizes = np.where(counted, way * groups.estimate, 0.0), np.where(counted, groups.people, 0.0)
    if rule is ReferenceRule.BEST:
        among = counted & (sizes >= least)
        return np.where(among.any(axis=-1), pick(values, sizes, among), -1)
    # `pick` reads a second key from 0 on; rates of groups with lower-is-better run from -1 to 0.
    return np.where(counted.any(axis=-1), pick(sizes, values + 1.0, counted), -1)


def compare_with(
    x: npt.ArrayLike,
    n: npt.ArrayLike,
    rule: ReferenceRule,
    *,
    favourable: npt.ArrayLike,
    least: int = LEAST_OF_BEST,
    fixed: npt.ArrayLike | None = None,
) -> Comparator:
    """The comparator of every group by `rule`, ready for `gap`.

    With REST the group is taken out of the total first: a total that contains the group is not independent of it.
    Raises as `choose`.
    """
    column = choose(x, n, rule, favourable=favourable, least=least, fixed=fixed)
    events, sizes = np.broadcast_arrays(floats(x), floats(n))
    if rule is ReferenceRule.REST:
        others, people = rest(events, sizes)
        unknown = np.isnan(others) | np.isnan(people)
        return Comparator(others, people, column, _reasons(unknown, Reason.NO_DATA))
    there = (column >= 0)[..., None]
    chosen = np.maximum(column, 0)[..., None]
    own = there & (np.arange(events.shape[-1]) == chosen)
    usable = there & ~own
    picked = [
        np.where(usable, np.broadcast_to(np.take_along_axis(a, chosen, -1), a.shape), np.nan) for a in (events, sizes)
    ]
    reason = np.where(own, np.uint8(Reason.IS_REFERENCE), _reasons(~there & ~own, Reason.REFERENCE_MISSING))
    return Comparator(picked[0], picked[1], column, reason.astype(np.uint8))


def rest(x: npt.ArrayLike, n: npt.ArrayLike) -> tuple[Floats, Floats]:
    """(..., J) counts of everyone but the group; NaN where another group's count is not known.

    Raises CountError for negative or infinite counts, ShapeError for shapes that do not fit together or no axis.
    """
    events, sizes = together(x, n)
    if not events.ndim:
        raise ShapeError("groups stand along the last axis: a single number is no table")
    return events.sum(axis=-1, keepdims=True) - events, sizes.sum(axis=-1, keepdims=True) - sizes


@dataclass(frozen=True, slots=True)
class FrozenReference:
    """A reference group chosen by a rule and kept from `first` to `last`, both included."""

    rule: ReferenceRule
    group: str
    first: date
    last: date

    def stands(self, day: date) -> bool:
        """Whether figures of `day` are compared with this group."""
        return self.first <= day <= self.last


def freeze(rule: ReferenceRule, group: str, first: date, *, months: int = 3) -> FrozenReference:
    """The choice kept for `months` calendar months from `first`, a quarter unless told otherwise.

    Raises SettingError for less than a month, for REST, which has no group to keep, and for what is no rule.
    """
    _checked_rule(rule)
    if whole_setting(months, "the months of a reference group", least=1) > 1200:
        raise SettingError("a reference group is not kept for a century")
    if rule is ReferenceRule.REST:
        raise SettingError("everyone else is not a group that can be kept")
    ahead = first.month - 1 + months
    year, month = first.year + ahead // 12, ahead % 12 + 1
    after = date(year + month // 12, month % 12 + 1, 1)
    days_in_month = (after - date(year, month, 1)).days
    ends = date(year, month, min(first.day, days_in_month))
    return FrozenReference(rule, group, first, date.fromordinal(ends.toordinal() - 1))


def _checked_rule(rule: object) -> None:
    # A name would pass for the rule that is asked last and choose another group.
    if not isinstance(rule, ReferenceRule):
        raise SettingError(f"a rule is a member of ReferenceRule, not {rule!r}"[:200])


def _holds(counted: Bools, column: Ints) -> Bools:
    held: Bools = np.take_along_axis(counted, np.maximum(column, 0)[..., None], axis=-1)[..., 0] & (column >= 0)
    return held


def _reasons(where: Bools, reason: Reason) -> Reasons:
    return np.where(where, np.uint8(reason), np.uint8(0)).astype(np.uint8)
