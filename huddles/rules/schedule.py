"""When a huddle counts as held, running, coming or not held."""

from datetime import datetime, timedelta
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class HuddleState(TextChoices):
    """Where a planned huddle stands. It follows from its times; no clock has to write it."""

    COMING = "coming", _("Coming")
    DUE = "due", _("Should be meeting")
    RUNNING = "running", _("Meeting")
    HELD = "held", _("Held")
    NOT_HELD = "not_held", _("Not held")


#: A huddle may begin this long before its time, and is still on time this long after it.
EARLY: Final = timedelta(minutes=30)
ON_TIME: Final = timedelta(minutes=5)
#: Not begun this long after its planned end, it was not held – until somebody enters it from paper.
GRACE: Final = timedelta(minutes=15)
#: Somebody forgot to end it: after this a running huddle counts as held, as long as planned.
FORGOTTEN: Final = timedelta(hours=3)


def state_of(
    *, planned_at: datetime, minutes: int, started_at: datetime | None, ended_at: datetime | None, now: datetime
) -> HuddleState:
    """The state of a huddle at `now`. All times are aware."""
    if ended_at is not None:
        return HuddleState.HELD
    if started_at is not None:
        return HuddleState.HELD if now - started_at >= FORGOTTEN else HuddleState.RUNNING
    if now < planned_at:
        return HuddleState.COMING
    return HuddleState.DUE if now < planned_at + timedelta(minutes=minutes) + GRACE else HuddleState.NOT_HELD


def was_on_time(*, planned_at: datetime, started_at: datetime | None) -> bool:
    """Whether it began no later than `ON_TIME` after its time."""
    return started_at is not None and started_at <= planned_at + ON_TIME


def may_start(*, planned_at: datetime, now: datetime) -> bool:
    """Whether it may begin at `now`: from half an hour before its time on."""
    return now >= planned_at - EARLY
