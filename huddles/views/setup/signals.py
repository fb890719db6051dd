"""The rules of signals, and limits of gaps."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from boards.actions import signals as actions
from boards.models import GapLimit, Measure
from boards.queries.terms import words_for
from boards.rules import About
from boards.signals.groups import groups_of, judged_measures
from boards.signals.night import policy_of
from huddles.forms.setup_signals import LimitForm, PolicyForm
from huddles.views.setup.scope import UNPROCESSABLE, Scope, scope_of
from org.models import Unit
from org.rules import NotAllowed, Permission

if TYPE_CHECKING:
    from org.views.pages import SignedIn

LIST = "huddles:setup-signals"


def _scope(request: "SignedIn", slug: str) -> Scope:
    return scope_of(request, slug, LIST, Permission.EQUITY_EDIT)


def _limit_form(request: "SignedIn", scope: Scope, *, posted: bool) -> LimitForm:
    form = LimitForm(request.POST if posted else None, auto_id="limit_%s")
    units = Unit.objects.with_permission(request.user, Permission.EQUITY_EDIT).filter(organisation=scope.organisation)
    measures = Measure.objects.visible_to(request.user).filter(
        pk__in=[m.pk for m in judged_measures(scope.organisation, [About.PATIENTS])]
    )
    groups = [each for each in groups_of(scope.organisation) if not each.of_staff]
    form.offer(units.order_by("path"), measures, groups)
    return form


@require_http_methods(["GET", "POST"])
def rules(request: "SignedIn", slug: str) -> HttpResponse:
    """The numbers of the rules, and the limits that hold."""
    scope = _scope(request, slug)
    form = PolicyForm.of(policy_of(scope.organisation), request.POST or None, words_for(request))
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_policy(
                organisation=scope.organisation, values=form.values(), by=request.user, at=timezone.now()
            )
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("From the next night on these rules hold."))
            return scope.back(LIST)
    return _shown(request, scope, form, _limit_form(request, scope, posted=False))


def _shown(request: "SignedIn", scope: Scope, form: PolicyForm, limit: LimitForm) -> HttpResponse:
    limits = GapLimit.objects.filter(organisation=scope.organisation, until=None)
    context = {
        "scope": scope,
        "form": form,
        "limit_form": limit,
        "limits": limits.select_related("unit", "measure", "dimension").order_by("unit__path", "pk"),
    }
    status = UNPROCESSABLE if form.errors or limit.errors else 200
    return TemplateResponse(request, "huddles_setup/signals.html", context, status=status)


@require_POST
def limit_new(request: "SignedIn", slug: str) -> HttpResponse:
    """Set the limit of a gap."""
    scope = _scope(request, slug)
    form = _limit_form(request, scope, posted=True)
    if form.is_valid():
        said, now = form.cleaned_data, timezone.now()
        dimension, group = said["group"].split(":", 1)
        try:
            actions.set_limit(
                unit=said["unit"],
                measure=said["measure"],
                dimension_id=int(dimension),
                group=group,
                reference=said["reference"].partition(":")[2],
                points=said["points"],
                since=now.astimezone(scope.organisation.zone).date(),
                by=request.user,
                at=now,
            )
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The limit holds from today on."))
            return scope.back(LIST)
    return _shown(request, scope, PolicyForm.of(policy_of(scope.organisation), None, words_for(request)), form)


@require_POST
def limit_end(request: "SignedIn", slug: str, pk: int) -> HttpResponse:
    """Let the limit of a gap hold no longer."""
    scope = _scope(request, slug)
    limit = get_object_or_404(GapLimit.objects.filter(organisation=scope.organisation), pk=pk)
    now = timezone.now()
    actions.end_limit(limit=limit, day=now.astimezone(scope.organisation.zone).date(), by=request.user, at=now)
    messages.success(request, _("The limit holds no longer."))
    return scope.back(LIST)
