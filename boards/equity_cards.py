"""Groups of one measure as a card: names, dots with intervals on one scale, numbers, the course. Finished markup.

Pure: numbers come as they were published. Built as text, since a page has hundreds of rows and the drawing is the page.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

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
    """A group's dot and interval on the scale of its card, with the line of all patients."""

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
        at = x(row.value)
        shape = f"M{at} {middle - 10}l10 10-10 10-10-10z" if row.sign == "worse" else f"M{at} {middle}h0"
        parts.append(f'<path class="{kind}" d="{shape}"/>')
    parts.append("</svg>")
    return "".join(parts)


def card_html(card: Card) -> SafeString:
    """The markup of a card."""
    low, high = _scale(card)
    loud = " is-loud" if card.alarming else ""
    place = f' · <span class="chip">{escape(card.place)}</span>' if card.place else ""
    about = " · ".join(escape(text) for text in (card.unit_text, card.months) if text)
    people = _("Share of all") if card.counted else _("Cases")
    head = (
        f'<article class="eq-card{loud}" id="m{card.measure_id}"><header><h3><a href="{escape(card.url)}">'
        f"{escape(card.name)}</a></h3>"
        f'<p class="quiet small">{about}{place}</p></header>'
        f'<p class="eq-say">{_MARK if card.alarming else ""}{escape(card.sentence)}</p><table>'
        f'<thead class="sr"><tr><th>{_("Group")}</th><th>{_("Value and interval")}</th><th>{_("Value")}</th>'
        f"<th>{people}</th><th>{_('Difference')}</th><th>{_('Course')}</th></tr></thead><tbody>"
    )
    out = [head]
    for row in card.rows:
        course = (
            spark_svg(row.course, None, None, None, None, width=160, height=40)
            if sum(v is not None for v in row.course) > 1
            else ""
        )
        said = _("too few to judge") if row.sign == "few" else escape(row.difference_text)
        out.append(
            f'<tr class="{row.sign}"><th scope="row">{escape(row.name)}</th>'
            f'<td class="eq-dots">{dots_svg(row, card.whole, low, high)}</td>'
            f'<td class="num"><b>{escape(row.value_text)}</b></td><td class="num quiet">{escape(row.people_text)}</td>'
            f'<td class="num">{_MARK if row.sign == "worse" else ""}{said}</td><td class="eq-course">{course}</td></tr>'
        )
    out.append("</tbody></table>")
    if card.hidden:
        names = escape(", ".join(card.hidden))
        out.append(f'<p class="quiet small">{_("Told only together")}: {names}</p>')
    out.append("</article>")
    return mark_safe("".join(out))  # noqa: S308 - every text is escaped above


_MARK = '<svg class="i is-missed" aria-hidden="true"><use href="#s-missed"/></svg> '
