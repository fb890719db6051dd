"""What runs out for an issue, and when, in words; moments and lengths as everywhere in this room (`words`)."""

from datetime import datetime, timedelta, tzinfo
from typing import Final

from django.utils.translation import gettext as _

from boards.queries.words import short_day
from huddles.queries import words
from huddles.rules.clocks import CLOCKS, Clock
from huddles.rules.issues import Status

_DAY: Final = timedelta(days=1)


def lasting(length: timedelta) -> str:
    """How long, as `words.span` says it."""
    return words.span(length)


def clock(at: datetime, now: datetime, zone: tzinfo) -> str:
    """A moment by the clock of `zone`."""
    return words.clock(at, now.astimezone(zone))


def ago(at: datetime, now: datetime, zone: tzinfo) -> str:
    """A moment that has passed, seen from now in `zone`."""
    return words.moment(at, now.astimezone(zone))


def deadline(at: datetime, now: datetime, zone: tzinfo) -> str:
    """A moment until which something has time. Midnight is the end of the day before, as people say it."""
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    if (local.hour, local.minute) != (0, 0):
        return clock(at, now, zone)
    day = local.date() - _DAY
    if day == today:
        return _("tonight")
    return _("the end of %(day)s") % {"day": short_day(day, today)}


def due(status: str, clock_at: datetime | None, now: datetime, zone: tzinfo) -> str:
    """What runs out for an issue of `status`, and when: "take by 12:00"; "2 h late – it was due 15:00"."""
    kind = CLOCKS.get(Status(status))
    if clock_at is None or kind is None:
        return ""
    when = deadline(clock_at, now, zone)
    if clock_at <= now:
        return _("%(late)s late – due %(time)s") % {"late": lasting(now - clock_at), "time": when}
    return {
        Clock.ACKNOWLEDGE: _("take by %(time)s"),
        Clock.ANSWER: _("answer by %(time)s"),
        Clock.PROMISE: _("promised for %(time)s"),
        Clock.CONFIRM: _("confirm by %(time)s"),
        Clock.LOOK_AGAIN: _("look again %(time)s"),
    }[kind] % {"time": when}
