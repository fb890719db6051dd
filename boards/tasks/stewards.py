"""What waits for data stewards, told by the clock."""

import logging

from celery import shared_task
from django.utils import timezone

from boards.actions import stewards
from org import clock
from org.models import Organisation

logger = logging.getLogger(__name__)


@shared_task(name="boards.tasks.tell_stewards")
def tell_stewards() -> int:
    """Tell data stewards once a day that words wait to be mapped; returns how many people hold it."""
    told = 0
    for organisation in Organisation.objects.order_by("pk"):
        try:
            told += stewards.tell_stewards(organisation=organisation, at=timezone.now())
        except Exception as error:  # noqa: BLE001 - logged by kind, the next organisation goes on
            logger.warning("telling stewards of organisation %s: %s", organisation.pk, type(error).__name__)
    clock.stamp("boards.tasks.tell_stewards", timezone.now())
    return told
