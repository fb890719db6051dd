"""Boards on walls: for a person who looks, and for a paired display."""

from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from boards.queries import board as boards
from boards.queries.huddles import next_huddle_text
from boards.views.board import day_of, live_url, reader_of, unit_of

if TYPE_CHECKING:
    from boards.views.board import SignedIn


@require_GET
def wall(request: "SignedIn", unit_id: int) -> HttpResponse:
    """The wall view of one board, for somebody who has signed in."""
    now = timezone.now()
    unit = unit_of(request, unit_id)
    reader = reader_of(request, unit, now)
    day = day_of(request, boards.latest_day(reader.zone_now))
    page = boards.board_page(unit, day, reader, None, next_huddle_text(unit, now), live_url(request, unit, now))
    return TemplateResponse(request, "boards/wall.html", {"page": page})


def device_wall(request: HttpRequest) -> HttpResponse:
    """The board of a paired display, one of its rotation."""
    raise NotImplementedError
