"""Saying who gains from a piece of work, and who may lose."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from huddles.actions.issues.history import checked_text
from improvement.models import Cycle, EquityCheck, Ticket
from improvement.models.equity_checks import ANSWER
from org import audit, live
from org.models import User


@dataclass(frozen=True, slots=True)
class Answers:
    """The four answers; "nobody" is one."""

    groups: str
    split: str
    gains: str
    loses: str


@transaction.atomic
def check(*, of: Ticket | Cycle, said: Answers, by: User, at: datetime) -> EquityCheck:
    """Write the equity check of a ticket or a cycle, or write it anew. Raises NotAllowed for one that is not whole."""
    required = _("Answer this too; “nobody” is an answer.")
    given = {
        name: checked_text(getattr(said, name), ANSWER, required=required, field=name)
        for name in Answers.__dataclass_fields__
    }
    ticket = of if isinstance(of, Ticket) else of.ticket
    where = {"ticket": of} if isinstance(of, Ticket) else {"cycle": of}
    made, _new = EquityCheck.objects.update_or_create(**where, defaults={**given, "written_at": at, "written_by": by})
    audit.record(
        "equity_check.written",
        subject=of,
        by=by,
        at=at,
        organisation_id=ticket.organisation_id,
        unit_id=ticket.unit_id,
        facts={"ticket": ticket.number} if isinstance(of, Ticket) else {"ticket": ticket.number, "cycle": of.number},
    )
    live.publish(live.unit_topic(ticket.unit_id), {"work": ticket.pk})
    return made
