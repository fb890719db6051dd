"""The list of readers of groups of staff."""

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from boards.queries.workforce import readers_for_staff, staff_measures
from boards.views.setup.scope import Scope, visible_organisation
from org.queries import standing_of
from org.rules import Permission, Role

if TYPE_CHECKING:
    from org.views.pages import SignedIn


@require_GET
def workforce(request: "SignedIn", slug: str) -> HttpResponse:
    """Who sees groups of staff, and of which measures; for whoever gives roles or keeps the area."""
    organisation = visible_organisation(request, slug)
    standing = standing_of(request.user, slug)
    held = standing.throughout if standing else frozenset()
    if not held & {Permission.PEOPLE_EDIT, Permission.EQUITY_EDIT}:
        raise PermissionDenied(_("Your role does not include this for the whole organization."))
    context = {
        "scope": Scope(organisation, slug, "boards:setup-workforce"),
        "readers": readers_for_staff(organisation),
        "measures": staff_measures(organisation),
        "reader_role": Role.WORKFORCE.label,
        "gives_roles": Permission.PEOPLE_EDIT in held,
    }
    return TemplateResponse(request, "boards/setup/workforce.html", context)
