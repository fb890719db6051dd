"""Tier health: how huddles and answers work at a unit and below it, as a page and a file."""

import csv
from datetime import datetime
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from boards.exports import safe_cell
from boards.queries import words
from boards.views.board import unit_of
from huddles.queries.health import HealthReport
from huddles.queries.health import tier_health as health_of
from huddles.queries.health_added import Added, added_to
from huddles.queries.health_page import file_rows, health_page
from huddles.rules.health import PERIODS, period_of
from org import access
from org.models import Unit
from org.rules import Permission

if TYPE_CHECKING:
    from org.views.pages import SignedIn


@require_GET
def tier_health(request: "SignedIn", unit_id: int) -> HttpResponse:
    """The report of a unit and all below it over 7, 28 or 91 days (`?days=`); questions for coaches only."""
    now = timezone.now()
    unit = _found(request, unit_id)
    rights = access.known_permissions_at(request.user, unit.path)
    report, added = _report(request, unit, now)
    context = {
        "unit": unit,
        "page": health_page(report, added, coaching=Permission.COACHING in rights),
        "coaching": Permission.COACHING in rights,
        "may_export": Permission.EXPORT in rights,
        "periods": sorted(PERIODS),
        "days": (report.last - report.first).days + 1,
        "first": words.short_day(report.first, report.last),
        "last": words.long_day(report.last),
    }
    return TemplateResponse(request, "desk/tier_health.html", context)


@require_GET
def tier_health_csv(request: "SignedIn", unit_id: int) -> HttpResponse:
    """The same numbers as a file, by tier and unit. Questions for coaches are not in it."""
    unit = _found(request, unit_id)
    access.require(request.user, Permission.EXPORT, unit)
    report, added = _report(request, unit, timezone.now())
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="tier-health-{unit.code}.csv"'
    response.write("\ufeff")
    csv.writer(response).writerows([safe_cell(cell) for cell in row] for row in file_rows(report, added))
    return response


def _found(request: "SignedIn", unit_id: int) -> Unit:
    unit = unit_of(request, unit_id)
    access.require(request.user, Permission.TIER_HEALTH, unit)
    return unit


def _report(request: "SignedIn", unit: Unit, now: datetime) -> tuple[HealthReport, list[Added]]:
    days = period_of(request.GET.get("days", ""))
    report = health_of(unit, now.astimezone(unit.organisation.zone).date(), days, now)
    return added_to(report, unit, now)
