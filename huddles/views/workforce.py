"""Workforce equity: gaps between groups of staff and what their readers do about them."""

from datetime import date
from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from analytics.signals import Event
from boards.rules import About
from boards.views.days import read_day
from huddles.actions import signals as actions
from huddles.queries import signal_rows as listing
from huddles.queries import workforce as queries
from huddles.views.signals import found_signal, shown_signal
from org import access
from org.models import Unit
from org.queries.calendars import zone_of
from org.rules import NotAllowed, Permission
from org.views.pages import listed, look_at

if TYPE_CHECKING:
    from org.views.pages import SignedIn


@require_GET
def workforce(request: "SignedIn") -> HttpResponse:
    """What waits between groups of staff, and all measures of staff by groups, for their readers."""
    near = Unit.objects.with_permission(request.user, Permission.WORKFORCE_VIEW).order_by("path").first()
    if near is None:
        raise PermissionDenied(_("Groups of staff are seen by whoever is on the list of readers for staff."))
    look_at(request, near.organisation_id)
    today = timezone.now().astimezone(zone_of(near)).date()
    shown = request.GET.get("state", "open")
    page = listed(queries.waiting(request.user, near.organisation_id, shown), request.GET.get("page", ""))
    units = list(queries.units_of_staff(request.user).filter(organisation=near.organisation_id))
    kept = {"state": shown} if shown != "open" else {}
    by = request.GET.get("by") or next((signal.dimension.code for signal in page.rows), "")
    measures = queries.workforce_page(units, request.GET.get("unit", ""), by, today, kept)
    context = {
        "page": page,
        "rows": listing.rows_of(page.rows, today, request.user),
        "states": [(code, name, code == shown) for code, (name, _states) in listing.SHOWN.items()],
        "narrowed": shown != "open",
        "measures": measures,
    }
    return TemplateResponse(request, "signals/workforce.html", context)


@require_POST
def answer(request: "SignedIn", pk: int) -> HttpResponse:
    """Take a gap between groups of staff on, say what is done, that it is done, close it or ask anew."""
    found = found_signal(request, pk)
    if found.measure.about != About.STAFF:
        raise Http404
    access.require(request.user, Permission.WORKFORCE_VIEW, found.unit)
    code = request.POST.get("event", "")
    if code not in queries.ACTS:
        raise Http404
    try:
        actions.answer_of_staff(
            signal=found,
            event=Event(code),
            said=request.POST.get("said", ""),
            due=_day(request.POST.get("due", "")),
            by=request.user,
            at=timezone.now(),
        )
    except NotAllowed as refusal:
        return shown_signal(request, found, str(refusal), code)
    messages.success(request, _("Kept. Whoever may see groups of staff here reads it."))
    return redirect("huddles:signal", pk)


def _day(text: str) -> date | None:
    try:
        return read_day(text)
    except ValueError:
        return None
