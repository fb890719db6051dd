"""One measure: its page, the notes on its chart, its downloads."""

import csv
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from boards import render
from boards.actions import remarks
from boards.chart_style import chart_config
from boards.exports import safe_cell
from boards.models import Annotation, Dimension, Measure
from boards.queries import measure as measures
from boards.queries.crossing import crossing_page, crossing_rows
from boards.queries.strata import strata_table, table_rows
from boards.rules import GROUPS_NEED, About
from boards.views.board import day_of, live_url, reader_of, unit_of
from boards.views.days import read_day
from org import access
from org.models import Unit
from org.rules import NotAllowed, Permission

if TYPE_CHECKING:
    from org.views.pages import SignedIn

DRAWN_WIDTH = 960
DRAWN_HEIGHT = 420


def measure_of(request: "SignedIn", unit: Unit, measure_id: int) -> Measure:
    """The measure of the unit's organisation; 404 otherwise."""
    found = Measure.objects.visible_to(request.user).select_related("letter")
    return get_object_or_404(found, pk=measure_id, organisation=unit.organisation_id)


@require_GET
def measure(request: "SignedIn", unit_id: int, measure_id: int) -> HttpResponse:
    """The page of one measure of one unit."""
    now = timezone.now()
    unit = unit_of(request, unit_id)
    found = measure_of(request, unit, measure_id)
    reader = reader_of(request, unit, now)
    page = measures.measure_page(
        unit,
        found,
        day_of(request, reader.zone_now.date()),
        reader,
        request.user,
        request.GET.get("by", ""),
        live_url(request, unit, now),
        request.GET.get("over", ""),
    )
    context = {
        "page": page,
        "threshold": unit.organisation.small_cell_threshold,
        "kind": found.kind,
        "may_exact": reader.may(Permission.STRATA_EXACT),
    }
    return TemplateResponse(request, "boards/measure.html", context)


@require_POST
def notes(request: "SignedIn", unit_id: int, measure_id: int) -> HttpResponse:
    """Write a word on the chart, or take one off."""
    unit = unit_of(request, unit_id)
    access.require(request.user, Permission.ANNOTATE, unit)
    found = measure_of(request, unit, measure_id)
    if request.POST.get("erase", "").isdecimal():
        note = get_object_or_404(Annotation.objects.filter(unit=unit, measure=found), pk=request.POST["erase"])
        remarks.erase_annotation(note=note, by=request.user, at=timezone.now())
        return redirect("boards:measure", unit.pk, found.pk)
    try:
        day = read_day(request.POST.get("day", ""))
        remarks.annotate(
            unit=unit, measure=found, day=day, text=request.POST.get("text", ""), by=request.user, at=timezone.now()
        )
    except ValueError:
        messages.error(request, _("Give the day as year-month-day."))
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
    return redirect("boards:measure", unit.pk, found.pk)


@require_GET
def chart(request: "SignedIn", unit_id: int, measure_id: int, kind: str) -> HttpResponse:
    """The chart as SVG or PNG, drawn on the server from the same specification as on the page."""
    if kind not in {"svg", "png"}:
        raise Http404
    now = timezone.now()
    unit = unit_of(request, unit_id)
    access.require(request.user, Permission.EXPORT, unit)
    found = measure_of(request, unit, measure_id)
    reader = reader_of(request, unit, now)
    page = measures.measure_page(unit, found, day_of(request, reader.zone_now.date()), reader, request.user, "", "")
    if not page.chart:
        raise Http404
    title = f"{found.name} – {unit.name}"
    size = {"width": DRAWN_WIDTH, "height": DRAWN_HEIGHT, "title": title, "config": chart_config()}
    try:
        drawn = render.draw({**page.chart, **size}, kind)
    except render.NotDrawn:
        return HttpResponse(_("The chart could not be drawn just now."), status=HTTPStatus.SERVICE_UNAVAILABLE)
    response = HttpResponse(drawn, content_type="image/svg+xml" if kind == "svg" else "image/png")
    response.headers["Content-Disposition"] = f'inline; filename="{found.code}-{unit.code}.{kind}"'
    return response


def _file(name: str) -> tuple[HttpResponse, Any]:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.write("\ufeff")
    return response, csv.writer(response)


@require_GET
def points_csv(request: "SignedIn", unit_id: int, measure_id: int) -> HttpResponse:
    """The table behind the chart as a file."""
    now = timezone.now()
    unit = unit_of(request, unit_id)
    access.require(request.user, Permission.EXPORT, unit)
    found = measure_of(request, unit, measure_id)
    reader = reader_of(request, unit, now)
    page = measures.measure_page(unit, found, day_of(request, reader.zone_now.date()), reader, request.user, "", "")
    response, out = _file(f"{found.code}-{unit.code}.csv")
    out.writerow(["unit", "measure", "day", "value", "numerator", "denominator", "target", "status", "signal", "note"])
    for row in page.points:
        cells = (row.value, row.numerator, row.denominator, row.target, row.status, row.flag, row.note)
        out.writerow([safe_cell(c) for c in (unit.code, found.code, row.day.isoformat(), *cells)])
    return response


@require_GET
def groups_csv(request: "SignedIn", unit_id: int, measure_id: int) -> HttpResponse:
    """The table of groups, or of two dimensions crossed, as a file: what the page shows, nothing more."""
    now = timezone.now()
    unit = unit_of(request, unit_id)
    access.require(request.user, Permission.EXPORT, unit)
    found = measure_of(request, unit, measure_id)
    access.require(request.user, GROUPS_NEED[About(found.about)], unit)
    dimension = get_object_or_404(
        Dimension.objects.filter(organisation=unit.organisation_id), code=request.GET.get("by", "")
    )
    reader = reader_of(request, unit, now)
    day = day_of(request, reader.zone_now.date())
    name = f"{found.code}-{unit.code}-{dimension.code}"
    if second := request.GET.get("with", ""):
        crossed = crossing_page(unit, found, dimension, day, second).table
        rows = list(crossing_rows(crossed)) if crossed else []
        name += f"-{crossed.columns_code}" if crossed else ""
    else:
        table = strata_table(unit, found, dimension, day, request.GET.get("over", ""))
        rows = list(table_rows(table)) if table else []
    if not rows:
        raise Http404
    response, out = _file(f"{name}.csv")
    out.writerow(rows[0].keys())
    out.writerows([safe_cell(cell) for cell in row.values()] for row in rows)
    return response
