"""What a unit has chosen about its huddles."""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from huddles.models import UnitHabits
from org import audit
from org.models import Unit, User
from org.rules import NotAllowed

#: The page before the huddle is mailed at most so many minutes ahead of it.
MOST_AHEAD: Final = 720


@transaction.atomic
def set_habits(*, unit: Unit, digest_minutes: int, by: User, at: datetime) -> UnitHabits:
    """So many minutes before each huddle its page is mailed; 0 for never. Raises NotAllowed."""
    if not 0 <= digest_minutes <= MOST_AHEAD:
        raise NotAllowed(_("Choose between 0 and %(most)s minutes.") % {"most": MOST_AHEAD})
    habits, made = UnitHabits.objects.select_for_update().get_or_create(
        unit=unit, defaults={"digest_minutes": digest_minutes}
    )
    if made or habits.digest_minutes != digest_minutes:
        habits.digest_minutes = digest_minutes
        habits.save(update_fields=["digest_minutes"])
        audit.record(
            "habits.changed",
            subject=habits,
            label=unit.code,
            by=by,
            at=at,
            organisation_id=unit.organisation_id,
            unit_id=unit.pk,
            facts={"minutes": digest_minutes},
        )
    return habits
