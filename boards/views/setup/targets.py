"""Targets of a measure."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from boards import rules, setup_rules
from boards.actions import targets as actions
from boards.forms.setup import LastDayForm, TargetForm
from boards.models import Measure, Target
from boards.queries import setup
from boards.views.setup.measures import LIST, say_again
from boards.views.setup.scope import UNPROCESSABLE, found
from org.rules import NotAllowed

if TYPE_CHECKING:
    from org.views.pages import SignedIn

HERE = "boards:setup-targets"


@require_http_methods(["GET", "POST"])
def targets(request: "SignedIn", slug: str, pk: int) -> HttpResponse:
    """The targets of a measure, for all and per unit; setting one from a day on."""
    measure, scope = found(request, slug, Measure, pk, LIST)
    now = timezone.now()
    today = now.astimezone(scope.organisation.zone).date()
    form = TargetForm(request.POST or None, measure=measure, initial={"first": today})
    if request.method == "POST" and form.is_valid():
        try:
            _target, due = actions.set_target(
                measure=measure,
                unit=form.cleaned_data["unit"],
                line=form.line(),
                first=form.cleaned_data["first"],
                last=form.cleaned_data["last"],
                by=request.user,
                at=now,
            )
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The target is set."))
            say_again(request, due)
            return scope.back(HERE, measure.pk)
    context = {
        "scope": scope,
        "form": form,
        "measure": measure,
        "rows": setup.targets(measure, today),
        "today": today,
        "days": setup_rules.TARGET_DAYS,
        "judged": measure.direction != rules.Direction.CONTEXT,
        "band": measure.direction == rules.Direction.BAND,
    }
    return TemplateResponse(request, "boards/setup/targets.html", context, status=UNPROCESSABLE if form.errors else 200)


@require_POST
def end_target(request: "SignedIn", slug: str, pk: int, target_pk: int) -> HttpResponse:
    """Let a target hold up to a day and no longer."""
    measure, scope = found(request, slug, Measure, pk, LIST)
    target = get_object_or_404(Target, pk=target_pk, measure=measure)
    form = LastDayForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Give the last day as year-month-day."))
        return scope.back(HERE, measure.pk)
    try:
        due = actions.end_target(target=target, last=form.cleaned_data["last"], by=request.user, at=timezone.now())
        messages.success(request, _("The target ends on that day."))
        say_again(request, due)
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
    return scope.back(HERE, measure.pk)


@require_POST
def remove_target(request: "SignedIn", slug: str, pk: int, target_pk: int) -> HttpResponse:
    """Take a target away, as if it had never been set."""
    measure, scope = found(request, slug, Measure, pk, LIST)
    target = get_object_or_404(Target, pk=target_pk, measure=measure)
    due = actions.remove_target(target=target, by=request.user, at=timezone.now())
    messages.success(request, _("The target is removed."))
    say_again(request, due)
    return scope.back(HERE, measure.pk)
