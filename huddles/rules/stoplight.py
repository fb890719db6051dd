"""The stoplight report as a table: green is done, yellow is in work, red is not possible now, and why."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from huddles.rules.issues import Outcome, Status

#: Within so many days whoever raised an issue should have heard a word.
ANSWERED_WITHIN: Final = timedelta(days=7)


class Light(StrEnum):
    """What a unit that told something is told back, in the order in which it is read out."""

    RED = "red"
    YELLOW = "yellow"
    GREEN = "green"


def light_of(status: str, outcome: str) -> Light:
    """The light of an issue, or of the whole that it is part of. What is parked is not possible now."""
    match Status(status):
        case Status.PARKED:
            return Light.RED
        case Status.DONE | Status.CONFIRMED | Status.UNCONFIRMED:
            return Light.RED if outcome == Outcome.DECLINED else Light.GREEN
        case _:
            return Light.YELLOW


def was_answered_in_time(raised_at: datetime, answered_at: datetime | None, now: datetime) -> bool | None:
    """Whether it was answered within `ANSWERED_WITHIN`; None where there is time left."""
    if answered_at is not None:
        return answered_at - raised_at <= ANSWERED_WITHIN
    return None if now - raised_at <= ANSWERED_WITHIN else False
