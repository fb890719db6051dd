"""Sending an issue up from within a huddle: a form in its step, and a page of its own without a script."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from huddles.actions import issues
from huddles.models import Huddle, Issue
from huddles.queries.issues_allowed import allowed_acts
from huddles.queries.issues_card import found_issue
from huddles.queries.terms import terms_of
from huddles.rules.issues import Act
from huddles.views.huddle import UNPROCESSABLE, found_huddle
from huddles.views.issue_forms import Desk
from org.forms.plain import PlainForm
from org.rules import NotAllowed, Permission

if TYPE_CHECKING:
    from org.views.pages import SignedIn


@require_http_methods(["GET", "POST"])
def send_up(request: "SignedIn", pk: int, issue_pk: int) -> HttpResponse:
    """Why it cannot be solved here, what is asked, by when; then the huddle again. The form alone for htmx."""
    huddle, now = found_huddle(request, pk, Permission.HUDDLE_RUN), timezone.now()
    found = found_issue(request.user, issue_pk)
    if found is None or found.confidential or huddle.unit_id not in {found.origin_id, found.place_id}:
        raise Http404
    if request.method == "GET":
        return _shown(request, huddle, found, _form(request, found, now))
    form = _form(request, found, now)
    if Act.ESCALATE not in allowed_acts(found, request.user):
        form.add_error(None, _("“%(status)s”: it cannot be sent up now.") % {"status": found.get_status_display()})
    if form.is_valid():
        try:
            issues.escalate(issue=found, **form.cleaned_data, by=request.user, at=now, huddle=huddle)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            return (
                HttpResponse(headers={"HX-Trigger": "huddle:changed"})
                if request.htmx
                else redirect(_back(request, huddle))
            )
    return _shown(request, huddle, found, form, UNPROCESSABLE)


def _form(request: "SignedIn", found: Issue, now: datetime) -> PlainForm:
    """The form of the page of the issue; its fields have ids of their own, since several may stand in one step."""
    desk = Desk(found, terms_of(found.place, found.urgency, now), now)
    form = desk.form(Act.ESCALATE, request.POST if request.method == "POST" else None)
    form.auto_id = f"id_{found.pk}_%s"
    if request.htmx:
        form.fields["cannot"].widget.attrs["autofocus"] = True
    return form


def _back(request: "SignedIn", huddle: Huddle) -> str:
    """The step of the huddle from which the form was opened."""
    address = reverse("huddles:huddle", args=[huddle.pk])
    step = request.GET.get("step", "")
    return f"{address}?step={step}#step-{step}" if step.isascii() and step.isdigit() else address


def _shown(request: "SignedIn", huddle: Huddle, found: Issue, form: PlainForm, status: int = 200) -> HttpResponse:
    context = {"huddle": huddle, "issue": found, "form": form, "back": _back(request, huddle)}
    template = "huddles/send_up.html#form" if request.htmx else "huddles/send_up.html"
    return TemplateResponse(request, template, context, status=status)
