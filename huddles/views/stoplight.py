"""The stoplight report of a unit: a page that is read out, and a sheet that hangs beside the board."""

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from boards.views.board import unit_of
from huddles.models import Issue
from huddles.queries.stoplight import stoplight as report_of
from huddles.rules.health import PERIODS, period_of
from org.queries.calendars import zone_of

if TYPE_CHECKING:
    from org.views.pages import SignedIn


@require_GET
def stoplight(request: "SignedIn", unit_id: int) -> HttpResponse:
    """What a unit told in the last `?days=` days, or longer ago and still open, and what came of it."""
    unit = unit_of(request, unit_id)
    now = timezone.now().astimezone(zone_of(unit))
    days = period_of(request.GET.get("days", ""))
    context = {
        "unit": unit,
        "report": report_of(unit, Issue.objects.visible_to(request.user), now, days),
        "periods": sorted(PERIODS),
        "today": now.date(),
    }
    return TemplateResponse(request, "huddles/stoplight.html", context)
