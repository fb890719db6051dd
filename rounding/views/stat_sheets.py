"""Stat sheets of a unit side by side."""

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from org import access
from org.models import Unit
from org.rules import Permission
from org.views.pages import look_at
from rounding.queries.stat_sheets import DAYS
from rounding.queries.stat_sheets import stat_sheets as sheets_of

if TYPE_CHECKING:
    from org.views.pages import SignedIn


@require_GET
def stat_sheets(request: "SignedIn", unit_id: int) -> HttpResponse:
    """What leaders were told in the last fourteen days, question by day."""
    unit = get_object_or_404(Unit.objects.visible_to(request.user).select_related("organisation"), pk=unit_id)
    access.require(request.user, Permission.ROUND_READ, unit)
    look_at(request, unit.organisation_id)
    context = {
        "unit": unit,
        "sheets": sheets_of(unit, request.user, timezone.now()),
        "n": DAYS,
        "may_lead": Permission.ROUND_LEAD in access.known_permissions_at(request.user, unit.path),
    }
    return TemplateResponse(request, "rounding/stat_sheets.html", context)
