"""When the computers are down: a sheet to print, and what was written on it entered afterwards."""

from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_time
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from huddles.actions import huddles
from huddles.models import Issue
from huddles.queries import words
from huddles.queries.agendas import agenda_of, agenda_version_for
from huddles.queries.huddle import sheet_steps
from huddles.queries.spoken import spoken
from huddles.views.huddle import UNPROCESSABLE, found_huddle
from huddles.views.today import found_unit
from org.queries.calendars import zone_of
from org.rules import NotAllowed, Permission

if TYPE_CHECKING:
    from org.views.pages import SignedIn


@require_GET
def sheet(request: "SignedIn", unit_id: int) -> HttpResponse:
    """The agenda of a unit on paper, with boxes to tick, lines to write on, and what is open today."""
    unit = found_unit(request, unit_id)
    now = timezone.now().astimezone(zone_of(unit))
    version = agenda_version_for(unit)
    context = {
        "unit": unit,
        "now": now,
        "steps": [] if version is None else sheet_steps(agenda_of(version)),
        "spoken": spoken(Issue.objects.visible_to(request.user), unit, None, now),
    }
    return TemplateResponse(request, "huddles/sheet.html", context)


@require_http_methods(["GET", "POST"])
def from_paper(request: "SignedIn", pk: int) -> HttpResponse:
    """Enter a huddle that was held on paper: its times, and then what was written."""
    huddle, now = found_huddle(request, pk, Permission.HUDDLE_RUN), timezone.now()
    zone = zone_of(huddle.unit)
    refusal, local = "", now.astimezone(zone)
    if request.method == "POST":
        try:
            started = _moment(request.POST.get("started_at", ""), huddle.day, zone)
            ended = _moment(request.POST.get("ended_at", ""), huddle.day, zone)
            huddles.enter_from_paper(huddle=huddle, started_at=started, ended_at=ended, by=request.user, at=now)
        except NotAllowed as refused:
            refusal = str(refused)
        else:
            return redirect(reverse("huddles:huddle", args=[pk]) + "?edit=1&step=0")
    context = {
        "huddle": huddle,
        "planned": words.day_clock(huddle.planned_at, local),
        "planned_clock": f"{huddle.planned_at.astimezone(zone):%H:%M}",
        "typed": request.POST,
        "refusal": refusal,
    }
    return TemplateResponse(request, "huddles/paper.html", context, status=UNPROCESSABLE if refusal else 200)


def _moment(text: str, day: date, zone: ZoneInfo) -> datetime:
    """A time of the wall on the day of the huddle. Raises NotAllowed."""
    try:
        found: time | None = parse_time(text)
    except ValueError:
        found = None
    if found is None:
        raise NotAllowed(_("Say when it began and when it ended, like 07:05."))
    return datetime.combine(day, found, zone).astimezone(UTC)
