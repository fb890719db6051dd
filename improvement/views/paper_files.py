"""The paper of a ticket to print, and as a file: one sheet with its charts."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from boards.queries import measure as measures
from boards.queries.board import latest_day
from boards.views.board import reader_of
from improvement.actions.analyses import SECTION_OF
from improvement.evidence import document as printing
from improvement.evidence import papers as sheets
from improvement.queries.cycles import ramp_of
from improvement.queries.effects import beside_on, changed_on, effect_on
from improvement.queries.groups import split_around
from improvement.queries.papers import goal_text, sections_of
from improvement.rules.papers import Section
from improvement.views.paper_rows import rows_context
from improvement.views.paper_scope import paper_of
from org.queries.calendars import zone_of

if TYPE_CHECKING:
    from improvement.models import Paper
    from org.views.pages import SignedIn


def _sheet(request: "SignedIn", found: "Paper") -> sheets.Sheet:
    now = timezone.now()
    ticket = found.ticket
    today = now.astimezone(zone_of(ticket.unit)).date()
    reader = reader_of(request, ticket.unit, now)
    page = None
    if ticket.measure is not None:
        day = latest_day(reader.zone_now)
        page = measures.measure_page(
            ticket.unit, ticket.measure, day, reader, request.user, request.GET.get("by", ""), ""
        )
    sections = sections_of(found)
    tables = {
        section.name: rows_context(found, Section(section.name), today, may_work=False)
        for section in sections
        if section.name in SECTION_OF.values()
    }
    size = sheets.TABLOID if request.GET.get("sheet") == sheets.TABLOID else sheets.A3
    groups = None
    if ticket.measure is not None:
        by = request.GET.get("by", "")
        groups = split_around(ticket.unit, ticket.measure, changed_on(ticket), today, reader, by).told
    return sheets.Sheet(
        found,
        sections,
        tables,
        ramp_of(ticket, today),
        page,
        effect_on(ticket, today),
        beside_on(ticket, found.balancing, today),
        groups,
        goal_text(found),
        size,
    )


@require_GET
def document(request: "SignedIn", pk: int) -> HttpResponse:
    """The sheet on a page of its own, to print from the browser."""
    found = paper_of(request, pk)
    html = sheets.html_of(_sheet(request, found), made_by=str(request.user), made_at=timezone.now(), inline=False)
    return HttpResponse(html)


@require_GET
def pdf(request: "SignedIn", pk: int) -> HttpResponse:
    """The sheet as a tagged PDF of one page; where none can be made here, the page to print."""
    found = paper_of(request, pk)
    html = sheets.html_of(_sheet(request, found), made_by=str(request.user), made_at=timezone.now(), inline=True)
    try:
        content = printing.pdf_of(html, one_sheet=True)
    except (printing.NoPrinter, printing.NotPrinted):
        messages.error(request, _("No PDF could be made on this server. Print this page from your browser instead."))
        return redirect("improvement:paper-print", pk)
    response = HttpResponse(content, content_type="application/pdf")
    name = f"{found.form}-{found.ticket.number}.pdf"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
