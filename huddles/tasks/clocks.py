"""Clocks of issues, by the clock."""

from celery import shared_task
from django.utils import timezone

from huddles.actions import issues
from org import clock


@shared_task(name="huddles.tasks.ring_clocks")
def ring_clocks() -> int:
    """Ring every clock of an issue that has run out."""
    rung = issues.ring_due(at=timezone.now())
    clock.stamp("huddles.tasks.ring_clocks", timezone.now())
    return rung
