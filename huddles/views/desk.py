"""The desk of a unit: what waits for its word, one ask at a time; and where the cascade below it is silent."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from boards.views.board import live_url, unit_of
from huddles.actions import desk as actions
from huddles.actions.desk import Word
from huddles.forms.desk import OutcomeForm
from huddles.models import Issue
from huddles.queries import desk as queries
from huddles.queries.desk_page import DeskPage, card_view, house_view, promises_view, queue_rows
from huddles.queries.house import house, promises
from huddles.queries.signal_rows import gaps_below
from huddles.queries.signals_page import gap_asked
from huddles.queries.silence import Heard, silence
from huddles.rules.issues import Outcome
from org import access
from org.models import Unit, User
from org.queries.calendars import zone_of
from org.rules import NotAllowed, Permission

if TYPE_CHECKING:
    from org.views.pages import SignedIn

#: In the order of the keys 1 to 5.
OUTCOMES: Final = (Outcome.DECIDED, Outcome.RESOURCED, Outcome.DELEGATED, Outcome.WATCHED, Outcome.DECLINED)
_PROPOSED_HOUR: Final = 17


@dataclass(frozen=True, slots=True)
class Tried:
    """A form that was sent and has to be shown again."""

    outcome: Outcome
    form: OutcomeForm


@require_GET
def desk(request: "SignedIn", unit_id: int) -> HttpResponse:
    """The queue of a unit and the card that was chosen (`?issue=`), the first without."""
    unit = _desk_of(request, unit_id)
    asked = request.GET.get("issue", "")
    return _shown(request, unit, int(asked) if asked.isdecimal() else 0)


@require_POST
def say(request: "SignedIn", unit_id: int, pk: int, outcome: str) -> HttpResponse:
    """Give one of the five outcomes to the issue of a card; the next card comes by itself."""
    unit = _desk_of(request, unit_id)
    if outcome not in OUTCOMES:
        raise Http404
    issue = get_object_or_404(Issue.objects.visible_to(request.user).select_related("origin", "place"), pk=pk)
    now = timezone.now()
    waiting = queries.queue(unit, request.user, now)
    shown = next((one for one in waiting if one.pk == pk), None)
    if shown is None:
        messages.warning(request, _("#%(number)s does not wait here any more.") % {"number": issue.number})
        return redirect("huddles:desk", unit.pk)
    people = queries.people_for(unit, request.user)
    places = queries.places_below(unit, queries.card(unit, shown, request.user, now))
    form = OutcomeForm(Outcome(outcome), places, people, request.POST)
    if form.is_valid():
        try:
            actions.say(issue=issue, unit=unit, word=_word(form, unit), by=request.user, at=now)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _said(issue, form))
            return redirect(_address(unit, _after(waiting, pk)))
    return _shown(request, unit, pk, Tried(Outcome(outcome), form))


@require_GET
def silence_page(request: "SignedIn", unit_id: int) -> HttpResponse:
    """Units below by day: which huddles were held, which were not, and for which nobody has said why."""
    unit = _desk_of(request, unit_id)
    now = timezone.now()
    today = now.astimezone(zone_of(unit)).date()
    found = silence(unit, today, now)
    return TemplateResponse(request, "desk/silence.html", {"unit": unit, "silence": found, "kinds": Heard})


def _desk_of(request: "SignedIn", unit_id: int) -> Unit:
    unit = unit_of(request, unit_id)
    access.require(request.user, Permission.ISSUE_WORK, unit)
    return unit


def _shown(request: "SignedIn", unit: Unit, pk: int, tried: Tried | None = None) -> HttpResponse:
    now = timezone.now()
    zone_now = now.astimezone(zone_of(unit))
    waiting = queries.queue(unit, request.user, now)
    at = next((place for place, one in enumerate(waiting) if one.pk == pk), 0)
    base = reverse("huddles:desk", args=[unit.pk])
    card, forms = None, []
    if waiting:
        found = queries.card(unit, waiting[at], request.user, now)
        card = card_view(found, zone_now, gap_asked(found.waiting.signal, request.user, zone_now.date()))
        people = queries.people_for(unit, request.user)
        forms = _forms(found, queries.places_below(unit, found), people, zone_now, tried)
    page = DeskPage(
        unit=unit,
        base=base,
        queue=queue_rows(waiting, at, base, zone_now),
        card=card,
        forms=forms,
        position=at + 1,
        before_url=_address(unit, waiting[at - 1].pk) if at else "",
        after_url=_address(unit, waiting[at + 1].pk) if at + 1 < len(waiting) else "",
        promises=promises_view(promises(unit, now), zone_now),
        house=house_view(house(unit, zone_now.date(), now), unit),
        live_url=live_url(request, unit, now),
        token_url=reverse("boards:live-token", args=[unit.pk]),
        health_url=reverse("huddles:tier-health", args=[unit.pk])
        if Permission.TIER_HEALTH in access.known_permissions_at(request.user, unit.path)
        else "",
        gaps=gaps_below(unit, zone_now) if access.has(request.user, Permission.STRATA_VIEW, unit) else (),
    )
    status = HTTPStatus.UNPROCESSABLE_ENTITY if tried else HTTPStatus.OK
    return TemplateResponse(request, "desk/desk.html", {"page": page}, status=status)


def _forms(
    card: queries.Card,
    places: list[queries.Named],
    people: list[queries.Named],
    zone_now: datetime,
    tried: Tried | None,
) -> list[dict[str, Any]]:
    """The five outcomes with their forms; the one that was sent keeps what was typed, and is open."""
    due = _proposed(card.waiting.needed_by, zone_now)
    return [
        {
            "key": number,
            "outcome": outcome,
            "form": tried.form
            if tried and tried.outcome == outcome
            else OutcomeForm(outcome, places, people, None, due),
            "open": tried is not None and tried.outcome == outcome,
        }
        for number, outcome in enumerate(OUTCOMES, 1)
        if outcome != Outcome.DELEGATED or places
    ]


def _proposed(needed_by: datetime | None, zone_now: datetime) -> datetime:
    """When it is needed, if that lies ahead; else the end of the working day, of the next one after noon."""
    if needed_by is not None and needed_by > zone_now:
        return needed_by.astimezone(zone_now.tzinfo)
    day = zone_now + timedelta(days=int(zone_now.hour >= _PROPOSED_HOUR - 3))
    return day.replace(hour=_PROPOSED_HOUR, minute=0, second=0, microsecond=0)


def _word(form: OutcomeForm, unit: Unit) -> Word:
    """What was typed. Units and people are those that the form had to choose from."""
    to, owner = form.chosen("to"), form.chosen("owner")
    return Word(
        form.outcome,
        form.cleaned_data["tell_staff"],
        form.due_in(zone_of(unit)),
        User.objects.get(pk=owner) if owner else None,
        Unit.objects.select_related("tier", "organisation").get(pk=to) if to else None,
    )


def _said(issue: Issue, form: OutcomeForm) -> str:
    if form.outcome == Outcome.DELEGATED:
        to = dict(form.fields["to"].choices)[form.cleaned_data["to"]]  # type: ignore[attr-defined]
        return _("#%(number)s goes to %(unit)s.") % {"number": issue.number, "unit": to}
    facts = {"number": issue.number, "outcome": form.outcome.label, "unit": issue.origin.name}
    return _("#%(number)s: %(outcome)s. %(unit)s hears it now.") % facts


def _after(waiting: list[queries.Waiting], pk: int) -> int:
    """The issue after `pk` in the queue, else the one before it; 0 when it was the only one."""
    ids = [one.pk for one in waiting]
    at = ids.index(pk)
    rest = ids[at + 1 :] or ids[:at][-1:]
    return rest[0] if rest else 0


def _address(unit: Unit, pk: int) -> str:
    base = reverse("huddles:desk", args=[unit.pk])
    return f"{base}?issue={pk}" if pk else base
