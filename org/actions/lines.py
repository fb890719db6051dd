"""To whom units reported when: ending one line and starting the next."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from org import rules
from org.models import Organisation, ReportingLine, TreeChange, Unit
from org.queries import lines_on
from org.rules import LineKind, NotAllowed

ALWAYS: Final = DateRange(None, None)


def check_day(from_day: date, today: date) -> None:
    """Refuse a day to come: the tree of today is the one in `Unit`. Raises NotAllowed."""
    if from_day > today:
        raise NotAllowed(_("A change of lines takes effect today or on a day of the past."))


def write_line(unit: Unit, kind: LineKind, old_id: int | None, new: Unit | None, from_day: date) -> None:
    """End the line that holds and start the one to `new` (or none) on `from_day`.

    `old_id` is the unit above at present, for a unit whose history was never written. Raises NotAllowed where the line
    changed on a later day already.
    """
    lines = ReportingLine.objects.select_for_update().filter(unit=unit, kind=kind)
    last = lines.order_by("-valid").first()
    if last is None and old_id is not None:
        last = ReportingLine.objects.create(unit=unit, parent_id=old_id, kind=kind, valid=ALWAYS)
    if last is not None:
        lower, upper = last.valid.lower, last.valid.upper
        if (upper is not None and upper > from_day) or (lower is not None and lower > from_day):
            changed = upper or lower
            raise NotAllowed(
                _("The line already changed on %(day)s: choose that day or a later one.") % {"day": changed.isoformat()}
            )
        if upper is None and lower == from_day:
            last.delete()
        elif upper is None:
            last.valid = DateRange(lower, from_day)
            last.save(update_fields=["valid"])
    if new is not None:
        ReportingLine.objects.create(unit=unit, parent=new, kind=kind, valid=DateRange(from_day, None))


def note_change(organisation: Organisation, units: Iterable[int | None], first_day: date, at: datetime) -> None:
    """Leave word that days since `first_day` have another tree around `units`; nothing where they are none.

    The caller holds the organisation's row, so that what is noted later has a higher id.
    """
    touched = sorted({unit for unit in units if unit is not None})
    if touched:
        TreeChange.objects.create(organisation=organisation, units=touched, first_day=first_day, at=at)


def check_circles(organisation: Organisation, from_day: date, today: date) -> None:
    """Refuse a line that is right today but makes a circle with a line that held on a day in between."""
    starts = ReportingLine.objects.filter(unit__organisation=organisation, kind=LineKind.PRIMARY)
    changes = starts.filter(valid__startswith__gt=from_day, valid__startswith__lte=today)
    for day in sorted({from_day, *changes.values_list("valid__startswith", flat=True)}):
        lines = lines_on(organisation.pk, day)
        if rules.has_circle({line.unit_id: line.parent_id for line in lines if line.kind == LineKind.PRIMARY}):
            raise NotAllowed(_("On %(day)s the units would report in a circle.") % {"day": day.isoformat()})
