"""What units hold of others along a second line, so that units beside each other count each case once."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from boards.queries.published import Block, Part
from org.models import ReportingLine, Unit
from org.rules import LineKind

Counts = tuple[float, float]


def held_of(units: Sequence[Unit], day: date) -> dict[int, list[Unit]]:
    """Unit id → the units elsewhere whose numbers it also holds, as lines stood on `day`. One statement."""
    if not units:
        return {}
    lines = ReportingLine.objects.filter(
        unit__organisation=units[0].organisation_id, kind=LineKind.SECOND, valid__contains=day
    ).select_related("unit", "parent")
    found: dict[int, list[Unit]] = {}
    for line in sorted(lines, key=lambda line: len(line.unit.path)):
        for unit in units:
            if not line.parent.path.startswith(unit.path) or line.unit.path.startswith(unit.path):
                continue
            own = found.setdefault(unit.pk, [])
            if not any(line.unit.path.startswith(other.path) for other in own):
                own.append(line.unit)
    return found


def without(told: Mapping[int, Counts], held: Mapping[int, Sequence[Unit]]) -> dict[int, Counts]:
    """Numerator and denominator of each unit without those of the units that it only holds, which are in `told` too."""
    found = dict(told)
    for unit, others in held.items():
        if unit in found:
            x, n = found[unit]
            sums = [told.get(other.pk, (0.0, 0.0)) for other in others]
            found[unit] = (x - sum(each[0] for each in sums), n - sum(each[1] for each in sums))
    return found


def once(block: Block, others: Sequence[Sequence[Block]]) -> Block:
    """`block` without what it holds of units elsewhere, whose blocks are `others`.

    A group stays where all of them tell it over the same months, as the guard has it.
    """
    same = [next((other for other in every if _months(other) == _months(block)), None) for every in others]
    parts, total = list(block.parts), block.total
    for other in same:
        if other is None:
            return replace(block, parts=())
        parts = [_less(part, own) for part in parts if (own := other.part(part.name)) is not None]
        total = _less(total, other.total)
    return replace(block, parts=tuple(parts), total=total)


def _months(block: Block) -> tuple[object, ...]:
    return block.dimension_id, block.answer, block.stretch, block.first, block.last


def _less(whole: Part, part: Part) -> Part:
    return replace(whole, numerator=whole.numerator - part.numerator, denominator=whole.denominator - part.denominator)
