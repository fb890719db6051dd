"""Tickets of improvement work as a table: how big, how far, what each step asks, how much at once.

Sizes as in domain.md §2.7: the method fits the problem. A ticket of any stage may go to any other; what a stage asks of
a ticket stands in `ASKS`.
"""

from collections.abc import Mapping
from typing import Any, Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

TEXT: Final = 1000
TITLE: Final = 120


class Size(TextChoices):
    """Which method a problem asks for, the smallest first."""

    DO_IT = "do_it", _("Just do it")
    QUICK_HIT = "quick_hit", _("Quick hit")
    PDSA = "pdsa", _("PDSA")
    A3 = "a3", _("A3")
    PROJECT = "project", _("Project")


#: When to take which: read where a ticket begins.
FITS: Final[Mapping[Size, Any]] = {
    Size.DO_IT: _("The fix is known and safe. One person, a day or two."),
    Size.QUICK_HIT: _("The fix is likely. A few people, up to two weeks, then look whether it worked."),
    Size.PDSA: _("There is an idea, and nobody knows whether it works here. Predict, try it small, compare."),
    Size.A3: _("The cause is not known, or the problem has come back. Understand it before anything is changed."),
    Size.PROJECT: _("Several units or months. A charter, a sponsor and several A3s or PDSAs."),
}


class Stage(TextChoices):
    """How far a ticket is; the columns of the kanban, in their order, then what is over."""

    IDEA = "idea", _("Ideas")
    NEXT = "next", _("Next")
    WORK = "work", _("In work")
    CHECK = "check", _("Does it hold?")
    DONE = "done", pgettext_lazy("ticket", "Done")
    DROPPED = "dropped", _("Let go")


COLUMNS: Final = (Stage.IDEA, Stage.NEXT, Stage.WORK, Stage.CHECK, Stage.DONE)
OPEN: Final = frozenset({Stage.IDEA, Stage.NEXT, Stage.WORK, Stage.CHECK})
OVER: Final = frozenset(Stage) - OPEN
#: Stages in which somebody owns a ticket.
OWNED: Final = frozenset({Stage.WORK, Stage.CHECK})
#: What has to be said of a ticket that ends.
ASKS: Final[Mapping[Stage, Any]] = {
    Stage.DONE: _("Say what came of it: what is different now?"),
    Stage.DROPPED: _("Say why it is let go: somebody may think of it again."),
}

#: Tickets in work at a unit at once, where the unit has not said otherwise. What is begun should end.
USUAL_LIMIT: Final = 3
LARGEST_LIMIT: Final = 50
#: Days for which what is over stays on the kanban.
SHOWN_DAYS: Final = 30


class From(TextChoices):
    """What a ticket began from."""

    ISSUE = "issue", _("Issue")
    RED_DAY = "red_day", _("Red day")
    REASON = "reason", _("Reason of red days")
    SIGNAL = "signal", _("Gap between groups")
    GOAL = "goal", _("Goal with two halves")
    ROUND = "round", _("Noted on a round")


#: Addresses of rounds and of what was noted there: that room is not known here.
ROUND_ADDRESS: Final = r"^/rounds/[0-9]{1,9}/(#note-[0-9]{1,9})?$"


def is_over_limit(in_work: int, most: int) -> bool:
    """Whether one ticket more in work is one too many; `in_work` without it."""
    return in_work >= most


def next_stage(stage: str) -> Stage:
    """Where a ticket goes next: one column on; what is over is taken up again."""
    open_ = COLUMNS[: COLUMNS.index(Stage.DONE)]
    return COLUMNS[COLUMNS.index(Stage(stage)) + 1] if stage in open_ else Stage.WORK
