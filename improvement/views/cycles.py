"""PDSA cycles: plan, do, study, act on one page."""

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from improvement.actions import cycles as actions
from improvement.forms.cycles import FoundForm, NumberForm, PlanForm, plan_of
from improvement.forms.equity_checks import CheckForm
from improvement.models import Cycle, EquityCheck
from improvement.queries import cycles as queries
from improvement.queries.tickets import done_lately
from improvement.rules import cycles as rules
from improvement.rules.cycles import Decision, State
from improvement.views.tickets import UNPROCESSABLE, sent_uid, ticket_of
from org import access
from org.models import Unit
from org.queries.calendars import zone_of
from org.rules import NotAllowed, Permission
from org.views.pages import look_at, today_in

if TYPE_CHECKING:
    from django import forms

    from org.views.pages import SignedIn


def cycle_of(request: "SignedIn", pk: int, permission: Permission | None = None) -> Cycle:
    """The cycle, when this person may see it and do `permission` at its unit: else 404 or 403."""
    found = get_object_or_404(
        Cycle.objects.visible_to(request.user).select_related(
            "ticket__unit", "ticket__organisation", "measure", "follows"
        ),
        pk=pk,
    )
    look_at(request, found.ticket.organisation_id)
    if permission is not None:
        access.require(request.user, permission, found.ticket.unit)
    return found


@require_GET
def running(request: "SignedIn", unit_id: int) -> HttpResponse:
    """Cycles that run at a unit and below it, what those found that ended lately, and what was brought to its
    end: read in the huddle.
    """
    unit = get_object_or_404(Unit.objects.visible_to(request.user).select_related("organisation"), pk=unit_id)
    look_at(request, unit.organisation_id)
    now, ended = queries.tests_at(request.user, unit, today_in(unit.organisation))
    name = "tickets/running.html#lists" if request.htmx else "tickets/running.html"
    done = done_lately(request.user, unit, timezone.now())
    return TemplateResponse(request, name, {"unit": unit, "running": now, "ended": ended, "done": done})


@require_POST
def new(request: "SignedIn", pk: int) -> HttpResponse:
    """Plan a cycle of a ticket, after another one (`follows`) or as the first."""
    ticket = ticket_of(request, pk, Permission.IMPROVE)
    asked = request.POST.get("follows", "")
    follows = (
        Cycle.objects.visible_to(request.user).filter(ticket=ticket, pk=asked).first() if asked.isdecimal() else None
    )
    try:
        made = actions.plan(uid=sent_uid(request), ticket=ticket, follows=follows, by=request.user, at=timezone.now())
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
        return redirect("improvement:ticket", pk)
    return redirect("improvement:cycle", made.pk)


@require_GET
def cycle(request: "SignedIn", pk: int) -> HttpResponse:
    """One cycle."""
    return shown(request, cycle_of(request, pk))


def shown(request: "SignedIn", found: Cycle, **more: Any) -> HttpResponse:
    """The page of a cycle; `form` or `number` with what was typed, a `refusal` answers 422."""
    ticket = found.ticket
    today = today_in(ticket.organisation)
    may_work = Permission.IMPROVE in access.known_permissions_at(request.user, ticket.unit.path)
    check = EquityCheck.objects.visible_to(request.user).filter(cycle=found).select_related("written_by").first()
    form: forms.Form | None = None
    if may_work and found.state != State.ENDED:
        form = PlanForm(cycle=found) if found.state == State.PLAN else FoundForm(cycle=found)
    context = {
        "cycle": found,
        "ticket": ticket,
        "ramp": queries.ramp_of(ticket, today),
        "form": form,
        "number": NumberForm(initial={"day": today}),
        "numbers": queries.numbers_of(found, today),
        "missing": rules.missing_before(found) if found.state == State.PLAN else {},
        "predicted": queries.number(found.predicted),
        "result": queries.number(found.result),
        "means": [(d, rules.MEANS[d]) for d in Decision],
        "late": found.state == State.DO and found.ends_on is not None and found.ends_on < today,
        "may_work": may_work,
        "uid": uuid4(),
        "check": check,
        "check_form": CheckForm(check=check),
        "check_url": reverse("improvement:cycle-equity", args=[found.pk]),
        **more,
    }
    said = context["form"]
    bad = (
        bool(more.get("refusal"))
        or bool(context["check_form"].errors)
        or bool(said and said.errors)
        or bool(context["number"].errors)
    )
    return TemplateResponse(request, "tickets/cycle.html", context, status=UNPROCESSABLE if bad else 200)


