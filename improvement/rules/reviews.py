"""When a goal or a guideline is looked at again: a day ahead, and not so far that nobody who reads it will be there."""

from datetime import date, timedelta
from typing import Final

from django.utils.translation import gettext as _

from org.rules import NotAllowed

#: The next look lies at most so many years ahead.
MOST_YEARS: Final = 3
FURTHEST: Final = timedelta(days=365 * MOST_YEARS + 1)


def check_day(day: date, today: date, field: str) -> None:
    """Refuse a day too far ahead. Raises NotAllowed in plain words, naming `field`."""
    if day > today + FURTHEST:
        raise NotAllowed(_("Choose a day within the next %(n)s years.") % {"n": MOST_YEARS}, field=field)
