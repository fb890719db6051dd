"""A running huddle on a wall: the present step large, no names and no words of people."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from huddles.queries.walls import wall_huddle
from huddles.views.today import found_unit
from org import live
from org.models import Unit, WallDevice
from org.queries import boards_of
from org.queries.calendars import zone_of
from org.views.devices import wall_device_required

if TYPE_CHECKING:
    from huddles.views.huddle import SignedIn


def _shown(request: HttpRequest, unit: Unit, now: datetime, subject: str, back: str, token: str) -> HttpResponse:
    """The huddle that is running at `unit`; 204 where none is."""
    found = wall_huddle(unit, now.astimezone(zone_of(unit)))
    if found is None:
        return HttpResponse(status=204, headers={"X-Back": back})
    context = {
        "page": found,
        "back": back,
        "token_url": token,
        "live_url": live.live_url([live.unit_topic(unit.pk)], subject, at=now),
        "device": subject.startswith("device"),
    }
    return TemplateResponse(request, "huddles/wall.html", context)


@require_GET
def wall_view(request: "SignedIn", unit_id: int) -> HttpResponse:
    """The running huddle large, for somebody who has signed in and shows it on a screen."""
    unit = found_unit(request, unit_id)
    back, token = reverse("boards:wall-view", args=[unit.pk]), reverse("boards:live-token", args=[unit.pk])
    return _shown(request, unit, timezone.now(), live.person(request.user.pk), back, token)


@wall_device_required
@require_GET
def device_huddle(request: HttpRequest, unit_id: int) -> HttpResponse:
    """The running huddle of a paired display's board."""
    device: WallDevice = request.device  # type: ignore[attr-defined]
    unit = next((unit for unit in boards_of(device) if unit.pk == unit_id), None)
    if unit is None:
        raise Http404
    back, token = reverse("boards:wall-board", args=[unit.pk]), reverse("boards:wall-live", args=[unit.pk])
    return _shown(request, unit, timezone.now(), live.device(device.pk), back, token)
