"""How long and until when, in words, in the reader's language."""

from datetime import datetime, timedelta
from typing import Final

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from boards.queries.words import short_day

_HOUR: Final = 3600
_DAY: Final = 24 * _HOUR
#: From so many days on, hours no longer matter.
_DAYS_ONLY: Final = 3
_WEEK: Final = 7


def span(length: timedelta | float | None) -> str:
    """Like "12 min", "2 h 10 min", "1 d 4 h", "5 days"; a dash where it is not known. A number counts seconds."""
    if length is None:
        return "–"
    seconds = max(0, round(length.total_seconds() if isinstance(length, timedelta) else length))
    if seconds < _HOUR:
        return _("%(n)s min") % {"n": seconds // 60}
    if seconds < _DAY:
        hours, minutes = seconds // _HOUR, seconds % _HOUR // 60
        short = {"hours": hours, "minutes": minutes}
        return _("%(hours)s h %(minutes)s min") % short if minutes else _("%(hours)s h") % short
    days, hours = seconds // _DAY, seconds % _DAY // _HOUR
    if days < _DAYS_ONLY and hours:
        return _("%(days)s d %(hours)s h") % {"days": days, "hours": hours}
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}


def moment(at: datetime, zone_now: datetime) -> str:
    """A moment seen from `zone_now` (in the reader's zone): "15:00", "tomorrow 07:00", "Mon 07:00", "18 Nov 07:00"."""
    there = at.astimezone(zone_now.tzinfo)
    clock = formats.time_format(there, "H:i")
    days = (there.date() - zone_now.date()).days
    if days == 0:
        return clock
    if days == 1:
        return _("tomorrow %(time)s") % {"time": clock}
    if days == -1:
        return _("yesterday %(time)s") % {"time": clock}
    if 0 < days < _WEEK:
        return f"{formats.date_format(there, 'D')} {clock}"
    return f"{short_day(there.date(), zone_now.date())} {clock}"
