"""Snapshots by the clock: find what is due, take it, one transaction each."""

import logging
from datetime import date, timedelta

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from boards import partitions
from boards.actions import schedule
from boards.actions.telling import add_up_days, tell_groups
from org import clock
from org.models import Organisation

logger = logging.getLogger(__name__)

#: Due days taken by one run; the next run, a moment later, goes on.
DAYS_AT_ONCE = 40


@shared_task(name="boards.tasks.take_due_snapshots")
def take_due_snapshots() -> int:
    """Take again what late readings and moved units touched. One organisation's trouble does not hold up another."""
    taken = 0
    for organisation in Organisation.objects.filter(pk__in=schedule.with_due_days()):
        try:
            taken += schedule.take_due(organisation, at=timezone.now(), limit=DAYS_AT_ONCE)
        except Exception as error:  # noqa: BLE001 - logged by kind, the next organisation goes on
            logger.warning("due snapshots of organisation %s: %s", organisation.pk, type(error).__name__)
    clock.stamp("boards.tasks.take_due_snapshots", timezone.now())
    return taken


@shared_task(name="boards.tasks.take_daily_snapshots")
def take_daily_snapshots() -> int:
    """Take yesterday's snapshot of every organisation whose hour has come."""
    taken = 0
    for organisation in Organisation.objects.order_by("pk"):
        try:
            taken += schedule.take_daily(organisation, at=timezone.now())
        except Exception as error:  # noqa: BLE001 - logged by kind, the next organisation goes on
            logger.warning("daily snapshot of organisation %s: %s", organisation.pk, type(error).__name__)
    clock.stamp("boards.tasks.take_daily_snapshots", timezone.now())
    return taken


@shared_task(name="boards.tasks.make_partitions_ahead")
def make_partitions_ahead() -> int:
    """Have the partitions of this month and the next two stand."""
    today: date = timezone.now().date()
    with transaction.atomic():
        made = partitions.ensure(today - timedelta(days=31), today + timedelta(days=62))
    clock.stamp("boards.tasks.make_partitions_ahead", timezone.now())
    return len(made)


@shared_task(name="boards.tasks.tell_complete_months")
def tell_complete_months() -> int:
    """Add up the days that are settled, and publish what may be told of groups in every month that is complete.

    One organisation's trouble stays its own.
    """
    told = 0
    for organisation in Organisation.objects.order_by("pk"):
        try:
            add_up_days(organisation=organisation, at=timezone.now())
            told += tell_groups(organisation=organisation, at=timezone.now())
        except Exception as error:  # noqa: BLE001 - logged by kind, the next organisation goes on
            logger.warning("groups of organisation %s: %s", organisation.pk, type(error).__name__)
    clock.stamp("boards.tasks.tell_complete_months", timezone.now())
    return told
