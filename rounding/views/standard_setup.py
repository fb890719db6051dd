"""The lists of standard work, which the hospital edits for each role."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from huddles.views.setup.scope import UNPROCESSABLE, Scope, scope_of
from org.rules import NotAllowed, Role
from rounding.actions import standard_work as actions
from rounding.forms.standard_work import TaskForm, filled
from rounding.models import StandardTask

if TYPE_CHECKING:
    from org.views.pages import SignedIn

TAB = "rounding:setup-standard-work"
LIST = "rounding:setup-standard-list"


@require_http_methods(["GET", "POST"])
def tasks(request: "SignedIn", slug: str, role: str = Role.UNIT_LEAD.value) -> HttpResponse:
    """The list of one role in its order; adding a task."""
    scope = scope_of(request, slug, TAB)
    if role not in actions.LEADERS:
        raise Http404
    now, whose = timezone.now(), Role(role)
    actions.furnish(organisation=scope.organisation, at=now)
    form = TaskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_task(organisation=scope.organisation, role=whose, terms=form.terms, by=request.user, at=now)
        except NotAllowed as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            messages.success(request, _("It stands on the list now."))
            return scope.back(LIST, role)
    rows = list(StandardTask.objects.governed_by(request.user).filter(organisation=scope.organisation, role=role))
    context = {
        "scope": scope,
        "form": form,
        "role": whose,
        "roles": actions.LEADERS,
        "rows": [row for row in rows if row.retired_at is None],
        "retired": [row for row in rows if row.retired_at is not None],
    }
    status = UNPROCESSABLE if form.errors else 200
    return TemplateResponse(request, "rounding/setup_tasks.html", context, status=status)


def _found(request: "SignedIn", slug: str, pk: int) -> tuple[StandardTask, Scope]:
    scope = scope_of(request, slug, TAB)
    governed = StandardTask.objects.governed_by(request.user).select_related("organisation")
    return get_object_or_404(governed, pk=pk, organisation=scope.organisation), scope


@require_http_methods(["GET", "POST"])
def task(request: "SignedIn", slug: str, pk: int) -> HttpResponse:
    """Changing a task."""
    thing, scope = _found(request, slug, pk)
    form = TaskForm(request.POST or None, initial=filled(thing))
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_task(task=thing, terms=form.terms, by=request.user, at=timezone.now())
        except NotAllowed as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            messages.success(request, _("The list says so now."))
            return scope.back(LIST, thing.role)
    context = {"scope": scope, "form": form, "task": thing, "role": Role(thing.role)}
    return TemplateResponse(request, "rounding/setup_task.html", context, status=UNPROCESSABLE if form.errors else 200)


@require_POST
def move(request: "SignedIn", slug: str, pk: int) -> HttpResponse:
    """One place earlier or later."""
    thing, scope = _found(request, slug, pk)
    actions.move_task(task=thing, up=request.POST.get("up") == "1", by=request.user, at=timezone.now())
    return scope.back(LIST, thing.role)


@require_POST
def use(request: "SignedIn", slug: str, pk: int) -> HttpResponse:
    """Retire a task, or bring it back."""
    thing, scope = _found(request, slug, pk)
    active = request.POST.get("active") == "1"
    actions.use_task(task=thing, active=active, by=request.user, at=timezone.now())
    said = (
        _("“%(name)s” is asked again from today.")
        if active
        else _("“%(name)s” is retired. It can be brought back below.")
    )
    messages.success(request, said % {"name": thing.text})
    return scope.back(LIST, thing.role)
