"""Lengths of time as people write them: "4 h", "15 min", "1 h 30 min"."""

import re
from typing import Final

from django.utils.translation import gettext as _

from org.rules import NotAllowed

_TYPED: Final = re.compile(r"(?:(\d{1,4})\s*(?:h|hr|hrs|hours?|:)\s*)?(?:(\d{1,5})\s*(?:m|min|mins|minutes?)?)?")


def said(minutes: int) -> str:
    """`minutes` in hours and minutes: 240 is "4 h", 90 is "1 h 30 min"."""
    hours, rest = divmod(minutes, 60)
    parts = ([_("%(n)s h") % {"n": hours}] if hours else []) + (
        [_("%(n)s min") % {"n": rest}] if rest or not hours else []
    )
    return " ".join(parts)


def read(text: str) -> int:
    """The minutes that somebody typed; a number alone is minutes. Raises NotAllowed where it is no length of time."""
    found = _TYPED.fullmatch(text.strip().lower())
    if found is None or not any(found.groups()):
        raise NotAllowed(_("Write it like “4 h” or “15 min”."))
    return int(found[1] or 0) * 60 + int(found[2] or 0)
