"""Offering a change that held to other units, taking it up with credit, or saying why not."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from huddles.actions.issues.history import checked_text
from improvement.actions import tickets
from improvement.models import Offer, OfferedTo, Ticket
from improvement.rules import spread as rules
from improvement.rules.spread import Answer
from improvement.rules.tickets import Size
from org import audit, live
from org.models import Unit, User
from org.rules import NotAllowed


@transaction.atomic
def offer(*, ticket: Ticket, change: str, needs: str, units: Collection[Unit], by: User, at: datetime) -> Offer:
    """Offer what a ticket has changed to `units`, also to more of them later. Raises NotAllowed."""
    Ticket.objects.select_for_update().get(pk=ticket.pk)
    if ticket.stage not in rules.OFFERED_FROM:
        raise NotAllowed(_("Offer it once it was tried: when it is done, or asked whether it holds."))
    said = {
        "change": checked_text(change, rules.TEXT, required=_("Say what to do, so that others can."), field="change"),
        "needs": checked_text(needs, rules.TEXT, field="needs"),
    }
    known = Offer.objects.filter(ticket=ticket).first()
    asked = set(OfferedTo.objects.filter(offer__ticket=ticket).values_list("unit", flat=True))
    new = [unit for unit in units if unit.pk not in asked]
    if any(unit.organisation_id != ticket.organisation_id or unit.pk == ticket.unit_id for unit in new):
        raise NotAllowed(_("Choose other units of this organization."), field="units")
    if not new and known is None:
        raise NotAllowed(_("Choose at least one unit."), field="units")
    if len(asked) + len(new) > rules.MOST:
        raise NotAllowed(_("At most %(most)s units are asked.") % {"most": rules.MOST}, field="units")
    made, _new = Offer.objects.update_or_create(
        ticket=ticket, defaults=said, create_defaults={**said, "offered_at": at, "offered_by": by}
    )
    OfferedTo.objects.bulk_create(OfferedTo(offer=made, unit=unit) for unit in new)
    _record("offer.made", made, ticket.unit, by, at, units=len(new))
    live.publish_many([(live.unit_topic(unit.pk), {"work": ticket.pk}) for unit in new])
    return made


@transaction.atomic
def take_up(*, to: OfferedTo, uid: UUID, by: User, at: datetime) -> Ticket:
    """Take an offer up: a ticket of one's own unit that says where it comes from, to be tried there anew. Twice is
    once. Raises NotAllowed.
    """
    to = _locked(to)
    if to.own is not None:
        return to.own
    source = to.offer.ticket
    own = tickets.begin(
        uid=uid,
        unit=to.unit,
        size=Size.PDSA,
        words=tickets.Words(title=source.title, problem=to.offer.change, owner=None),
        by=by,
        at=at,
    )
    to.answer, to.own, to.reason, to.answered_at, to.answered_by = Answer.TAKEN, own, "", at, by
    to.save()
    _record("offer.taken", to.offer, to.unit, by, at)
    live.publish(live.unit_topic(source.unit_id), {"work": source.pk})
    return own


@transaction.atomic
def decline(*, to: OfferedTo, reason: str, by: User, at: datetime) -> OfferedTo:
    """Say why a change is not for this unit. Raises NotAllowed without a reason, or where it was taken up."""
    to = _locked(to)
    if to.answer == Answer.TAKEN:
        raise NotAllowed(_("It was taken up here. Let the ticket go instead, and say why."))
    to.reason = checked_text(reason, rules.LINE, required=_("Say why not: others may read it."), field="reason")
    to.answer, to.answered_at, to.answered_by = Answer.DECLINED, at, by
    to.save()
    _record("offer.declined", to.offer, to.unit, by, at)
    live.publish(live.unit_topic(to.offer.ticket.unit_id), {"work": to.offer.ticket_id})
    return to


def _locked(to: OfferedTo) -> OfferedTo:
    OfferedTo.objects.select_for_update().get(pk=to.pk)
    return OfferedTo.objects.select_related("offer__ticket__unit", "unit", "own").get(pk=to.pk)


def _record(verb: str, offer: Offer, unit: Unit, by: User, at: datetime, **facts: audit.Fact) -> None:
    audit.record(
        verb,
        subject=offer,
        by=by,
        at=at,
        organisation_id=unit.organisation_id,
        unit_id=unit.pk,
        facts={"ticket": offer.ticket.number, **facts},
    )
