"""Clocks: how long each tier has."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from huddles.actions.levels import set_level
from huddles.forms.setup_words import LevelForm
from huddles.queries import setup
from huddles.views.setup.scope import UNPROCESSABLE, scope_of
from org.rules import NotAllowed

if TYPE_CHECKING:
    from org.views.pages import SignedIn

LIST = "huddles:setup-levels"


@require_GET
def levels(request: "SignedIn", slug: str) -> HttpResponse:
    """Every tier and urgency with its times."""
    scope = scope_of(request, slug, LIST)
    context = {"scope": scope, "rows": setup.levels_of(scope.organisation)}
    return TemplateResponse(request, "huddles_setup/levels.html", context)


@require_http_methods(["GET", "POST"])
def level(request: "SignedIn", slug: str, tier: int, urgency: str) -> HttpResponse:
    """The times of one tier for issues of one urgency."""
    scope = scope_of(request, slug, LIST)
    rows = setup.levels_of(scope.organisation)
    row = next((row for row in rows if (row.tier.level, row.urgency.value) == (tier, urgency)), None)
    if row is None:
        raise Http404
    form = LevelForm.of(row.level, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            set_level(
                organisation=scope.organisation,
                tier_level=tier,
                urgency=row.urgency,
                level=form.level(),
                by=request.user,
                at=timezone.now(),
            )
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Clocks that begin from now on have these times."))
            return scope.back(LIST)
    context = {"scope": scope, "form": form, "row": row}
    return TemplateResponse(request, "huddles_setup/level.html", context, status=UNPROCESSABLE if form.errors else 200)
