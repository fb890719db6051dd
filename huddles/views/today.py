"""Today's huddles of somebody's units and of all below them; the huddles of one unit so far."""

from typing import TYPE_CHECKING

from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from huddles.actions import huddles
from huddles.models import Huddle, Issue
from huddles.queries import today as queries
from huddles.views.huddle import MOST_HEARD, UNPROCESSABLE
from org import access, live
from org.models import Unit
from org.queries.calendars import zone_of
from org.rules import NotAllowed, Permission
from org.views.pages import listed, look_at

if TYPE_CHECKING:
    from datetime import datetime

    from org.views.pages import SignedIn


def found_unit(request: "SignedIn", unit_id: int, *, board: bool = False) -> Unit:
    """The unit with tier and organisation, when this person may read its huddles, being of it or of one above; with
    `board`, when they may open its board. Else 404.
    """
    units = Unit.objects.visible_to(request.user)
    if not board:
        units = Unit.objects.with_permission(request.user, Permission.BOARD_VIEW)
    unit = get_object_or_404(units.select_related("tier", "organisation"), pk=unit_id)
    look_at(request, unit.organisation_id)
    return unit


def _live_url(request: "SignedIn", now: "datetime") -> str:
    """Where the page listens: to one's own units first, then to those below."""
    units = Unit.objects.visible_to(request.user).open().order_by("path").values_list("pk", flat=True)[:MOST_HEARD]
    topics = [live.unit_topic(pk) for pk in units]
    return live.live_url(topics, live.person(request.user.pk), at=now) if topics else ""


@require_GET
def today(request: "SignedIn") -> HttpResponse:
    """My units' huddles of today, and the cascade below them."""
    now = timezone.now()
    units, issues = Unit.objects.visible_to(request.user), Issue.objects.visible_to(request.user)
    page = queries.today_page(request.user, units, issues, now)
    context = {"page": page, "live_url": _live_url(request, now)}
    return TemplateResponse(request, "huddles/today.html", context)


@require_GET
def today_live(request: "SignedIn") -> JsonResponse:
    """A fresh address to listen to, for a page whose token has run out."""
    return JsonResponse({"url": _live_url(request, timezone.now())})


@require_GET
def unit_huddles(request: "SignedIn", unit_id: int) -> HttpResponse:
    """The huddles of a unit, the newest first."""
    return _unit_page(request, found_unit(request, unit_id))


def _unit_page(request: "SignedIn", unit: Unit, refusal: str = "", status: int = 200) -> HttpResponse:
    now = timezone.now().astimezone(zone_of(unit))
    rows = listed(queries.past_huddles(Huddle.objects.visible_to(request.user), unit, now), request.GET.get("page", ""))
    context = {
        "unit": unit,
        "rows": [queries.past_row(huddle, now) for huddle in rows.rows],
        "page": rows,
        "may_call": Permission.HUDDLE_RUN in access.known_permissions_at(request.user, unit.path),
        "refusal": refusal,
    }
    return TemplateResponse(request, "huddles/unit.html", context, status=status)


@require_POST
def call(request: "SignedIn", unit_id: int) -> HttpResponse:
    """Call a huddle outside the calendar."""
    unit = found_unit(request, unit_id)
    access.require(request.user, Permission.HUDDLE_RUN, unit)
    try:
        huddle = huddles.call_huddle(unit=unit, by=request.user, at=timezone.now())
    except NotAllowed as refusal:
        return _unit_page(request, unit, str(refusal), UNPROCESSABLE)
    return redirect("huddles:huddle", huddle.pk)
