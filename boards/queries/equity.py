"""The groups of all measures of a unit beside each other, by one dimension."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.db import connection
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from boards import rules
from boards.equity_cards import Card, CardRow, card_html
from boards.models import Dimension, Measure
from boards.pages import Crumb
from boards.queries import words
from boards.queries.comparison import Against, Compared, against_of, compare, loudest, value_of
from boards.queries.published import Block, blocks
from boards.queries.strata import LOOK_BACK, against_text, gap_sentence, merged, window_text
from org.models import Unit
from org.rules import ancestor_ids
from org.shipped import shipped

#: Blocks whose months are drawn as a course.
COURSE_DAYS: Final = timedelta(days=731)
#: Most cards in words that a process remembers.
MOST_REMEMBERED: Final = 4096
_remembered: dict[tuple[object, ...], tuple[bool, SafeString]] = {}


@dataclass(frozen=True, slots=True)
class EquityPage:
    """Every measure of a unit of which groups were told. `untold`: names of measures of which nothing may be told."""

    unit_id: int
    unit_name: str
    synthetic: bool
    crumbs: Sequence[Crumb]
    dimensions: Sequence[tuple[str, str, str, bool]]  # code, name, url, chosen
    dimension: str
    cards: Sequence[SafeString]
    gaps: int
    untold: Sequence[str]

    @property
    def nothing_by_groups(self) -> bool:
        """Whether no measure of the board is one that is told by groups at all."""
        return not self.cards and not self.untold


#: The newest rows told of the unit and of those above, by measure, and the dimensions of which there are any.
_TOLD: Final = """
    SELECT measure_id, unit_id, dimension_id, max(id) FROM boards_published
    WHERE unit_id = ANY(%s) AND last <= %s AND last > %s GROUP BY 1, 2, 3
"""


def equity_page(unit: Unit, crumbs: Sequence[Crumb], day: date, code: str, about: Sequence[rules.About]) -> EquityPage:
    """All cards of a unit by the dimension `code`, the first one that was told of where it is another. Constant number
    of statements; cards are remembered until something new is told. `about`: whose groups the reader may see.
    """
    line = [unit.pk, *reversed(ancestor_ids(unit.path))]
    with connection.cursor() as cursor:
        cursor.execute(_TOLD, [line, day, day - LOOK_BACK])
        rows = cursor.fetchall()
    every = list(Dimension.objects.filter(organisation=unit.organisation_id))
    measures = _measures(unit, about)
    seen = {measure.pk for measure in measures}
    with_rows = {dimension for measure_id, _u, dimension, _id in rows if measure_id in seen}
    dimensions = [d for d in every if d.pk in with_rows]
    chosen = next((d for d in dimensions if d.code == code), dimensions[0] if dimensions else None)
    here = reverse("boards:equity", args=[unit.pk])
    newest: dict[int, tuple[int, int]] = {}
    for measure_id, unit_id, dimension_id, newest_id in rows:
        if chosen is None or dimension_id != chosen.pk:
            continue
        place = line.index(unit_id)
        if measure_id not in newest or place < newest[measure_id][0]:
            newest[measure_id] = (place, newest_id)
    cards = _cards(unit, line, measures, chosen, newest, day) if chosen else []
    return EquityPage(
        unit.pk,
        unit.name,
        unit.organisation.is_synthetic,
        crumbs,
        [(d.code, d.name, f"{here}?by={d.code}", d is chosen) for d in dimensions],
        chosen.name if chosen else "",
        [html for _loud, html in cards],
        sum(loud for loud, _html in cards),
        [m.name for m in measures if m.pk not in newest],
    )


def _measures(unit: Unit, about: Sequence[rules.About]) -> list[Measure]:
    """The measures by groups that stand on the unit's board, in the order of the board. One statement."""
    placed = Measure.objects.active().filter(placements__unit=unit, stratifiable=True, about__in=about)
    return list(placed.order_by("letter__position", "placements__position", "name"))