@require_POST
def plan(request: "SignedIn", pk: int) -> HttpResponse:
    """Keep the plan of a cycle, and with `act` "start" let it start. What is missing is said beside its field; what was
    typed is kept.
    """
    found = cycle_of(request, pk, Permission.IMPROVE)
    form = PlanForm(request.POST, cycle=found)
    if not form.is_valid():
        return shown(request, found, form=form)
    now = timezone.now()
    try:
        found = actions.write(cycle=found, said=form.plan(), by=request.user, at=now)
        if request.POST.get("act") == "start":
            actions.start(cycle=found, by=request.user, at=now)
            messages.success(request, _("It runs. Collect what happens, and come back on the last day."))
            return redirect("improvement:cycle", found.pk)
    except NotAllowed as refusal:
        found.refresh_from_db()
        if found.state != State.PLAN:  # somebody else let it start
            return shown(request, found, refusal=str(refusal))
        form.saw(plan_of(found))
        missing = rules.missing_before(found) if request.POST.get("act") == "start" else {}
        for field, asks in (missing or {refusal.field: str(refusal)}).items():
            form.add_error(field if field in form.fields else None, asks)
        return shown(request, found, form=form)
    messages.success(request, _("Kept."))
    return redirect("improvement:cycle", found.pk)


@require_POST
def find(request: "SignedIn", pk: int) -> HttpResponse:
    """Keep what was done and found, and with `act` "end" end the cycle."""
    found = cycle_of(request, pk, Permission.IMPROVE)
    form = FoundForm(request.POST, cycle=found)
    if not form.is_valid() and found.state == State.DO:
        return shown(request, found, form=form)
    now = timezone.now()
    try:
        if form.errors:  # and it has ended: that is told before what is wrong in it
            actions.require_running(found)
        if request.POST.get("act") == "end":
            actions.end(cycle=found, decision=form.decided, said=form.found(), by=request.user, at=now)
        else:
            actions.find(cycle=found, said=form.found(), by=request.user, at=now)
    except NotAllowed as refusal:
        found.refresh_from_db()
        if found.state != State.DO:  # ended meanwhile, or sent again from the page before
            return shown(request, found, refusal=str(refusal), typed=form.typed())
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return shown(request, found, form=form)
    if request.htmx and request.POST.get("act") != "end" and not form.merged:
        # Whoever types on meanwhile keeps that: no field is put there anew.
        clock = f"{now.astimezone(zone_of(found.ticket.unit)):%H:%M}"
        context = {"form": FoundForm(cycle=cycle_of(request, pk)), "clock": clock}
        return TemplateResponse(request, "tickets/cycle_kept.html", context, headers={"HX-Reswap": "none"})
    messages.success(request, _("Kept."))
    if request.htmx and request.POST.get("act") == "end":  # the whole page is another one now
        return HttpResponse(status=204, headers={"HX-Redirect": reverse("improvement:cycle", args=[found.pk])})
    return redirect("improvement:cycle", found.pk)


@require_POST
def count(request: "SignedIn", pk: int) -> HttpResponse:
    """Keep the number of a day; an empty one takes it away."""
    found = cycle_of(request, pk, Permission.IMPROVE)
    form = NumberForm(request.POST)
    if not form.is_valid():
        return shown(request, found, number=form)
    said = form.cleaned_data
    try:
        actions.count(
            cycle=found, day=said["day"], value=said["value"], said=said["said"], by=request.user, at=timezone.now()
        )
    except NotAllowed as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return shown(request, found, number=form)
    return redirect("improvement:cycle", found.pk)


@require_POST
def drop(request: "SignedIn", pk: int) -> HttpResponse:
    """Take away a plan that never started."""
    found = cycle_of(request, pk, Permission.IMPROVE)
    try:
        actions.drop(cycle=found, by=request.user, at=timezone.now())
    except NotAllowed as refusal:
        return shown(request, found, refusal=str(refusal))
    return redirect("improvement:ticket", found.ticket_id)
