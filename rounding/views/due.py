"""Whom to talk with and where to go next, and how often that is."""

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from org import access
from org.rules import NotAllowed, Permission
from rounding.actions.cadences import set_cadence as set_days
from rounding.queries import due as queries
from rounding.rules.questions import SetKind

if TYPE_CHECKING:
    from org.views.pages import SignedIn


@require_GET
def due(request: "SignedIn") -> HttpResponse:
    """Colleagues who are due, whom one meets soonest first, and units to go to. 403 for whoever leads no rounds."""
    access.require_somewhere(request.user, Permission.ROUND_LEAD)
    asked = request.GET.get("unit", "")
    only = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else None
    page = queries.due_page(request.user, timezone.now(), only)
    return TemplateResponse(request, "rounding/due.html", {"page": page})


@require_GET
def cadences(request: "SignedIn") -> HttpResponse:
    """How often at each unit where this person leads rounds."""
    access.require_somewhere(request.user, Permission.ROUND_LEAD)
    return TemplateResponse(request, "rounding/cadences.html", {"rows": queries.cadences_of(request.user)})


@require_POST
def set_cadence(request: "SignedIn", unit_id: int) -> HttpResponse:
    """Every how many days, at one unit: talks with its colleagues, own walks there."""
    unit = queries.may_set(request.user, unit_id)
    if unit is None:
        raise Http404
    now = timezone.now()
    try:
        for kind, name in ((SetKind.STAFF, "talks"), (SetKind.GEMBA, "walks")):
            set_days(unit=unit, kind=kind, days=_days(request.POST.get(name, "")), by=request.user, at=now)
    except NotAllowed as refusal:
        rows = queries.cadences_of(request.user)
        context = {"rows": rows, "refusal": str(refusal), "at": unit_id}
        return TemplateResponse(request, "rounding/cadences.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    messages.success(request, _("Kept for %(unit)s.") % {"unit": unit.name})
    return redirect(reverse("rounding:cadences") + f"#unit-{unit_id}")


def _days(text: str) -> int:
    """A number of days; -1 for what is none, which is refused."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else -1
