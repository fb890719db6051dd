"""Groups of patients before a change beside the same groups since: who gained, and who may have lost."""

from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from boards.views.board import reader_of
from improvement.models import Cycle
from improvement.queries.effects import changed_on
from improvement.queries.groups import split_around
from improvement.views.tickets import ticket_of

if TYPE_CHECKING:
    from org.views.pages import SignedIn


@require_GET
def groups(request: "SignedIn", pk: int) -> HttpResponse:
    """The groups (`by` a dimension) of the measure that a ticket should change, before and since; of its `cycle`, those
    of the days of this test. A part of a page; 404 without a measure.
    """
    ticket = ticket_of(request, pk)
    reader = reader_of(request, ticket.unit, timezone.now())
    measure, first, last, more = ticket.measure, changed_on(ticket), reader.zone_now.date(), ""
    asked = request.GET.get("cycle", "")
    if asked.isdecimal():
        cycle = get_object_or_404(Cycle.objects.visible_to(request.user), ticket=ticket, pk=asked)
        measure, first, more = cycle.measure, cycle.starts_on, f"&cycle={cycle.pk}"
        last = min(last, cycle.ends_on or last)
    if measure is None:
        raise Http404
    split = split_around(ticket.unit, measure, first, last, reader, request.GET.get("by", ""))
    here = reverse("improvement:ticket-groups", args=[pk])
    ways = [(one.code, one.name, f"{here}?by={one.code}{more}") for one in split.dimensions]
    context = {"told": split.told, "ways": ways, "measure": measure, "of_cycle": bool(more)}
    return TemplateResponse(request, "papers/around.html", context)
