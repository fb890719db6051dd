"""Which paper a request is about, and whether this person may do that there."""

from typing import TYPE_CHECKING

from django.http import Http404

from improvement.models import Paper
from improvement.rules import papers as rules
from improvement.rules.papers import Section
from improvement.views.tickets import ticket_of
from org.rules import Permission

if TYPE_CHECKING:
    from org.views.pages import SignedIn


def paper_of(request: "SignedIn", pk: int, permission: Permission | None = None) -> Paper:
    """The paper of a ticket, when this person may see it and do `permission` at its unit: else 404 or 403."""
    ticket = ticket_of(request, pk, permission)
    paper = Paper.objects.visible_to(request.user).select_related("sponsor").filter(ticket=ticket).first()
    if paper is None:
        raise Http404
    paper.ticket = ticket
    return paper


def section_of(paper: Paper, name: str) -> Section:
    """A section of this paper; 404 for another word."""
    if name not in rules.SECTIONS[paper.form]:
        raise Http404
    return Section(name)
