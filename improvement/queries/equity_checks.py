"""Improvement work of which nobody has said yet who gains and who may lose."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from improvement.models import Cycle, Ticket
from improvement.rules.cycles import State
from improvement.rules.tickets import OWNED, Size

if TYPE_CHECKING:
    from org.models import Organisation, User

#: Sizes of tickets that are asked as a whole; of a PDSA each cycle is asked.
ASKED: Final = (Size.A3, Size.PROJECT)
MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Unchecked:
    """A ticket or a cycle without an equity check."""

    url: str
    title: str
    kind: str
    unit: str
    owner: str


def unchecked_tickets(user: "User", organisation: "Organisation") -> "QuerySet[Ticket]":
    """A3s and projects in work without a check."""
    return Ticket.objects.visible_to(user).filter(
        organisation=organisation, size__in=ASKED, stage__in=OWNED, equity_check__isnull=True
    )


def unchecked_cycles(user: "User", organisation: "Organisation") -> "QuerySet[Cycle]":
    """Cycles that run without a check."""
    return Cycle.objects.visible_to(user).filter(
        ticket__organisation=organisation, state=State.DO, equity_check__isnull=True
    )


def unchecked(user: "User", organisation: "Organisation", most: int = MOST) -> tuple[Sequence[Unchecked], int]:
    """The first `most` of them, A3s before cycles, and how many there are. Four statements."""
    tickets, cycles = unchecked_tickets(user, organisation), unchecked_cycles(user, organisation)
    count = tickets.count() + cycles.count()
    rows = [
        Unchecked(
            url=f"{reverse('improvement:ticket', args=[ticket.pk])}#equity",
            title=ticket.title,
            kind=str(Size(ticket.size).label),
            unit=ticket.unit.name,
            owner=ticket.owner.name if ticket.owner else "",
        )
        for ticket in tickets.select_related("unit", "owner").order_by("unit__path", "number")[:most]
    ]
    left = most - len(rows)
    rows += [
        Unchecked(
            url=f"{reverse('improvement:cycle', args=[cycle.pk])}#equity",
            title=cycle.question,
            kind=_("PDSA %(n)s") % {"n": cycle.number},
            unit=cycle.ticket.unit.name,
            owner=cycle.ticket.owner.name if cycle.ticket.owner else "",
        )
        for cycle in cycles.select_related("ticket__unit", "ticket__owner").order_by("ticket__unit__path", "pk")[:left]
    ]
    return rows, count


def asks_for_check(ticket: Ticket) -> bool:
    """Whether a ticket is asked as a whole."""
    return ticket.size in ASKED
