"""The first page of whoever follows gaps over a whole house."""

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from improvement.queries.equity_checks import unchecked
from improvement.queries.equity_home import equity_home
from improvement.views.scope import area_of
from org.models import Unit
from org.rules import Permission
from org.views.pages import look_at, today_in

if TYPE_CHECKING:
    from org.views.pages import SignedIn


@require_GET
def unchecked_work(request: "SignedIn", slug: str) -> HttpResponse:
    """Improvement work that nobody has asked yet who gains and who may lose."""
    area = area_of(request, slug)
    rows, count = unchecked(request.user, area.organisation)
    return TemplateResponse(request, "tickets/unchecked.html", {"area": area, "rows": rows, "count": count})


@require_GET
def home(request: "SignedIn") -> HttpResponse:
    """What waits, what widened, where data are thin, what was heard: of the first house that one sees whole."""
    tops = Unit.objects.with_permission(request.user, Permission.EQUITY_DESK).filter(parent__isnull=True)
    top = tops.select_related("organisation").order_by("pk").first()
    if top is None:
        # Whoever follows gaps only in a part of a house has the list of signals there.
        raise PermissionDenied(_("Your role does not include this for the whole organization."))
    look_at(request, top.organisation_id)
    page = equity_home(top.organisation, top, request.user, today_in(top.organisation))
    return TemplateResponse(request, "improvement/home.html", {"page": page})
