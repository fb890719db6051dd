"""Clocks of issues, by the clock."""

from celery import shared_task
from django.utils import timezone

from huddles.actions import issues
from org import clock


@shared_task(name="huddles.tasks.ring_clocks")
def ring_clocks() -> int:
    """Ring every clock of an issue that has run out, and pass on what belongs to somebody who has left."""
    rung = issues.ring_due(at=timezone.now()) + issues.pass_on(at=timezone.now())
    clock.stamp("huddles.tasks.ring_clocks", timezone.now())
    return rung
