"""The third element: what was told of groups of patients, newest first. Reads `boards.queries.published` alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from django.utils import formats
from django.utils.translation import gettext as _

from analytics.intervals import wilson
from boards import rules
from boards.models import Dimension, Measure
from boards.pages import StrataTable, StratumRow
from boards.queries import words
from boards.queries.published import Block, Part, blocks
from improvement.rules.evidence import LEAST_PATIENTS
from org.models import Organisation, Unit

_RATIOS: Final = frozenset({rules.Kind.PROPORTION, rules.Kind.RATE, rules.Kind.MEAN, rules.Kind.MINUTES})


@dataclass(frozen=True, slots=True)
class Worst:
    """The told group that lies farthest on the worse side of everyone else, in the unit of the measure."""

    group: str
    value: float
    others: float

    @property
    def size(self) -> float:
        """How far apart they are."""
        return abs(self.value - self.others)


@dataclass(frozen=True, slots=True)
class Told:
    """A measure by a dimension over its newest stretch: the guarded block, and what follows from it."""

    measure: Measure
    dimension: Dimension
    block: Block
    worst: Worst | None
    known: float | None  # share of patients whose group is known, in percent; None where a group is hidden


def value_of(part: Part, measure: Measure) -> float | None:
    """The figure of a group in the unit of the measure; None where there is none."""
    found = rules.figures(
        np.array([part.numerator]), np.array([part.denominator]), rules.Kind(measure.kind), measure.multiplier
    )[0]
    return None if np.isnan(found) else float(found)


def interval_of(part: Part, measure: Measure) -> tuple[float | None, float | None]:
    """The 95 % interval of a share; (None, None) for anything else."""
    if measure.kind != rules.Kind.PROPORTION or not 0 < part.denominator >= part.numerator:
        return None, None
    found = wilson(part.numerator, part.denominator)
    return float(found.lower) * measure.multiplier, float(found.upper) * measure.multiplier


def _worst(block: Block, measure: Measure) -> Worst | None:
    sign = {rules.Direction.HIGHER: -1, rules.Direction.LOWER: 1}.get(rules.Direction(measure.direction))
    if sign is None or measure.kind not in _RATIOS:
        return None
    found: Worst | None = None
    for part in block.parts:
        others = block.everyone_but(part.name)
        if part.state != rules.CategoryState.KNOWN or min(part.denominator, others.denominator) < LEAST_PATIENTS:
            continue
        own, rest = value_of(part, measure), value_of(others, measure)
        if own is None or rest is None or sign * (own - rest) <= 0:
            continue
        if found is None or abs(own - rest) > found.size:
            found = Worst(part.name, own, rest)
    return found


def _known_share(block: Block) -> float | None:
    everybody = sum(part.denominator for part in block.parts)
    if block.hidden or not everybody:
        return None
    known = sum(part.denominator for part in block.parts if part.state == rules.CategoryState.KNOWN)
    return 100 * known / everybody


def told_of(organisation: Organisation, unit: Unit, first: date, last: date) -> Sequence[Told]:
    """What was told of groups of patients in `unit` within the days: of each measure and dimension the newest stretch.

    Measures of staff have readers of their own and are no part of it. Three statements.
    """
    patients = organisation.measures.active().filter(about=rules.About.PATIENTS).select_related("letter")
    measures = {measure.pk: measure for measure in patients}
    dimensions = {dimension.pk: dimension for dimension in organisation.dimensions.all()}
    newest: dict[tuple[int, int], Block] = {}
    for block in blocks([unit.pk], measures, first=first, last=last, stretch=None):
        key = (block.measure_id, block.dimension_id)
        held = newest.get(key)
        if held is None or (block.last, block.first) > (held.last, held.first):
            newest[key] = block
    found = [
        Told(
            measures[block.measure_id],
            dimensions[block.dimension_id],
            block,
            _worst(block, measures[block.measure_id]),
            _known_share(block),
        )
        for block in newest.values()
    ]
    found.sort(key=lambda one: (one.measure.letter.position, one.measure.name, one.dimension.position))
    return found


def period_text(block: Block) -> str:
    """Like "1 Jul 2026 – 30 Sep 2026", which breaks at the dash alone."""
    days = (formats.date_format(day, _("j M Y")) for day in (block.first, block.last))
    return " – ".join(day.replace(" ", "\u00a0") for day in days)


def table_of(told: Told) -> StrataTable:
    """A told block as the charts of groups read it."""
    return StrataTable(
        told.dimension.name,
        told.dimension.code,
        period_text(told.block),
        [
            *(_row(part, told.measure) for part in told.block.parts),
            *(
                StratumRow(name, rules.CategoryState.KNOWN, "", "", "", None, None, None, "guarded")
                for name in told.block.hidden
            ),
        ],
        _row(Part(_("All"), rules.CategoryState.KNOWN, told.block.total.numerator, told.block.total.denominator),
             told.measure),
        "",
        "",
    )  # fmt: skip


def _row(part: Part, measure: Measure) -> StratumRow:
    low, high = interval_of(part, measure)
    value = value_of(part, measure)
    return StratumRow(
        part.name,
        part.state,
        words.count(part.numerator),
        words.count(part.denominator),
        words.number(value, measure.decimals),
        low,
        value,
        high,
        "",
    )
