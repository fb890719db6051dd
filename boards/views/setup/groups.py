"""Groups of patients: dimensions, categories with their spellings, groupings."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from boards import rules
from boards.actions import groups as actions
from boards.catalogue import load_catalogue
from boards.forms.setup import CategoryForm, DimensionForm, GroupingForm
from boards.models import Category, Dimension, Grouping
from boards.queries import setup
from boards.views.setup.scope import UNPROCESSABLE, Scope, found, scope_of
from org.rules import NotAllowed

if TYPE_CHECKING:
    from org.views.pages import SignedIn

LIST = "boards:setup-groups"
ONE = "boards:setup-dimension"
GROUPING = "boards:setup-grouping"


def _grouping(request: "SignedIn", slug: str, pk: int, grouping_pk: int) -> tuple[Dimension, Grouping, Scope]:
    dimension, scope = found(request, slug, Dimension, pk, LIST)
    return dimension, get_object_or_404(Grouping, pk=grouping_pk, dimension=dimension), scope


@require_http_methods(["GET", "POST"])
def dimensions(request: "SignedIn", slug: str) -> HttpResponse:
    """All dimensions; adding one of the hospital's own."""
    scope = scope_of(request, slug, LIST)
    form = DimensionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.add_dimension(
                organisation=scope.organisation, **form.cleaned_data, by=request.user, at=timezone.now()
            )
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The dimension is added. Give it its categories."))
            return scope.back(ONE, made.pk)
    context = {"scope": scope, "form": form, "rows": setup.dimensions(scope.organisation)}
    return TemplateResponse(
        request, "boards/setup/dimensions.html", context, status=UNPROCESSABLE if form.errors else 200
    )


@require_POST
def load_groups(request: "SignedIn", slug: str) -> HttpResponse:
    """Add the dimensions, categories, letters and reasons of the catalogue that are missing."""
    scope = scope_of(request, slug, LIST)
    try:
        loaded = load_catalogue(
            organisation=scope.organisation,
            grouping=request.POST.get("grouping", ""),
            measures=(),
            by=request.user,
            at=timezone.now(),
        )
        said = _("%(dimensions)s dimensions with %(categories)s categories are added. Nothing else is changed.")
        messages.success(
            request, said % {"dimensions": loaded.added["dimension"], "categories": loaded.added["category"]}
        )
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    return scope.back(LIST)


@require_http_methods(["GET", "POST"])
def dimension(request: "SignedIn", slug: str, pk: int) -> HttpResponse:
    """A dimension with its categories and groupings; renaming it."""
    thing, scope = found(request, slug, Dimension, pk, LIST)
    kept = {"name": thing.name, "is_ordered": thing.is_ordered, "is_partition": thing.is_partition}
    form = DimensionForm(request.POST or None, initial=kept)
    del form.fields["code"]
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_dimension(dimension=thing, **form.cleaned_data, by=request.user, at=timezone.now())
        except NotAllowed as refusal:
            form.add_error("name", str(refusal))
        else:
            messages.success(request, _("The dimension is changed."))
            return scope.back(ONE, thing.pk)
    groupings = list(thing.groupings.order_by("name"))
    default = next((g for g in groupings if g.is_default), None)
    context = {
        "scope": scope,
        "form": form,
        "dimension": thing,
        "groupings": groupings,
        "default": default,
        "rows": setup.categories(thing, default),
    }
    return TemplateResponse(
        request, "boards/setup/dimension.html", context, status=UNPROCESSABLE if form.errors else 200
    )


@require_POST
def use_grouping(request: "SignedIn", slug: str, pk: int) -> HttpResponse:
    """Choose how a dimension is shown."""
    thing, scope = found(request, slug, Dimension, pk, LIST)
    asked = request.POST.get("grouping", "")
    chosen = get_object_or_404(Grouping, pk=asked, dimension=thing) if asked.isdecimal() else None
    actions.use_grouping(dimension=thing, grouping=chosen, by=request.user, at=timezone.now())
    messages.success(request, _("All pages show the groups in this way now."))
    return scope.back(ONE, thing.pk)


