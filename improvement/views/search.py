"""The search over everything that was ever tried, and what sounds like a ticket that somebody begins."""

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from improvement.queries import search as queries
from improvement.queries.tickets import units_worked
from improvement.rules.tickets import Size, Stage
from org.models import Unit
from org.queries.calendars import zone_of
from org.queries.units import tree_rows

if TYPE_CHECKING:
    from org.views.pages import SignedIn


@require_GET
def search(request: "SignedIn") -> HttpResponse:
    """What was tried: words (`q`), a unit and all below it (`unit`), a size, a stage."""
    units = tree_rows(list(units_worked(request.user, ended=True)))
    chosen = request.GET.get("unit", "")
    unit = next((row.unit for row in units if str(row.unit.pk) == chosen), None)
    size, stage = request.GET.get("size", ""), request.GET.get("stage", "")
    wanted = queries.Wanted(
        text=request.GET.get("q", "").strip()[:200],
        unit=unit,
        size=size if size in Size.values else "",
        stage=stage if stage in Stage.values else "",
    )
    found, more = queries.search(request.user, wanted, timezone.localdate())
    context = {
        "wanted": wanted,
        "found": found,
        "more": more,
        "units": units,
        "sizes": Size.choices,
        "stages": Stage.choices,
    }
    name = "tickets/search.html#results" if request.htmx else "tickets/search.html"
    return TemplateResponse(request, name, context)


@require_GET
def before(request: "SignedIn", unit_id: int) -> HttpResponse:
    """What sounds like the `title` of a ticket that somebody begins at a unit: a part of that page."""
    unit = get_object_or_404(Unit.objects.visible_to(request.user).select_related("organisation"), pk=unit_id)
    today = timezone.now().astimezone(zone_of(unit)).date()
    found = queries.before(request.user, unit, request.GET.get("title", "")[:200], today)
    return TemplateResponse(request, "tickets/before.html", {"found": found})
