"""Days and moments in templates, as `boards.queries.words` and `huddles.queries.words` say them everywhere."""

from datetime import date, datetime

from django import template
from django.utils import timezone

from boards.queries import words as days
from huddles.queries import words

register = template.Library()


@register.filter
def clock(at: datetime | None) -> str:
    """Like "07:04", "yesterday 07:04", "18 Nov 07:04", in the time zone of the page; "" for none."""
    return "" if at is None else words.clock(at, timezone.localtime(timezone.now()))


@register.filter
def short_day(day: date | datetime) -> str:
    """Like "18 Nov", with the year where it is another one."""
    return days.short_day(_day(day), timezone.localdate())


@register.filter
def long_day(day: date | datetime) -> str:
    """Like "Friday 20 November 2026"."""
    return days.long_day(_day(day))


def _day(day: date | datetime) -> date:
    return timezone.localtime(day).date() if isinstance(day, datetime) else day
