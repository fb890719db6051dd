"""Groups of patients are told of when a month is complete: once, for good."""

from datetime import date, datetime, timedelta
from typing import Final

from django.db import connection, transaction

from boards.actions.references import renew_references
from boards.models import Measure, Published, Snapshot, TellingCourse, TellingMonth
from boards.snapshots.gaps import refresh_gaps
from boards.telling.months import first_day, month_of
from boards.telling.tell import TOLD_KINDS, tellings
from org import audit
from org.models import Organisation

#: Days after the end of a month until it is told of: late numbers are in by then, and what was told never changes.
WAIT_DAYS: Final = 3
_LOCK_SPACE: Final = 7203


def complete_month(organisation: Organisation, at: datetime) -> int:
    """The number of the latest month that may be told of."""
    today = at.astimezone(organisation.zone).date()
    lags = Measure.objects.active().filter(organisation=organisation, stratifiable=True, kind__in=TOLD_KINDS)
    wait = max([WAIT_DAYS, *lags.filter(lag_days__lte=28).values_list("lag_days", flat=True)])
    return month_of(today - timedelta(days=wait)) - 1


@transaction.atomic
def tell_groups(*, organisation: Organisation, at: datetime) -> int:
    """Publish what may be told of every month that is complete and was not told of yet; returns how many rows.

    Months are told in their order, each once: the same again publishes nothing.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK_SPACE, organisation.pk])
    last = complete_month(organisation, at)
    done = TellingMonth.objects.filter(organisation=organisation).first()
    first = month_of(done.done) + 1 if done else _first_month(organisation)
    if first is None or first > last:
        return 0
    measures = list(Measure.objects.active().filter(organisation=organisation, stratifiable=True, kind__in=TOLD_KINDS))
    courses = list(TellingCourse.objects.filter(organisation=organisation, measure__in=measures))
    told = tellings(organisation, measures, courses, first, last, at)
    Published.objects.bulk_create(told.published, batch_size=2000)
    TellingCourse.objects.bulk_create(
        told.courses,
        update_conflicts=True,
        unique_fields=["measure", "dimension", "answer"],
        update_fields=["order", "quick", "unit_months", "block", "period", "cycle", "blocks", "alike"],
        batch_size=2000,
    )
    renew_references(organisation_id=organisation.pk, at=at)
    refresh_gaps(organisation, at.astimezone(organisation.zone).date(), at)
    TellingMonth.objects.update_or_create(organisation=organisation, defaults={"done": first_day(last)})
    audit.record(
        "groups.told",
        subject=organisation,
        by=None,
        at=at,
        organisation_id=organisation.pk,
        facts={"rows": str(len(told.published)), "until": first_day(last + 1).isoformat()},
    )
    return len(told.published)


def _first_month(organisation: Organisation) -> int | None:
    first: date | None = (
        Snapshot.objects.filter(organisation=organisation, layout__isnull=False)
        .order_by("day")
        .values_list("day", flat=True)
        .first()
    )
    return None if first is None else month_of(first)
