"""The page before a huddle: arrive prepared."""

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from huddles.models import Issue
from huddles.queries.prepare import before_page
from huddles.views.huddle import live_url
from huddles.views.today import found_unit
from org import access
from org.models import Unit
from org.queries.calendars import zone_of

if TYPE_CHECKING:
    from org.views.pages import SignedIn


@require_GET
def before(request: "SignedIn", unit_id: int) -> HttpResponse:
    """What came back, what is open, reds without a reason, who is in: for the next huddle of a unit."""
    unit, now = found_unit(request, unit_id), timezone.now()
    page = before_page(
        unit,
        request.user,
        Issue.objects.visible_to(request.user),
        Unit.objects.visible_to(request.user),
        access.known_permissions_at(request.user, unit.path),
        now.astimezone(zone_of(unit)),
    )
    context = {"page": page, "live_url": live_url(request, unit, now)}
    return TemplateResponse(request, "huddles/before.html", context)
