"""The stoplight report of a unit: a page that is read out, and a sheet that hangs beside the board."""

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from huddles.models import Issue
from huddles.queries.stoplight import stoplight as report_of
from huddles.rules.stoplight import PERIODS
from org.models import Unit
from org.queries.calendars import zone_of
from org.views.pages import look_at

if TYPE_CHECKING:
    from org.views.pages import SignedIn


@require_GET
def stoplight(request: "SignedIn", unit_id: int) -> HttpResponse:
    """What a unit told in the last `?days=` days, or longer ago and still open, and what came of it."""
    unit = get_object_or_404(Unit.objects.visible_to(request.user).select_related("organisation"), pk=unit_id)
    look_at(request, unit.organisation_id)
    now = timezone.now().astimezone(zone_of(unit))
    asked = request.GET.get("days", "")
    days = int(asked) if asked.isdecimal() and int(asked) in PERIODS else PERIODS[0]
    context = {
        "unit": unit,
        "report": report_of(unit, Issue.objects.visible_to(request.user), now, days),
        "periods": sorted(PERIODS),
        "today": now.date(),
    }
    return TemplateResponse(request, "huddles/stoplight.html", context)
