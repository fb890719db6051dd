"""Service levels: how long each tier has, for what is routine and for what is urgent."""

from dataclasses import fields
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from huddles.models import ServiceLevel
from huddles.rules.clocks import LONGEST, Level
from huddles.rules.issues import Urgency
from org import audit
from org.models import Organisation, User
from org.rules import NotAllowed


@transaction.atomic
def set_level(
    *, organisation: Organisation, tier_level: int, urgency: Urgency, level: Level, by: User, at: datetime
) -> ServiceLevel:
    """Let a tier have so much time for issues of one urgency. Clocks that run keep theirs; the next ones have this.

    Raises NotAllowed for a tier that the house does not have, and for times that are none.
    """
    if not organisation.tiers.filter(level=tier_level).exists():
        raise NotAllowed(_("This organization has no such tier."))
    _check(level)
    values = {field.name: getattr(level, field.name) for field in fields(level)}
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    row = ServiceLevel.objects.filter(organisation=organisation, tier_level=tier_level, urgency=urgency).first()
    if row is not None and row.level == level:
        return row
    if row is None:
        row = ServiceLevel(organisation=organisation, tier_level=tier_level, urgency=urgency)
    for name, value in values.items():
        setattr(row, name, value)
    row.save()
    audit.record(
        "service_level.changed",
        subject=row,
        by=by,
        at=at,
        organisation_id=organisation.pk,
        facts={"tier": tier_level, "urgency": urgency.value},
    )
    return row


def _check(level: Level) -> None:
    most = LONGEST.days * 24 * 60
    for minutes in (level.acknowledge_minutes, level.answer_minutes):
        if not 1 <= minutes <= most:
            raise NotAllowed(_("A time lies between one minute and 60 days."))
    for days in (level.quick_hit_days, level.big_days, level.confirm_huddles, level.check_in_days):
        if not 1 <= days <= LONGEST.days:
            raise NotAllowed(_("Days lie between 1 and 60."))
