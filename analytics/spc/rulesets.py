"""Which rules mark points, as choices, over chunks of series lying in columns."""

from dataclasses import dataclass
from enum import Enum
from functools import cached_property

import numpy as np
import numpy.typing as npt

from analytics.spc import planes
from analytics.spc.codes import LOW, RULE_BITS, Flags, Rule
from analytics.spc.gaps import Floats
from analytics.spc.planes import Plane
from analytics.spc.runs import LEAST_USEFUL, ON_CENTER, Runs, runs_of, sides_of


class RuleSet(Enum):
    """Sets of rules; the rule that stands first wins where several hold at a point.

    Every point that makes up a pattern is marked, not only the one that completes it.
    """

    MAKING_DATA_COUNT = (Rule.OUTSIDE, Rule.TREND, Rule.TWO_OF_THREE, Rule.SHIFT)
    WESTERN_ELECTRIC = (Rule.OUTSIDE, Rule.BEYOND_TWO, Rule.FOUR_OF_FIVE, Rule.RUN_OF_EIGHT)
    NELSON = (
        Rule.OUTSIDE,
        Rule.RUN_OF_NINE,
        Rule.TREND_OF_SIX,
        Rule.ALTERNATING,
        Rule.BEYOND_TWO,
        Rule.FOUR_OF_FIVE,
        Rule.HUGGING,
        Rule.AVOIDING,
    )
    ANHOEJ = (Rule.OUTSIDE, Rule.LONG_RUN, Rule.FEW_CROSSINGS)


@dataclass
class Sheet:
    """A chunk of series as the rules see it: points (T, S) on the scale on which limits are straight lines.

    `center`, `lower`, `upper` and the lines of one and two standard deviations are (S,). `rises` and `falls` (T, S):
    the step from the point before goes up, down. `real`: which points exist, None for all. `figures` and their
    `figure_center` are the same as they are drawn. A point lies on a line where it does but for rounding.
    """

    points: Floats
    rises: npt.NDArray[np.bool_]
    falls: npt.NDArray[np.bool_]
    center: Floats
    lower: Floats
    upper: Floats
    lower_two: Floats
    upper_two: Floats
    lower_one: Floats
    upper_one: Floats
    real: npt.NDArray[np.bool_] | None
    figures: Floats
    figure_center: Floats

    @property
    def series(self) -> int:
        """How many."""
        return len(self.center)

    @cached_property
    def there(self) -> Plane | None:
        """Plane of the points that exist; None for all."""
        return None if self.real is None else planes.pack(self.real)

    def _real(self, plane: Plane) -> Plane:
        return plane if self.there is None else plane & self.there

    @cached_property
    def reach(self) -> Floats:
        """(S,) so far from a line a point still lies on it: a line is a result, exact to no more digits."""
        return np.asarray(ON_CENTER * np.fmax(np.abs(self.center), self.upper - self.lower))

    @cached_property
    def above(self) -> Plane:
        """Points above the center."""
        return self._real(planes.pack(self.points > self.center + self.reach))

    @cached_property
    def below(self) -> Plane:
        """Points below the center."""
        return self._real(planes.pack(self.points < self.center - self.reach))

    @cached_property
    def over(self) -> Plane:
        """Points above the upper limit."""
        return self._real(planes.pack(self.points > self.upper + self.reach))

    @cached_property
    def under(self) -> Plane:
        """Points below the lower limit."""
        return self._real(planes.pack(self.points < self.lower - self.reach))

    @cached_property
    def up(self) -> Plane:
        """Steps up."""
        return planes.pack(self.rises)

    @cached_property
    def down(self) -> Plane:
        """Steps down."""
        return planes.pack(self.falls)

    def beyond(self, lower: Floats, upper: Floats) -> tuple[Plane, Plane]:
        """Points above the upper and below the lower of two lines."""
        over, under = self.points > upper + self.reach, self.points < lower - self.reach
        return self._real(planes.pack(over)), self._real(planes.pack(under))

    @cached_property
    def beyond_one(self) -> tuple[Plane, Plane]:
        """Points more than one standard deviation away, above and below."""
        return self.beyond(self.lower_one, self.upper_one)

    @cached_property
    def runs(self) -> Runs:
        """Runs on one side of the center, and crossings of it."""
        sides = sides_of(self.figures.T, self.figure_center[:, None])
        if self.real is not None:
            sides *= self.real.T
        sides = np.ascontiguousarray(sides)
        return runs_of(sides, (sides != 0).sum(axis=1))

    @cached_property
    def within_one(self) -> Plane:
        """Points within one standard deviation, where limits have a width."""
        high, low = self.beyond_one
        wide = planes.pack(np.broadcast_to(self.lower < self.upper, self.points.shape))
        return self._real(wide & ~(high | low))


