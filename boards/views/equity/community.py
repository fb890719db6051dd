"""Patients beside the people who live in the catchment, and what is said of the catchment."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from boards.actions import completeness as actions
from boards.forms.equity import CommunityForm
from boards.queries.community import community_page, community_tables
from boards.queries.measure import crumbs_of
from boards.views.board import unit_of
from boards.views.equity.completeness import number_of
from boards.views.setup.scope import UNPROCESSABLE, Scope
from org import access
from org.rules import NotAllowed, Permission
from org.views.pages import organisation_of, today_in

if TYPE_CHECKING:
    from org.views.pages import SignedIn

LIST = "boards:setup-community"


@require_GET
def community(request: "SignedIn", unit_id: int) -> HttpResponse:
    """Who comes, beside who lives here (`?measure=&by=`)."""
    unit = unit_of(request, unit_id)
    access.require(request.user, Permission.STRATA_VIEW, unit)
    context = {
        "page": community_page(
            unit, number_of(request.GET.get("measure", ""), 0), request.GET.get("by", ""), today_in(unit.organisation)
        ),
        "unit": unit,
        "crumbs": crumbs_of(unit, request.user),
        "may_edit": access.has(request.user, Permission.EQUITY_EDIT, unit) and unit.parent_id is None,
    }
    return TemplateResponse(request, "boards/equity/community.html", context)


@require_GET
def tables(request: "SignedIn", slug: str) -> HttpResponse:
    """What is said of the catchment, by dimension."""
    organisation = organisation_of(request, slug, Permission.EQUITY_EDIT)
    context = {"scope": Scope(organisation, slug, LIST), "tables": community_tables(organisation)}
    return TemplateResponse(request, "boards/equity/community_tables.html", context)


@require_http_methods(["GET", "POST"])
def table(request: "SignedIn", slug: str, pk: int) -> HttpResponse:
    """The shares of one dimension, pasted as lines."""
    organisation = organisation_of(request, slug, Permission.EQUITY_EDIT)
    dimension = get_object_or_404(organisation.dimensions.all(), pk=pk)
    now = next(one for one in community_tables(organisation) if one.dimension == dimension)
    initial = {"table": now.text, "source": now.source, "year": now.year}
    form = CommunityForm(now.groups, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            actions.set_community(
                dimension=dimension,
                shares=given["table"],
                source=given["source"],
                year=given["year"],
                by=request.user,
                at=timezone.now(),
            )
        except NotAllowed as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, _("It stands beside the patients of every unit now."))
            return redirect(LIST, slug)
    context = {"scope": Scope(organisation, slug, LIST), "form": form, "table": now}
    return TemplateResponse(
        request, "boards/equity/community_table.html", context, status=UNPROCESSABLE if form.errors else 200
    )
