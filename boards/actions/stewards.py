"""Telling data stewards once a day that words wait to be mapped."""

from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import transaction

from boards.queries.waiting_words import count_waiting
from org import outbox
from org.models import Membership, Organisation
from org.rules import Role

#: From this hour on, where the organisation is.
FROM_HOUR: Final = 7


@transaction.atomic
def tell_stewards(*, organisation: Organisation, at: datetime) -> int:
    """Leave each data steward of the whole organisation one message a day while words wait; gives to how many.

    It tells how many words wait and where, and none of them. Called again on the same day it leaves none.
    """
    local = at.astimezone(organisation.zone)
    if local.hour < FROM_HOUR:
        return 0
    waiting = count_waiting(organisation.pk)
    if not waiting:
        return 0
    held = Membership.objects.current().filter(
        unit__organisation=organisation, unit__parent__isnull=True, role=Role.DATA_STEWARD, user__is_active=True
    )
    stewards = {seat.user_id: seat.user for seat in held.select_related("user")}
    for steward in stewards.values():
        outbox.queue(
            template="unmapped_words",
            recipient=steward.email,
            dedup_key=f"unmapped-words:{organisation.pk}:{steward.pk}:{local.date().isoformat()}",
            at=at,
            context={"words": waiting, "link": f"{settings.SITE_URL}/feeds/words/?organisation={organisation.slug}"},
            organisation_id=organisation.pk,
            language=steward.language or settings.LANGUAGE_CODE,
        )
    return len(stewards)
