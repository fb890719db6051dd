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
from org.queries import standing_of
from org.rules import Permission
from org.views.pages import look_at

if TYPE_CHECKING:
    from org.views.pages import SignedIn


@require_GET
def overview(request: "SignedIn") -> HttpResponse:
    """Which boards are complete, late, red; for whoever may see it somewhere. Who may in several organisations chooses
    (`?organisation=`), and begins with that of their oldest role.
    """
    now = timezone.now()
    allowed = Unit.objects.with_permission(request.user, Permission.OVERVIEW).values("organisation")
    organisations = list(Organisation.objects.filter(pk__in=allowed).order_by("name"))
    if not organisations:
        raise PermissionDenied(_("Your role does not include this here."))
    organisation = _chosen(organisations, request)
    look_at(request, organisation.pk)
    day = day_of(request, boards.latest_day(now.astimezone(organisation.zone)))
    page = overview_page(organisation, day, now, request.user, named=len(organisations) > 1)
    context = {
        "page": page,
        "day_text": words.long_day(day),
        "organisation": organisation,
        "organisations": organisations,
        "asked_day": request.GET.get("day", ""),
    }
    return TemplateResponse(request, "boards/overview.html", context)


def _chosen(organisations: list[Organisation], request: "SignedIn") -> Organisation:
    asked = request.GET.get("organisation", "")
    standing = standing_of(request.user)
    own = standing.organisation_slug if standing else ""
    by_slug = {organisation.slug: organisation for organisation in organisations}
    return by_slug.get(asked) or by_slug.get(own) or organisations[0]
