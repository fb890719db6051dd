"""The unit of a board and the units around it, read with fixed SQL.

These run for every page and every look for news, where building a statement takes longer than running it. Whoever calls
them asks `org.access` about every unit that comes back.
"""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

from django.db import connection

from boards import rules
from boards.queries.tiles import columns_of, names_of
from org.models import Organisation, Tier, Unit
from org.rules import ancestor_ids
from org.shipped import shipped

_CODES: Final = rules.STATUS_CODES
_NEAR: Final = """
    SELECT u.id, u.name, u.code, u.path, u.id <> ALL(%(above)s), count(t.id) FILTER (WHERE t.status = ANY(%(good)s)),
    count(t.id) FILTER (WHERE t.status = %(missed)s), count(t.id) FILTER (WHERE t.status = %(no_data)s)
    FROM org_unit u LEFT JOIN boards_tile t ON t.unit_id = u.id AND EXISTS (
        SELECT FROM boards_boardmeasure b WHERE b.unit_id = t.unit_id AND b.measure_id = t.measure_id)
    WHERE u.id = ANY(%(above)s) OR ((u.parent_id = %(unit)s OR u.second_parent_id = %(unit)s) AND u.closed_on IS NULL)
    GROUP BY u.id ORDER BY 5, CASE WHEN u.id = ANY(%(above)s) THEN length(u.path) ELSE u.position END, u.name
"""
#: Who reported straight to a unit on a day, along either line; a unit whose history was never written, as at present.
_BELOW_ON: Final = """
    SELECT unit_id AS id FROM org_reportingline WHERE parent_id = %(unit)s AND valid @> %(day)s::date
    UNION SELECT u.id FROM org_unit u WHERE u.parent_id = %(unit)s
    AND NOT EXISTS (SELECT FROM org_reportingline l WHERE l.unit_id = u.id AND l.kind = 'primary')
    UNION SELECT u.id FROM org_unit u WHERE u.second_parent_id = %(unit)s
    AND NOT EXISTS (SELECT FROM org_reportingline l WHERE l.unit_id = u.id AND l.kind = 'second')
"""
#: To whom `u` reported on a day; nobody where its lines hold on other days only.
_ABOVE_ON: Final = """
    CASE WHEN EXISTS (SELECT FROM org_reportingline l WHERE l.unit_id = u.id AND l.kind = 'primary') THEN
    (SELECT l.parent_id FROM org_reportingline l WHERE l.unit_id = u.id AND l.kind = 'primary'
     AND l.valid @> %(day)s::date) ELSE u.parent_id END
"""
_NEAR_ON: Final = f"""
    WITH RECURSIVE above (id, parent_id, height) AS (
        SELECT u.id, {_ABOVE_ON}, 0 FROM org_unit u WHERE u.id = %(unit)s
        UNION ALL
        SELECT u.id, {_ABOVE_ON}, above.height + 1 FROM above JOIN org_unit u ON u.id = above.parent_id
    ), below (id) AS ({_BELOW_ON})
    SELECT u.id, u.name, u.code, u.path, found.below, 0, 0, 0 FROM org_unit u JOIN (
        SELECT id, false AS below, -height AS place FROM above WHERE height > 0 UNION ALL SELECT id, true, 0 FROM below
    ) found USING (id)
    WHERE NOT found.below OR u.closed_on IS NULL OR u.closed_on > %(day)s::date
    ORDER BY found.below, found.place, u.position, u.name
"""  # noqa: S608 - of constants


@lru_cache(maxsize=1)
def _unit_sql() -> str:
    """Unit, tier and organisation, then what `board.with_versions` adds: `tile_versions` and `placed`."""
    chosen = ", ".join((columns_of(Unit, "u"), columns_of(Tier, "t"), columns_of(Organisation, "o")))
    return (
        f"SELECT {chosen}, ARRAY(SELECT version FROM boards_tile WHERE unit_id = ANY(ARRAY("  # noqa: S608 - columns of models
        "SELECT id FROM org_unit WHERE parent_id = u.id OR second_parent_id = u.id) || u.id) ORDER BY id), "
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
    unit.tier.name = shipped(unit.tier.name)
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
    below: bool
    met: int = 0
    missed: int = 0
    no_data: int = 0


def near(unit: Unit) -> list[Near]:
    """The units over `unit`, top first, then the open ones straight under it by position and name. One statement.

    Under it are also those that report to it on their second line: their numbers are in its own.
    """
    asked: dict[str, int | list[int]] = {
        "good": [_CODES[rules.Status.MET], _CODES[rules.Status.AT_RISK]],
        "missed": _CODES[rules.Status.MISSED],
        "no_data": _CODES[rules.Status.NO_DATA],
        "above": list(ancestor_ids(unit.path)),
        "unit": unit.pk,
    }
    with connection.cursor() as cursor:
        cursor.execute(_NEAR, asked)
        return [Near(*row) for row in cursor.fetchall()]


def line_to(unit: Unit) -> list[tuple[int, str, str]]:
    """Id, name and path of the units over `unit`, top first, and of `unit` itself. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, name, path FROM org_unit WHERE id = ANY(%s) ORDER BY length(path)",
            [[*ancestor_ids(unit.path), unit.pk]],
        )
        return [(pk, name, path) for pk, name, path in cursor.fetchall()]


def near_on(unit: Unit, day: date) -> list[Near]:
    """The same in the tree of `day`, which a move since has changed; nothing is counted. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_NEAR_ON, {"unit": unit.pk, "day": day})
        return [Near(*row) for row in cursor.fetchall()]


def below_on(unit: Unit, day: date) -> list[int]:
    """The units that reported straight to `unit` on `day`, along either line. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_BELOW_ON, {"unit": unit.pk, "day": day})
        return [pk for (pk,) in cursor.fetchall()]
