"""Improvement work: one's own list, the kanban of a unit, a ticket."""

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from boards.queries.units import board_unit
from improvement import markup
from improvement.actions import tickets as actions
from improvement.forms.equity_checks import CheckForm
from improvement.forms.tickets import MoveForm, WordsForm
from improvement.models import EquityCheck, Offer, Origin, Paper, Ticket
from improvement.queries import tickets as queries
from improvement.queries.cycles import ramp_of
from improvement.queries.effects import effect_on
from improvement.queries.equity_checks import asks_for_check
from improvement.queries.spread import taken_from
from improvement.rules import tickets as rules
from improvement.rules.papers import PAPER_OF, Form
from improvement.rules.spread import OFFERED_FROM
from improvement.rules.tickets import Size, Stage
from improvement.views.origins import asked_origin, asked_unit, kept_origin, title_of
from org import access
from org.models import Unit
from org.queries.calendars import zone_of
from org.queries.units import tree_rows
from org.rules import NotAllowed, Permission
from org.views.pages import look_at

if TYPE_CHECKING:
    from datetime import datetime

    from org.views.pages import SignedIn

UNPROCESSABLE = 422


def ticket_of(request: "SignedIn", pk: int, permission: Permission | None = None) -> Ticket:
    """The ticket, when this person may see it and do `permission` at its unit: else 404 or 403."""
    found = get_object_or_404(Ticket.objects.visible_to(request.user).whole(), pk=pk)
    found.unit.organisation = found.organisation
    look_at(request, found.organisation_id)
    if permission is not None:
        access.require(request.user, permission, found.unit)
    return found


def _now_at(unit: Unit) -> "datetime":
    return timezone.now().astimezone(zone_of(unit))


@require_GET
def work(request: "SignedIn") -> HttpResponse:
    """What one has in hand, what one coaches, and where the work of others stands."""
    counts = queries.units_worked(request.user)
    context = {
        "own": queries.own(request.user, timezone.localtime()),
        "units": [(row, counts[row.unit]) for row in tree_rows(list(counts))],
        "may_begin": Unit.objects.with_permission(request.user, Permission.IMPROVE).open().exists(),
    }
    return TemplateResponse(request, "tickets/work.html", context)


@require_GET
def kanban(request: "SignedIn", unit_id: int) -> HttpResponse:
    """The kanban of a unit; `below` of all below it too, `all` a column in full."""
    unit = board_unit(unit_id)
    if unit is None or not access.sees(request.user, unit.path):
        raise Http404
    look_at(request, unit.organisation_id)
    return _kanban(request, unit)


def _kanban(request: "SignedIn", unit: Unit, status: int = 200, **more: Any) -> HttpResponse:
    all_of = request.GET.get("all", "")
    permissions = access.known_permissions_at(request.user, unit.path)
    shown = queries.kanban(
        request.user,
        unit,
        _now_at(unit),
        below=request.GET.get("below") == "1",
        all_of=all_of if all_of in Stage.values else "",
    )
    context = {
        "unit": unit,
        "kanban": shown,
        "columns": [(column, [markup.card(card) for card in column.cards]) for column in shown.columns],
        "has_below": unit.tier.level > 1,
        "may_work": Permission.IMPROVE in permissions,
        "may_limit": Permission.ISSUE_WORK in permissions,
        "stages": Stage.choices,
        **more,
    }
    name = "tickets/kanban.html#columns" if request.htmx else "tickets/kanban.html"
    return TemplateResponse(request, name, context, status=status)


