"""Reasons that can be given for a red day."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from boards.actions import reasons as actions
from boards.forms.setup import ReasonForm
from boards.models import ReasonCode
from boards.queries import setup
from boards.views.setup.scope import UNPROCESSABLE, found, scope_of
from org.rules import NotAllowed

if TYPE_CHECKING:
    from org.views.pages import SignedIn

LIST = "boards:setup-reasons"


@require_http_methods(["GET", "POST"])
def reasons(request: "SignedIn", slug: str) -> HttpResponse:
    """All reasons in their order; adding one."""
    scope = scope_of(request, slug, LIST)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_reason(organisation=scope.organisation, **form.cleaned_data, by=request.user, at=timezone.now())
        except NotAllowed as refusal:
            form.add_error("name", str(refusal))
        else:
            messages.success(request, _("The reason can be chosen on every board now."))
            return scope.back(LIST)
    rows = setup.reasons(scope.organisation)
    context = {
        "scope": scope,
        "form": form,
        "rows": [row for row in rows if row.is_active],
        "retired": [row for row in rows if not row.is_active],
    }
    return TemplateResponse(request, "boards/setup/reasons.html", context, status=UNPROCESSABLE if form.errors else 200)


@require_http_methods(["GET", "POST"])
def reason(request: "SignedIn", slug: str, pk: int) -> HttpResponse:
    """Renaming a reason."""
    thing, scope = found(request, slug, ReasonCode, pk, LIST)
    form = ReasonForm(request.POST or None, initial={"name": thing.name})
    if request.method == "POST" and form.is_valid():
        try:
            actions.rename_reason(reason=thing, **form.cleaned_data, by=request.user, at=timezone.now())
        except NotAllowed as refusal:
            form.add_error("name", str(refusal))
        else:
            messages.success(request, _("The reason has this name now, also where it was given before."))
            return scope.back(LIST)
    context = {"scope": scope, "form": form, "reason": thing, "used": thing.uses.count()}
    return TemplateResponse(request, "boards/setup/reason.html", context, status=UNPROCESSABLE if form.errors else 200)


@require_POST
def move_reason(request: "SignedIn", slug: str, pk: int) -> HttpResponse:
    """One place earlier or later."""
    thing, scope = found(request, slug, ReasonCode, pk, LIST)
    actions.move_reason(reason=thing, up=request.POST.get("up") == "1", by=request.user, at=timezone.now())
    return scope.back(LIST)


@require_POST
def use_reason(request: "SignedIn", slug: str, pk: int) -> HttpResponse:
    """Retire a reason, or bring it back."""
    thing, scope = found(request, slug, ReasonCode, pk, LIST)
    active = request.POST.get("active") == "1"
    actions.use_reason(reason=thing, active=active, by=request.user, at=timezone.now())
    said = _("“%(name)s” can be chosen again.") if active else _("“%(name)s” is retired. It can be brought back below.")
    messages.success(request, said % {"name": thing.name})
    return scope.back(LIST)
