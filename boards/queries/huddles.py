"""When a unit meets next, in words; remembered for a few minutes, since it is asked with every page."""

from datetime import datetime
from typing import Final

from django.core.cache import cache
from django.utils import formats
from django.utils.translation import gettext as _

from org.models import Unit
from org.queries import next_huddle_of

_REMEMBERED_SECONDS: Final = 300


def next_huddle_text(unit: Unit, now: datetime) -> str:
    """Like "07:00", "tomorrow 07:00", "Mon 07:00"; empty where none is planned."""
    key = f"next-huddle:{unit.pk}"
    starts_at: datetime | str | None = cache.get(key)
    if starts_at is None or (isinstance(starts_at, datetime) and starts_at < now):
        found = next_huddle_of(unit, now)
        starts_at = found.starts_at if found else ""
        cache.set(key, starts_at, _REMEMBERED_SECONDS)
    if not isinstance(starts_at, datetime):
        return ""
    clock = formats.time_format(starts_at, "H:i")
    days = (starts_at.date() - now.astimezone(starts_at.tzinfo).date()).days
    if days == 0:
        return clock
    if days == 1:
        return _("tomorrow %(time)s") % {"time": clock}
    return f"{formats.date_format(starts_at, 'D')} {clock}"
