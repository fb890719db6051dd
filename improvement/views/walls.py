"""On a wall: what a unit brought to its end. No names."""

from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from huddles.views.today import found_unit
from huddles.views.wall import own_unit
from improvement.queries.successes import wall_successes
from org.models import Unit
from org.queries.calendars import zone_of
from org.views.devices import wall_device_required

if TYPE_CHECKING:
    from org.views.pages import SignedIn


def _told(request: HttpRequest, unit: Unit) -> HttpResponse:
    """A screen of the board's wall; 204 where nothing was brought to its end lately."""
    found = wall_successes(unit, timezone.now().astimezone(zone_of(unit)))
    if not found:
        return HttpResponse(status=204)
    return TemplateResponse(request, "tickets/wall.html", {"successes": found})


@require_GET
def successes_view(request: "SignedIn", unit_id: int) -> HttpResponse:
    """For somebody who has signed in and shows the wall of a board on a screen."""
    return _told(request, found_unit(request, unit_id, board=True))


@wall_device_required
@require_GET
def device_successes(request: HttpRequest, unit_id: int) -> HttpResponse:
    """For a paired display, of one of its boards."""
    _device, unit = own_unit(request, unit_id)
    return _told(request, unit)
