"""The third element: what was told of groups of patients, newest first. Reads `boards.queries.published` alone."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import formats
from django.utils.translation import gettext as _

from analytics.intervals import wilson
from boards import rules
from boards.completeness_rules import Counts, Trust, judged
from boards.models import Dimension, Measure
from boards.pages import StrataTable, StratumRow
from boards.queries import words
from boards.queries.comparison import EVERYONE_ELSE, Against, Compared, against_of, compare, value_of, worst
from boards.queries.completeness import RECENT_DAYS, limits_of
from boards.queries.published import Block, Part, blocks
from boards.queries.published_states import states
from boards.queries.strata import merged
from org.models import Organisation, Unit


@dataclass(frozen=True, slots=True)
class Told:
    """A measure by a dimension over its newest stretch: the guarded block, and what follows from it.

    `worst`: the gap that pages of groups mark as well – harmful, more than chance, large enough; None where none is.
    `known`: of how many of the measure's own cases the group is known, in words; a dash where it counts no cases.
    """

    measure: Measure
    dimension: Dimension
    block: Block
    against: Against
    worst: Compared | None
    known: str


def interval_of(part: Part, measure: Measure) -> tuple[float | None, float | None]:
    """The 95 % interval of a share; (None, None) for anything else."""
    if measure.kind != rules.Kind.PROPORTION or not 0 < part.denominator >= part.numerator:
        return None, None
    found = wilson(part.numerator, part.denominator)
    return float(found.lower) * measure.multiplier, float(found.upper) * measure.multiplier


def told_of(organisation: Organisation, unit: Unit, first: date, last: date) -> Sequence[Told]:
    """What was told of groups of patients in `unit` within the days: of each measure and dimension the newest stretch,
    a year only where nothing shorter was told. Measures of staff have readers of their own and are no part of it. Seven
    statements.
    """
    patients = organisation.measures.active().filter(about=rules.About.PATIENTS).select_related("letter")
    measures = {measure.pk: measure for measure in patients}
    dimensions = {dimension.pk: dimension for dimension in organisation.dimensions.all()}
    held: dict[tuple[int, int], list[Block]] = {}
    for block in blocks([unit.pk], measures, first=first, last=last, stretch=None):
        held.setdefault((block.measure_id, block.dimension_id), []).append(block)
    against = against_of(list(measures), last)
    known = _known_of(organisation, unit, dimensions, first, last)
    found = []
    for (measure, dimension), told in held.items():
        newest = _newest(told)
        if newest is not None:
            chosen = against.get((measure, dimension), EVERYONE_ELSE)
            by = chosen if not chosen.group or newest.part(chosen.group) else EVERYONE_ELSE
            gap = worst(compare(newest, measures[measure], chosen))
            share = known.get((measure, dimension), words.NONE)
            found.append(Told(measures[measure], dimensions[dimension], newest, by, gap, share))
    found.sort(key=lambda one: (one.measure.letter.position, one.measure.name, one.dimension.position))
    return found


def _newest(told: Sequence[Block]) -> Block | None:
    """The stretch that the page of groups shows: the newest one, with all answers where they overlap."""
    used = [block for block in told if block.stretch == rules.Stretch.BLOCK] or list(told)
    end = max((block.last, block.first) for block in used)
    return merged([block for block in used if (block.last, block.first) == end])


def _known_of(
    organisation: Organisation, unit: Unit, dimensions: Collection[int], first: date, last: date
) -> dict[tuple[int, int], str]:
    """(measure, dimension) → the share of its cases of whom the group is known, in words, as the page of completeness
    tells it: over the newest months, or the newest year where only that tells something. Three statements.
    """
    recent = max(first, last - timedelta(days=RECENT_DAYS - 1))
    rows = states([unit.pk], dimensions, since=recent, years_since=first, until=last, by_measure=True)
    months: dict[tuple[int, int], Counts] = {}
    years: dict[tuple[int, int], Counts] = {}
    for row in rows:
        pair = row.measure_id, row.dimension_id
        if row.stretch == rules.Stretch.BLOCK:
            months[pair] = months.get(pair, Counts()) + row.counts
        else:
            years[pair] = row.counts
    pairs = list(months | years)
    limits = limits_of(organisation.pk)
    newest, yearly = (judged([held.get(pair, Counts()) for pair in pairs], limits) for held in (months, years))
    mute = {Trust.NOTHING, Trust.UNTOLD}
    return {
        pair: (year if now.trust in mute and year.trust not in mute else now).text
        for pair, now, year in zip(pairs, newest, yearly, strict=True)
    }


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
