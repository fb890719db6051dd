"""The present tree in the words of a file."""

import csv
import io

from org.models import Calendar, Organisation, Tier, Unit
from org.trees import COLUMNS, House, Place


def house_of(organisation: Organisation) -> House:
    """What a file with the whole tree is compared with. Three statements."""
    rows = (
        Unit.objects.filter(organisation=organisation)
        .order_by("path")
        .values_list(
            "code",
            "name",
            "kind",
            "tier__level",
            "parent__code",
            "second_parent__code",
            "calendar__name",
            "time_zone",
            "position",
            "closed_on",
        )
    )
    units = {
        code: Place(
            code, name, kind, tier, parent or "", second or "", calendar or "", zone, position, closed is not None
        )
        for code, name, kind, tier, parent, second, calendar, zone, position, closed in rows
    }
    tiers = Tier.objects.filter(organisation=organisation).order_by("level")
    calendars = Calendar.objects.filter(organisation=organisation)
    return House(
        units,
        dict(tiers.values_list("name", "level")),
        frozenset(calendars.values_list("name", flat=True)),
    )


def tree_file(organisation: Organisation) -> str:
    """The open units as the file that `plan_tree` reads: read back at once it changes nothing."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for p in house_of(organisation).units.values():
        if not p.closed:
            row = (p.code, p.name, p.kind, p.tier, p.parent, p.second_parent, p.calendar, p.time_zone, p.position)
            writer.writerow(row)
    return out.getvalue()
