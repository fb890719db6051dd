"""The groups of one dimension under a total that everybody sees: which of them may be shown.

The guard of a board: a tile shows its total, a page shows the groups of a dimension beside it. Several dimensions of
the
same measure share nothing but that total, so each is guarded alone; a crossing of two is a table of its own
(`suppress_crossing`). Groups that nobody is in or that were not asked are groups like others: the attacker subtracts
them too.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analytics.small_cells.cells import THRESHOLD, Floats, Marks, Mask, checked_threshold, coded, is_small

_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class Table:
    """J groups of one dimension and their total, in K kinds of counts that are guarded together.

    `parts`: (J, K) counts of people or events, not negative; a row with NaN has no reading and is left alone.
    `total`: (K,) the total that is shown beside them; None where no total is shown anywhere.
    `withheld`: (J,) groups that the source itself has hidden; their counts are not known here and are ignored.
    A group is shown or hidden whole: its rate tells its numerator as soon as its denominator is known.
    """

    parts: Floats
    total: Floats | None
    withheld: Marks

    def __post_init__(self) -> None:
        if self.parts.ndim != 2:
            raise ValueError("parts are a two-dimensional array (groups, kinds of counts)")
        groups, kinds = self.parts.shape
        if self.total is not None and self.total.shape != (kinds,):
            raise ValueError(f"the total must have {kinds} counts, as each group has")
        if self.withheld.shape != (groups,):
            raise ValueError(f"withheld must mark each of the {groups} groups")
        known = self.parts[~self.withheld]
        if np.isinf(known).any() or (known < 0).any():
            raise ValueError("counts must be finite and not negative")
        if self.total is not None and (not np.isfinite(self.total).all() or (self.total < 0).any()):
            raise ValueError("the total must be known, finite and not negative; None where there is none")

    @classmethod
    def of_counts(cls, counts: npt.ArrayLike, total: float | None, withheld: npt.ArrayLike | None = None) -> "Table":
        """Groups with one count each: people, events, or the denominators of a mean. Raises ValueError as the class
        does.
        """
        column = np.asarray(counts, dtype=np.float64)[:, None]
        return cls(
            column, None if total is None else np.array([total], dtype=np.float64), _marks(withheld, len(column))
        )

    @classmethod
    def of_proportion(
        cls,
        numerators: npt.ArrayLike,
        denominators: npt.ArrayLike,
        total: tuple[float, float] | None,
        withheld: npt.ArrayLike | None = None,
    ) -> "Table":
        """Groups with x of n: guards x, those who are not in x, and n. `total`: numerator and denominator.

        Raises ValueError for a numerator above its denominator, and as the class does.
        """
        x, n = np.asarray(numerators, dtype=np.float64), np.asarray(denominators, dtype=np.float64)
        marks = _marks(withheld, len(x))
        if (x[~marks] > n[~marks]).any() or (total is not None and total[0] > total[1]):
            raise ValueError("a numerator is above its denominator")
        whole = None if total is None else np.array([total[0], total[1] - total[0], total[1]], dtype=np.float64)
        return cls(np.column_stack((x, n - x, n)), whole, marks)

    @classmethod
    def of_rate(
        cls,
        numerators: npt.ArrayLike,
        denominators: npt.ArrayLike,
        total: tuple[float, float] | None,
        withheld: npt.ArrayLike | None = None,
    ) -> "Table":
        """Groups with events per patients, days or visits: guards both counts. `total`: numerator and denominator."""
        pairs = np.column_stack((np.asarray(numerators, dtype=np.float64), np.asarray(denominators, dtype=np.float64)))
        whole = None if total is None else np.array(total, dtype=np.float64)
        return cls(pairs, whole, _marks(withheld, len(pairs)))


def suppress(table: Table, *, threshold: int = THRESHOLD) -> Mask:
    """Codes (J,) of the groups. What is shown, with the total, leaves no count of 1 .. threshold-1 to be found.

    Hidden are groups with a small count; then the smallest publishable groups until at least two are hidden and what
    they
    come to together, in every kind of count, is zero or publishable itself ("Asian or other: 7" is a small cell too).
    Parts that fall short of the total leave people in no group: that rest is derivable, so it counts as a hidden group.
    Parts above the total overlap (several answers allowed) and are not subtracted from one another, but each from the
    total.
    The whole dimension is hidden when that cannot be reached or only one group with people in it would be left.
    A zero may show. Without a total only small counts are hidden. Source: CMS cell size suppression policy.
    """
    least = checked_threshold(threshold)
    present = ~np.isnan(table.parts).any(axis=1) | table.withheld
    parts = np.where((present & ~table.withheld)[:, None], table.parts, 0.0)
    small = is_small(parts, least).any(axis=1) | table.withheld
    if table.total is None:
        return coded(small, small)
    rest = table.total - parts.sum(axis=0)
    rest[np.abs(rest) < _ROUNDING] = 0
    if (rest < 0).any():
        small |= present & is_small(table.total - parts, least).any(axis=1)
        return coded(small, present & small.any())

    unseen = int(table.withheld.sum()) or int(rest.any())
    hidden = small.copy()
    if small.any() or is_small(rest, least).any():
        hidden = _complemented(parts, small, rest, unseen - int(table.withheld.sum()), least)
        if (~hidden & parts.any(axis=1)).sum() < 2:
            hidden = present.copy()
    return coded(small, hidden & present)


def _complemented(parts: Floats, small: Marks, rest: Floats, unseen: int, threshold: int) -> Marks:
    """The small groups and as many others, smallest first, as hide them; all groups where nothing less does."""
    hidden = small.copy()
    sizes = parts.max(axis=1)
    while True:
        lacking = _lacking(parts, hidden, rest, threshold)
        if not lacking.any() and hidden.sum() + unseen >= 2:
            return hidden
        free = np.flatnonzero(~hidden & (sizes > 0))
        if not len(free):
            return np.ones_like(hidden)
        free = free[np.argsort(sizes[free], kind="stable")]
        useful = (parts[free][:, lacking] > 0).sum(axis=1)
        hidden[free[np.argmax(useful)]] = True


def _lacking(parts: Floats, hidden: Marks, rest: Floats, threshold: int) -> Marks:
    """The kinds of counts (K,) whose hidden groups together are still small."""
    return is_small(parts[hidden].sum(axis=0) + rest, threshold)


def _marks(withheld: npt.ArrayLike | None, groups: int) -> Marks:
    return np.zeros(groups, dtype=bool) if withheld is None else np.asarray(withheld, dtype=bool)
