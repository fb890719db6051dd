"""The groups of all measures of a unit beside each other, by one dimension."""

from collections.abc import Mapping, Sequence
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
from boards.models import Measure
from boards.pages import Crumb
from boards.queries import words
from boards.queries.comparison import Against, Compared, against_of, compare, is_judged, loudest, value_of
from boards.queries.published import Block, blocks
from boards.queries.strata import (
    LOOK_BACK,
    against_text,
    difference_decimals,
    gap_sentence,
    merged,
    share_text,
    verdict,
    window_text,
)
from boards.queries.tiles import placements
from org.models import Unit
from org.rules import ancestor_ids
from org.shipped import shipped

#: Blocks whose months are drawn as a course.
COURSE_DAYS: Final = timedelta(days=731)
#: Most cards in words that a process remembers.
MOST_REMEMBERED: Final = 4096
_remembered: dict[tuple[object, ...], tuple[bool, SafeString]] = {}


@dataclass(frozen=True, slots=True)
class _Split:
    """A dimension."""

    pk: int
    code: str
    name: str


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
    judged: bool  # whether by any of the measures one group can fare worse than another
    untold: Sequence[str]

    @property
    def nothing_by_groups(self) -> bool:
        """Whether no measure of the board is one that is told by groups at all."""
        return not self.cards and not self.untold


_DIMENSIONS: Final = "SELECT id, code, name FROM boards_dimension WHERE organisation_id = %s ORDER BY position, code"
#: The newest rows told of the unit and of those above, by measure, and the dimensions of which there are any.
_TOLD: Final = """
    SELECT t.measure_id, t.unit_id, t.dimension_id, t.newest, u.name FROM (
        SELECT measure_id, unit_id, dimension_id, max(id) AS newest FROM boards_published
        WHERE unit_id = ANY(%s) AND last <= %s AND last > %s GROUP BY 1, 2, 3
    ) t JOIN org_unit u ON u.id = t.unit_id
"""


def equity_page(
    unit: Unit, crumbs: Sequence[Crumb], day: date, code: str, about: Sequence[rules.About], stay: str = ""
) -> EquityPage:
    """All cards of a unit by the dimension `code`, the first one that was told of where it is another. Constant number
    of statements; cards are remembered until something new is told. `about`: whose groups the reader may see. `stay`:
    what links add to their query to stay on a day of the past.
    """
    line = [unit.pk, *reversed(ancestor_ids(unit.path))]
    with connection.cursor() as cursor:
        cursor.execute(_TOLD, [line, day, day - LOOK_BACK])
        rows = cursor.fetchall()
        cursor.execute(_DIMENSIONS, [unit.organisation_id])
        every = [_Split(*row) for row in cursor.fetchall()]
    measures = [
        placed.measure for placed in placements(unit) if placed.measure.stratifiable and placed.measure.about in about
    ]
    seen = {measure.pk for measure in measures}
    of_staff = {measure.pk for measure in measures if measure.about == rules.About.STAFF}
    rows = [row for row in rows if row[0] not in of_staff or row[1] == unit.pk]  # as `strata.places_of`
    with_rows = {dimension for measure_id, _u, dimension, _id, _name in rows if measure_id in seen}
    dimensions = [d for d in every if d.pk in with_rows]
    chosen = next((d for d in dimensions if d.code == code), dimensions[0] if dimensions else None)
    here = reverse("boards:equity", args=[unit.pk])
    newest: dict[int, tuple[int, int]] = {}
    names = {unit_id: name for _m, unit_id, _d, _id, name in rows if unit_id != unit.pk}
    for measure_id, unit_id, dimension_id, newest_id, _name in rows:
        if chosen is None or dimension_id != chosen.pk:
            continue
        place = line.index(unit_id)
        if measure_id not in newest or place < newest[measure_id][0]:
            newest[measure_id] = (place, newest_id)
    cards = _cards(unit, line, names, measures, chosen, newest, day, stay) if chosen else []
    return EquityPage(
        unit.pk,
        unit.name,
        unit.organisation.is_synthetic,
        crumbs,
        [(d.code, d.name, f"{here}?by={d.code}{stay}", d is chosen) for d in dimensions],
        chosen.name if chosen else "",
        [html for _loud, html in cards],
        sum(loud for loud, _html in cards),
        any(is_judged(m) for m in measures if m.pk in newest),
        [m.name for m in measures if m.pk not in newest],
    )


def _cards(
    unit: Unit,
    line: Sequence[int],
    names: Mapping[int, str],
    measures: Sequence[Measure],
    dimension: _Split,
    newest: dict[int, tuple[int, int]],
    day: date,
    stay: str,
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
            unit.pk, line[place], names.get(line[place]), measure.pk, dimension.pk, newest_id, chosen, measure.name,
            measure.decimals, measure.unit_text, measure.direction, day, stay, get_language(),
        )  # fmt: skip
        marks[measure.pk] = mark
        if mark not in _remembered:
            wanted.append((measure, line[place]))
    if wanted:
        _draw(unit, names, wanted, dimension, against, marks, day, stay)
    found = [_remembered[marks[m.pk]] for m in measures if m.pk in marks and marks[m.pk] in _remembered]
    return sorted(found, key=lambda card: not card[0])


def _draw(
    unit: Unit,
    names: Mapping[int, str],
    wanted: Sequence[tuple[Measure, int]],
    dimension: _Split,
    against: dict[tuple[int, int], Against],
    marks: dict[int, tuple[object, ...]],
    day: date,
    stay: str,
) -> None:
    places = {place for _measure, place in wanted}
    told = blocks(
        places, [m.pk for m, _place in wanted], dimensions=[dimension.pk], first=day - LOOK_BACK, last=day, stretch=None
    )
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
            reverse("boards:groups", args=[unit.pk, measure.pk]) + f"?by={dimension.code}{stay}",
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
    counted = measure.kind == rules.Kind.COUNT
    months = window_text(newest)
    decimals = difference_decimals(compared, measure, newest.total)
    if not counted:
        months += f" · {_('compared with')} {against_text(against if named else Against())}"
    return Card(
        measure.pk,
        measure.name,
        url,
        shipped(measure.unit_text),
        months,
        place,
        sentence or verdict(measure),
        gap is not None,
        [_row(each, measure, newest, course, decimals) for each in compared],
        newest.hidden,
        None if counted else value_of(newest.total, measure),
        counted,
    )


def _row(each: Compared, measure: Measure, newest: Block, course: Sequence[Block], decimals: int) -> CardRow:
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
        share_text(each.part, newest) if measure.kind == rules.Kind.COUNT else _people(each.part.denominator),
        "" if each.difference is None else words.signed(each.difference, decimals),
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
