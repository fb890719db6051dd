"""Versions of a paper: which there are, how two differ, one that comes back."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from improvement.actions import papers as actions
from improvement.queries import papers as queries
from improvement.queries.paper_tables import lines_of
from improvement.views.paper_scope import paper_of
from improvement.views.tickets import UNPROCESSABLE
from org import access
from org.queries.calendars import zone_of
from org.rules import NotAllowed, Permission

if TYPE_CHECKING:
    from improvement.models import Paper, PaperVersion
    from org.views.pages import SignedIn


@require_GET
def versions(request: "SignedIn", pk: int) -> HttpResponse:
    """All versions, and how two of them differ: `old` beside `new`, each by its number; 0 is now."""
    return _shown(request, paper_of(request, pk))


def _shown(request: "SignedIn", found: "Paper", refusal: str = "") -> HttpResponse:
    kept = queries.versions_of(found)
    old = _version(found, request.GET.get("old", ""))
    new = _version(found, request.GET.get("new", ""))
    context = {
        "paper": found,
        "ticket": found.ticket,
        "versions": kept,
        "zone": zone_of(found.ticket.unit),
        "old": old if old.number else None,
        "new": new,
        "old_title": queries.version_title(old),
        "new_title": queries.version_title(new),
        "changes": queries.compared(old, new) if old.number else [],
        "may_work": Permission.IMPROVE in access.known_permissions_at(request.user, found.ticket.unit.path),
        "refusal": refusal,
        "typed": request.POST.get("name", ""),
    }
    return TemplateResponse(request, "papers/versions.html", context, status=UNPROCESSABLE if refusal else 200)


def _version(found: "Paper", asked: str) -> "PaperVersion":
    if not asked.isdecimal() or int(asked) == 0:
        return queries.as_now(found, lines_of(found))
    return get_object_or_404(queries.versions(found), number=int(asked))


@require_POST
def keep(request: "SignedIn", pk: int) -> HttpResponse:
    """Keep what stands as a version with a `name`."""
    found = paper_of(request, pk, Permission.IMPROVE)
    try:
        actions.keep(paper=found, name=request.POST.get("name", ""), by=request.user, at=timezone.now())
    except NotAllowed as refusal:
        return _shown(request, found, str(refusal))
    messages.success(request, _("Kept."))
    return redirect("improvement:paper-versions", pk)


@require_POST
def restore(request: "SignedIn", pk: int, number: int) -> HttpResponse:
    """Let the texts of a version come back; what stands now is kept before."""
    found = paper_of(request, pk, Permission.IMPROVE)
    version = get_object_or_404(queries.versions(found).select_related("paper"), number=number)
    actions.restore(version=version, by=request.user, at=timezone.now())
    messages.success(request, _("It is back. What stood before is kept as a version."))
    return redirect("improvement:paper", pk)
