"""A change that held, on its way to other units: offering it, answering, and the map of who made what of it."""

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from improvement.actions import spread as actions
from improvement.models import Offer, OfferedTo
from improvement.queries import spread as queries
from improvement.rules import spread as rules
from improvement.views.tickets import UNPROCESSABLE, sent_uid, ticket_of
from org import access
from org.models import Unit
from org.queries.calendars import zone_of
from org.rules import NotAllowed, Permission
from org.views.pages import look_at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from org.views.pages import SignedIn


@require_GET
def spread(request: "SignedIn") -> HttpResponse:
    """Which changes were offered, who took them up, and what became of each."""
    now = timezone.localtime()
    return TemplateResponse(request, "spread/map.html", {"changes": queries.map_of(request.user, now)})


@require_http_methods(["GET", "POST"])
def offer(request: "SignedIn", pk: int) -> HttpResponse:
    """Offer what a ticket has changed to other units, and see who took it up."""
    ticket = ticket_of(request, pk, Permission.IMPROVE if request.method == "POST" else None)
    found = Offer.objects.visible_to(request.user).filter(ticket=ticket).first()
    said = {"change": found.change if found else ticket.outcome, "needs": found.needs if found else ""}
    likes = queries.units_like(ticket)
    chosen, refusal, field = [like.unit.pk for like in likes if like.same], "", ""
    if request.method == "POST":
        said = {name: request.POST.get(name, "") for name in said}
        asked = {int(value) for value in request.POST.getlist("units") if value.isdecimal()}
        chosen = sorted(asked)
        try:
            actions.offer(
                ticket=ticket,
                units=_units(likes, asked),
                by=request.user,
                at=timezone.now(),
                **said,
            )
        except NotAllowed as error:
            refusal, field = str(error), error.field
        else:
            messages.success(request, _("Offered. Each unit answers in its own time."))
            return redirect("improvement:offer", pk)
    now = timezone.now().astimezone(zone_of(ticket.unit))
    context: dict[str, Any] = {
        "ticket": ticket,
        "said": said,
        "likes": likes,
        "chosen": chosen,
        "refusal": refusal,
        "field": field,
        "may_offer": Permission.IMPROVE in access.known_permissions_at(request.user, ticket.unit.path)
        and ticket.stage in rules.OFFERED_FROM,
        "text": rules.TEXT,
        "changes": queries.map_of(request.user, now, [found]) if found else [],
    }
    return TemplateResponse(request, "spread/offer.html", context, status=UNPROCESSABLE if refusal else 200)


def _units(likes: "Sequence[queries.Like]", asked: set[int]) -> list[Unit]:
    """The units that were chosen. Raises NotAllowed where others were."""
    if asked - {like.unit.pk for like in likes}:
        raise NotAllowed(_("Choose other units of this organization."), field="units")
    return [like.unit for like in likes if like.unit.pk in asked]


@require_GET
def offers(request: "SignedIn", unit_id: int) -> HttpResponse:
    """What is offered to a unit: a part of its kanban, and a page of its own."""
    unit = get_object_or_404(Unit.objects.visible_to(request.user).select_related("organisation"), pk=unit_id)
    look_at(request, unit.organisation_id)
    return _offers(request, unit)


def _offers(request: "SignedIn", unit: Unit, **more: Any) -> HttpResponse:
    context = {
        "unit": unit,
        "offers": queries.offered_to(unit),
        "may_work": Permission.IMPROVE in access.known_permissions_at(request.user, unit.path),
        "uid": uuid4(),
        "line": rules.LINE,
        **more,
    }
    name = "spread/offers.html#list" if request.htmx else "spread/offers.html"
    return TemplateResponse(request, name, context, status=UNPROCESSABLE if more.get("refusal") else 200)


def _asked(request: "SignedIn", unit_id: int, pk: int) -> OfferedTo:
    unit = get_object_or_404(Unit.objects.visible_to(request.user).select_related("organisation"), pk=unit_id)
    look_at(request, unit.organisation_id)
    access.require(request.user, Permission.IMPROVE, unit)
    return get_object_or_404(OfferedTo.objects.select_related("unit__organisation"), unit=unit, pk=pk)


@require_POST
def take_up(request: "SignedIn", unit_id: int, pk: int) -> HttpResponse:
    """Take a change up: a ticket of one's own, to be tried here anew."""
    to = _asked(request, unit_id, pk)
    own = actions.take_up(to=to, uid=sent_uid(request), by=request.user, at=timezone.now())
    messages.success(request, _("Taken up. Predict what it does here, and try it small."))
    return redirect("improvement:ticket", own.pk)


@require_POST
def decline(request: "SignedIn", unit_id: int, pk: int) -> HttpResponse:
    """Say why a change is not for this unit."""
    to = _asked(request, unit_id, pk)
    try:
        actions.decline(to=to, reason=request.POST.get("reason", ""), by=request.user, at=timezone.now())
    except NotAllowed as refusal:
        return _offers(request, to.unit, refusal=str(refusal), refused=to.pk, typed=request.POST.get("reason", ""))
    messages.success(request, _("Said."))
    return redirect("improvement:kanban", unit_id)
