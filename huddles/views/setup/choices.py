"""The lists of words that are chosen in one tap."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from huddles.actions import choices as actions
from huddles.forms.setup_words import ChoiceForm
from huddles.models import Choice
from huddles.queries import setup
from huddles.rules.issues import ChoiceKind
from huddles.views.setup.scope import UNPROCESSABLE, Scope, scope_of
from org.rules import NotAllowed

if TYPE_CHECKING:
    from org.views.pages import SignedIn

TAB = "huddles:setup-choices"
LIST = "huddles:setup-choice-list"


@require_http_methods(["GET", "POST"])
def choices(request: "SignedIn", slug: str, kind: str = ChoiceKind.CATEGORY.value) -> HttpResponse:
    """One list in its order; adding a word."""
    scope = scope_of(request, slug, TAB)
    if kind not in set(ChoiceKind):
        raise Http404
    which = ChoiceKind(kind)
    form = ChoiceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_choice(
                organisation=scope.organisation, kind=which, **form.cleaned_data, by=request.user, at=timezone.now()
            )
        except NotAllowed as refusal:
            form.add_error("name", str(refusal))
        else:
            messages.success(request, _("It can be chosen now."))
            return scope.back(LIST, kind)
    rows = list(setup.choices_of(scope.organisation, which))
    context = {
        "scope": scope,
        "form": form,
        "kind": which,
        "kinds": ChoiceKind,
        "rows": [row for row in rows if row.is_active],
        "retired": [row for row in rows if not row.is_active],
    }
    return TemplateResponse(
        request, "huddles_setup/choices.html", context, status=UNPROCESSABLE if form.errors else 200
    )


def _found(request: "SignedIn", slug: str, pk: int) -> tuple[Choice, Scope]:
    scope = scope_of(request, slug, TAB)
    return get_object_or_404(Choice, pk=pk, organisation=scope.organisation), scope


@require_http_methods(["GET", "POST"])
def choice(request: "SignedIn", slug: str, pk: int) -> HttpResponse:
    """Renaming a word."""
    thing, scope = _found(request, slug, pk)
    form = ChoiceForm(request.POST or None, initial={"name": thing.name})
    if request.method == "POST" and form.is_valid():
        try:
            actions.rename_choice(choice=thing, **form.cleaned_data, by=request.user, at=timezone.now())
        except NotAllowed as refusal:
            form.add_error("name", str(refusal))
        else:
            messages.success(request, _("It has this name now, also where it was chosen before."))
            return scope.back(LIST, thing.kind)
    context = {"scope": scope, "form": form, "choice": thing, "kind": ChoiceKind(thing.kind)}
    return TemplateResponse(request, "huddles_setup/choice.html", context, status=UNPROCESSABLE if form.errors else 200)


@require_POST
def move_choice(request: "SignedIn", slug: str, pk: int) -> HttpResponse:
    """One place earlier or later."""
    thing, scope = _found(request, slug, pk)
    actions.move_choice(choice=thing, up=request.POST.get("up") == "1", by=request.user, at=timezone.now())
    return scope.back(LIST, thing.kind)


@require_POST
def use_choice(request: "SignedIn", slug: str, pk: int) -> HttpResponse:
    """Retire a word, or bring it back."""
    thing, scope = _found(request, slug, pk)
    active = request.POST.get("active") == "1"
    actions.use_choice(choice=thing, active=active, by=request.user, at=timezone.now())
    said = _("“%(name)s” can be chosen again.") if active else _("“%(name)s” is retired. It can be brought back below.")
    messages.success(request, said % {"name": thing.name})
    return scope.back(LIST, thing.kind)
