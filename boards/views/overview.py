"""All boards of the organisation on one page."""

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from boards.queries import board as boards
from boards.queries import words
from boards.queries.overview import overview_page
from boards.views.board import day_of
from org.models import Organisation, Unit
from org.rules import Permission

if TYPE_CHECKING:
    from boards.views.board import SignedIn


@require_GET
def overview(request: "SignedIn") -> HttpResponse:
    """Which boards are complete, late, red; for whoever may see it somewhere."""
    now = timezone.now()
    allowed = Unit.objects.with_permission(request.user, Permission.OVERVIEW).values("organisation")
    organisations = Organisation.objects.filter(pk__in=allowed).order_by("name")
    asked = request.GET.get("organisation", "")
    organisation = next((o for o in organisations if o.slug == asked), organisations.first())
    if organisation is None:
        raise PermissionDenied(_("Your role does not include this here."))
    day = day_of(request, boards.latest_day(now.astimezone(organisation.zone)))
    page = overview_page(organisation, day, now, request.user)
    context = {"page": page, "day_text": words.long_day(day), "organisations": organisations}
    return TemplateResponse(request, "boards/overview.html", context)
