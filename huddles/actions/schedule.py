"""Huddles made ahead from the calendars, and the mail that leads to the page before the huddle."""

from datetime import date, datetime
from typing import Final

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from huddles.models import Huddle, HuddleNote, Issue
from huddles.queries.before import Digest
from huddles.queries.schedule import slots_of
from huddles.rules.schedule import can_still_begin
from org import outbox
from org.models import Organisation

_PUT: Final = """
INSERT INTO huddles_huddle (unit_id, day, planned_at, minutes, is_extra, step, from_paper, not_held_note, revision)
SELECT s.unit_id, s.day, s.planned_at, s.minutes, false, 0, false, '', 0
FROM unnest(%s::int[], %s::date[], %s::timestamptz[], %s::int[]) AS s (unit_id, day, planned_at, minutes)
ON CONFLICT (unit_id, planned_at) DO UPDATE SET minutes = excluded.minutes
WHERE huddles_huddle.minutes <> excluded.minutes AND huddles_huddle.started_at IS NULL AND NOT huddles_huddle.is_extra
AND huddles_huddle.planned_at > %s
RETURNING (xmax = 0)
"""


@transaction.atomic
def plan_huddles(*, organisation: Organisation, first: date, last: date, at: datetime) -> int:
    """Let the huddles of days from `first` to `last` stand as the calendars have them; give how many came and went.

    A huddle whose time had passed before anybody planned it is not made: nobody has missed it. One that is to come, is
    not in the calendar any more and in which nothing happened goes. Again changes nothing. Six statements at most,
    whatever the number of units; two runs at once do no harm.
    """
    slots = slots_of(organisation, first, last)
    new = [slot for slot in slots if can_still_begin(planned_at=slot.planned_at, minutes=slot.minutes, now=at)]
    made = 0
    if new:
        columns = zip(*((slot.unit_id, slot.day, slot.planned_at, slot.minutes) for slot in new), strict=True)
        values = [list(column) for column in columns]
        with connection.cursor() as cursor:
            cursor.execute(_PUT, [*values, at])
            made = sum(new for (new,) in cursor.fetchall())
    return made + _take_away(organisation, first, last, at, {(slot.unit_id, slot.planned_at) for slot in slots})


def _take_away(
    organisation: Organisation, first: date, last: date, at: datetime, planned: set[tuple[int, datetime]]
) -> int:
    coming = Huddle.objects.filter(
        unit__organisation=organisation,
        day__range=(first, last),
        planned_at__gt=at,
        is_extra=False,
        started_at__isnull=True,
        not_held_reason__isnull=True,
        revision=0,
    ).filter(
        ~Exists(HuddleNote.objects.filter(huddle=OuterRef("pk"))), ~Exists(Issue.objects.filter(huddle=OuterRef("pk")))
    )
    rows = coming.values_list("pk", "unit_id", "planned_at")
    gone = [pk for pk, unit, moment in rows if (unit, moment) not in planned]
    if gone:
        Huddle.objects.filter(pk__in=gone, started_at__isnull=True).delete()
    return len(gone)


@transaction.atomic
def send_digest(*, digest: Digest, at: datetime) -> None:
    """Leave each of the people of a coming huddle one message with the way to the page before it; again leaves none."""
    for person in digest.people:
        outbox.queue(
            template="before_huddle",
            recipient=person.email,
            dedup_key=f"before-huddle:{digest.huddle_id}:{person.user_id}",
            at=at,
            context={
                "unit": digest.unit_name,
                "time": digest.time_text,
                "link": f"{settings.SITE_URL}/boards/{digest.unit_id}/before/",
            },
            organisation_id=digest.organisation_id,
            language=person.language or settings.LANGUAGE_CODE,
        )
