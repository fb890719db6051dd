"""Groups of patients are told of when a month is complete: once, for good."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

import numpy as np
from django.db import connection, transaction

from boards import pgcopy
from boards.actions.references import renew_references
from boards.models import (
    CountedMonth,
    Layout,
    Measure,
    PublishedCrossing,
    Snapshot,
    TellingCourse,
    TellingMonth,
)
from boards.snapshots.gaps import refresh_gaps
from boards.snapshots.take import hold
from boards.telling.books import count_up
from boards.telling.crossing import crossings
from boards.telling.months import first_day, month_of
from boards.telling.steps import ranked
from boards.telling.tell import TOLD_KINDS, Sheet, first_needed, tellings
from org import audit
from org.models import Organisation

#: Days after the end of a month until it is told of: late numbers are in by then, and what was told never changes.
WAIT_DAYS: Final = 3
_LOCK_SPACE: Final = 7203


def _settled(organisation: Organisation, at: datetime) -> date:
    """The latest day whose numbers are in, as far as numbers have their time."""
    today = at.astimezone(organisation.zone).date()
    lags = Measure.objects.active().filter(organisation=organisation, stratifiable=True, kind__in=TOLD_KINDS)
    wait = max([WAIT_DAYS, *lags.filter(lag_days__lte=28).values_list("lag_days", flat=True)])
    return today - timedelta(days=wait + 1)


def complete_month(organisation: Organisation, at: datetime) -> int:
    """The number of the latest month that may be told of."""
    return month_of(_settled(organisation, at) + timedelta(days=1)) - 1


@transaction.atomic
def add_up_days(*, organisation: Organisation, at: datetime) -> None:
    """Add the days that are settled to the counts of their months, and what came late for those before.

    A day a night, so that telling of a month reads no days: it takes as long as taking a part of one snapshot.
    """
    first = _next_month(organisation)
    if first is not None:
        hold(organisation)
        count_up(organisation, first_day(first), _settled(organisation, at))


@transaction.atomic
def tell_groups(*, organisation: Organisation, at: datetime) -> int:
    """Publish what may be told of every month that is complete and was not told of yet; returns how many rows.

    Months are told in their order, each once: the same again publishes nothing.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK_SPACE, organisation.pk])
    last, first = complete_month(organisation, at), _next_month(organisation)
    if first is None or first > last:
        return 0
    measures = list(Measure.objects.active().filter(organisation=organisation, stratifiable=True, kind__in=TOLD_KINDS))
    courses = list(TellingCourse.objects.filter(organisation=organisation, measure__in=measures))
    hold(organisation)
    count_up(organisation, first_day(first_needed(courses, first)), first_day(last + 1) - timedelta(days=1))
    steps, placed = ranked(organisation, measures, last)
    Measure.objects.bulk_update(placed, ["telling_rank"])
    told = tellings(organisation, steps, courses, first, last)
    rows = _publish(organisation, told.published, at)
    rows += _publish_crossings(crossings(organisation, steps, first, last), at)
    TellingCourse.objects.bulk_create(
        told.courses,
        update_conflicts=True,
        unique_fields=["measure", "dimension", "answer"],
        update_fields=["order", "quick", "months", "unit_months", "block", "period", "cycle", "blocks", "alike"],
        batch_size=2000,
    )
    renew_references(organisation_id=organisation.pk, at=at)
    refresh_gaps(organisation, at.astimezone(organisation.zone).date(), at)
    CountedMonth.objects.filter(organisation=organisation, month__lte=first_day(last)).update(closed=True)
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
    "unit_id", "organisation_id", "measure_id", "dimension_id", "published_at", "first", "last", "stretch", "answer",
    "names", "states", "hidden", "numerators", "denominators", "numerator", "denominator",
)  # fmt: skip


def _publish(organisation: Organisation, sheets: Sequence[Sheet], at: datetime) -> int:
    """Write rows of `Published` in one COPY; returns how many."""
    with pgcopy.writing("boards_published", _COLUMNS) as out:
        for sheet in sheets:
            table, groups, rows = sheet.table, sheet.groups, len(sheet.units)
            ids = (("organisation_id", organisation.pk), ("measure_id", sheet.measure_id),
                   ("dimension_id", table.dimension.pk))  # fmt: skip
            texts = (
                ("names", [table.names[group] for group in groups]),
                ("states", [table.states[group] for group in groups]),
                ("hidden", [name for number, name in enumerate(table.names) if number not in groups]),
            )
            out.rows(
                [
                    pgcopy.Column("unit_id", "int4", sheet.units),
                    *(pgcopy.Column(name, "int4", np.full(rows, pk, np.int32)) for name, pk in ids),
                    pgcopy.Column("published_at", "timestamptz", pgcopy.timestamps(at, rows)),
                    pgcopy.Column("first", "date", np.full(rows, np.datetime64(sheet.first))),
                    pgcopy.Column("last", "date", np.full(rows, np.datetime64(sheet.last))),
                    pgcopy.same_text("stretch", sheet.stretch.value),
                    pgcopy.same_text("answer", table.answer),
                    *(pgcopy.same_texts(name, each) for name, each in texts),
                    pgcopy.Column("numerators", "float8[]", sheet.numerators),
                    pgcopy.Column("denominators", "float8[]", sheet.denominators),
                    pgcopy.Column("numerator", "float8", sheet.numerator),
                    pgcopy.Column("denominator", "float8", sheet.denominator),
                ]
            )
    return out.written


def _next_month(organisation: Organisation) -> int | None:
    """The first month that was not told of; None before anything came of groups."""
    done = TellingMonth.objects.filter(organisation=organisation).first()
    if done is not None:
        return month_of(done.done) + 1
    if not Layout.objects.filter(organisation=organisation).exists():
        return None
    first: date | None = (
        Snapshot.objects.filter(organisation=organisation, layout__isnull=False)
        .order_by("day")
        .values_list("day", flat=True)
        .first()
    )
    return None if first is None else month_of(first)
