"""Words for pages of set-up."""

from django import template

from huddles.rules import durations

register = template.Library()


@register.filter
def length_of_time(minutes: int) -> str:
    """Minutes as people read them: 240 is "4 h"."""
    return durations.said(minutes)
