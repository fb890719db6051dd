"""Boards as pages, fragments and walls."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from boards import rules
from boards.actions import remarks
from boards.models import Measure, ReasonCode
from boards.queries import board as boards
from boards.queries import words
from boards.queries.huddles import next_huddle_text
from boards.queries.units import board_unit
from boards.views.days import read_day
from org import access, live
from org.models import Unit
from org.rules import NotAllowed, Permission
from org.views.pages import look_at

if TYPE_CHECKING:
    from org.views.pages import SignedIn


#: What the reader has seen of a board, so that numbers that changed since are marked once; one for each, by path.
SEEN_COOKIE: Final = "seen"
SEEN_SECONDS: Final = 7 * 24 * 3600


def day_of(request: HttpRequest, latest: date) -> date:
    """The asked-for day, at most today; what cannot be read is the latest."""
    asked = request.GET.get("day", "")
    try:
        day = read_day(asked)
    except ValueError:
        return latest
    return min(day, latest + timedelta(days=1))


def unit_of(request: "SignedIn", unit_id: int) -> Unit:
    """The unit with tier, organisation and tile versions, when this person may see its board; 404 otherwise."""
    unit = board_unit(unit_id)
    if unit is None or not access.sees(request.user, unit.path):
        raise Http404
    look_at(request, unit.organisation_id)
    return unit


def reader_of(request: "SignedIn", unit: Unit, now: datetime) -> boards.Reader:
    """What this person may do at `unit`, and the time there."""
    return boards.Reader(access.known_permissions_at(request.user, unit.path), now.astimezone(unit.organisation.zone))


def with_board(text: str, url: str) -> SafeString:
    """A message about a board, with the way there."""
    return format_html('{} <a href="{}">{}</a>', text, url, _("Open the board"))


def live_url(request: "SignedIn", unit: Unit, now: datetime) -> str:
    """Where the page listens for changes of `unit`."""
    return live.live_url([live.unit_topic(unit.pk)], live.person(request.user.pk), at=now)


@require_GET
def board(request: "SignedIn", unit_id: int) -> HttpResponse:
    """The board of a unit on a day; 304 when the reader has it already."""
    now = timezone.now()
    unit = unit_of(request, unit_id)
    seen = request.COOKIES.get(SEEN_COOKIE, "")
    reader = replace(reader_of(request, unit, now), seen=int(seen) if seen.isdecimal() else 0)
    day = day_of(request, boards.latest_day(reader.zone_now))
    etag = f'"{boards.board_version(unit, day, reader)}"'
    unchanged = _unchanged(request, etag)
    if unchanged is not None:
        return unchanged
    page = boards.board_page(unit, day, reader, request.user, next_huddle_text(unit, now), live_url(request, unit, now))
    response = TemplateResponse(request, "boards/board.html", {"page": page})
    response.headers["Cache-Control"] = "private, no-cache"
    if page.settled:
        response.headers["ETag"] = etag
    newest = max(boards.tile_versions(unit), default=0)
    if page.is_latest and newest != reader.seen:
        response.set_cookie(
            SEEN_COOKIE,
            str(newest),
            SEEN_SECONDS,
            path=request.path,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response


def _unchanged(request: HttpRequest, etag: str) -> HttpResponse | None:
    """304 when the reader has this version already."""
    if request.headers.get("If-None-Match", "").removeprefix("W/") != etag:
        return None
    return HttpResponseNotModified(headers={"ETag": etag})


def some_tiles(request: HttpRequest, unit: Unit, reader: boards.Reader) -> HttpResponse:
    """The tiles of a board that the address asks for (`?measures=`), or all, for an open page or a wall.

    304 when nothing is new, 204 when the board has none of them. `unit` comes from `with_versions`.
    """
    day = day_of(request, boards.latest_day(reader.zone_now))
    etag = f'"{boards.board_version(unit, day, reader)}"'
    unchanged = _unchanged(request, etag)
    if unchanged is not None:
        return unchanged
    asked = [int(text) for text in request.GET.get("measures", "").split(",") if text.isdecimal()]
    views, _states, _shown, _bars = boards.board_tiles(unit, day, reader, asked or None)
    if not views:
        return HttpResponse(status=204)
    context = {
        "tiles": views,
        "page": {
            "may_explain": reader.may(Permission.REASON_ENTER),
            "explain_url": reverse("boards:board", args=[unit.pk]) + f"reasons/{day.isoformat()}/",
        },
    }
    headers = {"Cache-Control": "private, no-cache"}
    if day >= boards.latest_day(reader.zone_now):
        headers["ETag"] = etag
    return TemplateResponse(request, "boards/board.html#tiles", context, headers=headers)


@require_GET
def tiles(request: "SignedIn", unit_id: int) -> HttpResponse:
    """Some tiles of a board, for open pages."""
    unit = unit_of(request, unit_id)
    return some_tiles(request, unit, reader_of(request, unit, timezone.now()))


@require_GET
def live_token(request: "SignedIn", unit_id: int) -> JsonResponse:
    """A fresh address to listen to, for a page whose token has run out."""
    unit = unit_of(request, unit_id)
    return JsonResponse({"url": live_url(request, unit, timezone.now())})


@require_http_methods(["GET", "POST"])
def reason(request: "SignedIn", unit_id: int, day: date, measure_id: int) -> HttpResponse:
    """Say why a day was missed: the choices, and writing one down. A fragment for htmx, a page without."""
    now = timezone.now()
    unit = unit_of(request, unit_id)
    access.require(request.user, Permission.REASON_ENTER, unit)
    reader = reader_of(request, unit, now)
    views, states, shown, _bars = boards.board_tiles(unit, day, reader, [measure_id])
    if not views or measure_id not in states:
        raise Http404
    tile, state, measure = views[0], states[measure_id], shown[0].measure
    error, status = "", 200
    if request.method == "POST" and "take_back" in request.POST:
        remarks.take_back_reason(unit=unit, measure=measure, day=state.day, by=request.user, at=now)
        return _after_reason(request, unit, measure, now)
    if request.method == "POST":
        try:
            return _explained(request, unit, measure, state.day, rules.STATUS_OF_CODE[state.status], now)
        except NotAllowed as refusal:
            error, status = str(refusal), 422
    context = {
        "tile": tile,
        "unit_name": unit.name,
        "board_url": reverse("boards:board", args=[unit.pk]),
        "day_text": words.long_day(state.day),
        "action": request.path,
        "reasons": ReasonCode.objects.filter(organisation=unit.organisation_id, is_active=True),
        "countermeasure": request.POST.get("countermeasure", boards.countermeasure_of(unit, measure, state.day)),
        "given": bool(tile.reason),
        "error": error,
    }
    template = "boards/reason.html#form" if request.htmx else "boards/reason.html"
    return TemplateResponse(request, template, context, status=status)


def _explained(
    request: "SignedIn", unit: Unit, measure: Measure, day: date, status: rules.Status, now: datetime
) -> HttpResponse:
    chosen = ReasonCode.objects.filter(
        organisation=unit.organisation_id,
        pk=request.POST["reason"] if request.POST.get("reason", "").isdecimal() else 0,
    ).first()
    if chosen is None:
        raise NotAllowed(_("Choose a reason."))
    remarks.explain_red(
        unit=unit,
        measure=measure,
        day=day,
        status=status,
        reason=chosen,
        countermeasure=request.POST.get("countermeasure", ""),
        by=request.user,
        at=now,
    )
    return _after_reason(request, unit, measure, now)


def _after_reason(request: "SignedIn", unit: Unit, measure: Measure, now: datetime) -> HttpResponse:
    """The tile as it looks now for htmx, the board otherwise."""
    if not request.htmx:
        return redirect("boards:board", unit.pk)
    reader = reader_of(request, unit, now)
    day = boards.latest_day(reader.zone_now)
    views, _states, _shown, _bars = boards.board_tiles(unit, day, reader, [measure.pk])
    explain = reverse("boards:board", args=[unit.pk]) + f"reasons/{day.isoformat()}/"
    page = {"may_explain": True, "explain_url": explain}
    return TemplateResponse(request, "boards/board.html#tiles", {"tiles": views, "page": page})
