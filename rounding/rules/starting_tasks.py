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


_DAY, _WEEK, _MONTH = Cadence.DAILY, Cadence.WEEKLY, Cadence.MONTHLY

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
    ),
}


def shipped_texts() -> list[Any]:
    """The words of the tasks, marked for translation (`org.shipped`)."""
    return [task.text for tasks in STARTING_TASKS.values() for task in tasks]
