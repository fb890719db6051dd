"""Letters of the boards."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from boards.actions import letters as actions
from boards.forms.setup import LetterForm
from boards.models import Letter
from boards.queries import setup
from boards.views.setup.scope import UNPROCESSABLE, found, scope_of
from org.rules import NotAllowed

if TYPE_CHECKING:
    from org.views.pages import SignedIn

LIST = "boards:setup-letters"


@require_http_methods(["GET", "POST"])
def letters(request: "SignedIn", slug: str) -> HttpResponse:
    """All letters in their order; adding one."""
    scope = scope_of(request, slug, LIST)
    form = LetterForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            letter = actions.add_letter(
                organisation=scope.organisation, **form.cleaned_data, by=request.user, at=timezone.now()
            )
        except NotAllowed as refusal:
            form.add_error("code", str(refusal))
        else:
            messages.success(request, _("%(letter)s is added. Measures can stand under it now.") % {"letter": letter})
            return scope.back(LIST)
    context = {"scope": scope, "form": form, "rows": setup.letters(scope.organisation)}
    return TemplateResponse(request, "boards/setup/letters.html", context, status=UNPROCESSABLE if form.errors else 200)


@require_http_methods(["GET", "POST"])
def letter(request: "SignedIn", slug: str, pk: int) -> HttpResponse:
    """Renaming a letter, or removing it."""
    thing, scope = found(request, slug, Letter, pk, LIST)
    form = LetterForm(request.POST or None, initial={"code": thing.code, "name": thing.name})
    if request.method == "POST" and form.is_valid():
        try:
            actions.rename_letter(letter=thing, **form.cleaned_data, by=request.user, at=timezone.now())
        except NotAllowed as refusal:
            form.add_error("code", str(refusal))
        else:
            messages.success(request, _("The boards show the letter in this way now."))
            return scope.back(LIST)
    context = {"scope": scope, "form": form, "letter": thing, "used": thing.measures.count()}
    return TemplateResponse(request, "boards/setup/letter.html", context, status=UNPROCESSABLE if form.errors else 200)


@require_POST
def move_letter(request: "SignedIn", slug: str, pk: int) -> HttpResponse:
    """One place earlier or later."""
    thing, scope = found(request, slug, Letter, pk, LIST)
    actions.move_letter(letter=thing, up=request.POST.get("up") == "1", by=request.user, at=timezone.now())
    return scope.back(LIST)


@require_POST
def remove_letter(request: "SignedIn", slug: str, pk: int) -> HttpResponse:
    """Remove a letter that no measure uses."""
    thing, scope = found(request, slug, Letter, pk, LIST)
    try:
        actions.remove_letter(letter=thing, by=request.user, at=timezone.now())
        messages.success(request, _("%(letter)s is removed.") % {"letter": thing})
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
    return scope.back(LIST)
