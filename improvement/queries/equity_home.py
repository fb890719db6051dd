"""The first page of whoever follows gaps over a whole house: what waits, what widened, what is thin, what was heard."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from analytics.disparity import Quadrant
from boards.completeness_rules import Trust
from boards.queries.completeness import Box, box, dimensions_of_patients, verdicts
from huddles.queries.signal_rows import SignalRow, longest_waiting, rows_of, sought
from improvement.models import Goal, Voice
from improvement.queries.algorithms import registry
from improvement.queries.equity_checks import Unchecked, unchecked
from improvement.queries.goal_pages import Field, GoalsPage, Row, field_of, goals_page
from improvement.rules.algorithms import Review
from org.models import Organisation, Unit
from org.rules import Permission

if TYPE_CHECKING:
    from org.models import User

#: Lines of each part; behind each stands a page with all of them.
SHOWN: Final = 6
#: The four fields as they lie on the chart, row by row: upwards the gap narrows, to the right the measure gets better.
CORNERS: Final = (Quadrant.FELL_NARROWED, Quadrant.RAISED_NARROWED, Quadrant.FELL_WIDENED, Quadrant.RAISED_WIDENED)
#: What is known least comes first.
_THINNEST_FIRST: Final = (Trust.TOO_THIN, Trust.THIN, Trust.UNTOLD, Trust.ENOUGH)


@dataclass(frozen=True, slots=True)
class EquityHome:
    """`signals`: those that nobody has taken first; `waiting`: how many gaps in all, `more`: how many stand not here.
    `corners`: the four fields with the running goals in them, `untold`: goals of which nothing can be said. `known`:
    dimensions that are sent with the share known of the whole house, the thinnest first; `unsent`: how many others.
    `guidelines`: states of review with their numbers; `overdue`: how many are to be looked at.
    """

    organisation: Organisation
    top: Unit
    signals: Sequence[SignalRow]
    waiting: int
    more: int
    corners: Sequence[Field]
    untold: Sequence[tuple[int, Row]]
    running: int
    widened: Sequence[Row]
    known: Sequence[tuple[str, Box]]
    unsent: int
    overdue: int
    guidelines: Sequence[tuple[str, int]]
    voices: Sequence[Voice]
    unheard: Sequence[Row]
    unchecked: Sequence[Unchecked]
    unchecked_count: int


def equity_home(organisation: Organisation, top: Unit, user: "User", today: date) -> EquityHome:
    """What the page of `organisation` says to `user`. A constant number of statements."""
    found = sought(user, Permission.EQUITY_DESK, shown="open", tier="", unit=None).filter(organisation=organisation)
    waiting = found.count()
    goals = goals_page(Goal.objects.visible_to(user).active().filter(organisation=organisation).whole(), today, user)
    known, unsent = _known(organisation, top, today)
    guidelines = registry(organisation, today)
    voices = Voice.objects.visible_to(user).filter(organisation=organisation)
    unchecked_rows, unchecked_count = unchecked(user, organisation, SHOWN)
    heard = set(voices.filter(goal__isnull=False).values_list("goal", flat=True))
    return EquityHome(
        organisation=organisation,
        top=top,
        signals=rows_of(list(longest_waiting(found)[:SHOWN]), today, user),
        waiting=waiting,
        more=max(waiting - SHOWN, 0),
        corners=[field_of(quadrant, _inside(goals, quadrant)) for quadrant in CORNERS],
        untold=_inside(goals, Quadrant.NONE),
        running=len(goals.running),
        widened=goals.widened,
        known=known,
        unsent=unsent,
        overdue=guidelines.overdue,
        guidelines=[
            (str(state.label), guidelines.counts[state]) for state in Review if guidelines.counts.get(state, 0)
        ],
        voices=list(voices.select_related("goal").order_by("-day", "-pk")[:SHOWN]),
        unheard=[row for _number, row in goals.running if row.pk not in heard],
        unchecked=unchecked_rows,
        unchecked_count=unchecked_count,
    )


def _inside(goals: GoalsPage, quadrant: Quadrant) -> list[tuple[int, Row]]:
    return [(number, row) for number, row in goals.running if row.quadrant == quadrant]


def _known(organisation: Organisation, top: Unit, today: date) -> tuple[list[tuple[str, Box]], int]:
    """Dimensions of patients that are sent with what is known of them, the thinnest first; how many are not sent."""
    dimensions = dimensions_of_patients(organisation)
    told = verdicts([top.pk], [d.pk for d in dimensions], today)
    sent = [(d.name, told[top.pk, d.pk]) for d in dimensions if told[top.pk, d.pk].trust != Trust.NOTHING]
    sent.sort(key=lambda one: (_THINNEST_FIRST.index(one[1].trust), one[1].low))
    return [(name, box(share)) for name, share in sent], len(dimensions) - len(sent)
