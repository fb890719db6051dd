"""Reds without a reason: one meaning on every page.

A red asks for a reason while a board shows it: the latest state of what stands on the board is missed, it is not only
watched (`rules.asks_reason`), and nobody has said why of the period that it is about. It stops to ask when a newer
number, or the missing of one, has taken its place.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import connection

from boards import rules
from org.models import Unit

#: What stands on boards: `b` the placement, `m` its measure, `t` its tile.
PLACED: Final = """boards_boardmeasure b JOIN boards_measure m ON m.id = b.measure_id AND m.is_active
    JOIN boards_tile t ON t.unit_id = b.unit_id AND t.measure_id = b.measure_id"""
#: The same as `rules.asks_reason` of a state `{s}` with day and status; asks for `asking()`.
ASKS: Final = """({s}.status = %(missed)s AND b.role <> %(watch)s AND NOT EXISTS (SELECT FROM boards_redreason r
    WHERE r.unit_id = b.unit_id AND r.measure_id = b.measure_id AND r.day = {s}.day))"""
_BELOW: Final = f"""
    SELECT u.id, u.name, m.id, m.name, t.day FROM {PLACED} JOIN org_unit u ON u.id = b.unit_id
    JOIN boards_letter l ON l.id = m.letter_id
    WHERE u.organisation_id = %(organisation)s AND u.path LIKE %(below)s AND u.closed_on IS NULL
    AND {ASKS.format(s="t")} ORDER BY u.path, l.position, b.position, m.name
"""  # noqa: S608 - of constants


@dataclass(frozen=True, slots=True)
class Red:
    """A missed measure of a board for which nobody has given a reason; `day` is the end of its period."""

    unit_id: int
    unit: str
    measure_id: int
    measure: str
    day: date


def asking() -> dict[str, Any]:
    """The values that `ASKS` reads."""
    return {"missed": rules.STATUS_CODES[rules.Status.MISSED], "watch": rules.MeasureRole.WATCH.value}


def reds_below(unit: Unit) -> list[Red]:
    """The reds without a reason of the boards of `unit` and of all below it, as the boards show them now. One
    statement.
    """
    values = {**asking(), "organisation": unit.organisation_id, "below": f"{unit.path}%"}
    with connection.cursor() as cursor:
        cursor.execute(_BELOW, values)
        return [Red(*row) for row in cursor.fetchall()]
