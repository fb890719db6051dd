"""Rows of a paper: causes, countermeasures, steps of the plan, each section's as one part of the page."""

from datetime import date
from typing import TYPE_CHECKING, Any, Final, cast
from uuid import uuid4

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from boards.models import ReasonCode
from improvement.actions import analyses as actions
from improvement.forms.papers import FORMS, CauseForm, DriverForm, RowForm
from improvement.models import Cause, Countermeasure, Driver, Paper, PlanStep
from improvement.queries import paper_tables as queries
from improvement.queries.drivers import diagram_of
from improvement.queries.papers import goal_text, place_of
from improvement.rules.papers import Section
from improvement.views.paper_scope import paper_of
from improvement.views.tickets import UNPROCESSABLE, sent_uid
from org import access
from org.queries.calendars import zone_of
from org.rules import NotAllowed, Permission

if TYPE_CHECKING:
    from django.db import models

    from org.views.pages import SignedIn

KINDS: Final[dict[str, type[actions.Row]]] = {
    Section.CAUSES: Cause,
    Section.COUNTERMEASURES: Countermeasure,
    Section.PLAN: PlanStep,
    Section.DRIVERS: Driver,
}


def rows_context(paper: Paper, section: Section, today: date, *, may_work: bool, **more: Any) -> dict[str, Any]:
    """What the part of a section shows on a day. `form` with what was typed and refused."""
    context: dict[str, Any] = {
        "paper": paper,
        "ticket": paper.ticket,
        "section": section.value,
        "place": place_of(section),
        "may_work": may_work,
        "uid": uuid4(),
        "here": reverse("improvement:paper-rows", args=[paper.ticket_id, section.value]),
    }
    if section == Section.CAUSES:
        reds = queries.reds_of(paper, today)
        context["bones"] = queries.bones_of(paper, today, reds)
        context["counted"] = queries.counted_of(reds, context["bones"])
    elif section == Section.COUNTERMEASURES:
        context["rows"] = queries.countermeasures_of(paper)
        context["square"] = queries.square_of(context["rows"])
    elif section == Section.DRIVERS:
        context["nodes"] = diagram_of(paper)
        context["aim"] = paper.texts.get(Section.GOAL.value, "")
        context["goal_text"] = goal_text(paper)
    else:
        context["steps"] = queries.steps_of(paper, today)
    return {**context, **more}


def _shown(request: "SignedIn", paper: Paper, section: Section, **more: Any) -> HttpResponse:
    """The part again, or for a page without script the way back to it; 422 with a form that was refused."""
    form: RowForm | None = more.get("form")
    bad = (form is not None and bool(form.errors)) or "refusal" in more
    if not request.htmx and not bad and request.method == "POST":
        if (taken := more.get("taken")) is not None:
            return redirect(f"{reverse('improvement:paper-rows', args=[paper.ticket_id, section])}?taken={taken.pk}")
        return redirect(f"{reverse('improvement:paper', args=[paper.ticket_id])}#{section.value}")
    may_work = Permission.IMPROVE in access.known_permissions_at(request.user, paper.ticket.unit.path)
    today = timezone.now().astimezone(zone_of(paper.ticket.unit)).date()
    context = rows_context(paper, section, today, may_work=may_work, **more)
    context["loose"] = form is not None and not _lies_open(paper, section, form)
    name = "papers/rows.html#part" if request.htmx else "papers/rows.html"
    response = TemplateResponse(request, name, context, status=UNPROCESSABLE if bad else 200)
    if request.htmx:
        response["HX-Push-Url"] = "false"  # a boosted link or form would put the address of the part in the bar
    return response


def _kind(section: str) -> type[actions.Row]:
    if section not in KINDS:
        raise Http404
    return KINDS[section]


def _row_of(paper: Paper, section: str, row_pk: int) -> actions.Row:
    found = cast("models.Manager[Any]", _kind(section)._default_manager).filter(paper=paper)
    row = cast("actions.Row", get_object_or_404(found, pk=row_pk))
    row.paper = paper
    return row


def _hung_on(paper: Paper, section: str, asked: str) -> Cause | Driver | None:
    """The row on which a new one hangs, where rows of the section hang on each other."""
    if not asked.isdecimal() or section not in {Section.CAUSES, Section.DRIVERS}:
        return None
    row = _row_of(paper, section, int(asked))
    assert isinstance(row, Cause | Driver)
    return row


def _new_form(typed: Any, paper: Paper, section: str, of: Cause | Driver | None, reason: str = "") -> RowForm:
    """An empty form; `reason` is that of red days which a new cause is counted by."""
    if section == Section.CAUSES and of is None and reason.isdecimal():
        ours = ReasonCode.objects.filter(organisation=paper.ticket.organisation_id)
        code = get_object_or_404(ours, pk=reason)
        return CauseForm(typed, paper=paper, initial={"text": code.name, "reason": code})
    if isinstance(of, Cause):
        return CauseForm(typed, paper=paper, of=of)
    if isinstance(of, Driver):
        return DriverForm(typed, paper=paper, of=of)
    return FORMS[section](typed, paper=paper)


