"""Units beside each other as a funnel."""

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET

from boards import rules
from boards.queries.funnel import MONTHS, Asked, funnel_page
from boards.queries.measure import crumbs_of
from boards.views.board import unit_of
from boards.views.equity.completeness import number_of
from boards.views.measure import measure_of
from org import access
from org.views.pages import today_in

if TYPE_CHECKING:
    from org.views.pages import SignedIn


@require_GET
def funnel(request: "SignedIn", unit_id: int, measure_id: int) -> HttpResponse:
    """One measure over the units below, of all patients or of one group (`?of=language:Spanish`)."""
    unit = unit_of(request, unit_id)
    measure = measure_of(request, unit, measure_id)
    may_group = access.has(request.user, rules.GROUPS_NEED[rules.About(measure.about)], unit)
    dimension, _colon, group = request.GET.get("of", "").partition(":") if may_group else ("", "", "")
    months = number_of(request.GET.get("months", ""), MONTHS[-1])
    asked = Asked(
        number_of(request.GET.get("tier", ""), 0),
        months if months in MONTHS else MONTHS[-1],
        request.GET.get("wide") == "1",
        dimension,
        group,
    )
    context = {
        "page": funnel_page(unit, measure, asked, today_in(unit.organisation), request.user),
        "unit": unit,
        "measure": measure,
        "crumbs": crumbs_of(unit, request.user),
        "may_group": may_group,
        "spans": MONTHS,
    }
    return TemplateResponse(request, "boards/equity/funnel.html", context)
