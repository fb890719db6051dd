"""Everything about the person who asks."""

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from huddles.queries import mine as queries
from huddles.queries.issues_allowed import may_raise

if TYPE_CHECKING:
    from org.views.pages import SignedIn


@require_GET
def mine(request: "SignedIn") -> HttpResponse:
    """What waits for this person, what they promised, what they told, where they are asked."""
    now = timezone.now()
    home = queries.house_of(request.user)
    zone = home[1] if home else ZoneInfo("UTC")
    found = queries.mine(request.user, now, zone)
    parts = [
        (_("Is it solved?"), _("Done for your units: say whether it is solved."), found.confirm),
        (_("Late"), _("Yours, and its time is over."), found.late),
        (_("Promised"), _("You answered, and it is being done."), found.promised),
        (_("On your desk"), _("Yours, without an answer yet."), found.owned),
        (_("You are asked"), _("Somebody wrote your name in the last two weeks."), found.mentioned),
        (_("What you told"), _("Where it is now."), found.raised),
    ]
    context = {"parts": [part for part in parts if part[2]], "empty": found.empty, "may_raise": may_raise(request.user)}
    response = TemplateResponse(request, "issues/mine.html", context)
    response.headers["Cache-Control"] = "private, no-store"
    return response
