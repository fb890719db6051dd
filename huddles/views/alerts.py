"""System alerts: sending one, seeing how far it has come, saying that it was read."""

from typing import TYPE_CHECKING
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huddles.actions import alerts as actions
from huddles.forms.setup_words import AlertForm
from huddles.models import Issue, SystemAlert
from huddles.queries.alerts import alert_page, reaches
from huddles.views.setup.scope import UNPROCESSABLE
from org import access
from org.models import Unit
from org.rules import NotAllowed, Permission
from org.views.pages import listed, look_at

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from org.views.pages import SignedIn


def _sendable(request: "SignedIn") -> "QuerySet[Unit]":
    return Unit.objects.with_permission(request.user, Permission.ALERT_SEND).open().order_by("organisation", "path")


@require_GET
def alerts(request: "SignedIn") -> HttpResponse:
    """Alerts that went to a unit of this person, newest first, with their reach."""
    found = listed(reaches(SystemAlert.objects.visible_to(request.user)), request.GET.get("page", "1"))
    context = {"found": found, "may_send": _sendable(request).exists()}
    return TemplateResponse(request, "huddles_setup/alerts.html", context)


@require_http_methods(["GET", "POST"])
def new(request: "SignedIn") -> HttpResponse:
    """Send an alert to a unit and all below it."""
    units = _sendable(request)
    if not units.exists():
        raise PermissionDenied(_("Your role does not include this here."))
    asked = request.GET.get("issue", "")
    issue = (
        Issue.objects.visible_to(request.user).filter(pk=int(asked), confidential=False).first()
        if asked.isascii() and asked.isdigit()
        else None
    )
    form = AlertForm(request.POST or None, units=units, initial={"uid": uuid4()})
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.send(**form.cleaned_data, issue=issue, by=request.user, at=timezone.now())
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The alert is on its way. Each unit says when it has read it."))
            return redirect("huddles:alert", made.pk)
    context = {"form": form, "issue": issue}
    return TemplateResponse(
        request, "huddles_setup/alert_new.html", context, status=UNPROCESSABLE if form.errors else 200
    )


def _found(request: "SignedIn", pk: int) -> SystemAlert:
    readable = SystemAlert.objects.visible_to(request.user).select_related("sent_by", "issue", "organisation")
    found = get_object_or_404(readable, pk=pk)
    look_at(request, found.organisation_id)
    return found


@require_GET
def alert(request: "SignedIn", pk: int) -> HttpResponse:
    """One alert: what it says, which units have read it."""
    found = _found(request, pk)
    context = {"page": alert_page(found, request.user), "alert": found, "may_end": _may_end(request, found)}
    return TemplateResponse(request, "huddles_setup/alert.html", context)


def _may_end(request: "SignedIn", found: SystemAlert) -> bool:
    """Whoever may send alerts at a unit to which it went, or sent it."""
    reached = _sendable(request).filter(pk__in=found.receipts.values("unit"))
    return found.ended_at is None and (found.sent_by_id == request.user.pk or reached.exists())


@require_POST
def read(request: "SignedIn", pk: int) -> HttpResponse:
    """Say at a unit that it was read."""
    found = _found(request, pk)
    asked = request.POST.get("unit", "")
    if not asked:
        messages.error(request, _("Choose the unit."))
        return redirect("huddles:alert", found.pk)
    unit = get_object_or_404(
        Unit.objects.visible_to(request.user), pk=int(asked) if asked.isascii() and asked.isdigit() else 0
    )
    access.require(request.user, Permission.HUDDLE_RUN, unit)
    try:
        actions.read(alert=found, unit=unit, by=request.user, at=timezone.now())
        messages.success(request, _("%(unit)s has read it.") % {"unit": unit.name})
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return redirect(back) if back and safe else redirect("huddles:alert", found.pk)


@require_POST
def end(request: "SignedIn", pk: int) -> HttpResponse:
    """Show an alert nowhere any more."""
    found = _found(request, pk)
    if not _may_end(request, found):
        raise PermissionDenied(_("Your role does not include this here."))
    actions.end(alert=found, by=request.user, at=timezone.now())
    messages.success(request, _("The alert has ended. Who has read it stays here."))
    return redirect("huddles:alert", found.pk)
