"""Shifts that nobody needs any more."""

from celery import shared_task
from django.utils import timezone

from org import clock
from rounding.actions.roster import let_go_of_shifts


@shared_task(name="rounding.tasks.let_go_of_old_shifts")
def let_go_of_old_shifts() -> int:
    """Let go of shifts that ended more than 60 days ago; give how many."""
    gone = let_go_of_shifts(at=timezone.now())
    clock.stamp("rounding.tasks.let_go_of_old_shifts", timezone.now())
    return gone
