"""Words that nobody has mapped, as the work list of a data steward."""

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from boards.queries.completeness import source_words
from boards.queries.waiting_words import word_tasks
from boards.views.feeds import asked_for, governed

if TYPE_CHECKING:
    from org.views.pages import SignedIn


@require_GET
def words(request: "SignedIn") -> HttpResponse:
    """One open task for each source that sends words nobody has mapped."""
    organisation = asked_for(request)
    context = {
        "organisation": organisation,
        "organisations": governed(request),
        "tasks": word_tasks(organisation, timezone.now()),
        "sources": source_words(organisation),
    }
    return TemplateResponse(request, "boards/equity/words.html", context)
