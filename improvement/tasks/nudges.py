"""Reminders of tests, steps and second looks."""

import logging

from celery import shared_task
from django.utils import timezone

from improvement.actions.nudges import nudge
from org import clock
from org.models import Organisation

logger = logging.getLogger(__name__)


@shared_task(name="improvement.tasks.remind_of_tests")
def remind_of_tests() -> int:
    """Queue the reminders of the day of all organisations. One organisation's trouble stays its own."""
    found = 0
    for organisation in Organisation.objects.order_by("pk"):
        try:
            found += nudge(organisation=organisation, at=timezone.now())
        except Exception as error:  # noqa: BLE001 - logged by kind, the next organisation goes on
            logger.warning("reminders of organisation %s: %s", organisation.pk, type(error).__name__)
    clock.stamp("improvement.tasks.remind_of_tests", timezone.now())
    return found
