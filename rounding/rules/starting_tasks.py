"""The lists of leader standard work with which a hospital starts."""

from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from org.rules import Role
from rounding.rules.questions import SetKind
from rounding.rules.standard_work import Cadence, Counted


@dataclass(frozen=True, slots=True)
class Task:
    """A task of a role: its words, how often, and what counts towards it by itself."""

    text: Any
    cadence: Cadence
    times: int = 1
    counts: Counted | str = ""
    set_kind: SetKind | str = ""


_DAY, _WEEK, _MONTH, _YEAR = Cadence.DAILY, Cadence.WEEKLY, Cadence.MONTHLY, Cadence.YEARLY

STARTING_TASKS: Final[dict[Role, tuple[Task, ...]]] = {
    Role.UNIT_LEAD: (
        Task(_("Hold the daily huddle"), _DAY, counts=Counted.HUDDLE),
        Task(_("Bring the board up to date"), _DAY),
        Task(_("Round with staff"), _DAY, 2, Counted.ROUND, SetKind.STAFF),
        Task(_("Close or chase my own issues"), _DAY),
        Task(_("Check a K-card"), _WEEK, 3, Counted.ROUND, SetKind.K_CARD),
        Task(_("Look at the Pareto of what came up"), _WEEK),
    ),
    Role.MANAGER: (
        Task(_("Hold the huddle of my tier"), _DAY, counts=Counted.HUDDLE),
        Task(_("Confirm that answers were handed down"), _DAY),
        Task(_("Gemba walk at a unit"), _WEEK, 2, Counted.ROUND, SetKind.GEMBA),
        Task(_("Coach one A3"), _WEEK),
    ),
    Role.EXECUTIVE: (
        Task(_("Hold the huddle of my tier"), _DAY, counts=Counted.HUDDLE),
        Task(_("Gemba walk at a unit"), _WEEK, 2, Counted.ROUND, SetKind.GEMBA),
        Task(_("Stat sheet with a leader who reports to me"), _WEEK, 1, Counted.ROUND, SetKind.STAT_SHEET),
        Task(_("Review what is stuck"), _WEEK),
        Task(_("Thank somebody by name"), _WEEK, 3, Counted.THANKS),
        Task(_("Review the equity goals"), _MONTH),
    ),
    Role.EQUITY_OFFICER: (
        Task(_("Go through the signals"), _WEEK),
        Task(_("Look at what is known of patients"), _WEEK),
        Task(_("Join a huddle"), _WEEK),
        Task(_("Join a round"), _WEEK, 1, Counted.ROUND),
        Task(_("Review the four fields of equity"), _MONTH),
        Task(_("Report on equity to the hospital's leaders"), _YEAR),
    ),
    Role.COACH: (
        Task(_("Watch a huddle, and tell its lead afterwards what I saw"), _DAY),
        Task(_("Ask a team at its board: what do you try, what did you expect, what comes next?"), _DAY),
        Task(_("Walk a unit with its lead, who asks while I watch"), _WEEK, 2, Counted.ROUND, SetKind.GEMBA),
        Task(_("Coach an A3 where the work is done"), _WEEK, 2),
        Task(_("Check that each running PDSA has a written prediction and a next step"), _WEEK),
        Task(_("Go to what has stood still, and ask what is in the way"), _WEEK),
        Task(_("Thank somebody by name"), _WEEK, 1, Counted.THANKS),
        Task(_("Teach one method to those who need it now"), _MONTH),
        Task(_("Go back to a change that is done: does it still hold?"), _MONTH),
        Task(_("Go through the shares of standard work with managers"), _MONTH),
        Task(_("Look with each unit at its huddle, board and problem solving, and agree on one aim"), _YEAR),
        Task(_("Have somebody watch me coach"), _YEAR, 2),
    ),
}


def shipped_texts() -> list[Any]:
    """The words of the tasks, marked for translation (`org.shipped`)."""
    return [task.text for tasks in STARTING_TASKS.values() for task in tasks]
