"""Settings of the organisation, its tiers, its audit trail and its messages."""

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from org import queries
from org.actions import messages as outbox
from org.actions import organisations
from org.actions.organisations import TierPlan
from org.forms.organisations import OrganisationForm, TierForms
from org.forms.people import TrailForm
from org.models import Event, Message, Organisation
from org.rules import NotAllowed, Permission
from org.views.pages import form_page, listed, organisation_of

if TYPE_CHECKING:
    from org.views.pages import SignedIn

SETTINGS = (
    "name",
    "time_zone",
    "language",
    "snapshot_at",
    "small_cell_threshold",
    "idle_minutes",
    "hard_hours",
)


@require_GET
def set_up(request: "SignedIn") -> HttpResponse:
    """The organisation to set up; a list where there are several."""
    found = list(Organisation.objects.governed_by(request.user, Permission.UNIT_EDIT).order_by("name"))
    if not found:
        raise Http404
    if len(found) == 1:
        return redirect("org:organisation", slug=found[0].slug)
    return TemplateResponse(request, "org/set_up.html", {"organisations": found})


@require_http_methods(["GET", "HEAD", "POST"])
def organisation(request: "SignedIn", slug: str) -> HttpResponse:
    """Settings that the whole organisation shares."""
    here = organisation_of(request, slug, Permission.UNIT_EDIT)
    form = OrganisationForm(request.POST or None, initial={name: getattr(here, name) for name in SETTINGS})
    if request.method == "POST" and form.is_valid():
        organisations.edit_organisation(organisation=here, **form.cleaned_data, by=request.user, at=timezone.now())
        messages.success(request, _("Saved."))
        return redirect("org:organisation", slug=slug)
    return form_page(request, form, {"organisation": here, "tab": "organisation"}, "org/organisation.html")


@require_http_methods(["GET", "HEAD", "POST"])
def tiers(request: "SignedIn", slug: str) -> HttpResponse:
    """Names and times of the three to six tiers."""
    here = organisation_of(request, slug, Permission.UNIT_EDIT)
    known = [
        {"name": t.name, "huddle_at": t.huddle_at, "huddle_minutes": t.huddle_minutes}
        for t in here.tiers.order_by("level")
    ]
    forms: Any = TierForms(request.POST or None, initial=known)
    refusal = ""
    if request.method == "POST" and forms.is_valid():
        plans = [TierPlan(t["name"], t["huddle_at"], t["huddle_minutes"] or 15) for t in forms.given()]
        try:
            organisations.set_tiers(organisation=here, tiers=plans, by=request.user, at=timezone.now())
        except NotAllowed as error:
            refusal = str(error)
        else:
            messages.success(request, _("Saved."))
            return redirect("org:tiers", slug=slug)
    wrong = forms.is_bound and bool(refusal or not forms.is_valid())
    context = {"forms": forms, "refusal": refusal, "organisation": here, "tab": "tiers"}
    return TemplateResponse(request, "org/tiers.html", context, status=422 if wrong else 200)


@require_GET
def trail(request: "SignedIn", slug: str) -> HttpResponse:
    """The audit trail, filtered and in pages."""
    here = organisation_of(request, slug, Permission.AUDIT_VIEW)
    found = Event.objects.visible_to(request.user).filter(organisation_id=here.pk)
    events = queries.with_kept_back(found, here, request.user)
    form = TrailForm(here.units.order_by("path"), queries.verbs_of(here), request.GET)
    if form.is_valid():
        sought = form.cleaned_data
        if sought["what"]:
            events = events.filter(verb=sought["what"])
        if sought["unit"] or sought["who"]:
            events = queries.told_whole(events)  # finding it would tell what is kept back
        if sought["unit"]:
            events = events.filter(unit_id=sought["unit"].pk)
        if sought["who"]:
            events = events.filter(actor_label__icontains=sought["who"])
        if sought["day"]:
            start = datetime.combine(sought["day"], time.min, here.zone)
            after = datetime.combine(sought["day"] + timedelta(days=1), time.min, here.zone)
            events = events.filter(at__gte=start, at__lt=after)
    page = listed(events.order_by("-at", "-pk"), request.GET.get("page", ""))
    rows = queries.event_rows(page.rows, here)
    context = {"form": form, "rows": rows, "page": page, "organisation": here, "tab": "trail"}
    return form_page(request, form, context, "org/trail.html")


@require_GET
def outbox_page(request: "SignedIn", slug: str) -> HttpResponse:
    """Messages, those that were given up first."""
    here = organisation_of(request, slug, Permission.PEOPLE_EDIT)
    found = Message.objects.visible_to(request.user).filter(organisation_id=here.pk)
    page = listed(queries.in_need_first(found), request.GET.get("page", ""))
    context = {"page": page, "attempts_until_given_up": queries.MESSAGE_ATTEMPTS, "organisation": here, "tab": "outbox"}
    return TemplateResponse(request, "org/outbox.html", context)


@require_POST
def retry_message(request: "SignedIn", slug: str, pk: int) -> HttpResponse:
    """Let a message that was given up be tried again."""
    here = organisation_of(request, slug, Permission.PEOPLE_EDIT)
    found = Message.objects.visible_to(request.user).filter(organisation_id=here.pk)
    outbox.retry_message(message=get_object_or_404(found, pk=pk), by=request.user, at=timezone.now())
    messages.success(request, _("The message goes out within a minute."))
    return redirect("org:outbox", slug=slug)
