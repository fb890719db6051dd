"""System alerts: what every unit has to know, and which units have read it."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from huddles.actions.issues.history import checked_text
from huddles.models import AlertReceipt, Issue, SystemAlert
from huddles.queries.alerts import leads_of
from org import audit, live, outbox
from org.models import Unit, User
from org.rules import NotAllowed


@transaction.atomic
def send(
    *, unit: Unit, title: str, text: str, uid: UUID, by: User, at: datetime, issue: Issue | None = None
) -> SystemAlert:
    """Let `unit` and all open units below it know. Whoever leads one of them gets a mail without the words.

    The same `uid` again gives the alert that was sent, and changes nothing. Raises NotAllowed.
    """
    known = SystemAlert.objects.filter(uid=uid).first()
    if known is not None:
        return known
    if issue is not None and (issue.confidential or issue.organisation_id != unit.organisation_id):
        raise NotAllowed(_("This issue cannot be told to everybody."))
    alert, made = SystemAlert.objects.get_or_create(
        uid=uid,
        defaults={
            "organisation_id": unit.organisation_id,
            "title": checked_text(title, 140, required=_("Say what everybody has to know.")),
            "text": checked_text(text, 1000),
            "issue": issue,
            "sent_by": by,
            "sent_at": at,
        },
    )
    if not made:
        return alert
    units = list(Unit.objects.open().filter(path__startswith=unit.path).order_by("path").values_list("pk", flat=True))
    if not units:
        raise NotAllowed(_("This unit is closed."))
    AlertReceipt.objects.bulk_create([AlertReceipt(alert=alert, unit_id=pk) for pk in units])
    _record("alert.sent", alert, unit.pk, by, at, {"units": len(units)})
    for user in leads_of(units):
        if user.pk != by.pk:
            outbox.queue(
                template="alert",
                recipient=user.email,
                dedup_key=f"alert:{alert.pk}:{user.pk}",
                at=at,
                context={"unit": unit.name, "link": f"{settings.SITE_URL}/alerts/{alert.pk}/"},
                organisation_id=unit.organisation_id,
                language=user.language or settings.LANGUAGE_CODE,
            )
    live.publish_many([(live.unit_topic(pk), {"issues": [], "alert": alert.pk}) for pk in units])
    return alert


@transaction.atomic
def read(*, alert: SystemAlert, unit: Unit, by: User, at: datetime) -> AlertReceipt:
    """Say at a unit that it was read. The first word counts; again changes nothing. Raises NotAllowed elsewhere."""
    receipt = AlertReceipt.objects.select_for_update().filter(alert=alert, unit=unit).first()
    if receipt is None:
        raise NotAllowed(_("This alert did not go to %(unit)s.") % {"unit": unit.name})
    if receipt.read_at is None:
        receipt.read_at, receipt.read_by = at, by
        receipt.save(update_fields=["read_at", "read_by"])
        _record("alert.read", alert, unit.pk, by, at, {})
        live.publish(live.unit_topic(unit.pk), {"issues": [], "alert": alert.pk})
    return receipt


@transaction.atomic
def end(*, alert: SystemAlert, by: User, at: datetime) -> SystemAlert:
    """Show an alert nowhere any more. Who has read it stays. Again changes nothing."""
    alert = SystemAlert.objects.select_for_update().get(pk=alert.pk)
    if alert.ended_at is None:
        alert.ended_at = at
        alert.save(update_fields=["ended_at"])
        _record("alert.ended", alert, None, by, at, {})
        units = alert.receipts.values_list("unit_id", flat=True)
        live.publish_many([(live.unit_topic(pk), {"issues": [], "alert": alert.pk}) for pk in units])
    return alert


def _record(
    verb: str, alert: SystemAlert, unit_id: int | None, by: User, at: datetime, facts: dict[str, audit.Fact]
) -> None:
    audit.record(verb, subject=alert, by=by, at=at, organisation_id=alert.organisation_id, unit_id=unit_id, facts=facts)
