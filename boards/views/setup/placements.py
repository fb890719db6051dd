"""What stands on the board of a unit."""

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from boards import rules
from boards.actions import placements as actions
from boards.forms.setup import CopyForm, PlaceForm, PlacementForm
from boards.models import BoardMeasure, Measure
from boards.queries import setup
from boards.views.board import unit_of, with_board
from boards.views.setup.scope import UNPROCESSABLE, scope_of_boards, visible_organisation
from org import access
from org.models import Unit
from org.rules import NotAllowed, Permission

if TYPE_CHECKING:
    from org.views.pages import SignedIn

LIST = "boards:setup-boards"
ONE = "boards:setup-board"
PER_PAGE = 200


def _unit(request: "SignedIn", slug: str, unit_id: int) -> Unit:
    """A unit of the organisation whose board this person may set up; 404 where they may not even see it, else 403."""
    unit = unit_of(request, unit_id)
    if unit.organisation.slug != slug:
        raise Http404
    access.require(request.user, Permission.MEASURE_EDIT, unit)
    return unit


def _placement(request: "SignedIn", slug: str, unit_id: int, pk: int) -> tuple[Unit, BoardMeasure]:
    unit = _unit(request, slug, unit_id)
    return unit, get_object_or_404(BoardMeasure, pk=pk, unit=unit)


@require_GET
def start(request: "SignedIn") -> HttpResponse:
    """To the boards of the organisation that this person sets up, all or some of them."""
    unit = setup.editable_units(request.user).first()
    if unit is None:
        raise PermissionDenied(_("Your role does not include this here."))
    return redirect(LIST, unit.organisation.slug)


@require_GET
def boards(request: "SignedIn", slug: str) -> HttpResponse:
    """All units whose boards this person may set up."""
    organisation = visible_organisation(request, slug)
    access.require_anywhere(request.user, Permission.MEASURE_EDIT, organisation)
    text = request.GET.get("text", "").strip()
    units = setup.editable_units(request.user, text).filter(organisation=organisation)
    page = Paginator(units, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "scope": scope_of_boards(organisation),
        "rows": setup.board_rows(list(page.object_list)),
        "page": page,
        "text": text,
    }
    return TemplateResponse(request, "boards/setup/boards.html", context)


def _board(request: "SignedIn", unit: Unit, copy: CopyForm | None = None, status: int = 200) -> HttpResponse:
    """The page of one board. After a measure was taken off it offers to put it back."""
    rows = setup.placements(unit)
    undo = request.GET.get("undo", "")
    taken = None
    if undo.isdecimal() and int(undo) not in {row.measure_id for row in rows}:
        taken = Measure.objects.visible_to(request.user).filter(pk=int(undo), organisation=unit.organisation_id).first()
    context: dict[str, Any] = {
        "scope": scope_of_boards(unit.organisation),
        "unit": unit,
        "rows": rows,
        "roles": rules.MeasureRole.choices,
        "copy": copy or CopyForm(sources=setup.copy_sources(unit, request.user)),
        "taken": taken,
        "undo_role": request.GET.get("role", rules.MeasureRole.WATCH),
        "undo_reports": request.GET.get("reports") == "1",
    }
    return TemplateResponse(request, "boards/setup/board.html", context, status=status)


@require_GET
def board(request: "SignedIn", slug: str, unit_id: int) -> HttpResponse:
    """What stands on the board of a unit, in its order."""
    return _board(request, _unit(request, slug, unit_id))


@require_http_methods(["GET", "POST"])
def place(request: "SignedIn", slug: str, unit_id: int) -> HttpResponse:
    """Put measures on a board, several at once."""
    unit = _unit(request, slug, unit_id)
    form = PlaceForm(request.POST or None, unit=unit)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.place_measures(
                unit=unit,
                measures=list(form.cleaned_data["measures"]),
                role=rules.MeasureRole(form.cleaned_data["role"]),
                reports=form.cleaned_data["reports"],
                by=request.user,
                at=timezone.now(),
            )
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            _say_placed(request, unit, len(made))
            return redirect(ONE, slug, unit.pk)
    context = {
        "scope": scope_of_boards(unit.organisation),
        "unit": unit,
        "form": form,
        "measures": form.fields["measures"].queryset,  # type: ignore[attr-defined]
        "ticked": {int(pk) for pk in request.POST.getlist("measures") if pk.isdecimal()},
    }
    return TemplateResponse(request, "boards/setup/place.html", context, status=UNPROCESSABLE if form.errors else 200)


def _say_placed(request: "SignedIn", unit: Unit, count: int) -> None:
    said = ngettext("%(n)s measure is on the board.", "%(n)s measures are on the board.", count)
    text = said % {"n": count} if count else _("All of it stands on the board already.")
    messages.success(request, with_board(text, reverse("boards:board", args=[unit.pk])))


@require_POST
def copy_board(request: "SignedIn", slug: str, unit_id: int) -> HttpResponse:
    """Put on a board what stands on another one."""
    unit = _unit(request, slug, unit_id)
    form = CopyForm(request.POST, sources=setup.copy_sources(unit, request.user))
    if form.is_valid():
        try:
            made = actions.copy_board(unit=unit, source=form.cleaned_data["source"], by=request.user, at=timezone.now())
            _say_placed(request, unit, len(made))
            return redirect(ONE, slug, unit.pk)
        except NotAllowed as refusal:
            form.add_error("source", str(refusal))
    return _board(request, unit, form, UNPROCESSABLE)


@require_POST
def change_placement(request: "SignedIn", slug: str, unit_id: int, pk: int) -> HttpResponse:
    """Another role of a measure on a board, or whether the unit sends its own numbers."""
    unit, placement = _placement(request, slug, unit_id, pk)
    form = PlacementForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose what the measure is on this board."))
        return _board(request, unit, status=UNPROCESSABLE)
    actions.change_placement(
        placement=placement,
        role=rules.MeasureRole(form.cleaned_data["role"]),
        reports=form.cleaned_data["reports"],
        by=request.user,
        at=timezone.now(),
    )
    messages.success(request, _("The board shows it in this way now."))
    return redirect(ONE, slug, unit.pk)


@require_POST
def move_placement(request: "SignedIn", slug: str, unit_id: int, pk: int) -> HttpResponse:
    """One place earlier or later within the letter."""
    unit, placement = _placement(request, slug, unit_id, pk)
    actions.move_placement(placement=placement, up=request.POST.get("up") == "1", by=request.user, at=timezone.now())
    return redirect(ONE, slug, unit.pk)


@require_POST
def take_off(request: "SignedIn", slug: str, unit_id: int, pk: int) -> HttpResponse:
    """Take a measure off a board; the next page offers to put it back."""
    unit, placement = _placement(request, slug, unit_id, pk)
    actions.take_off(placement=placement, by=request.user, at=timezone.now())
    response = redirect(ONE, slug, unit.pk)
    response["Location"] += f"?undo={placement.measure_id}&role={placement.role}&reports={int(placement.reports)}"
    return response
