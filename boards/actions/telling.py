"""Groups of patients are told of when a month is complete: once, for good."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

from django.db import connection, transaction

from boards.actions.references import renew_references
from boards.models import Measure, PublishedCrossing, Snapshot, TellingCourse, TellingMonth
from boards.snapshots.gaps import refresh_gaps
from boards.telling.crossing import crossings
from boards.telling.months import first_day, month_of
from boards.telling.tell import TOLD_KINDS, Sheet, tellings
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
    told = tellings(organisation, measures, courses, first, last)
    rows = _publish(organisation, told.published, at)
    rows += _publish_crossings(crossings(organisation, measures, first, last), at)
    TellingCourse.objects.bulk_create(
        told.courses,
        update_conflicts=True,
        unique_fields=["measure", "dimension", "answer"],
        update_fields=["order", "quick", "months", "unit_months", "block", "period", "cycle", "blocks", "alike"],
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
        facts={"rows": str(rows), "until": first_day(last + 1).isoformat()},
    )
    return rows


def _publish_crossings(found: Sequence[PublishedCrossing], at: datetime) -> int:
    for each in found:
        each.published_at = at
    return len(PublishedCrossing.objects.bulk_create(found, batch_size=500))


_COLUMNS: Final = (
    "organisation_id, published_at, measure_id, dimension_id, answer, stretch, first, last, names, states, hidden, "
    "unit_id, numerators, denominators, numerator, denominator"
)


def _publish(organisation: Organisation, sheets: Sequence[Sheet], at: datetime) -> int:
    """Write rows of `Published` in one COPY; returns how many."""
    rows = 0
    with connection.cursor() as cursor, cursor.copy(f"COPY boards_published ({_COLUMNS}) FROM STDIN") as copy:
        for sheet in sheets:
            table, groups = sheet.table, sheet.groups
            hidden = [name for number, name in enumerate(table.names) if number not in groups]
            head = "\t".join(
                (
                    str(organisation.pk),
                    at.isoformat(),
                    str(sheet.measure_id),
                    str(table.dimension.pk),
                    _escaped(table.answer),
                    sheet.stretch.value,
                    sheet.first.isoformat(),
                    sheet.last.isoformat(),
                    _texts([table.names[group] for group in groups]),
                    _texts([table.states[group] for group in groups]),
                    _texts(hidden),
                )
            )
            counts = zip(
                sheet.units.tolist(),
                sheet.numerators.tolist(),
                sheet.denominators.tolist(),
                sheet.numerator.tolist(),
                sheet.denominator.tolist(),
                strict=True,
            )
            lines = [
                f"{head}\t{unit}\t{{{','.join(map(repr, xs))}}}\t{{{','.join(map(repr, ns))}}}\t{x!r}\t{n!r}\n"
                for unit, xs, ns, x, n in counts
            ]
            copy.write("".join(lines))
            rows += len(lines)
    return rows


def _escaped(text: str) -> str:
    """A text as a field of COPY in text format."""
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def _texts(texts: Sequence[str]) -> str:
    """Texts as an array literal, as a field of COPY in text format."""
    quoted = ",".join('"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"' for text in texts)
    return _escaped(f"{{{quoted}}}")


def _first_month(organisation: Organisation) -> int | None:
    first: date | None = (
        Snapshot.objects.filter(organisation=organisation, layout__isnull=False)
        .order_by("day")
        .values_list("day", flat=True)
        .first()
    )
    return None if first is None else month_of(first)
