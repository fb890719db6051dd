"""One's own standard work, one tap for each thing done; and what coaches see of it, which is shares."""

from datetime import date
from http import HTTPStatus
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_GET, require_POST

from org import access
from org.models import Organisation
from org.rules import NotAllowed, Permission
from rounding.actions import standard_work as actions
from rounding.models import StandardTask
from rounding.queries import standard_work as queries

if TYPE_CHECKING:
    from datetime import datetime

    from org.views.pages import SignedIn


def _page(request: "SignedIn", now: "datetime", *, why: int = 0, refusal: str = "", said: str = "") -> HttpResponse:
    page = queries.work_of(request.user, now)
    edits = Organisation.objects.governed_by(request.user, Permission.AGENDA_EDIT)
    context = {
        "page": page,
        "edits": [] if page.roles else list(edits.order_by("name")),
        "why": why,
        "refusal": refusal,
        "said": said,
        "coaches": bool(queries.coached_units(request.user)),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refusal else HTTPStatus.OK
    return TemplateResponse(request, "rounding/standard_work.html", context, status=status)


@require_GET
def mine(request: "SignedIn") -> HttpResponse:
    """What this person does today, this week and this month, and their last eight weeks. 403 for whoever leads no
    rounds.
    """
    now = timezone.now()
    access.require_somewhere(request.user, Permission.ROUND_LEAD)
    for house in queries.houses_without_tasks(request.user):
        actions.furnish(organisation=house, at=now)
    asked = request.GET.get("why", "")
    return _page(request, now, why=int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else 0)


@require_POST
def done(request: "SignedIn", pk: int) -> HttpResponse:
    """One more time done."""
    task = get_object_or_404(StandardTask.objects.visible_to(request.user), pk=pk)
    now, times = timezone.now(), request.POST.get("done", "")
    try:
        actions.say_done(
            task=task,
            starts_on=_starts_on(request),
            done=int(times) if times.isascii() and times.isdigit() and len(times) < 5 else 0,
            by=request.user,
            today=queries.today_of(request.user, now),
            at=now,
        )
    except NotAllowed as refusal:
        return _page(request, now, refusal=str(refusal))
    return _back(pk)


@require_POST
def why_not(request: "SignedIn", pk: int) -> HttpResponse:
    """Not this time, for a reason."""
    task = get_object_or_404(StandardTask.objects.visible_to(request.user), pk=pk)
    now, reason = timezone.now(), request.POST.get("reason", "")
    try:
        actions.say_why_not(
            task=task,
            starts_on=_starts_on(request),
            reason=reason,
            by=request.user,
            today=queries.today_of(request.user, now),
            at=now,
        )
    except NotAllowed as refusal:
        return _page(request, now, why=pk, refusal=str(refusal), said=reason)
    return _back(pk)


@require_POST
def undo(request: "SignedIn", pk: int) -> HttpResponse:
    """Take back the last tap."""
    task = get_object_or_404(StandardTask.objects.visible_to(request.user), pk=pk)
    now = timezone.now()
    try:
        actions.take_back(
            task=task,
            starts_on=_starts_on(request),
            by=request.user,
            today=queries.today_of(request.user, now),
            at=now,
        )
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
    return _back(pk)


@require_GET
def shares(request: "SignedIn") -> HttpResponse:
    """How much of its standard work a role does, from five people up. 403 for whoever coaches nowhere."""
    access.require_somewhere(request.user, Permission.COACHING)
    found = queries.shares_for(request.user, timezone.now())
    return TemplateResponse(request, "rounding/standard_shares.html", {"units": found, "weeks": queries.SHARE_WEEKS})


def _starts_on(request: "SignedIn") -> date:
    """The period that the page showed; a day that is none is one long over."""
    try:
        return parse_date(request.POST.get("starts_on", "")) or date.min
    except ValueError:
        return date.min


def _back(pk: int) -> HttpResponse:
    return redirect(reverse("rounding:standard-work") + f"#task-{pk}")
