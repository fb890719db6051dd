"""What tier health asks a coach to look at: limits as data, and the questions. Never about a person."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

#: Days that a report looks back; the first is what it begins with.
PERIODS: Final = (28, 7, 91)
#: A unit with fewer confidential issues than this shows none of them, not even in a total.
FEWEST_CONFIDENTIAL: Final = 5
#: Share of closed issues that a front line is expected to solve by itself.
SOLVED_BELOW: Final = (0.70, 0.95)
#: Upper ends of the classes of a distribution, in seconds; the last class is open.
CLASSES: Final = (15 * 60, 3600, 4 * 3600, 24 * 3600, 3 * 86400, 7 * 86400)


class Hint(TextChoices):
    """A question for coaches."""

    NOTHING_UP = "nothing_up", _("Nothing was sent up. Is everything solved there, or is sending up hard?")
    EVERYTHING_UP = "everything_up", _("Nearly everything was sent up. What would help to solve more of it there?")
    NOTHING_RAISED = "nothing_raised", _("Nothing was raised. Is it safe, and easy, to say what is wrong?")
    SILENT = "silent", _("Issues climbed because nobody took them. Who is there when they arrive?")
    UNCONFIRMED = "unconfirmed", _("Answers close without a word from where it began. Do they reach the huddle?")


@dataclass(frozen=True, slots=True)
class Limits:
    """From when on a question is asked. `fewest`: with less of what it is a share of, nothing is asked."""

    fewest: int
    share: float = 0.0


LIMITS: Final[Mapping[Hint, Limits]] = {
    Hint.NOTHING_UP: Limits(10),
    Hint.EVERYTHING_UP: Limits(5, 0.8),
    Hint.NOTHING_RAISED: Limits(10),
    Hint.SILENT: Limits(3, 0.3),
    Hint.UNCONFIRMED: Limits(3, 0.5),
}


@dataclass(frozen=True, slots=True)
class Signs:
    """Counts of one unit in a period. `arrived`: issues raised at it or brought to it; `escalated`, `climbed`: those
    that went up from it by a hand or by silence. Only at a front line is it odd that nothing is raised.
    """

    held: int
    raised: int
    arrived: int
    escalated: int
    climbed: int
    closed: int
    unconfirmed: int
    is_top: bool
    is_front: bool


def hints(signs: Signs) -> list[Hint]:
    """What a coach may ask there, in the order of `Hint`."""
    asks = {
        Hint.NOTHING_UP: not signs.is_top
        and signs.arrived >= LIMITS[Hint.NOTHING_UP].fewest
        and signs.escalated + signs.climbed == 0,
        Hint.EVERYTHING_UP: not signs.is_top and _much(Hint.EVERYTHING_UP, signs.escalated, signs.arrived),
        Hint.NOTHING_RAISED: signs.is_front and signs.held >= LIMITS[Hint.NOTHING_RAISED].fewest and signs.raised == 0,
        Hint.SILENT: _much(Hint.SILENT, signs.climbed, signs.arrived),
        Hint.UNCONFIRMED: _much(Hint.UNCONFIRMED, signs.unconfirmed, signs.closed),
    }
    return [hint for hint in Hint if asks[hint]]


def _much(hint: Hint, part: int, whole: int) -> bool:
    limits = LIMITS[hint]
    return whole >= limits.fewest and part >= limits.share * whole


def period_of(asked: str) -> int:
    """The period that somebody asks for in an address; the first for anything else."""
    return int(asked) if asked.isdecimal() and int(asked) in PERIODS else PERIODS[0]
