"""Huddles by the clock: made ahead from calendars; the page before the huddle mailed in time."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from huddles.actions import schedule
from huddles.queries.before import due_digests
from org import clock
from org.models import Organisation


@shared_task(name="huddles.tasks.plan_huddles")
def plan_huddles() -> int:
    """Make today's and tomorrow's huddles of every organisation; returns how many came and went."""
    now = timezone.now()
    changed = 0
    for organisation in Organisation.objects.order_by("pk"):
        today = now.astimezone(organisation.zone).date()
        changed += schedule.plan_huddles(organisation=organisation, first=today, last=today + timedelta(days=1), at=now)
    clock.stamp("huddles.tasks.plan_huddles", now)
    return changed


@shared_task(name="huddles.tasks.send_digests")
def send_digests() -> int:
    """Mail the page before the huddle where a unit wants it now; returns for how many huddles."""
    now = timezone.now()
    told = 0
    for organisation in Organisation.objects.order_by("pk"):
        for digest in due_digests(organisation.pk, now):
            schedule.send_digest(digest=digest, at=now)
            told += 1
    clock.stamp("huddles.tasks.send_digests", now)
    return told
