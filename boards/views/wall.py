"""Boards on walls: for a person who looks, and for a paired display, which sees its boards and nothing else."""

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from boards.queries import board as boards
from boards.queries.huddles import next_huddle_text
from boards.views.board import day_of, live_url, reader_of, some_tiles, unit_of
from org import live
from org.models import Unit, WallDevice
from org.queries import boards_of
from org.rules import DEVICE_PERMISSIONS
from org.views.devices import wall_device_required

if TYPE_CHECKING:
    from org.views.pages import SignedIn


@require_GET
def wall(request: "SignedIn", unit_id: int) -> HttpResponse:
    """The wall view of one board, for somebody who has signed in."""
    now = timezone.now()
    unit = unit_of(request, unit_id)
    reader = reader_of(request, unit, now)
    day = day_of(request, boards.latest_day(reader.zone_now))
    page = boards.board_page(unit, day, reader, None, next_huddle_text(unit, now), live_url(request, unit, now))
    return TemplateResponse(request, "boards/wall.html", {"page": page})


def _device(request: HttpRequest) -> WallDevice:
    """The paired display that asks; `wall_device_required` saw to it."""
    device: WallDevice = request.device  # type: ignore[attr-defined]
    return device


def _own_board(device: WallDevice, unit_id: int | None) -> tuple[Unit, str]:
    """The asked-for board of the display, or its first, and the address of the next one; 404 where it has none such."""
    rotation = boards_of(device)
    found = next((i for i, unit in enumerate(rotation) if unit_id in {None, unit.pk}), None)
    if found is None:
        raise Http404
    after = rotation[(found + 1) % len(rotation)]
    return rotation[found], reverse("boards:wall-board", args=[after.pk]) if len(rotation) > 1 else ""


def _reader(unit: Unit, now: datetime) -> boards.Reader:
    return boards.Reader(DEVICE_PERMISSIONS, now.astimezone(unit.organisation.zone))


def _device_url(device: WallDevice, unit: Unit, now: datetime) -> str:
    return live.live_url([live.unit_topic(unit.pk)], live.device(device.pk), at=now)


@wall_device_required
@require_GET
def device_wall(request: HttpRequest, unit_id: int | None = None) -> HttpResponse:
    """The board of a paired display, one of its rotation."""
    now = timezone.now()
    own, next_url = _own_board(_device(request), unit_id)
    unit = boards.with_versions(Unit.objects.select_related("tier", "organisation").filter(pk=own.pk)).get()
    reader = _reader(unit, now)
    page = boards.board_page(
        unit,
        boards.latest_day(reader.zone_now),
        reader,
        None,
        next_huddle_text(unit, now),
        _device_url(_device(request), unit, now),
    )
    page = replace(
        page,
        tiles_url=reverse("boards:wall-tiles", args=[unit.pk]) + f"?day={page.day.isoformat()}",
        token_url=reverse("boards:wall-live", args=[unit.pk]),
    )
    context = {
        "page": page,
        "next_url": next_url,
        "seconds": _device(request).seconds_per_board,
        "look": _device(request).theme,
    }
    return TemplateResponse(request, "boards/wall.html", context)


@wall_device_required
@require_GET
def device_tiles(request: HttpRequest, unit_id: int) -> HttpResponse:
    """Some tiles of a display's board."""
    own, _next = _own_board(_device(request), unit_id)
    unit = boards.with_versions(Unit.objects.select_related("tier", "organisation").filter(pk=own.pk)).get()
    return some_tiles(request, unit, _reader(unit, timezone.now()))


@wall_device_required
@require_GET
def device_live(request: HttpRequest, unit_id: int) -> JsonResponse:
    """A fresh address to listen to for a display."""
    unit, _next = _own_board(_device(request), unit_id)
    return JsonResponse({"url": _device_url(_device(request), unit, timezone.now())})
