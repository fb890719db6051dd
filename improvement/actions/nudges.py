"""Reminding whoever has a test, a step or a second look in hand, shortly before its day and on it.

A message has a number, a day and a link, and never what was written: that stands behind the link. Addresses are written
out: a worker does not load the pages to which they lead.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction

from improvement.models import Cycle, Paper, PlanStep
from improvement.rules.cycles import NUDGED
from improvement.rules.tickets import OPEN
from org import outbox
from org.models import Organisation, Unit, User

#: The hour of the organisation's day from which it is reminded.
FROM_HOUR: Final = 6


@dataclass(frozen=True, slots=True)
class Nudge:
    """What somebody is reminded of: "cycle", "step" or "look", of which ticket, for which day."""

    kind: str
    pk: int
    ticket: int
    unit: Unit
    day: date
    to: User
    link: str


@transaction.atomic
def nudge(*, organisation: Organisation, at: datetime) -> int:
    """Queue what is to be remembered on the day of `at`, each once; how many there are. Three statements, and one for
    each message.
    """
    local = at.astimezone(organisation.zone)
    if local.hour < FROM_HOUR:
        return 0
    count = 0
    for one in _due(organisation, [local.date() + timedelta(days=left) for left in NUDGED]):
        count += 1
        outbox.queue(
            template="improvement_nudge",
            recipient=one.to.email,
            dedup_key=f"nudge:{one.kind}:{one.pk}:{one.day.isoformat()}:{(one.day - local.date()).days}",
            at=at,
            context={
                "kind": one.kind,
                "ticket": one.ticket,
                "unit": one.unit.name,
                "day": one.day.isoformat(),
                "link": settings.SITE_URL + one.link,
            },
            organisation_id=organisation.pk,
            language=one.to.language or organisation.language,
        )
    return count


def _due(organisation: Organisation, days: list[date]) -> Iterator[Nudge]:
    """Tests that end, open steps that are due and pages that are looked at again on one of `days`, with whoever has
    them in hand and still works here.
    """
    ours = {"ticket__organisation": organisation}
    ends = Cycle.objects.running().filter(ends_on__in=days, **ours)
    for cycle in ends.select_related("ticket__unit", "ticket__owner"):
        if _works(cycle.ticket.owner) and cycle.ends_on is not None:
            link = f"/improvement/cycles/{cycle.pk}/"
            ticket = cycle.ticket
            yield Nudge("cycle", cycle.pk, ticket.number, ticket.unit, cycle.ends_on, ticket.owner, link)  # type: ignore[arg-type]
    steps = PlanStep.objects.filter(
        paper__ticket__organisation=organisation,
        paper__ticket__stage__in=sorted(OPEN),
        due_on__in=days,
        done_at__isnull=True,
        gone_at__isnull=True,
    )
    for step in steps.select_related("paper__ticket__unit", "owner"):
        if _works(step.owner) and step.due_on is not None:
            ticket = step.paper.ticket
            link = f"/improvement/{ticket.pk}/paper/#plan"
            yield Nudge("step", step.pk, ticket.number, ticket.unit, step.due_on, step.owner, link)  # type: ignore[arg-type]
    for paper in Paper.objects.filter(audit_on__in=days, **ours).select_related("ticket__unit", "ticket__owner"):
        if _works(paper.ticket.owner) and paper.audit_on is not None:
            ticket = paper.ticket
            link = f"/improvement/{ticket.pk}/paper/#follow_up"
            yield Nudge("look", paper.pk, ticket.number, ticket.unit, paper.audit_on, ticket.owner, link)  # type: ignore[arg-type]


def _works(person: User | None) -> bool:
    return person is not None and person.is_active and bool(person.email)