@require_http_methods(["GET", "POST"])
def add_category(request: "SignedIn", slug: str, pk: int) -> HttpResponse:
    """Add a category of the hospital's own."""
    thing, scope = found(request, slug, Dimension, pk, LIST)
    form = CategoryForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            actions.add_category(
                dimension=thing,
                code=typed["code"],
                name=typed["name"],
                state=rules.CategoryState(typed["state"]),
                spellings=form.spelling_list(),
                by=request.user,
                at=timezone.now(),
            )
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The category is added."))
            return scope.back(ONE, thing.pk)
    context = {"scope": scope, "form": form, "dimension": thing, "category": None}
    return TemplateResponse(
        request, "boards/setup/category.html", context, status=UNPROCESSABLE if form.errors else 200
    )


@require_http_methods(["GET", "POST"])
def category(request: "SignedIn", slug: str, pk: int) -> HttpResponse:
    """Name, state and spellings of a category."""
    thing, scope = found(request, slug, Category, pk, LIST, "dimension__")
    form = CategoryForm.of(thing, request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            actions.change_category(
                category=thing,
                name=typed["name"],
                state=rules.CategoryState(typed["state"]),
                spellings=form.spelling_list(),
                by=request.user,
                at=timezone.now(),
            )
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The category is changed."))
            return scope.back(ONE, thing.dimension_id)
    context = {"scope": scope, "form": form, "dimension": thing.dimension, "category": thing}
    return TemplateResponse(
        request, "boards/setup/category.html", context, status=UNPROCESSABLE if form.errors else 200
    )


@require_POST
def remove_category(request: "SignedIn", slug: str, pk: int) -> HttpResponse:
    """Remove a category for which nothing was ever sent."""
    thing, scope = found(request, slug, Category, pk, LIST, "dimension__")
    try:
        actions.remove_category(category=thing, by=request.user, at=timezone.now())
        messages.success(request, _("%(name)s is removed.") % {"name": thing.name})
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
    return scope.back(ONE, thing.dimension_id)


@require_http_methods(["GET", "POST"])
def add_grouping(request: "SignedIn", slug: str, pk: int) -> HttpResponse:
    """Add a grouping, empty or like another one."""
    thing, scope = found(request, slug, Dimension, pk, LIST)
    form = GroupingForm(request.POST or None, groupings=thing.groupings.order_by("name"))
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.add_grouping(dimension=thing, **form.cleaned_data, by=request.user, at=timezone.now())
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            return scope.back(GROUPING, thing.pk, made.pk)
    context = {"scope": scope, "form": form, "dimension": thing}
    return TemplateResponse(
        request, "boards/setup/grouping_add.html", context, status=UNPROCESSABLE if form.errors else 200
    )


@require_http_methods(["GET", "POST"])
def grouping(request: "SignedIn", slug: str, pk: int, grouping_pk: int) -> HttpResponse:
    """Which category belongs to which group: one field per category."""
    thing, chosen, scope = _grouping(request, slug, pk, grouping_pk)
    if request.method == "POST":
        typed = {
            int(name.removeprefix("group-")): str(text)
            for name, text in request.POST.items()
            if name.removeprefix("group-").isdecimal()
        }
        try:
            changed = actions.arrange_groups(grouping=chosen, groups=typed, by=request.user, at=timezone.now())
            said = ngettext(
                "%(n)s category has another group now.", "%(n)s categories have another group now.", changed
            )
            messages.success(request, said % {"n": changed} if changed else _("Nothing was changed."))
        except NotAllowed as refusal:
            messages.error(request, str(refusal))
        return scope.back(GROUPING, thing.pk, chosen.pk)
    rows = setup.categories(thing, chosen)
    context = {
        "scope": scope,
        "dimension": thing,
        "grouping": chosen,
        "rows": rows,
        "groups": sorted({row.group for row in rows if row.group}),
    }
    return TemplateResponse(request, "boards/setup/grouping.html", context)


@require_POST
def remove_grouping(request: "SignedIn", slug: str, pk: int, grouping_pk: int) -> HttpResponse:
    """Remove a grouping that no page uses."""
    thing, chosen, scope = _grouping(request, slug, pk, grouping_pk)
    try:
        actions.remove_grouping(grouping=chosen, by=request.user, at=timezone.now())
        messages.success(request, _("%(name)s is removed.") % {"name": chosen.name})
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
    return scope.back(ONE, thing.pk)