@require_http_methods(["GET", "POST"])
def new(request: "SignedIn") -> HttpResponse:
    """Begin a ticket: at which unit (`unit`), from what (`issue`, `measure` with `day` or `reason`, `signal`, `goal`,
    `round`).
    """
    units = list(
        Unit.objects.with_permission(request.user, Permission.IMPROVE)
        .open()
        .select_related("organisation", "tier")
        .order_by("organisation", "path")
    )
    if not units:
        raise PermissionDenied(_("Your role does not include this here."))
    asked = request.GET.get("unit", "")
    unit = next((one for one in units if str(one.pk) == asked), None)
    if unit is None and len(units) == 1:
        [unit] = units
    if unit is None:
        return TemplateResponse(
            request, "tickets/where.html", {"units": tree_rows(units), "kept": kept_origin(request)}
        )
    look_at(request, unit.organisation_id)
    origin, said = asked_origin(request, unit)
    initial = {
        "title": (request.GET.get("title") or title_of(origin))[: rules.TITLE],
        "size": Size.QUICK_HIT,
        "measure": origin.measure if origin else None,
    }
    form = WordsForm(request.POST or None, unit=unit, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.begin(
                uid=sent_uid(request),
                unit=unit,
                size=form.chosen_size,
                words=form.words(),
                origin=origin,
                by=request.user,
                at=timezone.now(),
            )
        except NotAllowed as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            return redirect("improvement:ticket", made.pk)
    context = {
        "form": form,
        "unit": unit,
        "began": said,
        "uid": request.POST.get("uid") or uuid4(),
        "fits": [(size, rules.FITS[size]) for size in Size],
        "several": len(units) > 1,
        "elsewhere": f"?{urlencode(kept_origin(request))}",
    }
    return TemplateResponse(request, "tickets/new.html", context, status=UNPROCESSABLE if form.errors else 200)


def sent_uid(request: "SignedIn") -> UUID:
    """The page's own number, so that sending it twice begins one ticket."""
    try:
        return UUID(request.POST.get("uid", ""))
    except ValueError:
        return uuid4()


@require_GET
def of_thing(request: "SignedIn") -> HttpResponse:
    """Who works on an issue, a red day, a reason of red days, a gap, a goal or what a round noted: shown beside it,
    with the way to begin.
    """
    asked = kept_origin(request)
    if not asked or ("measure" in asked and not {"day", "reason"} & asked.keys()):
        return redirect("improvement:work")
    unit = asked_unit(request)
    look_at(request, unit.organisation_id)
    origin, said = asked_origin(request, unit)
    if origin is None:
        raise Http404
    wanted = {"address": origin.address} if origin.address else {}
    things = ("issue", "signal", "goal", "measure", "reason")
    wanted |= {name: thing for name in things if (thing := getattr(origin, name))}
    may_begin = Permission.IMPROVE in access.known_permissions_at(request.user, unit.path) and unit.closed_on is None
    context = {
        "cards": queries.tickets_of(request.user, unit, wanted, _now_at(unit)),
        "said": said,
        "begin": urlencode({"unit": unit.pk, **kept_origin(request)}) if may_begin else "",
    }
    name = "tickets/of.html#works" if request.htmx else "tickets/of.html"
    return TemplateResponse(request, name, context)


@require_GET
def ticket(request: "SignedIn", pk: int) -> HttpResponse:
    """One ticket."""
    return shown(request, ticket_of(request, pk))


def shown(request: "SignedIn", found: Ticket, **more: Any) -> HttpResponse:
    """The page of a ticket; with a `refusal` it answers 422."""
    now = _now_at(found.unit)
    check = EquityCheck.objects.visible_to(request.user).filter(ticket=found).select_related("written_by").first()
    may_work = Permission.IMPROVE in access.known_permissions_at(request.user, found.unit.path)
    paper = Paper.objects.visible_to(request.user).filter(ticket=found).defer("shared", "texts").first()
    context: dict[str, Any] = {
        "ticket": found,
        "origins": queries.origins_of(found, request.user, now.date()),
        "steps": queries.steps_of(found, now),
        "ramp": ramp_of(found, now.date()),
        "paper": paper,
        "has_paper": paper is not None or (found.size in PAPER_OF and may_work),
        "paper_name": Form(paper.form if paper else PAPER_OF.get(found.size, Form.A3)).label,
        "came_from": taken_from(found),
        "has_offer": Offer.objects.visible_to(request.user).filter(ticket=found).exists(),
        "may_offer": may_work and found.stage in OFFERED_FROM,
        "effect": effect_on(found, now.date()) if found.stage in {Stage.CHECK, Stage.DONE} else None,
        "asks_for_check": asks_for_check(found),
        "check": check,
        "check_form": CheckForm(check=check),
        "check_url": reverse("improvement:ticket-equity", args=[found.pk]),
        "uid": uuid4(),
        "may_work": may_work,
        "stages": [(s.value, s.label) for s in Stage if s != found.stage],
        "to": request.GET.get("to") or rules.next_stage(found.stage).value,
        "asks": {s.value: str(text) for s, text in rules.ASKS.items()},
        "late": found.due_on is not None and found.due_on < now.date() and found.stage in rules.OPEN,
        **more,
    }
    status = UNPROCESSABLE if more.get("refusal") or context["check_form"].errors else 200
    return TemplateResponse(request, "tickets/ticket.html", context, status=status)


@require_http_methods(["GET", "POST"])
def edit(request: "SignedIn", pk: int) -> HttpResponse:
    """Write what a ticket says, and who has it in hand."""
    found = ticket_of(request, pk, Permission.IMPROVE)
    form = WordsForm(request.POST or None, unit=found.unit, ticket=found)
    if request.method == "POST" and form.is_valid():
        try:
            actions.write(ticket=found, words=form.words(), size=form.chosen_size, by=request.user, at=timezone.now())
        except NotAllowed as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("Kept."))
            return redirect("improvement:ticket", found.pk)
    context = {"form": form, "ticket": found, "fits": [(size, rules.FITS[size]) for size in Size]}
    return TemplateResponse(request, "tickets/edit.html", context, status=UNPROCESSABLE if form.errors else 200)


