"""Leader standard work: what a role does each day, week, month or year, and what was done. Pure: no query, no clock."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from org.rules import NotAllowed

TEXT_LENGTH: Final = 120
REASON_LENGTH: Final = 200
MOST_TIMES: Final = 20
MOST_TASKS: Final = 30
#: How many weeks back a person sees.
WEEKS_BACK: Final = 8
#: Shares of a role are told from this many people on: of fewer they would speak of somebody.
FEWEST_PEOPLE: Final = 5


class Cadence(TextChoices):
    """How often a task begins anew."""

    DAILY = "daily", _("Every day")
    WEEKLY = "weekly", _("Every week")
    MONTHLY = "monthly", _("Every month")
    YEARLY = "yearly", _("Every year")


class Counted(TextChoices):
    """What counts towards a task by itself, because the house knows it."""

    HUDDLE = "huddle", _("A huddle of one's own unit was held")
    ROUND = "round", _("A round was led")
    THANKS = "thanks", _("Somebody was thanked by name")


IsOpen = Callable[[date], bool]


def period_of(cadence: str, day: date) -> date:
    """The first day of the period in which `day` lies: the day, its Monday, the first of its month or of its year."""
    if cadence == Cadence.WEEKLY:
        return day - timedelta(days=day.weekday())
    if cadence == Cadence.YEARLY:
        return day.replace(month=1, day=1)
    return day.replace(day=1) if cadence == Cadence.MONTHLY else day


def after(cadence: str, first: date) -> date:
    """The first day of the next period."""
    if cadence == Cadence.WEEKLY:
        return first + timedelta(days=7)
    if cadence == Cadence.MONTHLY:
        return (first.replace(day=28) + timedelta(days=4)).replace(day=1)
    if cadence == Cadence.YEARLY:
        return first.replace(year=first.year + 1)
    return first + timedelta(days=1)


def before(cadence: str, first: date, is_open: IsOpen) -> date:
    """The first day of the period before; of a daily task the last day on which the unit worked, within two weeks."""
    if cadence != Cadence.DAILY:
        return period_of(cadence, first - timedelta(days=1))
    days = (first - timedelta(days=n) for n in range(1, 15))
    return next((day for day in days if is_open(day)), first - timedelta(days=1))


@dataclass(frozen=True, slots=True)
class Mark:
    """What a person said of one period: how many times they tapped "done", or why not this time."""

    done: int = 0
    reason: str = ""


NOTHING: Final = Mark()


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a task stands in a period: `done` of `asked`; `carried` of those asked come from the period before;
    `counted` of those done the house knew by itself. `reason`: why not this time.
    """

    asked: int
    done: int
    carried: int = 0
    counted: int = 0
    reason: str = ""

    @property
    def is_done(self) -> bool:
        """Whether nothing is left."""
        return self.done >= self.asked

    @property
    def is_settled(self) -> bool:
        """Whether it is done, or has a reason."""
        return self.is_done or bool(self.reason)


def left_over(times: int, mark: Mark, counted: int) -> int:
    """How much of a period is carried into the next: what was not done and has no reason. What had been carried into
    it is carried no further.
    """
    return 0 if mark.reason else max(0, times - mark.done - counted)


def stands(times: int, mark: Mark, counted: int, carried: int = 0) -> Standing:
    """Where a task stands that is asked `times` a period, with `carried` from the one before."""
    asked = times + carried
    return Standing(asked, min(asked, mark.done + counted), carried, min(asked, counted), mark.reason)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a role is asked: a task, how often it begins anew, how many times a period; since which day it stands on the
    list.
    """

    task: int
    cadence: str
    times: int
    since: date


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one person's tasks: marks by (task, first day), and how much counted by itself on each day."""

    marks: Mapping[tuple[int, date], Mark]
    counted: Mapping[int, Mapping[date, int]]

    def mark(self, task: int, first: date) -> Mark:
        """What was said of a period."""
        return self.marks.get((task, first), NOTHING)

    def count(self, asked: Asked, first: date) -> int:
        """How much counted by itself in the period that begins on `first`."""
        end = after(asked.cadence, first)
        return sum(n for day, n in self.counted.get(asked.task, {}).items() if first <= day < end)


def standing_on(asked: Asked, known: Known, day: date, is_open: IsOpen) -> Standing:
    """Where a task stands in the period of `day`, with what is carried over from the one before: of a year only where
    the task stood on the list for all of it.
    """
    first = period_of(asked.cadence, day)
    earlier = before(asked.cadence, first, is_open)
    carried = 0
    since = asked.since if asked.cadence == Cadence.YEARLY else period_of(asked.cadence, asked.since)
    if earlier >= since:
        carried = left_over(asked.times, known.mark(asked.task, earlier), known.count(asked, earlier))
    return stands(asked.times, known.mark(asked.task, first), known.count(asked, first), carried)


@dataclass(frozen=True, slots=True)
class Week:
    """One week of the grid: how many of the periods that end in it were done, had a reason, were asked in all. None of
    them asked: the list was not there, or nobody worked.
    """

    first: date
    asked: int
    done: int
    explained: int


def weeks_back(asked: Asked, known: Known, today: date, is_open: IsOpen) -> list[Week]:
    """The last eight weeks of a task, the oldest first, without the present one. A monthly or yearly task counts in the
    week in which its month or year ends.
    """
    monday = period_of(Cadence.WEEKLY, today)
    found = []
    for back in range(WEEKS_BACK, 0, -1):
        first = monday - timedelta(days=7 * back)
        periods = [p for p in _periods(asked, first, is_open) if p >= period_of(asked.cadence, asked.since)]
        said = [stands(asked.times, known.mark(asked.task, p), known.count(asked, p)) for p in periods]
        done = sum(one.is_done for one in said)
        found.append(Week(first, len(said), done, sum(one.is_settled for one in said) - done))
    return found


def _periods(asked: Asked, monday: date, is_open: IsOpen) -> Iterable[date]:
    if asked.cadence == Cadence.WEEKLY:
        return [monday]
    days = [monday + timedelta(days=n) for n in range(7)]
    if asked.cadence == Cadence.DAILY:
        return [day for day in days if is_open(day)]
    ends = [day for day in days if after(asked.cadence, period_of(asked.cadence, day)) == day + timedelta(days=1)]
    return [period_of(asked.cadence, day) for day in ends]


def share_in_tenths(done: int, asked: int) -> int | None:
    """A share in whole tenths, so that one person more or less cannot be read off; None of nothing."""
    return None if not asked else round(10 * done / asked)


def check_reason(reason: str) -> str:
    """A reason as it is kept. Raises NotAllowed for none and for one that is too long."""
    words = " ".join(reason.replace("\x00", "").split())
    if not words:
        raise NotAllowed(_now("Say in a few words why not this time."), field="reason")
    if len(words) > REASON_LENGTH:
        raise NotAllowed(
            _now("This has %(n)s characters; at most %(most)s fit.") % {"n": len(words), "most": REASON_LENGTH},
            field="reason",
        )
    return words
