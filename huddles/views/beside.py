"""What stands beside a board: a part of the board's page, and a page of its own without scripts."""

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from huddles.models import Issue
from huddles.queries.beside import beside as beside_of
from org import access
from org.models import Unit
from org.queries.calendars import zone_of
from org.rules import Permission
from org.views.pages import look_at

if TYPE_CHECKING:
    from org.views.pages import SignedIn


@require_GET
def beside(request: "SignedIn", unit_id: int) -> HttpResponse:
    """What came back, what waits here, what was promised, and where the unit's issues are."""
    unit = get_object_or_404(Unit.objects.visible_to(request.user).select_related("organisation"), pk=unit_id)
    look_at(request, unit.organisation_id)
    now = timezone.now().astimezone(zone_of(unit))
    may = access.known_permissions_at(request.user, unit.path)
    context = {
        "beside": beside_of(unit, Issue.objects.visible_to(request.user), now),
        "unit": unit,
        "may_look": access.reaches(request.user, unit.path),
        "may_raise": Permission.ISSUE_RAISE in may,
        "may_confirm": Permission.ISSUE_CONFIRM in may,
        "may_answer": Permission.ISSUE_WORK in may,
        "may_read_rounds": Permission.ROUND_READ in may,
        "may_see_health": Permission.TIER_HEALTH in may,
    }
    template = "huddles/beside.html#lists" if request.htmx else "huddles/beside.html"
    return TemplateResponse(request, template, context)
