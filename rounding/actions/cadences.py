"""How often: colleagues of a unit are talked with, a leader goes to a unit."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from org import audit
from org.models import Unit, User
from org.rules import NotAllowed
from rounding.models import RoundCadence
from rounding.rules import due as rules
from rounding.rules.questions import SetKind


@transaction.atomic
def set_cadence(*, unit: Unit, kind: SetKind, days: int, by: User, at: datetime) -> bool:
    """Every `days` days, 0 for never: talks with colleagues for everybody who leads there, walks for `by` alone. Gives
    whether that is new. Raises NotAllowed.
    """
    if kind not in (SetKind.STAFF, SetKind.GEMBA):
        raise NotAllowed(_("Only talks with colleagues and gemba walks have a cadence."))
    if not 0 <= days <= rules.MOST_DAYS:
        raise NotAllowed(_("Say a number of days from 0 to %(n)s.") % {"n": rules.MOST_DAYS}, field="days")
    leader = by if kind == SetKind.GEMBA else None
    found = RoundCadence.objects.select_for_update().filter(unit=unit, kind=kind, leader=leader).first()
    if (found.days if found is not None else rules.DEFAULT_DAYS) == days:
        return False
    made, _fresh = RoundCadence.objects.update_or_create(unit=unit, kind=kind, leader=leader, defaults={"days": days})
    audit.record(
        "round_cadence.set",
        subject=made,
        by=by,
        at=at,
        organisation_id=unit.organisation_id,
        unit_id=unit.pk,
        facts={"days": days},
    )
    return True
