"""Pages that people read: thanks to them."""

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET

from rounding.queries.thanks import thanks_to

if TYPE_CHECKING:
    from org.views.pages import SignedIn


@require_GET
def thanks(request: "SignedIn") -> HttpResponse:
    """What colleagues thanked this person for."""
    return TemplateResponse(request, "rounding/thanks.html", {"thanks": thanks_to(request.user)})
