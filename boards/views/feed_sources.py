"""Sources of files and their mappings."""

import json
from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from boards.actions import sources as actions
from boards.feeds.examples import EXAMPLE
from boards.forms.feeds import MappingForm, SourceForm
from boards.models import FeedMapping, Source
from boards.views.feeds import asked_for, governed
from org.rules import NotAllowed
from org.views.pages import look_at

if TYPE_CHECKING:
    from org.views.pages import SignedIn


def _source_of(request: "SignedIn", pk: int) -> Source:
    files = Source.objects.filter(organisation__in=governed(request), kind=Source.SourceKind.FILE)
    source = get_object_or_404(files.select_related("organisation"), pk=pk)
    look_at(request, source.organisation_id)
    return source


@require_http_methods(["GET", "POST"])
def add(request: "SignedIn") -> HttpResponse:
    """Add a sender of files."""
    organisation = asked_for(request)
    form = SourceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.add_source(
                organisation=organisation, **form.cleaned_data, by=request.user, at=timezone.now()
            )
        except NotAllowed as refusal:
            form.add_error("code", str(refusal))
        else:
            messages.success(request, _("The source is added. Its files can be sent now."))
            return redirect("boards:feed-source", made.pk)
    context = {"organisation": organisation, "form": form, "source": None}
    return TemplateResponse(request, "boards/feeds/source.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def source(request: "SignedIn", pk: int) -> HttpResponse:
    """A source: its name, whether good rows count, its mappings."""
    found = _source_of(request, pk)
    start = {"name": found.name, "partial_allowed": found.partial_allowed}
    form = SourceForm(request.POST or None, source=found, initial=start)
    if request.method == "POST" and form.is_valid():
        actions.change_source(source=found, **form.cleaned_data, by=request.user, at=timezone.now())
        messages.success(request, _("The source is changed."))
        return redirect("boards:feed-source", found.pk)
    context = {"organisation": found.organisation, "form": form, "source": found, "mappings": found.mappings.all()}
    return TemplateResponse(request, "boards/feeds/source.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def mapping(request: "SignedIn", pk: int, mapping_pk: int | None = None) -> HttpResponse:
    """How a source's files are read: a new mapping, or changing one."""
    found = _source_of(request, pk)
    one = get_object_or_404(FeedMapping, pk=mapping_pk, source=found) if mapping_pk else None
    shown = one.settings if one else EXAMPLE
    start = {"name": one.name if one else "", "settings": json.dumps(shown, indent=2, ensure_ascii=False)}
    form = MappingForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_mapping(source=found, mapping=one, **form.cleaned_data, by=request.user, at=timezone.now())
        except (NotAllowed, ValidationError) as refusal:
            form.add_error(None, refusal if isinstance(refusal, ValidationError) else str(refusal))
        else:
            messages.success(request, _("The mapping is saved."))
            return redirect("boards:feed-source", found.pk)
    context = {"source": found, "mapping": one, "form": form}
    return TemplateResponse(request, "boards/feeds/mapping.html", context, status=422 if form.errors else 200)
