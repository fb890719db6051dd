"""Writing a goal, letting it begin, bringing it to its end."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from improvement.actions import goals as actions
from improvement.forms.goals import CloseForm, GoalForm, NewGoalForm, form_of
from improvement.models import Goal
from improvement.queries.goal_pages import questions_of
from improvement.rules.goals import TRANSITIONS, Status
from improvement.views.goals import UNPROCESSABLE, goal_of, shown, today_of
from org.models import Unit
from org.rules import NotAllowed, Permission

if TYPE_CHECKING:
    from org.views.pages import SignedIn


@require_http_methods(["GET", "POST"])
def new(request: "SignedIn") -> HttpResponse:
    """Begin to write a goal."""
    units = Unit.objects.with_permission(request.user, Permission.GOAL_EDIT).open().order_by("organisation", "path")
    if not units.exists():
        raise PermissionDenied(_("Your role does not include this here."))
    asked = request.GET.get("unit", "")
    initial = {"unit": int(asked)} if asked.isascii() and asked.isdigit() else {}
    form = NewGoalForm(request.POST or None, units=units, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.draft(**form.cleaned_data, by=request.user, at=timezone.now())
        except NotAllowed as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            return redirect("improvement:goal-edit", made.pk)
    return TemplateResponse(request, "goals/new.html", {"form": form}, status=UNPROCESSABLE if form.errors else 200)


@require_http_methods(["GET", "POST"])
def edit(request: "SignedIn", pk: int) -> HttpResponse:
    """Write a goal: all of it while it is a draft, its charter while it runs. What is missing stands beside it."""
    goal = goal_of(request, pk, Permission.GOAL_EDIT)
    form = form_of(goal, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.write(goal=goal, charter=form.charter(), aim=form.aim(), by=request.user, at=timezone.now())
        except NotAllowed as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            messages.success(request, _("Kept."))
            return redirect("improvement:goal", goal.pk)
    context = {
        "goal": goal,
        "form": form,
        "draft": goal.status == Status.DRAFT,
        "questions": questions_of(goal, today_of(goal)),
    }
    return TemplateResponse(request, "goals/edit.html", context, status=UNPROCESSABLE if form.errors else 200)


@require_POST
def check(request: "SignedIn", pk: int) -> HttpResponse:
    """What is missing from a goal as it is typed now. Nothing is kept."""
    goal = goal_of(request, pk, Permission.GOAL_EDIT)
    form = form_of(goal, request.POST)
    form.is_valid()
    _fill(goal, form)
    return TemplateResponse(request, "goals/smart.html", {"questions": questions_of(goal, today_of(goal))})


def _fill(goal: Goal, form: "GoalForm | object") -> None:
    """Put what was typed and could be read into `goal`, which is not saved."""
    assert hasattr(form, "charter")
    assert hasattr(form, "aim")
    for said in (form.charter(), form.aim()):
        for name in getattr(said, "__dataclass_fields__", ()):
            if name != "lengths":
                setattr(goal, name, getattr(said, name))


@require_POST
def activate(request: "SignedIn", pk: int) -> HttpResponse:
    """Let a goal begin."""
    goal = goal_of(request, pk, Permission.GOAL_EDIT)
    try:
        actions.activate(goal=goal, by=request.user, at=timezone.now())
    except NotAllowed as refusal:
        return shown(request, goal, refusal=str(refusal))
    messages.success(
        request, _("The goal runs. Whoever sees the board of %(unit)s sees it.") % {"unit": goal.unit.name}
    )
    return redirect("improvement:goal", goal.pk)


@require_http_methods(["GET", "POST"])
def close(request: "SignedIn", pk: int) -> HttpResponse:
    """Bring a goal to its end."""
    goal = goal_of(request, pk, Permission.GOAL_EDIT)
    ends = TRANSITIONS[Status(goal.status)] - {Status.ACTIVE}
    form = CloseForm(request.POST or None, to=ends)
    if request.method == "POST" and form.is_valid():
        to, note = Status(form.cleaned_data["to"]), form.cleaned_data["note"]
        try:
            actions.close(goal=goal, to=to, note=note, by=request.user, at=timezone.now())
        except NotAllowed as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            return redirect("improvement:goal", goal.pk)
    context = {"goal": goal, "form": form, "over": not ends}
    return TemplateResponse(request, "goals/close.html", context, status=UNPROCESSABLE if form.errors else 200)