@require_POST
def move(request: "SignedIn", pk: int) -> HttpResponse:
    """Move a ticket to a stage (`to`), just above another one (`above`). What that asks is asked on its page."""
    found = ticket_of(request, pk, Permission.IMPROVE)
    form = MoveForm(request.POST)
    if not form.is_valid():
        return shown(request, found, refusal=_("Choose where the ticket goes."))
    said = form.cleaned_data
    above = Ticket.objects.visible_to(request.user).filter(pk=said["above"]).first() if said["above"] else None
    to = Stage(said["to"])
    try:
        actions.move(
            ticket=found,
            to=to,
            above=above,
            outcome=said["outcome"],
            over_reason=said["over_reason"],
            by=request.user,
            at=timezone.now(),
        )
    except NotAllowed as refusal:
        if request.htmx:  # dropped on the kanban: what is missing is asked on the page of the ticket
            messages.error(request, str(refusal))
            response = HttpResponse(status=204)
            asked = urlencode({"to": to.value, "ask": refusal.field})
            response["HX-Redirect"] = f"{reverse('improvement:ticket', args=[found.pk])}?{asked}#move"
            return response
        return shown(request, found, refusal=str(refusal), field=refusal.field, to=to.value, said=said)
    if request.htmx:
        return _kanban(request, found.unit)
    messages.success(request, _("Moved to “%(stage)s”.") % {"stage": to.label})
    return redirect(_back(request, found))


def _back(request: "SignedIn", found: Ticket) -> str:
    """To the kanban for whoever moved it there, else to the ticket."""
    if request.POST.get("from") == "kanban":
        return reverse("improvement:kanban", args=[found.unit_id])
    return reverse("improvement:ticket", args=[found.pk])


@require_POST
def limit(request: "SignedIn", unit_id: int) -> HttpResponse:
    """Set how many tickets a unit has in work at once (`most`)."""
    unit = get_object_or_404(Unit.objects.visible_to(request.user).select_related("organisation", "tier"), pk=unit_id)
    access.require(request.user, Permission.ISSUE_WORK, unit)
    typed = request.POST.get("most", "")
    number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 5 else 0
    try:
        actions.limit(unit=unit, most=number, by=request.user, at=timezone.now())
    except NotAllowed as refusal:
        look_at(request, unit.organisation_id)
        return _kanban(request, unit, UNPROCESSABLE, refusal=str(refusal), typed=typed)
    messages.success(request, _("Kept."))
    return redirect("improvement:kanban", unit.pk)


@require_POST
def unlink(request: "SignedIn", pk: int, origin_pk: int) -> HttpResponse:
    """Take away what a ticket was said to have begun from."""
    found = ticket_of(request, pk, Permission.IMPROVE)
    origin = get_object_or_404(Origin, ticket=found, pk=origin_pk)
    actions.unlink(origin=origin, by=request.user, at=timezone.now())
    return redirect("improvement:ticket", found.pk)
