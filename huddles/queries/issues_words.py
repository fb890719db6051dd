"""Moments and lengths of time in words, as issues tell them: near ones relative, far ones by the clock."""

from datetime import datetime, timedelta, tzinfo
from typing import Final

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from boards.queries.words import short_day
from huddles.rules.clocks import CLOCKS, Clock
from huddles.rules.issues import Status

_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
_MINUTE: Final = timedelta(minutes=1)


def lasting(length: timedelta) -> str:
    """Like "12 min", "3 h 20 min", "2 days 4 h"; "0 min" for what is shorter or negative."""
    minutes = max(length // _MINUTE, 0)
    if minutes < 60:
        return _("%(n)s min") % {"n": minutes}
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        whole = _("%(n)s h") % {"n": hours}
        return f"{whole} {lasting(minutes * _MINUTE)}" if minutes else whole
    days, hours = divmod(hours, 24)
    whole = ngettext("%(n)s day", "%(n)s days", days) % {"n": days}
    return f"{whole} {_('%(n)s h') % {'n': hours}}" if hours and days < 7 else whole


def clock(at: datetime, now: datetime, zone: tzinfo) -> str:
    """A moment by the clock: "14:05" today, "tomorrow 14:05", "24 Nov 14:05"."""
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    hour = formats.date_format(local, "H:i")
    days = (local.date() - today).days
    if days == 0:
        return hour
    if days == 1:
        return _("tomorrow %(time)s") % {"time": hour}
    if days == -1:
        return _("yesterday %(time)s") % {"time": hour}
    return f"{short_day(local.date(), today)} {hour}"


def ago(at: datetime, now: datetime, zone: tzinfo) -> str:
    """A moment that has passed: "just now", "12 min ago", else by the clock."""
    passed = now - at
    if timedelta(0) <= passed < _MINUTE:
        return _("just now")
    if _MINUTE <= passed < _HOUR:
        return _("%(time)s ago") % {"time": lasting(passed)}
    return clock(at, now, zone)


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
