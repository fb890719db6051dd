"""Signals and their issues, by the clock."""

from celery import shared_task
from django.utils import timezone

from huddles.actions import signals
from org import clock


@shared_task(name="huddles.tasks.carry_on_signals")
def carry_on_signals() -> int:
    """Raise the issues that signals ask for, and let signals and issues know what happened to the other."""
    done = signals.carry_on(at=timezone.now())
    clock.stamp("huddles.tasks.carry_on_signals", timezone.now())
    return done
