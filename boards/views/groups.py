"""Groups of patients: all measures of a unit by one dimension, and one measure's groups over time."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from boards import rules
from boards.actions.references import choose_reference
from boards.charts import strata_chart
from boards.models import Dimension, Measure
from boards.pages import Crumb
from boards.queries import past
from boards.queries.board import latest_day
from boards.queries.crossing import crossing_page
from boards.queries.equity import equity_page
from boards.queries.groups import groups_page
from boards.queries.measure import crumbs_of
from boards.queries.strata import dimensions_of
from boards.views.board import day_of, reader_of, unit_of
from boards.views.measure import measure_of
from org import access
from org.models import Unit
from org.rules import NotAllowed, Permission

if TYPE_CHECKING:
    from org.views.pages import SignedIn


@require_GET
def equity(request: "SignedIn", unit_id: int) -> HttpResponse:
    """Every measure of a unit by groups: of patients, of staff, or both, as the reader may see them."""
    now = timezone.now()
    unit = unit_of(request, unit_id)
    reader = reader_of(request, unit, now)
    about = [kind for kind, needed in rules.GROUPS_NEED.items() if reader.may(needed)]
    if not about:
        access.require(request.user, Permission.STRATA_VIEW, unit)
    day = day_of(request, reader.zone_now.date())
    stay = past.staying(day, latest_day(reader.zone_now))
    crumbs = crumbs_of(unit, request.user, past.asked(day) if stay else "")
    page = equity_page(unit, crumbs, day, request.GET.get("by", ""), about, stay)
    context = {"page": page, "above": _above(request, unit, crumbs), "of_staff": about == [rules.About.STAFF]}
    return TemplateResponse(request, "boards/equity/unit.html", context)


@require_http_methods(["GET", "POST"])
def groups(request: "SignedIn", unit_id: int, measure_id: int) -> HttpResponse:
    """The groups of one measure over time; whoever may chooses with whom they are compared."""
    now = timezone.now()
    unit = unit_of(request, unit_id)
    measure = measure_of(request, unit, measure_id)
    access.require(request.user, rules.GROUPS_NEED[rules.About(measure.about)], unit)
    reader = reader_of(request, unit, now)
    day = day_of(request, reader.zone_now.date())
    dimensions = dimensions_of(unit, measure, day)
    code = request.POST.get("by") or request.GET.get("by", "")
    dimension = next((d for d in dimensions if d.code == code), dimensions[0] if dimensions else None)
    refused = ""
    if request.method == "POST" and dimension is not None:
        try:
            _choose(request, measure, dimension)
        except NotAllowed as refusal:
            refused = str(refusal)
        else:
            return redirect(f"{request.path}?by={dimension.code}#reference")
    stay = past.staying(day, latest_day(reader.zone_now))
    asked = past.asked(day) if stay else ""
    over, crumbs = request.GET.get("over", ""), crumbs_of(unit, request.user, asked)
    page = groups_page(unit, measure, dimension, dimensions, day, over, request.GET.get("group", ""))
    may_choose = reader.may(Permission.EQUITY_EDIT) or reader.may(Permission.MEASURE_EDIT)
    context = {
        "page": page,
        "crossing": crossing_page(unit, measure, dimension, day, request.GET.get("with", "")) if dimension else None,
        "unit": unit,
        "measure": measure,
        "crumbs": crumbs,
        "asked": asked,
        "stay": stay,
        "above": _above(request, unit, crumbs),
        "over": over,
        "strata_chart": strata_chart(page.table, unit_text=measure.unit_text, decimals=measure.decimals)
        if page.table
        else None,
        "may_choose": may_choose,
        "may_export": reader.may(Permission.EXPORT),
        "references": rules.Reference.choices,
        "refused": refused,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK
    return TemplateResponse(request, "boards/equity/groups.html", context, status=status)


def _above(request: "SignedIn", unit: Unit, crumbs: Sequence[Crumb]) -> Crumb | None:
    """The groups of the unit above, of which more is told; None where the reader may not see them."""
    rights = access.known_permissions_at(request.user, unit.path.removesuffix(f"{unit.pk}/"))
    if unit.parent_id is None or not rights & set(rules.GROUPS_NEED.values()):
        return None
    return Crumb(crumbs[-2].name, reverse("boards:equity", args=[unit.parent_id]))


def _choose(request: "SignedIn", measure: Measure, dimension: Dimension) -> None:
    top = get_object_or_404(Unit.objects.visible_to(request.user), parent=None, organisation=measure.organisation_id)
    if not access.permissions_at(request.user, top) & {Permission.EQUITY_EDIT, Permission.MEASURE_EDIT}:
        raise NotAllowed(_("With whom groups are compared is chosen for the whole organization."))
    choose_reference(
        measure=measure,
        dimension=dimension,
        rule=request.POST.get("rule", ""),
        group=request.POST.get("group", ""),
        by=request.user,
        at=timezone.now(),
    )
