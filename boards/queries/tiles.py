"""What stands on a board: placements and stored tiles read with fixed SQL, and tiles in words remembered between pages.

A board is asked for far more often than it changes, and building these statements and words takes most of a page.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import lru_cache
from typing import Any, Final

from django.db import connection
from django.db.models import Model
from django.utils.translation import get_language

from boards.models import BoardMeasure, Letter, Measure
from boards.pages import ReasonCount, TileView
from boards.queries.states import TileLike, TileState
from org.models import Unit
from org.shipped import shipped

_STATE: Final = tuple(field.name for field in fields(TileState))
_TILES: Final = f"SELECT {', '.join(_STATE)} FROM boards_tile WHERE unit_id = %s"  # noqa: S608 - names of fields
_REDS: Final = """
    SELECT r.measure_id, r.day, c.name, r.countermeasure, c.id FROM boards_redreason r
    JOIN boards_reasoncode c ON c.id = r.reason_id WHERE r.unit_id = %s AND r.day BETWEEN %s AND %s ORDER BY r.id
"""
_GAP: Final = _STATE.index("gap")

#: Most tiles in words that a process remembers: some kilobytes each.
MOST_REMEMBERED: Final = 4096
_remembered: dict[tuple[int, int, str | None], tuple[tuple[object, ...], TileView]] = {}


def stored_tiles(unit: Unit) -> dict[int, TileState]:
    """Measure id → the latest state on the unit's board. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_TILES, [unit.pk])
        rows = [list(row) for row in cursor.fetchall()]
    for row in rows:
        row[_GAP] = None if row[_GAP] is None else json.loads(row[_GAP])
    return {state.measure_id: state for state in (TileState(*row) for row in rows)}


@dataclass(frozen=True, slots=True)
class RedExplained:
    """Why a day was missed and what is done about it."""

    measure_id: int
    day: date
    reason: str
    countermeasure: str
    reason_id: int

    @property
    def words(self) -> str:
        """Both as one line."""
        return f"{self.reason} – {self.countermeasure}" if self.countermeasure else self.reason


def reds_explained(unit: Unit, first: date, last: date) -> list[RedExplained]:
    """The reasons given at a unit for days from `first` to `last`, both included. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_REDS, [unit.pk, first, last])
        rows = cursor.fetchall()
    return [RedExplained(measure, day, shipped(reason), done, pk) for measure, day, reason, done, pk in rows]


def pareto_of(found: Iterable[RedExplained]) -> list[ReasonCount]:
    """The reasons of red days, the most frequent first."""
    tally = Counter((red.reason, red.reason_id) for red in found)
    bars, running = [], 0
    for (name, pk), uses in sorted(tally.items(), key=lambda item: (-item[1], item[0])):
        running += uses
        bars.append(ReasonCount(name, uses, 100 * uses / tally.total(), 100 * running / tally.total(), pk))
    return bars


def names_of(model: type[Model]) -> list[str]:
    """The attributes of a model that have a column, in the order of `columns_of`."""
    return [field.attname for field in model._meta.concrete_fields]


def columns_of(model: type[Model], alias: str) -> str:
    """The columns of a model for a statement in which its table is called `alias`."""
    return ", ".join(f'{alias}."{field.column}"' for field in model._meta.concrete_fields)


@lru_cache(maxsize=1)
def _placements_sql() -> str:
    chosen = ", ".join((columns_of(BoardMeasure, "b"), columns_of(Measure, "m"), columns_of(Letter, "l")))
    return (
        f"SELECT {chosen} FROM boards_boardmeasure b JOIN boards_measure m ON m.id = b.measure_id "  # noqa: S608 - columns
        "JOIN boards_letter l ON l.id = m.letter_id WHERE b.unit_id = %s AND m.is_active "
        "ORDER BY l.position, b.position, m.name"
    )


def placements(unit: Unit) -> list[BoardMeasure]:
    """What is on the unit's board, with measure and letter, in the order of the letters. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_placements_sql(), [unit.pk])
        rows = cursor.fetchall()
    names = [names_of(model) for model in (BoardMeasure, Measure, Letter)]
    first, second = len(names[0]), len(names[0]) + len(names[1])
    found = []
    letters: dict[int, Letter] = {}
    for row in rows:
        placement = BoardMeasure.from_db(connection.alias, names[0], row[:first])
        placement.measure = Measure.from_db(connection.alias, names[1], row[first:second])
        letter = letters.get(row[second])
        if letter is None:
            letter = letters[row[second]] = Letter.from_db(connection.alias, names[2], row[second:])
            letter.name = shipped(letter.name)
        placement.measure.unit_text = shipped(placement.measure.unit_text)
        placement.measure.letter = letter
        found.append(placement)
    return found


def remembered(
    draw: Callable[..., TileView],
    placement: BoardMeasure,
    state: TileLike | None,
    today: date,
    reason: str,
    base: str,
    seen: int,
) -> TileView:
    """`draw(placement, state, today, reason, base)`, unless that was drawn before and would say the same now.

    Only stored tiles have a version by which that can be told. `seen` marks what is newer than the reader's last visit.
    """
    if state is None or not state.version:
        return draw(placement, state, today, reason, base, seen)
    measure = placement.measure
    said = (state.version, state.day, state.value, state.numerator, state.denominator, state.status, state.target)
    mark = (
        *said,
        state.gap,
        state.last_value_day,
        today,
        reason,
        base,
        placement.role,
        measure.letter.code,
        *_facts(measure),
    )
    place = (state.unit_id, measure.pk, get_language())
    held = _remembered.get(place)
    if held is None or held[0] != mark:
        if len(_remembered) >= MOST_REMEMBERED:
            _remembered.clear()
        held = _remembered[place] = (mark, draw(placement, state, today, reason, base))
    return replace(held[1], changed=True) if 0 < seen < state.version else held[1]


def _facts(measure: Measure) -> Sequence[Any]:
    return [value for name, value in measure.__dict__.items() if name != "_state"]
