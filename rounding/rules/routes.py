"""Routes: what one holds, and which units to go to next, with a sentence why. Pure: no query, no clock."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

NAME_LENGTH: Final = 80
LONGEST_MINUTES: Final = 240
MOST_STOPS: Final = 8
#: How many units are suggested.
SUGGESTED: Final = 5
#: Where nobody has been for longer counts as for this long.
LONGEST_UNHEARD: Final = 90
#: Days back in which huddles that were not held count.
HUDDLE_DAYS: Final = 14


@dataclass(frozen=True, slots=True)
class Heard:
    """How a unit has been heard lately. `last_on`: its last round of any kind; `missed` huddles of `planned` were not
    held in the last two weeks; `stuck` issues there are past their clock.
    """

    unit: int
    name: str
    last_on: date | None
    missed: int
    planned: int
    stuck: int


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A unit to go to, and why."""

    unit: int
    name: str
    score: float
    why: str


def score_of(heard: Heard, today: date) -> float:
    """How much a unit wants a visit: a point for each month without a round (at most three), one for all huddles
    missed, half a point for each stuck issue (at most three).
    """
    unheard = LONGEST_UNHEARD if heard.last_on is None else min(LONGEST_UNHEARD, max(0, (today - heard.last_on).days))
    missed = heard.missed / heard.planned if heard.planned else 0.0
    return unheard / 30 + missed + min(heard.stuck, 6) / 2


def suggest(units: Iterable[Heard], today: date, most: int = SUGGESTED) -> list[Suggestion]:
    """The units that want a visit most, each with why; none where there is no reason."""
    found = [Suggestion(one.unit, one.name, score_of(one, today), _why(one, today)) for one in units]
    wanted = [one for one in found if one.why]
    return sorted(wanted, key=lambda one: (-one.score, one.name))[:most]


def _why(heard: Heard, today: date) -> str:
    parts = []
    if heard.last_on is None:
        parts.append(_("no round yet"))
    elif (days := (today - heard.last_on).days) >= 14:
        parts.append(_("no round for %(n)s days") % {"n": days})
    if heard.missed:
        said = ngettext(
            "%(n)s huddle of %(of)s not held lately", "%(n)s huddles of %(of)s not held lately", heard.missed
        )
        parts.append(said % {"n": heard.missed, "of": heard.planned})
    if heard.stuck:
        said = ngettext("%(n)s issue past its time", "%(n)s issues past their time", heard.stuck)
        parts.append(said % {"n": heard.stuck})
    return ", ".join(parts)


def next_days(weekday: int, today: date, weeks: int) -> list[date]:
    """The days of the next `weeks` weeks on `weekday` (0 is Monday), beginning with today."""
    first = today + timedelta(days=(weekday - today.weekday()) % 7)
    return [first + timedelta(days=7 * week) for week in range(weeks)]
