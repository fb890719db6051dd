"""Moments, spans and deadlines in words, in the reader's language."""

from datetime import datetime, timedelta
from typing import Final

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from boards.queries.words import short_day

#: Minutes of an hour, hours of a day, days of a week: the names of days tell it within one.
_HOUR: Final = 60
_DAY: Final = 24
_WEEK: Final = 7


def moment(at: datetime, now: datetime) -> str:
    """Like "just now", "12 min ago" within the last hour, else as `clock`. `now` is aware and local; what is told is
    told in its zone.
    """
    passed = now - at
    if timedelta(0) <= passed < timedelta(hours=1):
        minutes = int(passed.total_seconds() // 60)
        if minutes == 0:
            return _("just now")
        return ngettext("%(n)s min ago", "%(n)s min ago", minutes) % {"n": minutes}
    return clock(at, now)


def clock(at: datetime, now: datetime) -> str:
    """Like "07:04", "tomorrow 07:04", "Mon 07:04" in the week to come, else "18 Nov 07:04": never counted from now."""
    local = at.astimezone(now.tzinfo)
    time = formats.time_format(local, "H:i")
    days = (local.date() - now.date()).days
    if days == 0:
        return time
    if days == 1:
        return _("tomorrow %(time)s") % {"time": time}
    if days == -1:
        return _("yesterday %(time)s") % {"time": time}
    if 0 < days < _WEEK:
        return f"{formats.date_format(local, 'D')} {time}"
    return f"{short_day(local.date(), now.date())} {time}"


def day_clock(at: datetime, now: datetime) -> str:
    """Like "Fri 27 Nov 2026 19:00", in the zone of `now`."""
    local = at.astimezone(now.tzinfo)
    return f"{formats.date_format(local, _('D j M Y'))} {formats.time_format(local, 'H:i')}"


def deadline(at: datetime, now: datetime) -> str:
    """A moment until which something has time, told in the zone of `now`. Midnight is the end of the day before, as
    people say it.
    """
    local, today = at.astimezone(now.tzinfo), now.date()
    if (local.hour, local.minute) != (0, 0):
        return clock(at, now)
    day = local.date() - timedelta(days=1)
    if day == today:
        return _("tonight")
    return _("the end of %(day)s") % {"day": short_day(day, today)}


def until(at: datetime | None, now: datetime) -> str:
    """Like "by 12:00", "by Fri 17:00", "by the end of 30 Nov", "late since 09:00"; empty where nothing is set."""
    if at is None:
        return ""
    if at <= now:
        return _("late since %(when)s") % {"when": moment(at, now)}
    return _("by %(when)s") % {"when": deadline(at, now)}


def check_in(at: datetime | None, now: datetime) -> str:
    """Like "check-in today", "check-in 8 Dec", "check-in was due 8 Dec"; `at` is the end of its day, or None."""
    if at is None:
        return ""
    day = (at.astimezone(now.tzinfo) - timedelta(microseconds=1)).date()
    if at <= now:
        return _("check-in was due %(day)s") % {"day": short_day(day, now.date())}
    if day == now.date():
        return _("check-in today")
    return _("check-in %(day)s") % {"day": short_day(day, now.date())}


def span(length: timedelta | float | None) -> str:
    """Like "12 min", "3 h 20 min", "2 days 4 h", "9 days"; a dash where it is not known. A number counts seconds."""
    if length is None:
        return "–"
    seconds = length.total_seconds() if isinstance(length, timedelta) else length
    minutes = max(round(seconds) // 60, 0)
    if minutes < _HOUR:
        return _("%(n)s min") % {"n": minutes}
    hours, minutes = divmod(minutes, _HOUR)
    if hours < _DAY:
        whole = _("%(n)s h") % {"n": hours}
        return f"{whole} {_('%(n)s min') % {'n': minutes}}" if minutes else whole
    days, hours = divmod(hours, _DAY)
    whole = ngettext("%(n)s day", "%(n)s days", days) % {"n": days}
    return f"{whole} {_('%(n)s h') % {'n': hours}}" if hours and days < _WEEK else whole
