"""Who works at a unit and when, from a file: chosen, looked at, applied."""

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from boards.feeds.encoding import Unreadable, to_utf8
from boards.feeds.mapping import Order
from org import access
from org.models import Unit
from org.rules import NotAllowed, Permission
from rounding.actions import roster as actions
from rounding.forms.roster import RosterApplyForm, RosterForm
from rounding.queries import roster as queries
from rounding.roster import COLUMNS, plan_roster, same_names, shift_lines

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from org.views.pages import SignedIn

#: How many people of a kind the page names; it counts all.
MOST_SHOWN = 100


def _units(request: "SignedIn") -> "QuerySet[Unit]":
    """Units whose roster this person may bring; 403 where there are none."""
    found = queries.brought_by(request.user)
    if not found.exists():
        access.require_somewhere(request.user, Permission.ROUND_LEAD)
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: "SignedIn") -> HttpResponse:
    """What is known, and a file to compare with it. Nothing is written."""
    form = RosterForm(_units(request), request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        return _preview(request, said["unit"], said["file"].read(), said["order"])
    known = queries.rosters_of(request.user)
    context = {
        "form": form,
        "columns": COLUMNS,
        "known": [row for row in known if row.people],
        "units": queries.units_of(request.user),
        "leads": _leads(request),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return TemplateResponse(request, "rounding/roster.html", context, status=status)


def _leads(request: "SignedIn") -> bool:
    return Unit.objects.with_permission(request.user, Permission.ROUND_LEAD).exists()


@require_POST
def apply(request: "SignedIn") -> HttpResponse:
    """Apply a file as it was shown; when the roster has changed since, show it again."""
    form = RosterApplyForm(_units(request), request.POST)
    if not form.is_valid():
        return redirect("rounding:roster")
    said = form.cleaned_data
    try:
        actions.apply_roster(
            unit=said["unit"],
            content=said["text"].encode(),
            order=said["order"],
            fingerprint=said["fingerprint"],
            by=request.user,
            at=timezone.now(),
        )
    except NotAllowed as refusal:
        return _preview(request, said["unit"], said["text"].encode(), said["order"], str(refusal))
    messages.success(request, _("The roster of %(unit)s is what the file says.") % {"unit": said["unit"].name})
    return redirect("rounding:due" if _leads(request) else "rounding:roster")


def _preview(request: "SignedIn", unit: Unit, content: bytes, order: Order, refusal: str = "") -> HttpResponse:
    units = queries.units_of(request.user)
    staffed = queries.staffed(unit, units)
    plan = plan_roster(content, staffed, unit=unit.code, order=order)
    form = None
    if not plan.problems and not plan.is_empty:
        form = RosterApplyForm(
            _units(request),
            initial={"unit": unit.pk, "text": _text(content), "order": order, "fingerprint": plan.fingerprint},
        )
    context = {
        "plan": plan,
        "leads": _leads(request),
        "unit": unit,
        "form": form,
        "refusal": refusal,
        "same_names": same_names(plan),
        "shifts": shift_lines(plan.new_times[:MOST_SHOWN], plan, staffed),
        "more_shifts": len(plan.new_times) - MOST_SHOWN,
        "names": {one.code: one.name for one in units},
        "kinds": [
            (title, people[:MOST_SHOWN], len(people) - MOST_SHOWN)
            for title, people in (
                (_("New"), plan.added),
                (_("Back again"), plan.back),
                (_("Changed"), [after for _before, after in plan.changed]),
                (_("Not in the file any more: ended"), plan.ended),
            )
            if people
        ],
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if plan.problems or refusal else HTTPStatus.OK
    return TemplateResponse(request, "rounding/roster_preview.html", context, status=status)


def _text(content: bytes) -> str:
    try:
        return to_utf8(content).content.decode()
    except Unreadable:
        return ""
