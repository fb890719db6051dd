"""The first page of whoever follows gaps over a whole house: what waits, what widened, what is thin, what was heard."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from boards.models import Dimension
from boards.queries.completeness import Box, box, verdicts
from huddles.queries.signals_page import SignalRow, rows_of, sought
from improvement.models import Goal, Voice
from improvement.queries.algorithms import registry
from improvement.queries.goal_pages import Field, Row, goals_page
from org.models import Organisation, Unit
from org.rules import Permission

if TYPE_CHECKING:
    from org.models import User

#: Lines of each part; behind each stands a page with all of them.
SHOWN: Final = 6


@dataclass(frozen=True, slots=True)
class EquityHome:
    """`signals`: those that wait longest; `waiting`: how many in all. `fields`: running goals in the four fields.
    `known`: dimensions with the share known of the whole house. `overdue`: guidelines that use race to be looked at.
    """

    organisation: Organisation
    top: Unit
    signals: Sequence[SignalRow]
    waiting: int
    fields: Sequence[Field]
    running: int
    widened: Sequence[Row]
    known: Sequence[tuple[str, Box]]
    overdue: int
    unreviewed: int
    voices: Sequence[Voice]
    unheard: Sequence[Row]


def equity_home(organisation: Organisation, top: Unit, user: "User", today: date) -> EquityHome:
    """What the page of `organisation` says to `user`. A constant number of statements."""
    found = sought(user, Permission.EQUITY_DESK, shown="open", tier="", unit=None).filter(organisation=organisation)
    goals = goals_page(Goal.objects.visible_to(user).active().filter(organisation=organisation).whole(), today)
    dimensions = list(Dimension.objects.filter(organisation=organisation).order_by("position", "code"))
    told = verdicts([top.pk], [d.pk for d in dimensions], today)
    guidelines = registry(organisation, today)
    voices = Voice.objects.visible_to(user).filter(organisation=organisation)
    heard = set(voices.filter(goal__isnull=False).values_list("goal", flat=True))
    return EquityHome(
        organisation=organisation,
        top=top,
        signals=rows_of(list(found[:SHOWN]), today),
        waiting=found.count(),
        fields=goals.fields,
        running=len(goals.running),
        widened=goals.widened,
        known=[(d.name, box(told[top.pk, d.pk])) for d in dimensions],
        overdue=guidelines.overdue,
        unreviewed=guidelines.counts.get("not_reviewed", 0),
        voices=list(voices.select_related("goal").order_by("-day", "-pk")[:SHOWN]),
        unheard=[row for _number, row in goals.running if row.pk not in heard],
    )
