"""Groups of one measure as a card: names, dots with intervals on one scale, numbers, the course. Finished markup.

Pure: numbers come as they were published. Built as text, since a page has hundreds of rows and the drawing is the page.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from boards.sparks import spark_svg

#: Grid of a strip with a group's dot and interval.
WIDTH = 400
HEIGHT = 44
PAD = 12


@dataclass(frozen=True, slots=True)
class CardRow:
    """A group on a card; numbers in words, positions in the measure's unit. `course`: values, oldest first."""

    name: str
    value_text: str
    people_text: str
    difference_text: str
    sign: str  # "worse", "better", "few" or ""
    value: float | None
    low: float | None
    high: float | None
    reference: bool
    course: Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Card:
    """One measure by one dimension. `whole`: value of all patients, a line through all strips; None of counts, which
    begin at 0 instead (`counted`).
    """

    measure_id: int
    name: str
    url: str
    unit_text: str
    months: str
    place: str
    sentence: str
    alarming: bool
    rows: Sequence[CardRow]
    hidden: Sequence[str]
    whole: float | None
    counted: bool = False


def _scale(card: Card) -> tuple[float, float]:
    numbers = [n for row in card.rows for n in (row.value, row.low, row.high) if n is not None and isfinite(n)] + [
        card.whole or 0.0
    ] * (card.whole is not None or card.counted)
    low, high = min(numbers, default=0.0), max(numbers, default=1.0)
    return (low, high) if high > low else (low - 1, high + 1)


def dots_svg(row: CardRow, whole: float | None, low: float, high: float) -> str:
    """A group's dot and interval on the scale of its card, with the line of all patients.

    Dots and diamonds are ends of lines that do not scale with the drawing, so they are as large on a phone.
    """

    def x(value: float) -> int:
        return round(PAD + (value - low) / (high - low) * (WIDTH - 2 * PAD))

    middle = HEIGHT // 2
    parts = [
        f'<svg class="dots" viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="xMidYMid meet" aria-hidden="true">'
    ]
    if whole is not None:
        parts.append(f'<path class="whole" d="M{x(whole)} 0v{HEIGHT}"/>')
    if row.low is not None and row.high is not None:
        parts.append(f'<path class="iv" d="M{x(row.low)} {middle}H{x(row.high)}"/>')
    if row.value is not None:
        kind = "ref" if row.reference else f"dot {row.sign}".strip()
        # A square end on the shortest slanted line is a diamond.
        step = "l.1.1" if row.sign == "worse" else "h0"
        parts.append(f'<path class="{kind}" d="M{x(row.value)} {middle}{step}"/>')
    parts.append("</svg>")
    return "".join(parts)


def card_html(card: Card) -> SafeString:
    """The markup of a card."""
    low, high = _scale(card)
    loud = " is-loud" if card.alarming else ""
    about = " · ".join(escape(text) for text in (card.unit_text, card.months) if text)
    people = _("Share of all") if card.counted else pgettext("column", "Out of")
    head = (
        f'<article class="eq-card{loud}" id="m{card.measure_id}"><header><h3><a href="{escape(card.url)}">'
        f"{escape(card.name)}</a></h3>"
        f'<p class="quiet small">{about}</p></header>'
    )
    out = [head]
    if card.place:
        said = _("Here too few patients are behind it to tell groups apart. These are the groups of %(place)s.")
        out.append(f'<p class="quiet small">{escape(said % {"place": card.place})}</p>')
    out.append(
        f'<p class="eq-say">{_MARK if card.alarming else ""}<span>{escape(card.sentence)}</span></p>'
        f'<table><caption class="sr">{escape(card.name)}</caption><colgroup><col class="eq-name"><col>'
        '<col class="eq-value"><col class="eq-of"><col class="eq-gap"><col class="eq-course"></colgroup><thead><tr>'
        f'<th scope="col"><span class="sr">{_("Group")}</span></th>'
        f'<th scope="col"><span class="sr">{_("Value and interval")}</span></th>'
        f'<th scope="col" class="num">{_("Value")}</th><th scope="col" class="num">{people}</th>'
        f'<th scope="col" class="num">{_("Difference")}</th>'
        f'<th scope="col" class="eq-course">{_("Over time")}</th></tr></thead><tbody>'
    )
    out += [_row_html(row, card.whole, low, high) for row in card.rows]
    out.append("</tbody></table>")
    if card.hidden:
        names = escape(", ".join(card.hidden))
        out.append(f'<p class="quiet small">{_("Told only together")}: {names}</p>')
    out.append("</article>")
    return mark_safe("".join(out))  # noqa: S308 - every text is escaped above


def _row_html(row: CardRow, whole: float | None, low: float, high: float) -> str:
    course = (
        spark_svg(row.course, None, None, None, None, width=160, height=40)
        if sum(v is not None for v in row.course) > 1
        else ""
    )
    if row.reference:
        said = f'<span class="quiet small">{_("reference")}</span>'
    elif row.sign == "few":
        said = f'<span class="quiet small">{_("too few to judge")}</span>'
    else:
        said = escape(row.difference_text)
    mark = f'{_MARK}<span class="sr">{_("fares worse, more than chance")}</span> ' if row.sign == "worse" else ""
    return (
        f'<tr class="{row.sign}"><th scope="row">{escape(row.name)}</th>'
        f'<td class="eq-dots">{dots_svg(row, whole, low, high)}</td>'
        f'<td class="num"><b>{escape(row.value_text)}</b></td><td class="num quiet">{escape(row.people_text)}</td>'
        f'<td class="num eq-gap">{mark}{said}</td><td class="eq-course">{course}</td></tr>'
    )


_MARK = '<svg class="i is-missed" aria-hidden="true"><use href="#s-missed"/></svg> '
