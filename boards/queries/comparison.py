"""Groups of a published block held against each other: value, interval, difference, ratio, with whom and since when."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from django.db import connection

from analytics.disparity.gaps import LEAST_EACH, LEAST_RELATIVE, LEAST_TOGETHER, ROUNDING
from analytics.intervals import katz_ratio
from analytics.shapes import stratum_bars
from boards import rules
from boards.models import Measure
from boards.queries.published import Block, Part

#: People on each side from which a gap is marked.
LEAST_MARKED: Final = 30
#: The least relative difference of a gap that is marked: a tenth, whatever floats make of it.
LEAST_TOLD: Final = LEAST_RELATIVE - ROUNDING


@dataclass(frozen=True, slots=True)
class Against:
    """The comparator of a measure by a dimension. `group` is "" for everyone else; `until` when it is chosen anew."""

    rule: rules.Reference = rules.Reference.REST
    group: str = ""
    since: date | None = None
    until: date | None = None


EVERYONE_ELSE: Final = Against()


@dataclass(frozen=True, slots=True)
class Compared:
    """A group and how far it lies from its comparator, in the measure's unit; None where that cannot be told.

    `harm`: by how much it fares worse, negative where better. `certain`: more than chance; `few`: too few people to
    judge the gap. `reference`: it is the comparator itself.
    """

    part: Part
    value: float | None
    low: float | None
    high: float | None
    difference: float | None
    difference_low: float | None
    difference_high: float | None
    ratio: float | None
    harm: float | None
    relative: float | None
    certain: bool
    few: bool
    reference: bool
    other: Part | None

    @property
    def marked(self) -> bool:
        """Whether the gap stands on the board: harmful, more than chance, a tenth at least, enough people."""
        enough = self.other is not None and min(self.part.denominator, self.other.denominator) >= LEAST_MARKED
        return enough and self.certain and (self.harm or 0) > 0 and (self.relative or 0) >= LEAST_TOLD


_AGAINST: Final = """
    SELECT DISTINCT ON (measure_id, dimension_id) measure_id, dimension_id, rule, "group", since, until
    FROM boards_referencechoice WHERE measure_id = ANY(%s) AND since <= %s
    ORDER BY measure_id, dimension_id, since DESC, id DESC
"""


def against_of(measures: Collection[int], day: date) -> dict[tuple[int, int], Against]:
    """(measure, dimension) → comparator on `day`, where another one than everyone else was chosen. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_AGAINST, [list(measures), day])
        rows = cursor.fetchall()
    return {(measure, dimension): Against(rules.Reference(rule), *rest) for measure, dimension, rule, *rest in rows}


def compare(block: Block, measure: Measure, against: Against = EVERYONE_ELSE, *, rest: bool = False) -> list[Compared]:
    """Every group of `block` that is told, against its comparator.

    Proportions have Wilson's and Newcombe's intervals, rates exact or Byar's and the score's; means have none. A
    reference group that is not told here gives way to everyone else. `rest`: at the end stand the untold groups
    together, with an empty name, where there are patients of them. A group of nobody has no line.
    """
    parts = [part for part in block.parts if not is_nobody(part, measure)]
    if not parts:
        return []
    every = [*parts, block.rest]
    at = next((i for i, part in enumerate(parts) if part.name == against.group), None) if against.group else None
    if measure.kind in {rules.Kind.PROPORTION, rules.Kind.RATE}:
        found = _judged(every, at, measure, block)
    else:
        found = [_plain(part, at, every, block, measure) for part in every]
    together = block.hidden and not block.answer and block.rest.denominator + block.rest.numerator > 0
    return found if rest and together else found[:-1]


def is_nobody(part: Part, measure: Measure) -> bool:
    """Whether there is nothing to say of a group: no cases, or a count of none of whom no group is known.

    A count of nothing in a known group is a number like any other.
    """
    counted = measure.kind == rules.Kind.COUNT and part.state == rules.CategoryState.KNOWN
    return not counted and not part.numerator and not part.denominator


def is_judged(measure: Measure) -> bool:
    """Whether one group can fare worse than another: not by a count, nor by a measure that is context only."""
    return measure.kind != rules.Kind.COUNT and measure.direction != rules.Direction.CONTEXT


