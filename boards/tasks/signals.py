"""Gaps by the clock: a night is looked at as soon as its snapshot stands, one transaction each."""

import logging

from celery import shared_task
from django.utils import timezone

from boards.models import SignalNight, SnapshotRun
from boards.signals import night
from org import clock
from org.models import Organisation

logger = logging.getLogger(__name__)


@shared_task(name="boards.tasks.look_at_gaps")
def look_at_gaps() -> int:
    """Look at the gaps of every day whose snapshot stands and that was not looked at yet, oldest first; give how many
    nights. One organisation's trouble does not hold up another; a night that was missed is caught up.
    """
    looked = 0
    for organisation in Organisation.objects.order_by("pk"):
        try:
            looked += _catch_up(organisation)
        except Exception as error:  # noqa: BLE001 - logged by kind, the next organisation goes on
            logger.warning("gaps of organisation %s: %s", organisation.pk, type(error).__name__)
    clock.stamp("boards.tasks.look_at_gaps", timezone.now())
    return looked


def _catch_up(organisation: Organisation) -> int:
    runs = SnapshotRun.objects.filter(organisation=organisation, whole=True)
    last = runs.order_by("-day").values_list("day", flat=True).first()
    kept = SignalNight.objects.filter(organisation=organisation).values_list("day", flat=True).first()
    if last is None or (kept is not None and kept >= last):
        return 0
    days = night.nights_due(organisation, last)
    for day in days:
        night.look(organisation, day, timezone.now())
    return len(days)
