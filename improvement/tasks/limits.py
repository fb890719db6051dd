"""Limits of gaps that running goals ask for."""

import logging

from celery import shared_task
from django.utils import timezone

from improvement.actions.limits import keep_limits
from org import clock
from org.models import Organisation

logger = logging.getLogger(__name__)


@shared_task(name="improvement.tasks.keep_limits_of_goals")
def keep_limits_of_goals() -> int:
    """Set the limits of gaps of all running goals. One organisation's trouble stays its own."""
    new = 0
    for organisation in Organisation.objects.order_by("pk"):
        try:
            new += keep_limits(organisation=organisation, at=timezone.now())
        except Exception as error:  # noqa: BLE001 - logged by kind, the next organisation goes on
            logger.warning("limits of goals of organisation %s: %s", organisation.pk, type(error).__name__)
    clock.stamp("improvement.tasks.keep_limits_of_goals", timezone.now())
    return new
