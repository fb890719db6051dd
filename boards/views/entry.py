"""One screen for a unit's morning numbers, typed or pasted."""

from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from boards.actions.entry import Entered, Typed, due_measures, enter_numbers
from boards.models import Measure
from boards.queries import words
from boards.queries.entry import as_typed, entry_lines, sends_numbers, stored_totals
from boards.views.board import unit_of, with_board
from boards.views.days import read_day
from org import access
from org.models import Unit
from org.rules import NotAllowed, Permission

if TYPE_CHECKING:
    from org.views.pages import SignedIn


def _day(request: "SignedIn", today: date) -> date:
    """The asked-for day, at most today; yesterday where none can be read."""
    try:
        return min(read_day(request.GET.get("day", "")), today)
    except ValueError:
        return today - timedelta(days=1)


def _typed(request: "SignedIn", measures: list[Measure]) -> dict[int, Typed]:
    return {
        m.pk: Typed(request.POST.get(f"first-{m.pk}", "")[:40], request.POST.get(f"second-{m.pk}", "")[:40])
        for m in measures
    }


@require_http_methods(["GET", "POST"])
def entry(request: "SignedIn", unit_id: int) -> HttpResponse:
    """A grid of measures and their numbers for one day; what is wrong is said beside its cell and keeps its text."""
    now = timezone.now()
    unit = unit_of(request, unit_id)
    access.require(request.user, Permission.READING_ENTER, unit)
    today = now.astimezone(unit.organisation.zone).date()
    day = _day(request, today)
    measures = due_measures(unit, day)
    entered, refused = Entered(), ""
    if request.method == "POST":
        typed = _typed(request, measures)
        try:
            entered = enter_numbers(unit=unit, day=day, typed=typed, by=request.user, at=now)
        except NotAllowed as refusal:
            refused = str(refusal)
        if not (entered.mistakes or refused):
            _say(request, entered, f"{reverse('boards:board', args=[unit.pk])}?day={day.isoformat()}")
            return redirect(f"{reverse('boards:entry', args=[unit.pk])}?day={day.isoformat()}")
    return _page(request, unit, day, today, measures, entered, refused)


def _say(request: "SignedIn", entered: Entered, board_url: str) -> None:
    if entered.result is None:
        messages.info(request, _("No number was typed. Everything stays as it was."))
        return
    changed = entered.result.new + entered.result.replaced
    text = ngettext("%(count)s number is on the board.", "%(count)s numbers are on the board.", changed)
    said = text % {"count": changed} if changed else _("All numbers stand already.")
    messages.success(request, with_board(said, board_url))
    for hint in dict.fromkeys(entered.hints.values()):
        messages.warning(request, hint)


def _page(
    request: "SignedIn", unit: Unit, day: date, today: date, measures: list[Measure], entered: Entered, refused: str
) -> HttpResponse:
    stored = stored_totals(unit, day, measures)
    if request.method == "POST":
        texts = {pk: (typed.first, typed.second) for pk, typed in _typed(request, measures).items()}
    else:
        texts = {m.pk: as_typed(m, stored.get(m.pk)) for m in measures}
    context = {
        "unit": unit,
        "day": day,
        "day_text": words.long_day(day),
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1) if day < today else None,
        "today": today,
        "lines": entry_lines(measures, texts, stored, entered.mistakes, entered.hints),
        "mistakes": len(entered.mistakes),
        "refused": refused,
        "board_url": reverse("boards:board", args=[unit.pk]),
        "sends": bool(measures) or sends_numbers(unit),
    }
    status = 422 if entered.mistakes or refused else 200
    return TemplateResponse(request, "boards/feeds/entry.html", context, status=status)
