"""The hospital's own words for the pages about gaps: renaming with a look before it is kept."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from boards.actions import terms as actions
from boards.forms.terms import TermsForm
from boards.queries.terms import Words, remembered
from boards.views.setup.scope import UNPROCESSABLE, Scope
from org.rules import NotAllowed, Permission
from org.views.pages import organisation_of

if TYPE_CHECKING:
    from org.views.pages import SignedIn

TAB = "boards:setup-terms"


def _language(request: "SignedIn") -> str:
    asked = request.GET.get("language", "")
    own = (get_language() or "en").split("-")[0]
    return asked if asked in dict(settings.LANGUAGES) else own


def sample(words: Words, language: str) -> list[str]:
    """Sentences as they would stand on pages with `words`, in `language`."""
    with override(language):
        said = {key: words.say(key) for key in ("Equity", "gap", "gaps", "Signal", "reference_group", "goal")}
        return [
            _("%(Equity)s · all units") % said,
            _("%(Signal)s: 48 %% against 66 %%, %(gap)s of 18 points (%(reference_group)s: English)") % said,
            _("This %(goal)s narrows %(gaps)s and raises the whole.") % said,
        ]


@require_http_methods(["GET", "POST"])
def terms(request: "SignedIn", slug: str) -> HttpResponse:
    """All words in one language: rename, look at a sample, back to as shipped."""
    organisation = organisation_of(request, slug, Permission.EQUITY_EDIT)
    scope, language = Scope(organisation, slug, TAB), _language(request)
    called = {key: text for (key, own), text in remembered(organisation).renamed.items() if own == language}
    form = TermsForm(request.POST or None, language=language, called=called)
    if request.method == "POST" and _done(request, scope, language, form):
        return HttpResponseRedirect(f"{reverse(TAB, args=[slug])}?language={language}")
    shown = called
    if form.is_bound and form.is_valid():
        shown = {key: " ".join(text.split()) for key, text in form.cleaned_data.items() if text.strip()}
    context = {
        "scope": scope,
        "form": form,
        "fields": [(form[key], key in called) for key in form.fields],
        "language": language,
        "languages": settings.LANGUAGES,
        "renamed": len(called),
        "samples": sample(Words({(key, language): text for key, text in shown.items()}), language),
        "looking": form.is_bound and not form.errors,
    }
    return TemplateResponse(request, "boards/setup/terms.html", context, status=UNPROCESSABLE if form.errors else 200)


def _done(request: "SignedIn", scope: Scope, language: str, form: TermsForm) -> bool:
    """Keep what was typed, or let go of it; False where the page comes again: to look, or with what does not fit."""
    who: dict[str, Any] = {
        "organisation": scope.organisation,
        "language": language,
        "by": request.user,
        "at": timezone.now(),
    }
    if "all" in request.POST:
        actions.as_shipped(**who)
        messages.success(request, _("Everything is called as shipped again."))
        return True
    if "undo" in request.POST:
        texts = {request.POST["undo"]: ""}
    elif "look" in request.POST or not form.is_valid():
        return False
    else:
        texts = form.cleaned_data
    try:
        changed = actions.rename(texts=texts, **who)
    except NotAllowed as refusal:
        form.is_valid()
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return False
    if changed:
        messages.success(request, _("Menus, headings and labels of these pages say the words from now on."))
    return True
