"""The paper of a ticket as one sheet: what stands on its page, with the charts drawn for paper."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.template.loader import render_to_string
from django.utils.translation import get_language

from improvement.evidence.document import drawn, styles_of
from improvement.pages import Figure
from improvement.rules.papers import WIDE
from org.queries.calendars import zone_of

if TYPE_CHECKING:
    from boards.pages import MeasurePage
    from boards.queries.around import Around
    from improvement.models import Paper
    from improvement.queries.cycles import Rung
    from improvement.queries.effects import Told
    from improvement.queries.papers import SectionView

#: Pixels of a chart on half a sheet.
WIDTH: Final = 760
HEIGHT: Final = 180
#: What the sheet may be.
A3: Final = "a3"
TABLOID: Final = "tabloid"


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything that stands on the sheet."""

    paper: "Paper"
    sections: Sequence["SectionView"]
    tables: Mapping[str, Mapping[str, Any]]
    ramp: Sequence["Rung"]
    measure: "MeasurePage | None"
    effect: "Told | None"
    beside: "Told | None" = None
    groups: "Around | None" = None
    goal_text: str = ""
    size: str = A3


def figures_of(sheet: Sheet) -> list[Figure]:
    """The charts of the sheet with what each says in words."""
    figures: list[Figure] = []
    page, told = sheet.measure, sheet.effect
    shown = {section.name for section in sheet.sections}
    if page is not None and page.points and "condition" in shown:
        alt = f"{page.name}: {page.tile.value} {page.tile.unit_text}. {page.tile.sentence}"
        figures.append(Figure("condition", page.name, page.chart, alt))
        if page.strata is not None and page.strata_chart is not None:
            title = f"{page.name} – {page.strata.dimension}, {page.strata.window_text}"
            figures.append(Figure("split", title, page.strata_chart, f"{title}. {page.strata.gap}".strip()))
    if told is not None and told.chart is not None and "results" in shown:
        figures.append(Figure("results", told.title, told.chart, f"{told.title}. {told.sentence}"))
    return figures


def html_of(sheet: Sheet, *, made_by: str, made_at: Any, inline: bool) -> str:
    """The sheet; `inline` with its styles and letters in it, as printing needs."""
    figures = figures_of(sheet)
    pictures = drawn(figures, WIDTH, HEIGHT)
    context: dict[str, Any] = {
        "sheet": sheet,
        "paper": sheet.paper,
        "ticket": sheet.paper.ticket,
        "left": [section for section in sheet.sections if section.left],
        "right": [section for section in sheet.sections if not section.left and section.name not in WIDE],
        "wide": [section for section in sheet.sections if section.name in WIDE],
        "goal_text": sheet.goal_text,
        "figures": [(figure, pictures[figure.code]) for figure in figures if figure.code in pictures],
        "made_by": made_by,
        "made_at": made_at,
        "zone": zone_of(sheet.paper.ticket.unit),
        "language": (get_language() or "en").split("-")[0],
        "css": styles_of("paper-document") if inline else "",
    }
    return render_to_string("papers/document.html", context)