@require_GET
def rows(request: "SignedIn", pk: int, section: str) -> HttpResponse:
    """The rows of a section. `edit` opens the form of one, `on` that of one that hangs on it (it answers why of a
    cause, it moves a driver), `new` an empty one; `taken` offers to put one back.
    """
    _kind(section)
    paper = paper_of(request, pk)
    edit, on, taken = (request.GET.get(name, "") for name in ("edit", "on", "taken"))
    more: dict[str, Any] = {}
    if edit.isdecimal() or on.isdecimal() or "new" in request.GET:
        access.require(request.user, Permission.IMPROVE, paper.ticket.unit)
    if edit.isdecimal():
        row = _row_of(paper, section, int(edit))
        more = {"form": FORMS[section](paper=paper, row=row), "editing": row.pk}
    elif on.isdecimal():
        of = _hung_on(paper, section, on)
        more = {"form": _new_form(None, paper, section, of), "asking": of.pk if of else None}
    elif taken.isdecimal():
        row = _row_of(paper, section, int(taken))
        more = {"taken": row} if row.gone_at is not None else {}
    elif "new" in request.GET:
        more = {"form": _new_form(None, paper, section, None, request.GET.get("reason", "")), "adding": True}
    return _shown(request, paper, Section(section), **more)


@require_POST
def add(request: "SignedIn", pk: int, section: str) -> HttpResponse:
    """Add a row; `of` is the one on which it hangs."""
    kind = _kind(section)
    paper = paper_of(request, pk, Permission.IMPROVE)
    of = _hung_on(paper, section, request.POST.get("of", ""))
    form = _new_form(request.POST, paper, section, of)
    more: dict[str, Any] = {"adding": True} if of is None else {"asking": of.pk}
    if form.is_valid():
        try:
            actions.add(
                paper=paper,
                kind=kind,
                uid=sent_uid(request),
                said=form.values(),
                of=of,
                by=request.user,
                at=timezone.now(),
            )
        except NotAllowed as refusal:
            _refuse(form, refusal)
        else:
            return _shown(request, paper, Section(section))
    return _shown(request, paper, Section(section), form=form, **more)


@require_POST
def write(request: "SignedIn", pk: int, section: str, row_pk: int) -> HttpResponse:
    """Write a row. What somebody else has changed meanwhile is shown, what was typed is kept."""
    _kind(section)
    paper = paper_of(request, pk, Permission.IMPROVE)
    row = _row_of(paper, section, row_pk)
    form = FORMS[section](request.POST, paper=paper, row=row)
    more: dict[str, Any] = {}
    if form.is_valid():
        seen = form.cleaned_data["seen"]
        try:
            actions.write(
                row=row, said=form.values(), seen=-1 if seen is None else seen, by=request.user, at=timezone.now()
            )
        except NotAllowed as refusal:
            _refuse(form, refusal)
            if refusal.field == actions.MEANWHILE:
                more = {"stands": _meanwhile(request, form, _row_of(paper, section, row_pk))}
        else:
            return _shown(request, paper, Section(section))
    return _shown(request, paper, Section(section), form=form, editing=row.pk, **more)


def _refuse(form: RowForm, refusal: NotAllowed) -> None:
    shown = refusal.field in form.fields and refusal.field != actions.MEANWHILE
    form.add_error(refusal.field if shown else None, str(refusal))


def _meanwhile(request: "SignedIn", form: RowForm, row: actions.Row) -> list[tuple[str, str]]:
    """What stands now, to be shown beside what was typed; whoever has it before their eyes may keep theirs."""
    typed = request.POST.copy()
    typed["seen"] = str(row.revision)
    form.data = typed
    return type(form)(paper=form.paper, row=row).said()


def _lies_open(paper: Paper, section: Section, form: RowForm) -> bool:
    """Whether the row of a form, or the one on which it hangs, is shown, so that the form has its place there."""
    row = form.row or getattr(form, "of", None)
    while row is not None:
        row = _row_of(paper, section, row.pk)
        if row.gone_at is not None:
            return False
        row = row.of if isinstance(row, Cause | Driver) else None
    return True


@require_POST
def tick(request: "SignedIn", pk: int) -> HttpResponse:
    """Say that a step is `done`, or that it is `open` again."""
    paper = paper_of(request, pk, Permission.IMPROVE)
    done, again = request.POST.get("done", ""), request.POST.get("open", "")
    asked = done or again
    if not asked.isdecimal():
        raise Http404
    step = _row_of(paper, Section.PLAN, int(asked))
    assert isinstance(step, PlanStep)
    actions.tick(step=step, done=bool(done), by=request.user, at=timezone.now())
    return _shown(request, paper, Section.PLAN)


@require_POST
def take_away(request: "SignedIn", pk: int, section: str, row_pk: int) -> HttpResponse:
    """Take a row away, or with `back` put it back; the part offers that right after."""
    _kind(section)
    paper = paper_of(request, pk, Permission.IMPROVE)
    row = _row_of(paper, section, row_pk)
    gone = "back" not in request.POST
    try:
        actions.take_away(row=row, gone=gone, by=request.user, at=timezone.now())
    except NotAllowed as refusal:
        return _shown(request, paper, Section(section), taken=row, refusal=str(refusal))
    return _shown(request, paper, Section(section), **({"taken": row} if gone else {}))
