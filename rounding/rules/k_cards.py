"""K-cards: which side a check turns up, and how often a card is pulled while its process is steady.

Source of the rule by which there are fewer cards: one children's hospital, with over 90 % green and no harm for three
months. A red, or harm, brings all of them back at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from org.rules import NotAllowed

TEXT_LENGTH: Final = 500
MOST_OFTEN: Final = 31
#: Three months, as columns of a board: the week of today is the last one.
WEEKS: Final = 13
#: So many checks in three months tell whether a process is steady.
ENOUGH: Final = 10
#: More than this share of them is green.
STEADY_PERCENT: Final = 90
#: After a red, so many greens in a row before there are fewer cards again.
GREEN_AGAIN: Final = 5


class Side(TextChoices):
    """The side of a card that shows."""

    GREEN = "green", _("Green")
    RED = "red", _("Red")


class Answer(TextChoices):
    """What was seen of one element of a standard."""

    YES = "yes", _("Yes")
    NO = "no", _("No")
    NONE = "none", _("Does not apply")


class Per(TextChoices):
    """In what time a card is pulled so many times."""

    WEEK = "week", _("week")
    MONTH = "month", _("month")


class Harm(StrEnum):
    """What the measure of harm that is linked to a card says of three months."""

    NOT_LINKED = "not_linked"
    NONE = "none"
    SOME = "some"
    UNKNOWN = "unknown"


class Why(StrEnum):
    """Why a card is pulled as often as it is."""

    STEADY = "steady"
    FEW = "few"
    NOT_STEADY = "not_steady"
    RED_LATELY = "red_lately"
    HARM = "harm"
    HARM_UNKNOWN = "harm_unknown"


@dataclass(frozen=True, slots=True)
class Tally:
    """Checks of one card in three months. `in_a_row`: greens since its last red."""

    checks: int = 0
    green: int = 0
    in_a_row: int = 0


@dataclass(frozen=True, slots=True)
class Pace:
    """`often` times in `apart` weeks or months, and why."""

    often: int
    per: Per
    apart: int
    why: Why


def side_of(answers: Sequence[str]) -> Side:
    """Green where everything that applies is as the standard says. Raises NotAllowed where nothing applies."""
    if any(answer not in Answer.values for answer in answers):
        raise NotAllowed(_now("Answer every line."))
    if Answer.NO in answers:
        return Side.RED
    if Answer.YES not in answers:
        raise NotAllowed(_now("Nothing on this card applies just now. Pull it another time."))
    return Side.GREEN


def pace_of(often: int, per: Per, tally: Tally, harm: Harm) -> Pace:
    """How often a card is pulled that stands for `often` in a week or month: half as often while its process is steady.

    Counts of checks, never of people.
    """
    why = _why(tally, harm)
    if why != Why.STEADY:
        return Pace(often, per, 1, why)
    if often == 1:
        return Pace(1, per, 2, why)
    return Pace(-(-often // 2), per, 1, why)


def _why(tally: Tally, harm: Harm) -> Why:
    if tally.checks < ENOUGH:
        return Why.FEW
    if tally.green * 100 <= tally.checks * STEADY_PERCENT:
        return Why.NOT_STEADY
    if harm == Harm.SOME:
        return Why.HARM
    if harm == Harm.UNKNOWN:
        return Why.HARM_UNKNOWN
    if tally.green < tally.checks and tally.in_a_row < GREEN_AGAIN:
        return Why.RED_LATELY
    return Why.STEADY


def first_day(pace: Pace, today: date) -> date:
    """The first day of the time in which a card is to be pulled `pace.often` times: weeks begin on Monday."""
    if pace.per == Per.WEEK:
        return monday(today) - timedelta(weeks=pace.apart - 1)
    return months_back(today, pace.apart - 1)


def monday(day: date) -> date:
    """The Monday of its week."""
    return day - timedelta(days=day.weekday())


def months_back(day: date, months: int) -> date:
    """The first of the month, so many months ago."""
    month = day.year * 12 + day.month - 1 - months
    return date(month // 12, month % 12 + 1, 1)


def weeks_until(today: date) -> list[date]:
    """The Mondays of the last three months, the present week last."""
    last = monday(today)
    return [last - timedelta(weeks=ago) for ago in range(WEEKS - 1, -1, -1)]


def check_often(often: int, per: str) -> None:
    """Refuse what nobody can pull. Raises NotAllowed."""
    if per not in Per.values or not 1 <= often <= MOST_OFTEN:
        raise NotAllowed(_now("A card is pulled 1 to %(n)s times.") % {"n": MOST_OFTEN}, field="often")
