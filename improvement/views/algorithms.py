"""The registry of algorithms and guidelines that use race."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from improvement.actions import algorithms as actions
from improvement.forms.algorithms import AlgorithmForm, ReviewForm
from improvement.models import Algorithm
from improvement.queries import algorithms as queries
from improvement.queries.people import people_who_answer
from improvement.rules import algorithms as rules
from improvement.views.scope import Area, area_of, area_to_edit
from org.rules import NotAllowed

if TYPE_CHECKING:
    from django import forms

    from org.views.pages import SignedIn

LIST = "improvement:guidelines"
ONE = "improvement:guideline"


def _page(request: "SignedIn", name: str, area: Area, form: "forms.Form | None", **context: Any) -> HttpResponse:
    status = 422 if form is not None and form.errors else 200
    found = {"area": area, "form": form, **context}
    return TemplateResponse(request, f"improvement/algorithms/{name}.html", found, status=status)


def _refused(form: "forms.Form", refusal: NotAllowed) -> None:
    form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))


def _found(area: Area, pk: int) -> Algorithm:
    return get_object_or_404(queries.algorithms_of(area.organisation), pk=pk)


@require_GET
def guidelines(request: "SignedIn", slug: str) -> HttpResponse:
    """The registry: overdue first, then by state; one state alone where asked."""
    area = area_of(request, slug)
    asked = request.GET.get("status", "")
    status = asked if asked in rules.Review.values else ""
    registry = queries.registry(area.organisation, area.today, status=status)
    states = [(one.value, one.label, registry.counts[one]) for one in rules.Review]
    more = registry.not_taken if area.may_edit else 0
    every = sum(registry.counts.values())
    return _page(request, "list", area, None, registry=registry, states=states, status=status, every=every, more=more)


@require_POST
def adopt(request: "SignedIn", slug: str) -> HttpResponse:
    """Take the starting list."""
    area = area_to_edit(request, slug)
    came = actions.adopt_list(organisation=area.organisation, by=request.user, at=area.now)
    said = ngettext(
        "%(n)s entry came, not reviewed yet. Take out what is not used here by retiring it.",
        "%(n)s entries came, none reviewed yet. Take out what is not used here by retiring it.",
        came,
    )
    messages.success(request, said % {"n": came} if came else _("All of the list stands here already."))
    return area.back(LIST)


@require_http_methods(["GET", "POST"])
def add(request: "SignedIn", slug: str) -> HttpResponse:
    """Add one that is in use here."""
    area = area_to_edit(request, slug)
    people = people_who_answer(area.organisation)
    form = AlgorithmForm(request.POST or None, organisation=area.organisation, people=people)
    if request.method == "POST" and form.is_valid():
        try:
            found = actions.add(
                organisation=area.organisation, described=form.described(), by=request.user, at=area.now
            )
        except NotAllowed as refusal:
            _refused(form, refusal)
        else:
            return area.back(ONE, found.pk)
    return _page(request, "form", area, form, found=None)


@require_GET
def guideline(request: "SignedIn", slug: str, pk: int) -> HttpResponse:
    """One, with what its reviews said."""
    area = area_of(request, slug)
    found = _found(area, pk)
    return _page(request, "one", area, None, found=queries.entry_of(found, area.today), looks=queries.looks_at(found))


@require_http_methods(["GET", "POST"])
def change(request: "SignedIn", slug: str, pk: int) -> HttpResponse:
    """Change what is said of it."""
    area = area_to_edit(request, slug)
    found = _found(area, pk)
    form = AlgorithmForm.of(found, people_who_answer(area.organisation), request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.describe(algorithm=found, described=form.described(), by=request.user, at=area.now)
        except NotAllowed as refusal:
            _refused(form, refusal)
        else:
            return area.back(ONE, found.pk)
    return _page(request, "form", area, form, found=found)


@require_http_methods(["GET", "POST"])
def review(request: "SignedIn", slug: str, pk: int) -> HttpResponse:
    """Write down what a review said."""
    area = area_to_edit(request, slug)
    found = _found(area, pk)
    later = area.today + timedelta(days=rules.REVIEW_DAYS)
    form = ReviewForm(request.POST or None, initial={"next_review": later, "replaced_by": found.replaced_by})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data | {"status": rules.Review(form.cleaned_data["status"])}
        try:
            actions.review(algorithm=found, by=request.user, at=area.now, **said)
        except NotAllowed as refusal:
            _refused(form, refusal)
        else:
            return area.back(ONE, found.pk)
    return _page(request, "review", area, form, found=found)
