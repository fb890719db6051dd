"""People of trust: who hears what is confidential, and in which order."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from boards.actions.again import renumber
from boards.setup_rules import moved
from huddles.actions.issues import inherit
from huddles.models import Confidant, Issue
from org import audit
from org.models import Organisation, User
from org.rules import NotAllowed


@transaction.atomic
def name_confidant(*, organisation: Organisation, user: User, by: User, at: datetime) -> Confidant:
    """Name somebody, after the others. The same person again changes nothing. Raises NotAllowed without a role here."""
    organisation = Organisation.objects.select_for_update().get(pk=organisation.pk)
    seats = user.memberships.filter(ended_on__isnull=True, unit__organisation=organisation)
    if not user.is_active or not seats.exists():
        raise NotAllowed(_("%(name)s has no role here.") % {"name": user})
    last = organisation.confidants.order_by("-position").values_list("position", flat=True).first()
    named, made = Confidant.objects.get_or_create(
        organisation=organisation, user=user, defaults={"position": (last or 0) + 1}
    )
    if made:
        _record("confidant.named", named, by, at)
    return named


@transaction.atomic
def release_confidant(*, confidant: Confidant, by: User, at: datetime) -> None:
    """Name somebody no more; the open confidential issues that they own go to the first of the others. Closed ones keep
    their name and are read by them no more; reopened, they go to the first of the others too.

    Raises NotAllowed where such issues are open and nobody else is named.
    """
    organisation = Organisation.objects.select_for_update().get(pk=confidant.organisation_id)
    confidant = Confidant.objects.select_related("user").get(pk=confidant.pk)
    open_here = Issue.objects.open().filter(organisation=organisation, confidential=True)
    others = organisation.confidants.filter(user__is_active=True).exclude(pk=confidant.pk)
    if open_here.exists() and not others.exists():
        raise NotAllowed(_("Confidential issues are open. Name somebody else first."))
    owned = list(open_here.filter(owner=confidant.user_id).order_by("pk").values_list("pk", flat=True))
    _record("confidant.released", confidant, by, at)
    confidant.delete()
    for pk in owned:
        inherit(issue_id=pk, at=at)


@transaction.atomic
def move_confidant(*, confidant: Confidant, up: bool, by: User, at: datetime) -> None:
    """Put somebody one place earlier or later: the first one hears first. At an end nothing happens."""
    organisation = Organisation.objects.select_for_update().get(pk=confidant.organisation_id)
    before = list(organisation.confidants.order_by("position", "pk").values_list("pk", flat=True))
    order = moved(before, confidant.pk, up=up)
    if order != before:
        renumber(Confidant.objects.filter(organisation=organisation), order)
        _record("confidant.moved", confidant, by, at)


def _record(verb: str, confidant: Confidant, by: User, at: datetime) -> None:
    audit.record(
        verb,
        subject=confidant,
        label=str(confidant.user),
        by=by,
        at=at,
        organisation_id=confidant.organisation_id,
        facts={"user": confidant.user_id},
    )
