"""A goal with two halves: what it is, how it lives, in which of four fields it stands. Tables and pure functions."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from analytics.disparity import Quadrant
from org.rules import NotAllowed


class Status(TextChoices):
    """Where a goal is in its life."""

    DRAFT = "draft", _("Being written")
    ACTIVE = "active", _("Running")
    MET = "met", _("Met")
    MISSED = "missed", _("Missed")
    ENDED = "ended", _("Ended, nothing could be told")
    STOPPED = "stopped", _("Stopped")


TRANSITIONS: Final[Mapping[Status, frozenset[Status]]] = {
    Status.DRAFT: frozenset({Status.ACTIVE, Status.STOPPED}),
    Status.ACTIVE: frozenset({Status.MET, Status.MISSED, Status.ENDED, Status.STOPPED}),
    Status.MET: frozenset(),
    Status.MISSED: frozenset(),
    Status.ENDED: frozenset(),
    Status.STOPPED: frozenset(),
}

#: What has to be said when a goal comes to this end.
ASKS_WHY: Final[Mapping[Status, object]] = {
    Status.MISSED: _("Say what is done now that the goal was missed."),
    Status.ENDED: _("Say why nothing could be told."),
    Status.STOPPED: _("Say why the goal is stopped."),
}
#: Statuses of a goal that was activated: it is whole, and whoever sees the board of its unit sees it.
WHOLE: Final = (Status.ACTIVE, Status.MET, Status.MISSED, Status.ENDED)


def check(status: str, to: Status) -> None:
    """Refuse a step that a goal of `status` cannot take. Raises NotAllowed in plain words."""
    if to not in TRANSITIONS[Status(status)]:
        raise NotAllowed(
            _("This goal is not at a point where that can be done. Load the page again to see where it is.")
        )


class Whom(TextChoices):
    """For whom the measure is to get better."""

    ALL = "all", _("All patients")
    GROUP = "group", _("The group")


class GapKind(TextChoices):
    """How the gap of a goal is measured. Both are shown always; the goal goes by one."""

    ABSOLUTE = "absolute", _("Absolute: the difference in points")
    RELATIVE = "relative", _("Relative: how many times the one is the other")


#: Fields of the chart in words: short on the drawing, then what they mean.
QUADRANTS: Final[Mapping[Quadrant, object]] = {
    Quadrant.NONE: _("Nothing could be told yet"),
    Quadrant.RAISED_NARROWED: _("Raised and narrowed"),
    Quadrant.RAISED_WIDENED: _("Raised but widened"),
    Quadrant.FELL_NARROWED: _("Fell, narrowed"),
    Quadrant.FELL_WIDENED: _("Fell and widened"),
}
MEANINGS: Final[Mapping[Quadrant, object]] = {
    Quadrant.NONE: "",
    Quadrant.RAISED_NARROWED: _("the goal"),
    Quadrant.RAISED_WIDENED: _("rising tide, growing gap"),
    Quadrant.FELL_NARROWED: _("leveling down"),
    Quadrant.FELL_WIDENED: _("alarm"),
}
#: In this order they are listed: what needs somebody first.
LOUDEST_FIRST: Final = (
    Quadrant.FELL_WIDENED,
    Quadrant.RAISED_WIDENED,
    Quadrant.FELL_NARROWED,
    Quadrant.NONE,
    Quadrant.RAISED_NARROWED,
)

#: Cases on each side below which a goal is not judged, where nothing else is chosen.
MINIMUM: Final = 30


def aim_of_rate(rate: float, raise_by: float, *, favourable: bool) -> float:
    """The rate (0 .. 1) to which `rate` has to come when it gets better by `raise_by` of itself."""
    return rate * (1 + raise_by) if favourable else rate * (1 - raise_by)


def gap_limit(gap: float, narrow_by: float) -> float:
    """The gap that a goal still allows: `gap` (0 .. 1) without `narrow_by` of it. A board's signals go by it."""
    return gap * (1 - narrow_by)


def ratio_limit(times: float, narrow_by: float) -> float:
    """The same of a relative gap: how many `times` the larger rate is the smaller, its distance from 1 narrowed."""
    return 1 + (times - 1) * (1 - narrow_by)


def month_end(first: date) -> date:
    """The last day of the month that begins with `first`."""
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def months_between(first: date, last: date) -> int:
    """How many whole months lie from the first day `first` to the last day `last`."""
    return (last.year - first.year) * 12 + last.month - first.month + 1