def _cards(
    unit: Unit,
    line: Sequence[int],
    measures: Sequence[Measure],
    dimension: Dimension,
    newest: dict[int, tuple[int, int]],
    day: date,
) -> list[tuple[bool, SafeString]]:
    against = against_of([m.pk for m in measures], day)
    marks: dict[int, tuple[object, ...]] = {}
    wanted: list[tuple[Measure, int]] = []
    for measure in measures:
        if measure.pk not in newest:
            continue
        place, newest_id = newest[measure.pk]
        chosen = against.get((measure.pk, dimension.pk), Against())
        mark = (
            unit.pk, line[place], measure.pk, dimension.pk, newest_id, chosen, measure.name, measure.decimals,
            measure.unit_text, measure.direction, day, get_language(),
        )  # fmt: skip
        marks[measure.pk] = mark
        if mark not in _remembered:
            wanted.append((measure, line[place]))
    if wanted:
        _draw(unit, wanted, dimension, against, marks, day)
    found = [_remembered[marks[m.pk]] for m in measures if m.pk in marks and marks[m.pk] in _remembered]
    return sorted(found, key=lambda card: not card[0])


def _draw(
    unit: Unit,
    wanted: Sequence[tuple[Measure, int]],
    dimension: Dimension,
    against: dict[tuple[int, int], Against],
    marks: dict[int, tuple[object, ...]],
    day: date,
) -> None:
    places = {place for _measure, place in wanted}
    told = blocks(
        places, [m.pk for m, _place in wanted], dimensions=[dimension.pk], first=day - LOOK_BACK, last=day, stretch=None
    )
    names = dict(Unit.objects.filter(pk__in=places - {unit.pk}).values_list("pk", "name"))
    if len(_remembered) + len(wanted) > MOST_REMEMBERED:
        _remembered.clear()
    for measure, place in wanted:
        mine = [b for b in told if b.measure_id == measure.pk and b.unit_id == place]
        chosen = against.get((measure.pk, dimension.pk), Against())
        card = card_of(
            mine,
            measure,
            chosen,
            names.get(place, ""),
            reverse("boards:groups", args=[unit.pk, measure.pk]) + f"?by={dimension.code}",
        )
        if card is not None:
            _remembered[marks[measure.pk]] = (card.alarming, card_html(card))


def card_of(told: Sequence[Block], measure: Measure, against: Against, place: str, url: str) -> Card | None:
    """The card of a measure from what was told of one unit and dimension; None where that is nothing."""
    running = [b for b in told if b.stretch == rules.Stretch.BLOCK]
    used = running or list(told)
    if not used:
        return None
    last = used[-1].last
    newest = merged([b for b in used if b.last == last and b.first == used[-1].first])
    if newest is None or not newest.parts:
        return None
    compared = compare(newest, measure, against, rest=True)
    gap = loudest(compared)
    named = not against.group or newest.part(against.group) is not None
    sentence = gap_sentence(gap, measure, against if named else Against())
    course = [b for b in used if b.first >= last - COURSE_DAYS]
    return Card(
        measure.pk,
        measure.name,
        url,
        shipped(measure.unit_text),
        f"{window_text(newest)} · {_('compared with')} {against_text(against if named else Against())}",
        place,
        sentence or _("No gap that is more than chance."),
        gap is not None,
        [_row(each, measure, course) for each in compared],
        newest.hidden,
        value_of(newest.total, measure),
    )


def _row(each: Compared, measure: Measure, course: Sequence[Block]) -> CardRow:
    values = []
    for block in course:
        part = block.part(each.part.name) if each.part.name else None
        values.append(None if part is None else value_of(part, measure))
    sign = "few" if each.few else "worse" if each.marked else ""
    if not sign and each.certain and (each.harm or 0) < 0:
        sign = "better"
    return CardRow(
        each.part.name or _("Other groups together"),
        words.number(each.value, measure.decimals),
        _people(each.part.denominator) if measure.kind != rules.Kind.COUNT else "",
        "" if each.difference is None else words.signed(each.difference, measure.decimals),
        sign,
        each.value,
        each.low,
        each.high,
        each.reference,
        values,
    )


def _people(cases: float) -> str:
    """Cases in the room that a card has: half a patient day of thousands is not said."""
    return words.count(cases if cases < 1000 else round(cases))
