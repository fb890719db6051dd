"""The groups of one measure over time: each group's course, the gap's course, and whether anything has changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from analytics.spc import Rule, Variation, is_low, rule_of, xmr_states
from boards import rules
from boards.charts import KINDS, ChartPoint, control_chart
from boards.models import Dimension, Measure
from boards.pages import StrataTable
from boards.queries import signs, words
from boards.queries.comparison import Against, against_of, compare, is_nobody, value_of
from boards.queries.published import Block, blocks
from boards.queries.states import point_colors
from boards.queries.strata import LOOK_BACK, Stretches, dated, strata_table, stretches, window_text
from boards.sparks import spark_svg
from org.models import Unit

#: Fewer points than this have no limits: they would say more than is known.
LEAST_POINTS: Final = 8
_WAY: Final = {rules.Direction.HIGHER: 1, rules.Direction.LOWER: -1}


@dataclass(frozen=True, slots=True)
class Course:
    """One group over the blocks that were told: a drawing on the scale of all groups, and what it says."""

    name: str
    svg: str
    newest: str
    sentence: str
    points: Sequence[tuple[str, str, str]]  # months, value, cases


@dataclass(frozen=True, slots=True)
class GroupsPage:
    """Groups of one measure by one dimension. `gap_chart`: the gap of `group` over time; empty with fewer than two
    points.
    """

    table: StrataTable | None
    dimensions: Sequence[Dimension]
    dimension: Dimension | None
    courses: Sequence[Course]
    groups: Sequence[str]
    group: str
    gap_chart: Mapping[str, object]
    gap_sentence: str
    gap_points: Sequence[tuple[str, str, str]]  # months, gap, interval
    against: Against


def groups_page(
    unit: Unit,
    measure: Measure,
    dimension: Dimension | None,
    dimensions: Sequence[Dimension],
    day: date,
    over: str,
    group: str,
) -> GroupsPage:
    """Everything about the groups of a measure up to `day`. A constant number of statements."""
    if dimension is None:
        return GroupsPage(None, dimensions, None, (), (), "", {}, "", (), Against())
    table = strata_table(unit, measure, dimension, day, over)
    found: Stretches = stretches(unit, measure, dimension, day)
    told = [
        block
        for block in blocks([found.place], [measure.pk], dimensions=[dimension.pk], first=day - LOOK_BACK, last=day)
        if not block.answer or not group or block.answer == group
    ]
    against = against_of([measure.pk], day).get((measure.pk, dimension.pk), Against())
    names = _in_order(told, measure)
    compared_with = [name for name in names if name != against.group]
    chosen = group if group in compared_with else _loudest(told, measure, against) or next(iter(compared_with), "")
    over_time = dated(told)
    chart, sentence, points = _gap(over_time, measure, against, chosen)
    return GroupsPage(
        table, dimensions, dimension, _courses(over_time, names, measure), compared_with, chosen, chart, sentence,
        points, against,
    )  # fmt: skip


def _in_order(told: Sequence[Block], measure: Measure) -> list[str]:
    """The groups of which anybody was told at any time, in the order in which every block holds those of its own."""
    names: list[str] = []
    for block in reversed(told):
        at = 0
        for part in block.parts:
            if is_nobody(part, measure):
                continue
            if part.name in names:
                at = names.index(part.name) + 1
            else:
                names.insert(at, part.name)
                at += 1
    return names


def _loudest(told: Sequence[Block], measure: Measure, against: Against) -> str:
    if not told:
        return ""
    compared = [each for each in compare(told[-1], measure, against) if each.harm is not None]
    return max(compared, key=lambda each: each.harm or 0.0).part.name if compared else ""


def _signals(values: NDArray[np.float64], way: int) -> tuple[list[int], str, float | None, float | None, float | None]:
    """Colors of points, a sentence, and mean and limits of one series; nothing but the colors where points are few."""
    known = int((~np.isnan(values)).sum())
    if known < LEAST_POINTS:
        return [0] * len(values), "", None, None, None
    found = xmr_states(values[None, :], way)
    colors = point_colors(found.point_flags, np.array([way], np.int8))[0].tolist()
    variation = Variation(int(found.variation[0]))
    said = _("Usual ups and downs, nothing has changed.")
    if variation not in {Variation.NONE, Variation.COMMON}:
        high = not bool(is_low(found.point_flags[0])[-1])
        said = signs.rule_text(Rule(int(rule_of(found.point_flags[0])[-1])), int(found.run[0]), high=high)
        said = f"{said[:1].upper()}{said[1:]}."
    return colors, said, float(found.mean[0]), float(found.lower[0]), float(found.upper[0])


def _courses(told: Sequence[Block], names: Sequence[str], measure: Measure) -> list[Course]:
    series = {name: [_value(block, name, measure) for block in told] for name in names}
    every = [value for values in series.values() for value in values if value is not None]
    if not every:
        return []
    scale = (min(every), max(every))
    way = _WAY.get(rules.Direction(measure.direction), 0)
    found = []
    for name, values in series.items():
        colors, said, mean, _low, _high = _signals(np.array([np.nan if v is None else v for v in values]), way)
        shown = [(window_text(b), v, b.part(name)) for b, v in zip(told, values, strict=True) if v is not None]
        found.append(
            Course(
                name,
                spark_svg(values, None, mean, None, None, colors, scale_of=scale),
                words.number(shown[-1][1], measure.decimals) if shown else "",
                said or _("Too few points yet to tell change from chance."),
                [
                    (months, words.number(value, measure.decimals), words.count(part.denominator) if part else "")
                    for months, value, part in reversed(shown)
                ],
            )
        )
    return found


def _value(block: Block, name: str, measure: Measure) -> float | None:
    part = block.part(name)
    return None if part is None else value_of(part, measure)


def _gap(
    told: Sequence[Block], measure: Measure, against: Against, name: str
) -> tuple[Mapping[str, object], str, list[tuple[str, str, str]]]:
    """The gap of a group over time as a control chart, what it says, and its table."""
    found = []
    for block in told:
        each = next((c for c in compare(block, measure, against) if c.part.name == name), None)
        if each is not None and each.difference is not None:
            found.append((block, each))
    if len(found) < 2:
        return {}, "", []
    values = np.array([each.difference for _block, each in found], float)
    colors, said, mean, low, high = _signals(values, _WAY.get(rules.Direction(measure.direction), 0))
    unit = words.difference_unit(measure.unit_text)
    points, rows = [], []
    for (block, each), color in zip(found, colors, strict=True):
        text = words.signed(each.difference or 0.0, measure.decimals)
        interval = (
            _("%(low)s to %(high)s") % {
                "low": words.signed(each.difference_low, measure.decimals),
                "high": words.signed(each.difference_high, measure.decimals),
            }
            if each.difference_low is not None and each.difference_high is not None
            else ""
        )  # fmt: skip
        points.append(
            ChartPoint(
                block.last, each.difference, low, mean, high, 0.0, KINDS[color], window_text(block), f"{text} {unit}",
                interval,
            )
        )  # fmt: skip
        rows.append((window_text(block), f"{text} {unit}", interval))
    sentence = said or _("Too few points yet to tell change from chance.")
    return control_chart(points, unit_text=unit, target_text=_("no gap")), sentence, rows[::-1]
