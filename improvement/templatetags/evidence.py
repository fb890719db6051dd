"""Cells of the tables behind evidence, as people read them."""

from datetime import date

from django import template

from boards.queries import words

register = template.Library()


@register.filter
def cell(value: str | float | date | None) -> str:
    """A day in full, a count whole where it is whole, nothing as nothing; words as they are."""
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return words.count(value)
    return str(value)


@register.filter
def is_day(value: object) -> bool:
    """Whether a cell is a day, which stands in one line."""
    return isinstance(value, date)
