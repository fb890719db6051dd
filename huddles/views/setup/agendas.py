"""Agendas: their list, editing one until it is published, older versions."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huddles.actions import agendas as actions
from huddles.actions.defaults import furnish
from huddles.forms import setup_agendas as typed
from huddles.models import Agenda
from huddles.queries import setup
from huddles.rules.agendas import total_minutes
from huddles.views.setup.scope import UNPROCESSABLE, Scope, scope_of
from org.models import Organisation
from org.rules import NotAllowed, Overtaken, Permission

if TYPE_CHECKING:
    from org.views.pages import SignedIn

LIST = "huddles:setup-agendas"
ONE = "huddles:setup-agenda"


@require_GET
def start(request: "SignedIn") -> HttpResponse:
    """To the agendas of the organisation that this person may set up."""
    governed = Organisation.objects.governed_by(request.user, Permission.AGENDA_EDIT).order_by("name").first()
    if governed is None:
        raise Http404
    return redirect(LIST, governed.slug)


@require_GET
def agendas(request: "SignedIn", slug: str) -> HttpResponse:
    """The agenda of every tier, and those of single units."""
    scope = scope_of(request, slug, LIST)
    context = {
        "scope": scope,
        "tiers": setup.agendas_of(scope.organisation),
        "furnished": setup.is_furnished(scope.organisation),
    }
    return TemplateResponse(request, "huddles_setup/agendas.html", context)


@require_POST
def put_defaults(request: "SignedIn", slug: str) -> HttpResponse:
    """Put in place what a hospital starts with and what is missing."""
    scope = scope_of(request, slug, LIST)
    furnish(organisation=scope.organisation, at=timezone.now())
    messages.success(request, _("Every tier has an agenda now, and every list its words. Nothing else is changed."))
    return scope.back(LIST)


def _found(request: "SignedIn", slug: str, pk: int) -> tuple[Agenda, Scope]:
    scope = scope_of(request, slug, LIST)
    found = Agenda.objects.select_related("unit", "organisation")
    return get_object_or_404(found, pk=pk, organisation=scope.organisation), scope


@require_http_methods(["GET", "POST"])
def agenda(request: "SignedIn", slug: str, pk: int) -> HttpResponse:
    """Edit an agenda: what is typed stays on the page until it is published as the next version."""
    thing, scope = _found(request, slug, pk)
    newest = thing.versions.order_by("-number").first()
    number, refusal = (newest.number if newest else 0), ""
    lines = actions.lines_of(newest) if newest else []
    order = request.POST.get("do", "publish")
    if request.method == "POST":
        lines = typed.read_lines(request.POST)
        asked = request.POST.get("based_on", "")
        based_on = int(asked) if asked.isascii() and asked.isdigit() else 0
        if order != "publish":
            lines, number = typed.changed(lines, order, request.POST), based_on
        else:
            try:
                made = actions.publish(agenda=thing, lines=lines, based_on=based_on, by=request.user, at=timezone.now())
                said = _("Version %(number)s is published. Huddles that begin from now on have it.")
                messages.success(request, said % {"number": made.number})
                return scope.back(ONE, thing.pk)
            except NotAllowed as error:
                refusal, number = str(error), number if isinstance(error, Overtaken) else based_on
    context = {
        "scope": scope,
        "agenda": thing,
        "number": number,
        "refusal": refusal,
        "changed": request.method == "POST",
        **_shown(lines, thing),
    }
    return TemplateResponse(request, "huddles_setup/agenda.html", context, status=UNPROCESSABLE if refusal else 200)


def _shown(lines: "typed.Lines", thing: Agenda) -> dict[str, object]:
    tier = thing.organisation.tiers.filter(level=thing.tier_level).first()
    return {
        "parts": typed.parts(lines),
        "minutes": total_minutes(lines),
        "planned": tier.huddle_minutes if tier else 0,
        "tier": tier,
        "versions": thing.versions.select_related("published_by").order_by("-number")[:20],
        "units": setup.units_without_own(thing) if thing.unit is None else [],
    }


@require_GET
def version(request: "SignedIn", slug: str, pk: int, number: int) -> HttpResponse:
    """An older wording, to read."""
    thing, scope = _found(request, slug, pk)
    found = get_object_or_404(thing.versions.select_related("published_by"), number=number)
    lines = actions.lines_of(found)
    context = {
        "scope": scope,
        "agenda": thing,
        "version": found,
        "parts": [part for part in typed.parts(lines) if part.rows],
        "minutes": total_minutes(lines),
    }
    return TemplateResponse(request, "huddles_setup/version.html", context)


@require_POST
def for_unit(request: "SignedIn", slug: str, pk: int) -> HttpResponse:
    """Give a unit an agenda of its own."""
    thing, scope = _found(request, slug, pk)
    asked = request.POST.get("unit", "")
    unit = get_object_or_404(
        setup.units_without_own(thing).select_related("tier"),
        pk=int(asked) if asked.isascii() and asked.isdigit() else 0,
    )
    try:
        made = actions.start_for_unit(unit=unit, like=thing, by=request.user, at=timezone.now())
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
        return scope.back(ONE, thing.pk)
    messages.success(request, _("%(unit)s has an agenda of its own now. Change it below.") % {"unit": unit.name})
    return scope.back(ONE, made.pk)


@require_POST
def remove(request: "SignedIn", slug: str, pk: int) -> HttpResponse:
    """Let a unit have the agenda of its tier again."""
    thing, scope = _found(request, slug, pk)
    try:
        actions.remove_from_unit(agenda=thing, by=request.user, at=timezone.now())
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
        return scope.back(ONE, thing.pk)
    messages.success(request, _("The agenda of the tier holds there again."))
    return scope.back(LIST)
