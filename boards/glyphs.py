"""The letters of a board, each drawn as its own calendar of the month: pure functions from cells to SVG markup.

A letter is a mask of five by eight boxes; the days of the month fill it in reading order. Boxes that the month does not
need stay faint, so that the letter keeps its shape in February. What a box looks like (fill, pattern, shape) is drawn
once per page in `templates/sprite.html`; here stand only references, which keeps six letters under 4 kB on the wire.
"""

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from html import escape
from typing import Final

from django.utils.dates import MONTHS, MONTHS_3
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from boards.pages import Cell
from boards.rules import Status

STEP_X: Final = 30
STEP_Y: Final = 22
BOX_WIDTH: Final = 28
BOX_HEIGHT: Final = 20
CALENDAR_COLUMNS: Final = 7
LONGEST_MONTH: Final = 31

MASKS: Final[dict[str, str]] = {
    "S": ".1111 11111 11... 11111 .1111 ...11 11111 1111.",
    "Q": ".111. 11111 11.11 11.11 11.11 11111 .1111 ...11",
    "D": "1111. 11.11 11.11 11.11 11.11 11.11 11.11 1111.",
    "C": "11111 11111 11.11 11... 11... 11.11 11111 11111",
    "P": "11111 11111 11.11 11.11 11111 1111. 11... 11...",
    "E": "11111 11111 11... 1111. 1111. 11... 11111 11111",
    "A": ".111. 11111 11.11 11.11 11111 11111 11.11 11.11",
    "B": "1111. 11111 11.11 1111. 1111. 11.11 11111 1111.",
    "G": ".1111 11111 11... 11.11 11.11 11.11 11111 .1111",
    "H": "11.11 11.11 11.11 11111 11111 11.11 11.11 11.11",
    "I": "11111 11111 .111. .111. .111. .111. 11111 11111",
    "M": "11.11 11111 11111 11.11 11.11 11.11 11.11 11.11",
    "O": ".111. 11111 11.11 11.11 11.11 11.11 11111 .111.",
    "R": "1111. 11111 11.11 11111 1111. 11.11 11.11 11.11",
    "U": "11.11 11.11 11.11 11.11 11.11 11.11 11111 .111.",
}


@lru_cache(maxsize=64)
def positions(letter: str) -> tuple[tuple[int, int], ...]:
    """Upper left corners (x, y) of the boxes of `letter`, in reading order; at least 31.

    A letter without a mask, and a code of more than one letter, is a plain calendar of seven columns.
    """
    mask = MASKS.get(letter.upper())
    if mask is None:
        return tuple(
            (index % CALENDAR_COLUMNS * STEP_X, index // CALENDAR_COLUMNS * STEP_Y) for index in range(LONGEST_MONTH)
        )
    return tuple(
        (column * STEP_X, row * STEP_Y)
        for row, line in enumerate(mask.split())
        for column, box in enumerate(line)
        if box == "1"
    )


def calendar_summary(cells: Sequence[Cell]) -> str:
    """What the calendar shows, in one sentence: "November: 14 met, 3 missed, 1 without data."; "" without cells."""
    if not cells:
        return ""
    counts = Counter(cell.status for cell in cells)
    parts = [
        text % {"n": counts[status]}
        for status, text in (
            (Status.MET, ngettext("%(n)s day met", "%(n)s days met", counts[Status.MET])),
            (Status.MISSED, ngettext("%(n)s missed", "%(n)s missed", counts[Status.MISSED])),
            (Status.AT_RISK, ngettext("%(n)s at risk", "%(n)s at risk", counts[Status.AT_RISK])),
            (Status.NO_DATA, ngettext("%(n)s without data", "%(n)s without data", counts[Status.NO_DATA])),
            (Status.SEEN, ngettext("%(n)s without a target", "%(n)s without a target", counts[Status.SEEN])),
        )
        if counts[status]
    ]
    said = ", ".join(parts) or _("nothing due yet")
    return f"{capfirst(str(MONTHS[cells[0].day.month]))}: {said}."


def letter_svg(letter: str, cells: Sequence[Cell], label: str = "") -> SafeString:
    """The calendar of one letter as SVG markup that needs the page's sprite.

    `cells` are the days of one month from the first on, at most 31; a cell with a `url` becomes a link. `label` is the
    accessible name and defaults to `calendar_summary`. Only missed days stand in the tab order: they ask for something,
    and the other days are reached by the arrows beside the date and by the table under the letters.
    """
    return _draw(letter, tuple(cells), label, get_language() or "")


@lru_cache(maxsize=2048)
def _draw(letter: str, cells: tuple[Cell, ...], label: str, language: str) -> SafeString:  # noqa: ARG001 - part of the key
    corners = positions(letter)
    linked = any(cell.url for cell in cells)
    words = {status.value: str(status.label) for status in Status}
    month = capfirst(str(MONTHS_3[cells[0].day.month])) if cells else ""
    name = escape(label or f"{letter} – {calendar_summary(cells)}")
    width = max(x for x, _y in corners) + BOX_WIDTH
    height = max(y for _x, y in corners) + BOX_HEIGHT
    role = "group" if linked else "img"
    parts = [f'<svg class="glyph" viewBox="-2 -2 {width + 4} {height + 4}" role="{role}" aria-label="{name}">']
    for cell, (x, y) in zip(cells, corners, strict=False):
        status = cell.status
        inner = (
            f'<use href="#c-{status}" x="{x}" y="{y}"/><text class="n-{status}" x="{x + 3}" y="{y + 13}">'
            f"{cell.day.day}</text>"
        )
        if cell.today:
            inner += f'<use href="#c-today" x="{x}" y="{y}"/>'
        if cell.url:
            stop = "" if status == Status.MISSED else ' tabindex="-1"'
            title = f"{cell.day.day} {month}: {escape(words.get(status, status))}"
            inner = f'<a href="{escape(cell.url)}"{stop}><title>{title}</title>{inner}</a>'
        parts.append(inner)
    parts.extend(f'<use href="#c-ghost" x="{x}" y="{y}"/>' for x, y in corners[len(cells) :])
    parts.append("</svg>")
    return mark_safe("".join(parts))  # noqa: S308 - every text in it is escaped above
