"""Who gains, who may lose: the check of a ticket or a cycle, kept from its page."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from improvement.actions import equity_checks as actions
from improvement.forms.equity_checks import CheckForm
from improvement.models import Cycle, EquityCheck, Ticket
from improvement.views import cycles, tickets
from org.rules import NotAllowed, Permission

if TYPE_CHECKING:
    from org.views.pages import SignedIn


@require_POST
def of_cycle(request: "SignedIn", pk: int) -> HttpResponse:
    """Keep the equity check of a cycle."""
    found = cycles.cycle_of(request, pk, Permission.IMPROVE)
    form = _kept(request, found, EquityCheck.objects.visible_to(request.user).filter(cycle=found).first())
    return cycles.shown(request, found, check_form=form) if form else redirect("improvement:cycle", found.pk)


def _kept(request: "SignedIn", of: Cycle | Ticket, check: EquityCheck | None) -> CheckForm | None:
    """Keep what was typed of a check; the form with what is wrong where it cannot be kept."""
    form = CheckForm(request.POST, check=check)
    if form.is_valid():
        try:
            actions.check(of=of, said=form.answers(), by=request.user, at=timezone.now())
        except NotAllowed as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("Kept."))
            return None
    return form


@require_POST
def of_ticket(request: "SignedIn", pk: int) -> HttpResponse:
    """Keep the equity check of a ticket."""
    found = tickets.ticket_of(request, pk, Permission.IMPROVE)
    form = _kept(request, found, EquityCheck.objects.visible_to(request.user).filter(ticket=found).first())
    return tickets.shown(request, found, check_form=form) if form else redirect("improvement:ticket", found.pk)
