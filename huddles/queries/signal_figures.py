"""The gap of a signal in words, out of what was published: of its unit, or of the nearest unit above that is told."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _

from boards.models import GapLimit, Measure, Signal
from boards.queries import published
from boards.queries.published import Block, Part
from boards.queries.words import counts, number, short_day
from boards.rules import Direction
from boards.signals.limits import gap_of
from org.models import Unit
from org.rules import ancestor_ids

#: How many published blocks stand on the page of a signal.
BLOCKS: Final = 12


@dataclass(frozen=True, slots=True)
class Told:
    """The gap in one published block. Figures are "" where the group is not told."""

    days: str
    group: str
    group_counts: str
    rest: str
    rest_counts: str
    gap: str
    worse: bool
    limited: str = ""  # the gap to whom the limit compares with
    beyond: bool = False


@dataclass(frozen=True, slots=True)
class ToldAbove:
    """The nearest unit above of which the groups are told: where, and the gap there in a sentence ("" where the group
    itself is not); `url` "" where the reader may not open it.
    """

    unit: str
    url: str
    sentence: str


def limit_words(limit: GapLimit, measure: Measure) -> str:
    """How wide the gap may be, in a sentence."""
    said = {"points": number(limit.points, measure.decimals), "reference": limit.reference}
    if limit.reference:
        return _("Its limit is %(points)s points behind %(reference)s.") % said
    return _("Its limit is %(points)s points behind everyone else.") % said


def told(signal: Signal, limit: GapLimit | None, today: date) -> list[Told]:
    """What was published of the gap, newest first. One statement."""
    found = published.blocks([signal.unit_id], [signal.measure_id], dimensions=[signal.dimension_id])
    rows = []
    for block in reversed(found[-BLOCKS:]):
        one = _block(block, signal, today)
        gap = gap_of(block, limit, signal.measure, signal.organisation.small_cell_threshold) if limit else None
        if limit is not None and gap is not None:
            beyond = gap > limit.points and block.first >= limit.since
            one = replace(one, limited=_points(abs(gap), signal.measure, worse=gap > 0), beyond=beyond)
        rows.append(one)
    return rows


def _block(block: Block, signal: Signal, today: date) -> Told:
    measure = signal.measure
    days = f"{short_day(block.first, today)} – {short_day(block.last, today)}"
    own = block.part(signal.group)
    if own is None or not own.denominator:
        return Told(days, "", "", "", "", "", worse=False)
    rest = block.everyone_but(signal.group)
    if not rest.denominator:
        return Told(days, _rate(own, measure), counts(own.numerator, own.denominator), "", "", "", worse=False)
    gap = (own.numerator / own.denominator - rest.numerator / rest.denominator) * measure.multiplier
    worse = gap < 0 if measure.direction == Direction.HIGHER else gap > 0
    return Told(
        days=days,
        group=_rate(own, measure),
        group_counts=counts(own.numerator, own.denominator),
        rest=_rate(rest, measure),
        rest_counts=counts(rest.numerator, rest.denominator),
        gap=_points(abs(gap), measure, worse=worse),
        worse=worse,
    )


def _rate(part: Part, measure: Measure) -> str:
    value = number(part.numerator / part.denominator * measure.multiplier, measure.decimals)
    return f"{value} {measure.unit_text}".strip()


def _points(gap: float, measure: Measure, *, worse: bool) -> str:
    points = number(gap, measure.decimals)
    return _("%(n)s points worse") % {"n": points} if worse else _("%(n)s points better or equal") % {"n": points}


def sentence(one: Told, group: str) -> str:
    """The gap of a block in one sentence; "" where it is not told."""
    if not one.gap:
        return ""
    said = {
        "group": group,
        "value": one.group,
        "counts": one.group_counts,
        "rest": one.rest,
        "rest_counts": one.rest_counts,
        "gap": one.gap,
        "days": one.days,
    }
    return _("%(group)s %(value)s (%(counts)s), everyone else %(rest)s (%(rest_counts)s): %(gap)s, %(days)s.") % said


def told_above(signal: Signal, today: date, links: Collection[int]) -> ToldAbove | None:
    """Where the groups are told when those of the unit are not: at the nearest unit above that tells the group, else at
    the nearest that tells others. `links`: units whose groups the reader may open. Two statements.
    """
    line = ancestor_ids(signal.unit.path)
    newest: dict[int, Block] = {}
    for block in published.blocks(
        [pk for pk in line if pk != signal.unit_id], [signal.measure_id], dimensions=[signal.dimension_id]
    ):
        newest[block.unit_id] = block
    near = sorted(newest, key=lambda pk: (newest[pk].part(signal.group) is None, -line.index(pk)))
    if not near:
        return None
    unit = Unit.objects.get(pk=near[0])
    address = reverse("boards:measure", args=[unit.pk, signal.measure_id]) + f"?by={signal.dimension.code}#groups"
    said = sentence(_block(newest[unit.pk], signal, today), signal.group)
    return ToldAbove(unit.name, address if unit.pk in links else "", said)


def in_short(signal: Signal, today: date) -> str:
    """The newest published gap of a signal in one sentence, of its unit or else of the nearest above; "" where none is
    told. At most three statements.
    """
    own = published.blocks([signal.unit_id], [signal.measure_id], dimensions=[signal.dimension_id])
    said = sentence(_block(own[-1], signal, today), signal.group) if own else ""
    if said:
        return said
    above = told_above(signal, today, ())
    if above is None or not above.sentence:
        return ""
    return _("%(unit)s is not told apart. %(above)s: %(sentence)s") % {
        "unit": signal.unit.name,
        "above": above.unit,
        "sentence": above.sentence,
    }