def _both(found: tuple[Plane, Plane]) -> tuple[Plane, Plane]:
    high, low = found
    return high | low, low


def _found(sheet: Sheet, rule: Rule) -> tuple[Plane, Plane]:
    """Points that a rule marks, and those of them that point down."""
    match rule:
        case Rule.OUTSIDE:
            return _both((sheet.over, sheet.under))
        case Rule.TREND:
            return _both(planes.trends(sheet.up, sheet.down))
        case Rule.TREND_OF_SIX:
            return _both(planes.trends(sheet.up, sheet.down, 6))
        case Rule.TWO_OF_THREE:
            high, low = sheet.beyond(sheet.lower_two, sheet.upper_two)
            high, low = high & ~sheet.over, low & ~sheet.under
            return _both((planes.two_of_three(high, sheet.above), planes.two_of_three(low, sheet.below)))
        case Rule.BEYOND_TWO:
            high, low = sheet.beyond(sheet.lower_two, sheet.upper_two)
            return _both((planes.most_of(high, 3), planes.most_of(low, 3)))
        case Rule.FOUR_OF_FIVE:
            high, low = sheet.beyond_one
            return _both((planes.most_of(high, 5), planes.most_of(low, 5)))
        case Rule.SHIFT | Rule.RUN_OF_EIGHT | Rule.RUN_OF_NINE:
            length = {Rule.SHIFT: planes.RUN, Rule.RUN_OF_EIGHT: 8}.get(rule, 9)
            return _both((planes.runs_of(sheet.above, length), planes.runs_of(sheet.below, length)))
    return _found_without_side(sheet, rule)


def _found_without_side(sheet: Sheet, rule: Rule) -> tuple[Plane, Plane]:
    nothing = np.zeros_like(sheet.above)
    if rule is Rule.ALTERNATING:
        return planes.alternating(sheet.up, sheet.down, 14), nothing
    if rule is Rule.HUGGING:
        return planes.runs_of(sheet.within_one, 15), nothing
    if rule is Rule.AVOIDING:
        high, low = sheet.beyond_one
        if len(high) < 8:
            return nothing, nothing
        ends = planes.ends_of_runs(high | low, 8)
        ends &= ~planes.ends_of_runs(high, 8) & ~planes.ends_of_runs(low, 8)
        return planes.spread_back(ends, 8), nothing
    if rule is Rule.LONG_RUN:
        long = planes.pack(np.ascontiguousarray(sheet.runs.in_long_run.T))
        return long, long & sheet.below
    # Few crossings belong to the whole series: its latest point tells them.
    last = np.zeros(sheet.points.shape, dtype=bool)
    last[-1] = sheet.runs.few_crossings & (sheet.runs.n_useful >= LEAST_USEFUL)
    return planes.pack(last), nothing


def flags_of(sheet: Sheet, rules: RuleSet) -> Flags:
    """Flags (T, S) of the points: the code of the first rule that marks each, and whether it points down."""
    bits: dict[int, Plane] = {}
    free = np.full_like(sheet.above, np.iinfo(np.uint64).max)
    low = np.zeros_like(sheet.above)
    for rule in rules.value:
        marks, down = _found(sheet, rule)
        marks = marks & free
        if not marks.any():
            continue
        free &= ~marks
        low |= down & marks
        for number, bit in enumerate(RULE_BITS):
            if rule >> number & 1:
                bits[bit] = bits[bit] | marks if bit in bits else marks
    bits[LOW.bit_length() - 1] = low
    # From the highest bit down, doubling: a sum of bytes is many times faster than a shift.
    out: Flags = np.zeros(0, dtype=np.uint8)
    for bit in range(max(bits), -1, -1):
        if len(out):
            np.add(out, out, out=out)
        if bit in bits and bits[bit].any():
            marked = planes.unpack(bits[bit], sheet.series)
            out = np.bitwise_or(out, marked, out=out) if len(out) else marked
    return out if len(out) else np.zeros(sheet.points.shape, dtype=np.uint8)
