"""Units: finding them, adding, changing, moving, closing."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from org import access, queries
from org.actions import units
from org.forms.units import MoveForm, NewUnitForm, SecondLineForm, UnitForm
from org.models import Organisation, Unit
from org.rules import NotAllowed, Permission
from org.views.pages import form_page, listed, seen_organisation, today_in

if TYPE_CHECKING:
    from org.models.units import UnitQuerySet
    from org.views.pages import SignedIn

MOST_FOUND = 12
FIELDS = ("name", "code", "kind", "tier", "calendar", "time_zone", "position")


@require_GET
def find(request: "SignedIn") -> HttpResponse:
    """Units whose boards this person may open, by name or code; as a fragment while they type."""
    sought = request.GET.get("q", "").strip()[:80]
    found = queries.units_like(Unit.objects.visible_to(request.user), sought)
    if request.headers.get("HX-Request") == "true":
        rows = list(found[:MOST_FOUND]) if sought else []
        return TemplateResponse(request, "org/units.html#found", {"found": rows, "q": sought})
    page = listed(found, request.GET.get("page", ""))
    return TemplateResponse(request, "org/units.html", {"page": page, "q": sought})


@require_GET
def tree(request: "SignedIn", slug: str) -> HttpResponse:
    """The tree of units that this person may change."""
    here = seen_organisation(request, slug, Permission.UNIT_EDIT)
    rows = _editable(request, here).select_related("tier", "calendar", "second_parent").order_by("path")
    return TemplateResponse(
        request, "org/tree.html", {"rows": queries.tree_rows(list(rows)), "organisation": here, "tab": "tree"}
    )


@require_http_methods(["GET", "HEAD", "POST"])
def new_unit(request: "SignedIn", slug: str) -> HttpResponse:
    """Add a unit below one that this person may change."""
    here = seen_organisation(request, slug, Permission.UNIT_EDIT)
    parents = _editable(request, here).open().order_by("path")
    form = NewUnitForm(here, parents, request.POST or None, initial={"parent": request.GET.get("parent")})
    if request.method == "POST" and form.is_valid():
        try:
            unit = units.create_unit(organisation=here, **form.cleaned_data, by=request.user, at=timezone.now())
        except NotAllowed as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("%(unit)s was added.") % {"unit": unit})
            return redirect("org:tree", slug=slug)
    context = {"organisation": here, "tab": "tree", "title": _("Add a unit"), "submit": _("Add")}
    return form_page(request, form, context)


@require_http_methods(["GET", "HEAD", "POST"])
def unit(request: "SignedIn", slug: str, pk: int) -> HttpResponse:
    """A unit: what it is called, how it works, to whom it reported when."""
    here, found = _unit(request, slug, pk)
    form = UnitForm(here, request.POST or None, initial={name: getattr(found, name) for name in FIELDS})
    if request.method == "POST" and form.is_valid():
        try:
            units.edit_unit(unit=found, **form.cleaned_data, by=request.user, at=timezone.now())
        except NotAllowed as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Saved."))
            return redirect("org:unit", slug=slug, pk=pk)
    context = {"organisation": here, "tab": "tree", "unit": found, "history": queries.lines_of(found)}
    return form_page(request, form, context, "org/unit.html")


@require_http_methods(["GET", "HEAD", "POST"])
def move(request: "SignedIn", slug: str, pk: int) -> HttpResponse:
    """Let a unit report elsewhere from a day on."""
    here, found = _unit(request, slug, pk)
    today = today_in(here)
    parents = _editable(request, here).open().exclude(path__startswith=found.path).order_by("path")
    form = MoveForm(parents, today, request.POST or None, initial={"parent": found.parent_id})
    if request.method == "POST" and form.is_valid():
        try:
            units.move_unit(unit=found, **form.cleaned_data, today=today, by=request.user, at=timezone.now())
        except NotAllowed as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("%(unit)s was moved.") % {"unit": found})
            return redirect("org:unit", slug=slug, pk=pk)
    context = {
        "organisation": here,
        "tab": "tree",
        "title": _("Move %(unit)s") % {"unit": found},
        "lead": _("Everything below it moves with it. Boards of earlier days stay as they were."),
        "submit": _("Move"),
    }
    return form_page(request, form, context)


@require_http_methods(["GET", "HEAD", "POST"])
def second_line(request: "SignedIn", slug: str, pk: int) -> HttpResponse:
    """Let a unit also report along a second line, or end that."""
    here, found = _unit(request, slug, pk)
    today = today_in(here)
    parents = here.units.open().exclude(path__startswith=found.path).exclude(pk=found.parent_id or 0).order_by("path")
    form = SecondLineForm(parents, today, request.POST or None, initial={"parent": found.second_parent_id})
    if request.method == "POST" and form.is_valid():
        try:
            units.set_second_line(unit=found, **form.cleaned_data, today=today, by=request.user, at=timezone.now())
        except NotAllowed as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Saved."))
            return redirect("org:unit", slug=slug, pk=pk)
    context = {
        "organisation": here,
        "tab": "tree",
        "title": _("Second line of %(unit)s") % {"unit": found},
        "lead": _("Numbers and rights flow along it as along the first; nothing is counted twice."),
        "submit": _("Save"),
    }
    return form_page(request, form, context)


@require_POST
def close(request: "SignedIn", slug: str, pk: int) -> HttpResponse:
    """Close a unit from today on, or open it again."""
    here, found = _unit(request, slug, pk)
    try:
        if found.closed_on is None:
            units.close_unit(unit=found, day=today_in(here), by=request.user, at=timezone.now())
            messages.success(request, _("%(unit)s is closed. Its history stays.") % {"unit": found})
        else:
            units.reopen_unit(unit=found, by=request.user, at=timezone.now())
            messages.success(request, _("%(unit)s is open again.") % {"unit": found})
    except NotAllowed as error:
        messages.error(request, str(error))
    return redirect("org:unit", slug=slug, pk=pk)


def _editable(request: "SignedIn", here: Organisation) -> "UnitQuerySet":
    return Unit.objects.with_permission(request.user, Permission.UNIT_EDIT).filter(organisation=here)


def _unit(request: "SignedIn", slug: str, pk: int) -> tuple[Organisation, Unit]:
    here = get_object_or_404(Organisation.objects.visible_to(request.user), slug=slug)
    visible = Unit.objects.visible_to(request.user).filter(organisation=here)
    found = get_object_or_404(visible.select_related("organisation", "tier", "parent", "second_parent"), pk=pk)
    access.require(request.user, Permission.UNIT_EDIT, found)
    return here, found
