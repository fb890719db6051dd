"""The evidence: a page that shows what stands, the same on paper, and everything as files."""

from datetime import date
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from improvement.actions import accountability as actions
from improvement.evidence import document
from improvement.evidence.pack import pack_of
from improvement.pages import Evidence
from improvement.queries.evidence import evidence_of
from improvement.rules.accountability import FIRST_YEAR
from improvement.views.scope import Area, area_of_all

if TYPE_CHECKING:
    from org.views.pages import SignedIn


@require_GET
def evidence(request: "SignedIn", slug: str) -> HttpResponse:
    """The six elements: what stands as proof now, what is missing, where to mend it."""
    area = area_of_all(request, slug)
    context = {"area": area, "evidence": evidence_of(area.organisation, area.now)}
    return TemplateResponse(request, "improvement/evidence/page.html", context)


def _to_print(request: "SignedIn", area: Area, found: Evidence, title: str) -> HttpResponse:
    if not area.may_take:
        raise PermissionDenied(_("Your role does not include this for the whole organization."))
    pictures = document.pictures_of(found)
    return HttpResponse(document.html_of(found, title=title, made_by=str(request.user), pictures=pictures))


@require_GET
def printed(request: "SignedIn", slug: str) -> HttpResponse:
    """The document on a page of its own, to print."""
    area = area_of_all(request, slug)
    found = evidence_of(area.organisation, area.now)
    return _to_print(request, area, found, found.words.say("Evidence"))


@require_GET
def yearly(request: "SignedIn", slug: str, year: int) -> HttpResponse:
    """The report about a year, to print and to tell."""
    area = area_of_all(request, slug)
    if not FIRST_YEAR <= year <= area.today.year:
        raise Http404
    found = evidence_of(area.organisation, area.now, date(year, 1, 1), date(year, 12, 31))
    return _to_print(request, area, found, f"{found.words.say('Yearly_report')} {year}")


@require_POST
def pack(request: "SignedIn", slug: str) -> HttpResponse:
    """Everything as files: the document, each table, a list with fingerprints. It is on record who took it."""
    area = area_of_all(request, slug)
    if not area.may_take:
        raise PermissionDenied(_("Your role does not include this for the whole organization."))
    found = evidence_of(area.organisation, area.now)
    by, title = str(request.user), found.words.say("Evidence")
    pictures, note = document.pictures_of(found), ""
    html = document.html_of(found, title=title, made_by=by, pictures=pictures, inline=True)
    try:
        documents = {"evidence.pdf": document.pdf_of(html)}
    except (document.NoPrinter, document.NotPrinted):
        note = _("No PDF could be made on this server: Pango is missing. Open evidence.html and print it.")
        documents = {"evidence.html": html.encode()}
    made = pack_of(found, made_by=by, documents=documents, note=note)
    actions.pack_made(
        organisation=area.organisation,
        sha256=made.sha256,
        files=made.files,
        day=area.today,
        with_pdf=not note,
        by=request.user,
        at=area.now,
    )
    response = HttpResponse(made.content, content_type="application/zip")
    name = f"evidence-{area.slug}-{area.today.isoformat()}.zip"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
