"""Who leads, and to whom the yearly report was told."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from improvement.actions import accountability as actions
from improvement.forms.accountability import LeaderForm, ToldForm
from improvement.queries.accountability import leaders_of, reports_of
from improvement.queries.people import people_who_answer
from improvement.rules.accountability import Audience
from improvement.views.scope import area_of_all, area_to_edit
from org.rules import NotAllowed

if TYPE_CHECKING:
    from org.views.pages import SignedIn


@require_http_methods(["GET", "POST"])
def leaders(request: "SignedIn", slug: str) -> HttpResponse:
    """Who leads and led; naming somebody."""
    area = area_to_edit(request, slug)
    people = people_who_answer(area.organisation)
    form = LeaderForm(request.POST or None, people=people, initial={"since": area.today})
    if request.method == "POST" and form.is_valid():
        try:
            actions.name_leader(organisation=area.organisation, by=request.user, at=area.now, **form.cleaned_data)
        except NotAllowed as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            messages.success(request, _("It is written down who leads."))
            return area.back("improvement:leaders")
    context = {"area": area, "form": form, "leaders": leaders_of(area.organisation)}
    status = 422 if form.errors else 200
    return TemplateResponse(request, "improvement/accountability/leaders.html", context, status=status)


@require_POST
def end_leader(request: "SignedIn", slug: str, pk: int) -> HttpResponse:
    """Let somebody lead until today."""
    area = area_to_edit(request, slug)
    leader = get_object_or_404(area.organisation.equity_leaders, pk=pk)
    actions.end_leader(leader=leader, by=request.user, at=area.now)
    return area.back("improvement:leaders")


@require_http_methods(["GET", "POST"])
def yearly(request: "SignedIn", slug: str) -> HttpResponse:
    """When the report was told to whom; writing it down, for whoever keeps the area."""
    area = area_to_edit(request, slug) if request.method == "POST" else area_of_all(request, slug)
    form = ToldForm(request.POST or None, initial={"year": area.today.year, "told_on": area.today})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data | {"audience": Audience(form.cleaned_data["audience"])}
        try:
            actions.told(organisation=area.organisation, by=request.user, at=area.now, **said)
        except NotAllowed as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            messages.success(request, _("It is written down who has heard the report."))
            return area.back("improvement:yearly")
    context = {"area": area, "form": form, "years": reports_of(area.organisation, area.today)}
    status = 422 if form.errors else 200
    return TemplateResponse(request, "improvement/accountability/yearly.html", context, status=status)
