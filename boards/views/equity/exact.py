"""Exact cells of groups of patients, opened for a recorded reason; never downloaded, never kept by a browser."""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from boards.actions import exact as actions
from boards.forms.equity import OpeningForm
from boards.models import Measure
from boards.queries.exact import exact_table
from boards.queries.funnel import period_of
from boards.queries.measure import crumbs_of
from boards.rules import GROUPS_NEED, OPEN_MINUTES, About, OpeningReason
from boards.views.board import unit_of
from boards.views.measure import measure_of
from org import access
from org.models import Unit
from org.rules import NotAllowed, Permission
from org.views.pages import today_in

if TYPE_CHECKING:
    from org.views.pages import SignedIn

#: In the session: the cells that were opened, and when.
OPENED: Final = "opened_cells"
OPEN_FOR: Final = timedelta(minutes=OPEN_MINUTES)


@never_cache
@require_http_methods(["GET", "POST"])
def cells(request: "SignedIn", unit_id: int, measure_id: int) -> HttpResponse:
    """The form that asks why; the cells for half an hour after it was answered (`?by=&first=&last=`)."""
    unit = unit_of(request, unit_id)
    access.require(request.user, Permission.STRATA_EXACT, unit)
    measure = measure_of(request, unit, measure_id)
    access.require(request.user, GROUPS_NEED[About(measure.about)], unit)
    if request.method == "POST":
        return _open(request, unit, measure)
    first, last = period_of(today_in(unit.organisation), 1)
    asked = OpeningForm(unit.organisation, {**request.GET.dict(), "reason": OpeningReason.REVIEW})
    table = None
    if asked.is_valid() and _is_open(request, _key(unit, measure, asked.cleaned_data)):
        given = asked.cleaned_data
        table = exact_table(unit, measure, given["by"], given["first"], given["last"])
    form = OpeningForm(unit.organisation, initial={"first": first, "last": last, **request.GET.dict()})
    context = {"form": form, "table": table, "given": asked.cleaned_data if table else {}, "minutes": OPEN_MINUTES}
    return _answer(request, unit, measure, context)


def _open(request: "SignedIn", unit: Unit, measure: Measure) -> HttpResponse:
    """Put the opening on record, remember it for half an hour, and show the cells."""
    form = OpeningForm(unit.organisation, request.POST)
    now = timezone.now()
    if form.is_valid():
        given = form.cleaned_data
        try:
            actions.open_cells(
                unit=unit,
                measure=measure,
                dimension=given["by"],
                first=given["first"],
                last=given["last"],
                reason=OpeningReason(given["reason"]),
                by=request.user,
                at=now,
            )
        except NotAllowed as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            kept = {key: at for key, at in request.session.get(OPENED, {}).items() if _fresh(at, now)}
            request.session[OPENED] = kept | {_key(unit, measure, given): now.isoformat()}
            asked = urlencode({"by": given["by"].code, "first": given["first"], "last": given["last"]})
            return redirect(f"{reverse('boards:exact', args=[unit.pk, measure.pk])}?{asked}")
    return _answer(request, unit, measure, {"form": form, "table": None}, HTTPStatus.UNPROCESSABLE_ENTITY)


def _answer(
    request: "SignedIn", unit: Unit, measure: Measure, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    crumbs = crumbs_of(unit, request.user)
    shared = {"unit": unit, "measure": measure, "crumbs": crumbs, **context}
    return TemplateResponse(request, "boards/equity/exact.html", shared, status=status)


def _key(unit: Unit, measure: Measure, given: dict[str, Any]) -> str:
    return f"{unit.pk}:{measure.pk}:{given['by'].pk}:{given['first']}:{given['last']}"


def _fresh(at: str, now: datetime) -> bool:
    return now - datetime.fromisoformat(at) <= OPEN_FOR


def _is_open(request: "SignedIn", key: str) -> bool:
    opened = request.session.get(OPENED, {}).get(key)
    return opened is not None and _fresh(opened, timezone.now())
