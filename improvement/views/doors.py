"""Addresses of the menu that name no organisation: each leads to one's own."""

from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from org.queries import standing_of
from org.rules import Permission

if TYPE_CHECKING:
    from org.views.pages import SignedIn


@require_GET
def my_evidence(request: "SignedIn") -> HttpResponse:
    """The evidence of one's own organisation; 404 without the right to all of it."""
    standing = standing_of(request.user)
    if standing is None or Permission.EQUITY_DESK not in standing.throughout:
        raise Http404
    return redirect("improvement:evidence", standing.organisation_slug)


@require_GET
def my_guidelines(request: "SignedIn") -> HttpResponse:
    """The registry of one's own organisation; 404 without the right at any unit of it."""
    standing = standing_of(request.user)
    if standing is None or not standing.somewhere & {Permission.EQUITY_DESK, Permission.EQUITY_EDIT}:
        raise Http404
    return redirect("improvement:guidelines", standing.organisation_slug)
