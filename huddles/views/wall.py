"""On a wall: a running huddle with its present step large, and what came back. No names."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from huddles.queries.walls import wall_answers, wall_huddle
from huddles.views.today import found_unit
from org import access, live
from org.models import Unit, WallDevice
from org.queries import boards_of
from org.queries.calendars import zone_of
from org.views.devices import wall_device_required

if TYPE_CHECKING:
    from org.views.pages import SignedIn


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


def own_unit(request: HttpRequest, unit_id: int) -> tuple[WallDevice, Unit]:
    """The paired display that asks, and one of its boards; 404 for any other."""
    device: WallDevice = request.device  # type: ignore[attr-defined]
    unit = next((unit for unit in boards_of(device) if unit.pk == unit_id), None)
    if unit is None:
        raise Http404
    return device, unit


def _told(request: HttpRequest, unit: Unit, now: datetime) -> HttpResponse:
    """A screen of the board's wall with what came back to `unit`; 204 where nothing did."""
    found = wall_answers(unit, now.astimezone(zone_of(unit)))
    if not found:
        return HttpResponse(status=204)
    return TemplateResponse(request, "huddles/wall_answers.html", {"answers": found})


@require_GET
def wall_view(request: "SignedIn", unit_id: int) -> HttpResponse:
    """The running huddle large, for somebody who has signed in and shows it on a screen. For whoever sees the board
    only, none is running.
    """
    unit = found_unit(request, unit_id, board=True)
    back, token = reverse("boards:wall-view", args=[unit.pk]), reverse("boards:live-token", args=[unit.pk])
    if not access.reaches(request.user, unit.path):
        return HttpResponse(status=204, headers={"X-Back": back})
    return _shown(request, unit, timezone.now(), live.person(request.user.pk), back, token)


@wall_device_required
@require_GET
def device_huddle(request: HttpRequest, unit_id: int) -> HttpResponse:
    """The running huddle of a paired display's board."""
    device, unit = own_unit(request, unit_id)
    back, token = reverse("boards:wall-board", args=[unit.pk]), reverse("boards:wall-live", args=[unit.pk])
    return _shown(request, unit, timezone.now(), live.device(device.pk), back, token)


@require_GET
def answers_view(request: "SignedIn", unit_id: int) -> HttpResponse:
    """What came back, for somebody who has signed in and shows the wall of a board on a screen."""
    return _told(request, found_unit(request, unit_id, board=True), timezone.now())


@wall_device_required
@require_GET
def device_answers(request: HttpRequest, unit_id: int) -> HttpResponse:
    """What came back to the unit of a paired display's board."""
    _device, unit = own_unit(request, unit_id)
    return _told(request, unit, timezone.now())