def _judged(every: Sequence[Part], at: int | None, measure: Measure, block: Block) -> list[Compared]:
    x = np.array([part.numerator for part in every])
    n = np.array([part.denominator for part in every])
    kind = "proportion" if measure.kind == rules.Kind.PROPORTION else "rate"
    if kind == "proportion" and (x > n).any():
        return [_plain(part, at, every, block, measure) for part in every]
    bars = stratum_bars(x, n, reference=at, kind=kind, per=measure.multiplier)  # type: ignore[arg-type]
    found = []
    way = {rules.Direction.HIGHER: -1.0, rules.Direction.LOWER: 1.0}.get(rules.Direction(measure.direction))
    for i, part in enumerate(every):
        is_reference = i == at
        other = None if is_reference else every[at] if at is not None else _others(block, part)
        low, high = _number(bars.gap.lower[i]), _number(bars.gap.upper[i])
        difference = None if is_reference else _number(bars.gap.estimate[i])
        base = _number(bars.comparator[i])
        few = other is not None and (
            min(part.denominator, other.denominator) < LEAST_EACH
            or part.denominator + other.denominator < LEAST_TOGETHER
        )
        found.append(
            Compared(
                part,
                _number(bars.value.estimate[i]),
                _number(bars.value.lower[i]),
                _number(bars.value.upper[i]),
                difference,
                None if is_reference else low,
                None if is_reference else high,
                _ratio(part, other, kind),
                None if difference is None or way is None else way * difference,
                None if difference is None or not base else abs(difference) / base,
                difference is not None and not few and low is not None and high is not None and (low > 0 or high < 0),
                few,
                is_reference,
                other,
            )
        )
    return found


def _others(block: Block, part: Part) -> Part:
    return Part("", part.state, block.total.numerator - part.numerator, block.total.denominator - part.denominator)


def _ratio(part: Part, other: Part | None, kind: str) -> float | None:
    if other is None or not part.denominator or not other.denominator or not other.numerator:
        return None
    if kind == "proportion":
        found = katz_ratio(part.numerator, part.denominator, other.numerator, other.denominator)
        return _number(float(found.estimate))
    return part.numerator / part.denominator / (other.numerator / other.denominator)


def _plain(part: Part, at: int | None, parts: Sequence[Part], block: Block, measure: Measure) -> Compared:
    """A group of a measure without intervals: means, minutes, counts."""
    is_reference = at is not None and parts[at].name == part.name
    other = None if is_reference else parts[at] if at is not None else _others(block, part)
    value, base = value_of(part, measure), None if other is None else value_of(other, measure)
    countless = measure.kind == rules.Kind.COUNT
    difference = None if value is None or base is None or countless else value - base
    way = {rules.Direction.HIGHER: -1.0, rules.Direction.LOWER: 1.0}.get(rules.Direction(measure.direction))
    return Compared(
        part, value, None, None, difference, None, None,
        value / base if value is not None and base and not countless else None,
        None if difference is None or way is None else way * difference,
        None if difference is None or not base else abs(difference) / base,
        certain=False, few=False, reference=is_reference, other=other,
    )  # fmt: skip


def value_of(part: Part, measure: Measure) -> float | None:
    """The number of a group in the measure's unit; None without cases."""
    found = rules.figures(
        np.array([part.numerator]), np.array([part.denominator]), rules.Kind(measure.kind), measure.multiplier
    )[0]
    return _number(found)


def worst(compared: Sequence[Compared]) -> Compared | None:
    """The marked group that fares worst, of those of whom something is known; None where no gap is marked."""
    marked = [
        each for each in compared if each.marked and each.part.name and each.part.state == rules.CategoryState.KNOWN
    ]
    return max(marked, key=lambda each: each.harm or 0.0, default=None)


def loudest(compared: Sequence[Compared]) -> Compared | None:
    """The gap that a page speaks of: the worst of a known group, else of any other that is marked on the same page."""
    marked = [each for each in compared if each.marked]
    return worst(compared) or max(marked, key=lambda each: each.harm or 0.0, default=None)


def _number(value: float | np.floating) -> float | None:
    return float(value) if np.isfinite(value) else None
