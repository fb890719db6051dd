"""Who reported to whom on a day."""

from dataclasses import dataclass
from datetime import date

from django.db.models import BooleanField, ExpressionWrapper, Q

from org.models import ReportingLine, Unit
from org.rules import LineKind


@dataclass(frozen=True, slots=True)
class Line:
    """A unit reports to a parent along one kind of line. A primary line without a parent is a top of the tree."""

    unit_id: int
    parent_id: int | None
    kind: LineKind


def lines_on(organisation_id: int, day: date) -> list[Line]:
    """The tree of `day`: one primary line for every unit, closed ones included, and every second line. Two statements.

    A unit whose history was never written reports as it does at present. A unit whose history does not cover the day
    was at the top then, and had no second line.
    """
    written: dict[tuple[int, str], int | None] = {}
    rows = (
        ReportingLine.objects.filter(unit__organisation_id=organisation_id)
        .annotate(holds=ExpressionWrapper(Q(valid__contains=day), output_field=BooleanField()))
        .values_list("unit_id", "kind", "parent_id", "holds")
    )
    for unit_id, kind, parent_id, holds in rows:
        if holds:
            written[unit_id, kind] = parent_id
        else:
            written.setdefault((unit_id, kind), None)
    lines: list[Line] = []
    units = Unit.objects.filter(organisation_id=organisation_id).order_by("path")
    for unit_id, parent_id, second_id in units.values_list("id", "parent_id", "second_parent_id"):
        lines.append(Line(unit_id, written.get((unit_id, LineKind.PRIMARY), parent_id), LineKind.PRIMARY))
        second = written.get((unit_id, LineKind.SECOND), second_id)
        if second is not None:
            lines.append(Line(unit_id, second, LineKind.SECOND))
    return lines
