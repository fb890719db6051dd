"""K-cards of units: what is due, the board of cards, one card, its sheet to print, and the line beside the board."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huddles.views.capture import qr_of
from org import access
from org.models import Unit
from org.rules import NotAllowed, Permission
from org.views.pages import look_at
from rounding.actions import k_cards as actions
from rounding.forms.k_cards import CardForm, PutUpForm
from rounding.models import KCard
from rounding.queries import k_cards as queries
from rounding.queries.k_asked import elements_of, newest_version, words_of
from rounding.rules.k_cards import Per

if TYPE_CHECKING:
    from datetime import date

    from org.views.pages import SignedIn

UNPROCESSABLE = 422


@require_GET
def due(request: "SignedIn") -> HttpResponse:
    """Cards that are due where this person leads rounds, and the boards of cards that they may read."""
    access.require_somewhere(request.user, Permission.ROUND_READ)
    boards = list(queries.boards_of(request.user)[: queries.MOST_UNITS])
    houses = {unit.organisation_id: unit.organisation for unit in boards}
    now = timezone.now()
    units: list[queries.UnitDue] = []
    cut = False
    for pk, house in houses.items():
        found, more = queries.due_for(request.user, pk, now.astimezone(house.zone).date())
        units, cut = [*units, *found], cut or more
    leads = Unit.objects.with_permission(request.user, Permission.ROUND_LEAD).exists()
    bare = queries.without_cards(request.user)
    context = {
        "units": units,
        "boards": boards,
        "bare": list(bare[: queries.MOST_UNITS]),
        "bare_count": bare.count(),
        "cut": cut,
        "most": queries.MOST_CARDS,
        "leads": leads,
    }
    return TemplateResponse(request, "rounding/k_due.html", context)


def _unit(request: "SignedIn", unit_id: int) -> Unit:
    """A unit at which this person reads what rounds noted: else 404 or 403."""
    unit = get_object_or_404(Unit.objects.visible_to(request.user).select_related("organisation"), pk=unit_id)
    access.require(request.user, Permission.ROUND_READ, unit)
    look_at(request, unit.organisation_id)
    return unit


def _today(unit: Unit) -> "date":
    return timezone.now().astimezone(unit.organisation.zone).date()


def _may_lead(request: "SignedIn", unit: Unit) -> bool:
    return Permission.ROUND_LEAD in access.known_permissions_at(request.user, unit.path)


@require_GET
def board(request: "SignedIn", unit_id: int) -> HttpResponse:
    """The cards of a unit with the side that shows, thirteen weeks as columns."""
    return _board(request, _unit(request, unit_id), None)


def _board(request: "SignedIn", unit: Unit, form: PutUpForm | None) -> HttpResponse:
    may_lead = _may_lead(request, unit)
    today = _today(unit)
    states = queries.states_of(queries.cards_at(unit), today)
    if may_lead and form is None:
        form = _put_up_form(unit)
    context = {
        "unit": unit,
        "cards": states,
        "sides": queries.counted(states),
        "weeks": queries.weeks_until(today),
        "form": form if may_lead else None,
        "nothing_to_put_up": form is not None and not form.fields["question_set"].queryset.exists(),  # type: ignore[attr-defined]
    }
    status = UNPROCESSABLE if form is not None and form.is_bound else 200
    return TemplateResponse(request, "rounding/k_board.html", context, status=status)


def _put_up_form(unit: Unit, data: object = None) -> PutUpForm:
    first = {"often": 1, "per": Per.WEEK}
    sets, measures = queries.sets_to_put_up(unit), queries.measures_at(unit)
    return PutUpForm(data, initial=first, sets=sets, measures=measures)


@require_POST
def put_up(request: "SignedIn", unit_id: int) -> HttpResponse:
    """Put a card up at a unit."""
    unit = _unit(request, unit_id)
    access.require(request.user, Permission.ROUND_LEAD, unit)
    form = _put_up_form(unit, request.POST)
    if form.is_valid():
        said = {**form.cleaned_data, "per": Per(form.cleaned_data["per"])}
        try:
            made = actions.put_up(unit=unit, by=request.user, at=timezone.now(), **said)
        except NotAllowed as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            told = _("“%(name)s” hangs here now. Print its sheet, so that it can be scanned.")
            messages.success(request, told % {"name": made.question_set.name})
            return redirect("rounding:k-board", unit.pk)
    return _board(request, unit, form)


def _card(request: "SignedIn", pk: int) -> KCard:
    """A card of a unit at which this person reads what rounds noted: else 404 or 403."""
    found = KCard.objects.visible_to(request.user).select_related("unit__organisation", "question_set", "measure")
    card = get_object_or_404(found, pk=pk)
    access.require(request.user, Permission.ROUND_READ, card.unit)
    look_at(request, card.organisation_id)
    return card


@require_http_methods(["GET", "POST"])
def card(request: "SignedIn", pk: int) -> HttpResponse:
    """One card: its side, its lines, what gets in the way. Who leads rounds says here how often it is pulled."""
    found = _card(request, pk)
    may_lead = _may_lead(request, found.unit) and found.retired_at is None
    first = {"often": found.often, "per": found.per, "measure": found.measure_id}
    sent = request.POST if request.method == "POST" else None
    form = CardForm(sent, initial=first, measures=queries.measures_at(found.unit))
    if request.method == "POST":
        access.require(request.user, Permission.ROUND_LEAD, found.unit)
        if form.is_valid() and _changed(request, found, form):
            return redirect("rounding:k-card", found.pk)
    today = _today(found.unit)
    since = queries.weeks_until(today)[0]
    context = {
        "card": found,
        "unit": found.unit,
        "first_week": since,
        "state": queries.states_of(KCard.objects.visible_to(request.user).filter(pk=found.pk), today)[0],
        "elements": queries.elements_with_counts(found, since),
        "said": queries.said_on(found, request.user, since),
        "form": form if may_lead else None,
    }
    status = UNPROCESSABLE if form.is_bound else 200
    return TemplateResponse(request, "rounding/k_card.html", context, status=status)


def _changed(request: "SignedIn", found: KCard, form: CardForm) -> bool:
    said = {**form.cleaned_data, "per": Per(form.cleaned_data["per"])}
    try:
        actions.change(card=found, by=request.user, at=timezone.now(), **said)
    except NotAllowed as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return False
    return True


@require_POST
def take_away(request: "SignedIn", pk: int) -> HttpResponse:
    """Take a card off the board."""
    found = _card(request, pk)
    access.require(request.user, Permission.ROUND_LEAD, found.unit)
    actions.take_away(card=found, by=request.user, at=timezone.now())
    told = _("“%(name)s” does not hang here any more. Its checks stay; take its sheet down.")
    messages.success(request, told % {"name": found.question_set.name})
    return redirect("rounding:k-board", found.unit_id)


@require_GET
def sheet(request: "SignedIn", pk: int) -> HttpResponse:
    """The card on paper, with the code that opens it."""
    found = _card(request, pk)
    version = newest_version(found.question_set)
    link = settings.SITE_URL + reverse("rounding:k-pull", args=[found.token])
    context = {
        "card": found,
        "unit": found.unit,
        "elements": [words_of(element) for element in elements_of(version)] if version is not None else [],
        "link": link,
        "qr": qr_of(link),
    }
    return TemplateResponse(request, "rounding/k_sheet.html", context)


@require_GET
def beside(request: "SignedIn", unit_id: int) -> HttpResponse:
    """One line beside a board: how many cards are green, red and due. Nothing where none hangs or may be read."""
    unit = get_object_or_404(Unit.objects.visible_to(request.user).select_related("organisation"), pk=unit_id)
    if not request.htmx:
        return redirect("rounding:k-board", unit.pk)
    if Permission.ROUND_READ not in access.known_permissions_at(request.user, unit.path):
        return HttpResponse(status=204)
    sides = queries.counted(queries.states_of(queries.cards_at(unit), _today(unit)))
    if not sides.cards:
        return HttpResponse(status=204)
    return TemplateResponse(request, "rounding/k_beside.html", {"unit": unit, "sides": sides})
