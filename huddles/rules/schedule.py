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
#: A huddle called by a slip of the finger is called off within this, unless something was written in it.
CALL_OFF: Final = timedelta(minutes=10)
#: Later than this after its time a huddle does not begin any more: what was said is entered from paper.
LATE: Final = timedelta(hours=12)
#: How long after its end words and taps still come in: from a page that was offline, from paper, from the self-check.
WRITABLE: Final = timedelta(days=3)
#: What was said afterwards to have taken longer is a slip of the pen.
LONGEST_HUDDLE: Final = timedelta(hours=4)


def state_of(
    *,
    planned_at: datetime,
    minutes: int,
    started_at: datetime | None,
    ended_at: datetime | None,
    now: datetime,
    not_held: bool = False,
) -> HuddleState:
    """The state of a huddle at `now`. All times are aware. `queries.states.STATE` says the same in SQL.

    `not_held`: somebody has given a reason for not meeting. Given before its time that is an announcement, and counts
    at once: nobody is waited for, and nobody is asked why. Who begins it nevertheless takes that back.
    """
    if ended_at is not None:
        return HuddleState.HELD
    if started_at is not None:
        return HuddleState.HELD if now - started_at >= FORGOTTEN else HuddleState.RUNNING
    if not_held:
        return HuddleState.NOT_HELD
    if now < planned_at:
        return HuddleState.COMING
    return HuddleState.DUE if now < planned_at + timedelta(minutes=minutes) + GRACE else HuddleState.NOT_HELD


def was_on_time(*, planned_at: datetime, started_at: datetime | None) -> bool:
    """Whether it began no later than `ON_TIME` after its time."""
    return started_at is not None and started_at <= planned_at + ON_TIME


def may_call_off(*, is_extra: bool, started_at: datetime | None, ended_at: datetime | None, now: datetime) -> bool:
    """Whether a called huddle may still be called off, as far as time says it."""
    return is_extra and started_at is not None and ended_at is None and now - started_at <= CALL_OFF


def minutes_held(started_at: datetime, ended_at: datetime) -> int:
    """How long it took, in whole minutes as the clock on the wall shows them: 10:55 to 11:02 is 7; at least 1."""
    whole = ended_at.replace(second=0, microsecond=0) - started_at.replace(second=0, microsecond=0)
    return max(1, int(whole.total_seconds() // 60))


def may_start(*, planned_at: datetime, now: datetime) -> bool:
    """Whether it may begin at `now`: from half an hour before its time until half a day after it."""
    return planned_at - EARLY <= now <= planned_at + LATE


def can_still_begin(*, planned_at: datetime, minutes: int, now: datetime) -> bool:
    """Whether people can still meet for it as planned: it has not been missed yet."""
    return now < planned_at + timedelta(minutes=minutes) + GRACE


def may_write(*, ended_at: datetime | None, now: datetime) -> bool:
    """Whether words and taps still belong to a huddle that has begun."""
    return ended_at is None or now <= ended_at + WRITABLE


def within(moment: datetime, *, earliest: datetime, latest: datetime) -> datetime:
    """When somebody acted, as far as it can be: a clock that is wrong moves nothing out of its huddle."""
    return max(earliest, min(moment, latest))
