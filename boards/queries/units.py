"""The unit of a board and the units around it, read with fixed SQL.

These run for every page and every look for news, where building a statement takes longer than running it. Whoever calls
them asks `org.access` about every unit that comes back.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from django.db import connection

from boards import rules
from boards.queries.tiles import columns_of, names_of
from org.models import Organisation, Tier, Unit
from org.rules import ancestor_ids

_CODES: Final = rules.STATUS_CODES
_NEAR: Final = """
    SELECT u.id, u.name, u.code, u.path, u.parent_id, count(t.id) FILTER (WHERE t.status = ANY(%s)),
    count(t.id) FILTER (WHERE t.status = %s), count(t.id) FILTER (WHERE t.status = %s)
    FROM org_unit u LEFT JOIN boards_tile t ON t.unit_id = u.id
    WHERE u.id = ANY(%s) OR (u.parent_id = %s AND u.closed_on IS NULL) GROUP BY u.id
    ORDER BY u.parent_id IS NOT DISTINCT FROM %s,
    CASE WHEN u.parent_id = %s THEN u.position ELSE length(u.path) END, u.name
"""


@lru_cache(maxsize=1)
def _unit_sql() -> str:
    """Unit, tier and organisation, then what `board.with_versions` adds: `tile_versions` and `placed`."""
    chosen = ", ".join((columns_of(Unit, "u"), columns_of(Tier, "t"), columns_of(Organisation, "o")))
    return (
        f"SELECT {chosen}, ARRAY(SELECT version FROM boards_tile WHERE unit_id = ANY(ARRAY("  # noqa: S608 - columns of models
        "SELECT id FROM org_unit WHERE parent_id = u.id) || u.id) ORDER BY id), "
        "ARRAY(SELECT id FROM boards_boardmeasure WHERE unit_id = u.id ORDER BY position, id) FROM org_unit u "
        "JOIN org_tier t ON t.id = u.tier_id JOIN org_organisation o ON o.id = u.organisation_id WHERE u.id = %s"
    )


def board_unit(unit_id: int) -> Unit | None:
    """The unit with tier, organisation, `tile_versions` and `placed`; None where there is none. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_unit_sql(), [unit_id])
        row = cursor.fetchone()
    if row is None:
        return None
    names = [names_of(model) for model in (Unit, Tier, Organisation)]
    first, second = len(names[0]), len(names[0]) + len(names[1])
    unit = Unit.from_db(connection.alias, names[0], row[:first])
    unit.tier = Tier.from_db(connection.alias, names[1], row[first:second])
    unit.organisation = Organisation.from_db(connection.alias, names[2], row[second:-2])
    unit.tile_versions, unit.placed = row[-2:]  # type: ignore[attr-defined]
    return unit


@dataclass(frozen=True, slots=True)
class Near:
    """A unit over or straight under another one, and how many tiles of its board are what now."""

    pk: int
    name: str
    code: str
    path: str
    parent_id: int | None
    met: int
    missed: int
    no_data: int


def near(unit: Unit) -> list[Near]:
    """The units over `unit`, top first, then the open ones straight under it by position and name. One statement."""
    good = [_CODES[rules.Status.MET], _CODES[rules.Status.AT_RISK]]
    with connection.cursor() as cursor:
        cursor.execute(
            _NEAR,
            [
                *(good, _CODES[rules.Status.MISSED], _CODES[rules.Status.NO_DATA]),
                *(list(ancestor_ids(unit.path)), unit.pk, unit.pk, unit.pk),
            ],
        )
        return [Near(*row) for row in cursor.fetchall()]
