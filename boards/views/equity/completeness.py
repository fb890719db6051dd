"""What is known of patients: the map of an organisation or a unit, and the limits it goes by."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from boards.actions import completeness as actions
from boards.forms.equity import LimitsForm
from boards.queries.completeness import completeness_page, limits_of
from boards.queries.measure import crumbs_of
from boards.views.board import unit_of
from boards.views.setup.scope import UNPROCESSABLE, Scope
from org import access
from org.models import Unit
from org.rules import NotAllowed, Permission
from org.views.pages import look_at, organisation_of, today_in

if TYPE_CHECKING:
    from org.views.pages import SignedIn

LIMITS = "boards:setup-completeness"


@require_GET
def whole(request: "SignedIn") -> HttpResponse:
    """The map from the highest unit whose gaps this person follows."""
    found = Unit.objects.with_permission(request.user, Permission.EQUITY_DESK).open()
    unit = found.select_related("tier", "organisation").order_by("-tier__level", "path").first()
    if unit is None:
        raise PermissionDenied(_("Your role does not include this here."))
    look_at(request, unit.organisation_id)
    return _page(request, unit)


@require_GET
def unit(request: "SignedIn", unit_id: int) -> HttpResponse:
    """The map from one unit downwards."""
    found = unit_of(request, unit_id)
    access.require(request.user, Permission.STRATA_VIEW, found)
    return _page(request, found)


def number_of(text: str, otherwise: int) -> int:
    """A number of an address; what cannot be read is `otherwise`."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else otherwise


def _page(request: "SignedIn", unit: Unit) -> HttpResponse:
    page = completeness_page(
        unit,
        today_in(unit.organisation),
        request.user,
        number_of(request.GET.get("tier", ""), 0),
        max(1, number_of(request.GET.get("page", ""), 1)),
    )
    edits = access.has(request.user, Permission.EQUITY_EDIT, unit) and unit.parent_id is None
    context = {"page": page, "crumbs": crumbs_of(unit, request.user), "may_edit": edits}
    return TemplateResponse(request, "boards/equity/completeness.html", context)


@require_http_methods(["GET", "POST"])
def limits(request: "SignedIn", slug: str) -> HttpResponse:
    """The two limits of an organisation."""
    organisation = organisation_of(request, slug, Permission.EQUITY_EDIT)
    now = limits_of(organisation.pk)
    form = LimitsForm(request.POST or None, initial={"least": now.least, "well": now.well})
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_limits(organisation=organisation, **form.cleaned_data, by=request.user, at=timezone.now())
        except NotAllowed as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, _("The limits hold from now on, also for what was told before."))
            return redirect(LIMITS, slug)
    context = {"scope": Scope(organisation, slug, LIMITS), "form": form}
    return TemplateResponse(request, "boards/equity/limits.html", context, status=UNPROCESSABLE if form.errors else 200)
