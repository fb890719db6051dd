"""What people write on a board: the reason of a red day, a word on a chart."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from boards import rules
from boards.models import Annotation, Measure, ReasonCode, RedReason, Tile
from org import audit, live
from org.models import Unit
from org.rules import NotAllowed

if TYPE_CHECKING:
    from org.models import User


NOTE_LENGTH: Final = 120
COUNTERMEASURE_LENGTH: Final = 200


def _changed(unit: Unit, measure: Measure, day: date) -> None:
    """The tile looks different now: give it a new version and tell the open boards."""
    Tile.objects.filter(unit=unit, measure=measure).update(version=F("version") + 1)
    live.publish(live.unit_topic(unit.pk), {"measures": [measure.pk], "day": day.isoformat()})


@transaction.atomic
def explain_red(
    *,
    unit: Unit,
    measure: Measure,
    day: date,
    status: rules.Status,
    reason: ReasonCode,
    countermeasure: str,
    by: "User",
    at: datetime,
) -> RedReason:
    """Write why `measure` was missed on `day` and what is done; another word replaces the first.

    `status` is what the board shows. Raises NotAllowed where the day was not missed or the reason is not in use.
    """
    if status != rules.Status.MISSED:
        raise NotAllowed(_("Only a missed day asks for a reason."))
    if len(countermeasure.strip()) > COUNTERMEASURE_LENGTH:
        raise NotAllowed(_("A countermeasure has at most %(n)s characters.") % {"n": COUNTERMEASURE_LENGTH})
    if reason.organisation_id != unit.organisation_id or not reason.is_active:
        raise NotAllowed(_("This reason is no longer in use. Choose another one."))
    red, made = RedReason.objects.update_or_create(
        unit=unit,
        measure=measure,
        day=day,
        defaults={
            "reason": reason,
            "countermeasure": countermeasure.strip(),
            "entered_by": by,
            "entered_at": at,
        },
    )
    audit.record(
        "red.explained" if made else "red.explained_again",
        subject=measure,
        by=by,
        at=at,
        organisation_id=unit.organisation_id,
        unit_id=unit.pk,
        facts={"day": day.isoformat(), "reason": reason.code},
    )
    _changed(unit, measure, day)
    return red


@transaction.atomic
def take_back_reason(*, unit: Unit, measure: Measure, day: date, by: "User", at: datetime) -> None:
    """Undo: the red day is without a reason again. Nothing to undo is no error."""
    gone, _details = RedReason.objects.filter(unit=unit, measure=measure, day=day).delete()
    if gone:
        audit.record(
            "red.reason_taken_back",
            subject=measure,
            by=by,
            at=at,
            organisation_id=unit.organisation_id,
            unit_id=unit.pk,
            facts={"day": day.isoformat()},
        )
        _changed(unit, measure, day)


@transaction.atomic
def annotate(*, unit: Unit, measure: Measure, day: date, text: str, by: "User", at: datetime) -> Annotation:
    """Write a word on the chart at `day`. Raises NotAllowed for an empty one or a day to come."""
    if not text.strip():
        raise NotAllowed(_("Write what changed."))
    if len(text.strip()) > NOTE_LENGTH:
        raise NotAllowed(_("A word on a chart has at most %(n)s characters.") % {"n": NOTE_LENGTH})
    if day > at.date():
        raise NotAllowed(_("The day lies in the future."))
    note = Annotation.objects.create(
        unit=unit, measure=measure, day=day, text=text.strip(), written_by=by, written_at=at
    )
    audit.record(
        "chart.annotated",
        subject=measure,
        by=by,
        at=at,
        organisation_id=unit.organisation_id,
        unit_id=unit.pk,
        facts={"day": day.isoformat()},
    )
    return note


@transaction.atomic
def erase_annotation(*, note: Annotation, by: "User", at: datetime) -> None:
    """Take a word off the chart."""
    audit.record(
        "chart.annotation_erased",
        subject=note.measure,
        by=by,
        at=at,
        organisation_id=note.unit.organisation_id,
        unit_id=note.unit_id,
        facts={"day": note.day.isoformat()},
    )
    note.delete()
