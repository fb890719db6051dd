"""Old months of readings and snapshots are dropped here, for good."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext as _

from boards import partitions
from boards.models import DueMonth, DueSnapshot
from boards.queries.retention import months_before, organisations_with_facts
from org import audit
from org.models import Organisation
from org.rules import NotAllowed

if TYPE_CHECKING:
    from org.models import User

#: Whole months before the running one that always stay: groups of patients are pooled over a year.
KEPT_MONTHS: Final = 12
#: How long dropping waits for readers and writers; while it waits, everybody who comes later waits behind it.
PATIENCE_MILLISECONDS: Final = 5000


def latest_cut(today: date) -> date:
    """The newest day before which months may be dropped: the first day of the oldest month that stays."""
    months = today.year * 12 + today.month - 1 - KEPT_MONTHS
    return date(months // 12, months % 12 + 1, 1)


@transaction.atomic
def drop_months(*, before: date, by: "User | None", at: datetime, patience: int = PATIENCE_MILLISECONDS) -> list[str]:
    """Drop all readings, replaced readings and snapshots of the months that lie wholly before `before`.

    Of all organisations, since a partition holds the month of all; the trail of each that had numbers there says so.
    Gives the names of the dropped tables. Raises NotAllowed for a month that has to stay, or when somebody works on the
    tables for longer than `patience` milliseconds; then nothing is dropped.
    """
    newest = latest_cut(at.date())
    if before > newest:
        raise NotAllowed(
            _("Boards look back over a year: only months before %(month)s can be dropped.")
            % {"month": f"{newest:%Y-%m}"}
        )
    months = months_before(before)
    owners = organisations_with_facts([name for month in months for name in month.tables])
    for organisation in Organisation.objects.filter(pk__in=owners):
        audit.record(
            "months.dropped",
            subject=organisation,
            by=by,
            at=at,
            organisation_id=organisation.pk,
            facts={"before": before.isoformat(), "months": len(months)},
        )
    # Else the clock would take the snapshot of a day whose readings are gone, and count a month whose days are gone.
    DueSnapshot.objects.filter(day__lt=before).delete()
    DueMonth.objects.filter(month__lt=before).delete()
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{patience}ms"])
    try:
        return partitions.drop_before(before)
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") != "55P03":
            raise
        raise NotAllowed(
            _("Somebody reads or writes these months right now. Nothing was dropped; try again.")
        ) from error
