"""Finished markup: cards of a kanban, which stand on a page by the hundred, and the sheet of a paper.

What is remembered is remembered by all that it shows, or by a version that grows with every change, so that it is not
old. Drawing it anew for every reader would be most of the page.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import lru_cache
from threading import Lock
from typing import Final

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from improvement.queries.tickets import Card

_LATE: Final = '<svg class="i is-missed" aria-hidden="true"><use href="#s-missed"/></svg> '
#: Sheets that a process remembers, of about 60 kB each.
_MOST: Final = 128


@lru_cache(maxsize=8192)
def card(shown: Card) -> SafeString:
    """A card of the kanban."""
    late = _LATE if shown.late else ""
    return mark_safe(  # noqa: S308 - all parts are escaped
        f'<li class="card" data-ticket="{shown.pk}"><a href="{escape(shown.url)}">{escape(shown.title)}</a>'
        f'<p class="small quiet">{escape(shown.under)}</p>'
        f'<p class="small quiet">{late}{escape(shown.due)}{escape(shown.age)}</p></li>'
    )


class Remembered:
    """Markup by what it shows; what was not asked for longest goes first. Safe for several threads."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, str] = OrderedDict()
        self._lock = Lock()

    def get(self, shows: Hashable, draw: Callable[[], str]) -> SafeString:
        """What was drawn of `shows` before, else what `draw` gives: finished markup."""
        with self._lock:
            found = self._kept.get(shows)
            if found is not None:
                self._kept.move_to_end(shows)
        if found is None:
            found = draw()
            with self._lock:
                self._kept[shows] = found
                if len(self._kept) > _MOST:
                    self._kept.popitem(last=False)
        return mark_safe(found)  # noqa: S308 - a template has drawn it
