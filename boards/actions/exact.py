"""Opening exact cells of groups of patients: for a reason that is chosen, and on record."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _

from boards.models import Dimension, Measure
from boards.rules import OpeningReason
from org import audit
from org.models import Unit
from org.rules import NotAllowed

if TYPE_CHECKING:
    from org.models import User

#: The longest stretch that is opened at once.
MOST_DAYS: Final = 366


def open_cells(
    *,
    unit: Unit,
    measure: Measure,
    dimension: Dimension,
    first: date,
    last: date,
    reason: OpeningReason | None,
    by: "User",
    at: datetime,
) -> None:
    """Record that somebody opens the cells of one unit, measure, dimension and stretch of days.

    Raises NotAllowed without a reason, or for days that are none or too many. Nothing else is written.
    """
    if reason is None:
        raise NotAllowed(_("Choose a reason."), field="reason")
    if not 0 <= (last - first).days < MOST_DAYS:
        raise NotAllowed(_("Choose from one day up to a year."), field="last")
    audit.record(
        "strata.exact_opened",
        subject=measure,
        by=by,
        at=at,
        organisation_id=unit.organisation_id,
        unit_id=unit.pk,
        label=measure.code,
        facts={
            "measure": measure.code,
            "dimension": dimension.code,
            "first_day": first.isoformat(),
            "last_day": last.isoformat(),
            "reason": reason.value,
        },
    )
