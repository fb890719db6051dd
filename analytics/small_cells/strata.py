"""The groups of one dimension under a total that everybody sees: which of them may be shown.

The guard of a board: a tile shows its total, a page shows the groups of a dimension beside it. Several dimensions of
the
same measure share nothing but that total, so each is guarded alone; a crossing of two is a table of its own
(`suppress_crossing`). Groups that nobody is in or that were not asked are groups like others: the attacker subtracts
them too.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analytics.inputs import fitting, flags, floats
from analytics.outcomes import CountError, ShapeError
from analytics.small_cells.cells import THRESHOLD, Floats, Marks, Mask, checked_threshold, coded, is_small

_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class Table:
    """J groups of one dimension and their total, in K kinds of counts that are guarded together, in any number of
    periods.

    `parts`: (..., J, K) counts of people or events, not negative; a group with NaN has no reading and is left alone.
    `total`: (..., K) the totals that are shown beside them; NaN where no total is shown anywhere.
    `withheld`: (..., J) groups that the source itself has hidden; their counts are not known here and are ignored.
    Leading axes are periods (or units) that are shown beside each other without a sum over them; with one, the table is
    a crossing. A group is shown or hidden whole: its rate tells its numerator as soon as its denominator is known.
    """

    parts: Floats
    total: Floats
    withheld: Marks

    def __post_init__(self) -> None:
        if self.parts.ndim < 2:
            raise ShapeError("parts are an array (..., groups, kinds of counts)")
        if self.total.shape != self.parts.shape[:-2] + self.parts.shape[-1:]:
            raise ShapeError(f"totals of shape {self.total.shape} do not belong to parts of shape {self.parts.shape}")
        if self.withheld.shape != self.parts.shape[:-1]:
            raise ShapeError(f"withheld of shape {self.withheld.shape} does not mark groups of {self.parts.shape[:-1]}")
        for counts in (self.parts[~self.withheld], self.total):
            if np.isinf(counts).any() or (counts < 0).any():
                raise CountError("counts must be finite and not negative")

    @classmethod
    def of_counts(
        cls, counts: npt.ArrayLike, total: npt.ArrayLike | None, withheld: npt.ArrayLike | None = None
    ) -> "Table":
        """Groups (..., J) with one count each: people, events, or the denominators of a mean; `total` (...) or None.

        Raises as the class does.
        """
        return _table(withheld, (counts,), None if total is None else (total,))

    @classmethod
    def of_proportion(
        cls,
        numerators: npt.ArrayLike,
        denominators: npt.ArrayLike,
        total: tuple[npt.ArrayLike, npt.ArrayLike] | None,
        withheld: npt.ArrayLike | None = None,
    ) -> "Table":
        """Groups (..., J) with x of n: guards x, those who are not in x, and n. `total`: numerator and denominator
        (...).

        Raises CountError for a numerator above its denominator, and as the class does.
        """
        x, n = fitting(numerators, denominators)
        above = (x > n) if withheld is None else (x > n) & ~flags(withheld)
        whole = None
        if total is not None:
            events, people = _total(total)
            whole = (events, people - events, people)
        if above.any() or (whole is not None and (whole[0] > whole[2]).any()):
            raise CountError("a numerator is above its denominator")
        return _table(withheld, (x, np.maximum(n - x, 0), n), whole)

    @classmethod
    def of_rate(
        cls,
        numerators: npt.ArrayLike,
        denominators: npt.ArrayLike,
        total: tuple[npt.ArrayLike, npt.ArrayLike] | None,
        withheld: npt.ArrayLike | None = None,
    ) -> "Table":
        """Groups (..., J) with events per patients, days or visits: guards both. `total`: numerator and denominator."""
        return _table(withheld, fitting(numerators, denominators), None if total is None else _total(total))


def suppress(table: Table, *, threshold: int = THRESHOLD) -> Mask:
    """Codes (..., J) of the groups. What is shown, with the total, leaves no count of 1 .. threshold-1 to be found.

    Hidden are groups with a small count; then the smallest publishable groups until at least two are hidden and what
    they
    come to together, in every kind of count, is zero or publishable itself ("Asian or other: 7" is a small cell too).
    Parts that fall short of the total leave people in no group: that rest is derivable, so it counts as a hidden group.
    Parts above the total overlap (several answers allowed) and are not subtracted from one another, but each from the
    total; an excess of 1 .. threshold-1 tells how many few people are in two groups, so that the dimension is hidden.
    The whole dimension is hidden when that cannot be reached or only one group with people in it would be left.
    A zero may show. Without a total only small counts are hidden. Source: CMS cell size suppression policy.
    """
    least = checked_threshold(threshold)
    shape = table.withheld.shape
    groups, kinds = table.parts.shape[-2:]
    periods = int(np.prod(shape[:-1], dtype=np.int64))
    given = table.parts.reshape(periods, groups, kinds)
    withheld, total = table.withheld.reshape(periods, groups), table.total.reshape(periods, kinds)

    present = ~np.isnan(given).any(axis=2) | withheld
    parts = np.where((present & ~withheld)[:, :, None], given, 0.0)
    small = is_small(parts, least).any(axis=2) | withheld
    rest = total - parts.sum(axis=1)
    rest[np.abs(rest) < _ROUNDING] = 0
    overlap = (rest < 0).any(axis=1)
    small |= overlap[:, None] & present & is_small(total[:, None] - parts, least).any(axis=2)
    told = ~np.isnan(total).all(axis=1)
    asked = told & ~overlap & (small.any(axis=1) | is_small(rest, least).any(axis=1))
    nobody = (np.nan_to_num(rest) > 0).any(axis=1) & ~withheld.any(axis=1)

    twice = is_small(-rest, least).any(axis=1)
    hidden = small | (overlap & (small.any(axis=1) | twice))[:, None]
    if asked.any():
        hidden[asked] = _complemented(parts[asked], small[asked], rest[asked], nobody[asked], least)
        left = (~hidden & parts.any(axis=2)).sum(axis=1)
        hidden[asked & (left < 2)] = True
    return coded(small.reshape(shape), (hidden & present).reshape(shape))


def _complemented(parts: Floats, small: Marks, rest: Floats, nobody: Marks, threshold: int) -> Marks:
    """The small groups (P, J) and as many others, smallest first, as hide them; all groups where nothing less does.

    `rest` (P, K): what is in no group that is known; `nobody` (P,): it stands for a group besides the hidden ones.
    """
    hidden = small.copy()
    sizes = parts.max(axis=2)
    huge = sizes.max() + 1
    unsettled = np.arange(len(parts))
    while len(unsettled):
        mine, marks = parts[unsettled], hidden[unsettled]
        lacking = is_small((mine * marks[:, :, None]).sum(axis=1) + rest[unsettled], threshold)
        ready = ~lacking.any(axis=1) & (marks.sum(axis=1) + nobody[unsettled] >= 2)
        free = ~marks & (sizes[unsettled] > 0)
        hidden[unsettled[~ready & ~free.any(axis=1)]] = True
        going = ~ready & free.any(axis=1)
        useful = ((mine > 0) & lacking[:, None]).sum(axis=2)
        rank = np.where(free, useful * huge - sizes[unsettled], -np.inf)
        hidden[unsettled[going], rank[going].argmax(axis=1)] = True
        unsettled = unsettled[going]
    return hidden


def _table(
    withheld: npt.ArrayLike | None, counts: Sequence[npt.ArrayLike], total: Sequence[npt.ArrayLike] | None
) -> Table:
    parts = np.stack([floats(kind) for kind in counts], axis=-1)
    marks = np.zeros(parts.shape[:-1], dtype=bool) if withheld is None else flags(withheld)
    if total is None:
        whole: Floats = np.full(parts.shape[:-2] + parts.shape[-1:], np.nan)
    else:
        whole = np.stack([floats(kind) for kind in total], axis=-1)
    return Table(parts, whole, marks)


def _total(total: tuple[npt.ArrayLike, npt.ArrayLike]) -> tuple[Floats, ...]:
    """Numerator and denominator of all groups, of one shape."""
    if not isinstance(total, tuple) or len(total) != 2:
        raise ShapeError("a total is a pair: numerator and denominator")
    events, people = fitting(*total)
    if np.isinf(events).any() or np.isinf(people).any():
        raise CountError("counts must be finite and not negative")
    return events, people
