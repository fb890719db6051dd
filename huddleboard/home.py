"""The first page: everybody's own board."""

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET

from org import queries
from org.rules import Permission

if TYPE_CHECKING:
    from org.views.pages import SignedIn


@require_GET
def home(request: "SignedIn") -> HttpResponse:
    """Go to the board of the person's own unit; to the overview with several; say so with none."""
    units = queries.home_units(request.user)
    if not units:
        return TemplateResponse(request, "org/no_unit.html")
    standing = queries.standing_of(request.user)
    if len(units) > 1 and standing is not None and Permission.OVERVIEW in standing.anywhere:
        return redirect("boards:overview")
    return redirect("boards:board", unit_id=units[0])
