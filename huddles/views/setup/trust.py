"""People of trust: who hears what is confidential."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from huddles.actions import trust as actions
from huddles.models import Confidant
from huddles.queries import setup
from huddles.views.setup.scope import Scope, scope_of
from org.queries import people_of
from org.rules import NotAllowed, Permission

if TYPE_CHECKING:
    from org.views.pages import SignedIn

TAB = "huddles:setup-trust"
#: So many people are shown for what was sought.
MOST = 20


@require_GET
def trust(request: "SignedIn", slug: str) -> HttpResponse:
    """Who is named, in their order; finding somebody to name."""
    scope = scope_of(request, slug, TAB, Permission.PEOPLE_EDIT)
    named = list(setup.confidants_of(scope.organisation))
    sought = request.GET.get("q", "").strip()[:80]
    people = []
    if sought:
        others = people_of(scope.organisation, request.user, sought).filter(is_active=True)
        people = list(others.exclude(pk__in=[one.user_id for one in named])[:MOST])
    context = {"scope": scope, "named": named, "sought": sought, "people": people}
    return TemplateResponse(request, "huddles_setup/trust.html", context)


@require_POST
def name(request: "SignedIn", slug: str) -> HttpResponse:
    """Name somebody."""
    scope = scope_of(request, slug, TAB, Permission.PEOPLE_EDIT)
    asked = request.POST.get("person", "")
    person = get_object_or_404(
        people_of(scope.organisation, request.user), pk=int(asked) if asked.isascii() and asked.isdigit() else 0
    )
    try:
        actions.name_confidant(organisation=scope.organisation, user=person, by=request.user, at=timezone.now())
        messages.success(request, _("%(name)s hears what is confidential from now on.") % {"name": person})
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
    return scope.back(TAB)


def _found(request: "SignedIn", slug: str, pk: int) -> tuple[Confidant, Scope]:
    scope = scope_of(request, slug, TAB, Permission.PEOPLE_EDIT)
    return get_object_or_404(Confidant.objects.select_related("user"), pk=pk, organisation=scope.organisation), scope


@require_POST
def release(request: "SignedIn", slug: str, pk: int) -> HttpResponse:
    """Name somebody no more."""
    thing, scope = _found(request, slug, pk)
    try:
        actions.release_confidant(confidant=thing, by=request.user, at=timezone.now())
        messages.success(request, _("%(name)s hears nothing confidential any more.") % {"name": thing.user})
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
    return scope.back(TAB)


@require_POST
def move(request: "SignedIn", slug: str, pk: int) -> HttpResponse:
    """One place earlier or later."""
    thing, scope = _found(request, slug, pk)
    actions.move_confidant(confidant=thing, up=request.POST.get("up") == "1", by=request.user, at=timezone.now())
    return scope.back(TAB)
