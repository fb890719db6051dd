"""What a unit brought to its end and can be proud of: read on its wall, so without any name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _

from boards.queries.words import short_day
from huddles.rules import hints
from improvement.models import Ticket
from improvement.queries.effects import Told, effects_on
from improvement.rules.effects import Verdict
from improvement.rules.tickets import Stage

if TYPE_CHECKING:
    from org.models import Unit

#: What was brought to its end hangs on the wall for so many days, and so many at most: two screens.
WALL_DAYS: Final = timedelta(days=14)
MOST_ON_WALL: Final = 6


@dataclass(frozen=True, slots=True)
class Success:
    """A ticket that was brought to its end. `title` and `outcome` are empty where they may tell who a patient is;
    `effect` (before beside after) and `verdict` where nothing can be said of a measure.
    """

    ticket_id: int
    title: str
    outcome: str
    about: str  # size and day
    effect: str
    verdict: str
    sign: str


_SIGNS: Final = {Verdict.BETTER: "met", Verdict.WORSE: "missed"}


def wall_successes(unit: "Unit", now: datetime) -> Sequence[Success]:
    """What was brought to its end at `unit` in the last days, the newest first. As many statements for many as for
    one. `now` is local.

    What was let go is no success; what was done and did not help is told as it is.
    """
    found = list(
        Ticket.objects.filter(unit=unit, stage=Stage.DONE, ended_at__gt=now - WALL_DAYS)
        .select_related("measure", "unit", "organisation")
        .order_by("-ended_at", "-pk")[:MOST_ON_WALL]
    )
    effects = effects_on(found, now.date()) if found else {}
    return [_success(ticket, effects.get(ticket.pk), now) for ticket in found]


def _success(ticket: Ticket, effect: Told | None, now: datetime) -> Success:
    assert ticket.ended_at is not None
    told = effect if effect is not None and effect.means else None
    day = short_day(ticket.ended_at.astimezone(now.tzinfo).date(), now.date())
    return Success(
        ticket_id=ticket.pk,
        title=_silent(ticket.title),
        outcome=_silent(ticket.outcome),
        about=_("%(size)s, done %(day)s") % {"size": ticket.get_size_display(), "day": day},
        effect=told.means if told else "",
        verdict=told.title if told else "",
        sign=_SIGNS.get(Verdict(told.verdict), "seen") if told else "",
    )


def _silent(text: str) -> str:
    return "" if hints.find(text) else text
