"""Moments, spans and deadlines in words, in the reader's language."""

from datetime import datetime, timedelta

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def moment(at: datetime, now: datetime) -> str:
    """Like "12 min ago", "07:04", "tomorrow 07:04", "Mon 07:04", "18 Nov 07:04". `now` is aware and local; what is
    told is told in its zone.
    """
    passed = now - at
    if timedelta(0) <= passed < timedelta(hours=1):
        minutes = int(passed.total_seconds() // 60)
        if minutes == 0:
            return _("just now")
        return ngettext("%(n)s min ago", "%(n)s min ago", minutes) % {"n": minutes}
    return clock(at, now)


def clock(at: datetime, now: datetime) -> str:
    """Like "07:04", "tomorrow 07:04", "Mon 07:04", "18 Nov 07:04": never counted from now."""
    local = at.astimezone(now.tzinfo)
    time = formats.time_format(local, "H:i")
    days = (local.date() - now.date()).days
    if days == 0:
        return time
    if days == 1:
        return _("tomorrow %(time)s") % {"time": time}
    if days == -1:
        return _("yesterday %(time)s") % {"time": time}
    if abs(days) < 7:
        return f"{formats.date_format(local, 'D')} {time}"
    # Translators: day formats of Django; the order of day and month, and the words between, are the language's own.
    return f"{formats.date_format(local, _('j M') if local.year == now.year else _('j M Y'))} {time}"


def until(at: datetime | None, now: datetime) -> str:
    """Like "by 12:00", "by Fri 17:00", "late since 09:00"; empty where nothing is set."""
    if at is None:
        return ""
    if at <= now:
        return _("late since %(when)s") % {"when": moment(at, now)}
    return _("by %(when)s") % {"when": clock(at, now)}


def span(length: timedelta) -> str:
    """Like "4 min", "3 h", "2 days 5 h"."""
    minutes = max(0, int(length.total_seconds() // 60))
    if minutes < 60:
        return _("%(n)s min") % {"n": minutes}
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return _("%(h)s h %(m)s min") % {"h": hours, "m": minutes} if minutes else _("%(h)s h") % {"h": hours}
    days, hours = divmod(hours, 24)
    text = ngettext("%(n)s day", "%(n)s days", days) % {"n": days}
    return f"{text} {_('%(h)s h') % {'h': hours}}" if hours else text
