"""A board of a day of the past: links that stay on it, what the units below said then; the way to the last numbers,
however long ago they were.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from django.db import connection
from django.db.models import Exists, OuterRef

from boards import rules
from boards.models import BoardMeasure, Snapshot
from boards.pages import Crumb, TileView, UnitLink
from boards.queries.states import TileLike
from org.models import Unit

#: A board whose newest number is older than this is quiet, even where nothing more was due.
QUIET_DAYS: Final = 100


#: The newest day with a number of each measure of a unit: one descent of the index for each day since the first.
_NEWEST: Final = """
    SELECT s.measure_id, max(s.day)
    FROM generate_series((SELECT min(day) FROM boards_snapshot), %s::date, interval '1 day') AS asked
    JOIN LATERAL (
        SELECT measure_id, day FROM boards_snapshot
        WHERE day = asked::date AND unit_id = %s AND measure_id = ANY(%s) AND value IS NOT NULL
    ) s ON true
    GROUP BY s.measure_id
"""


def asked(day: date) -> str:
    """The query of a link that stays on `day`."""
    return f"?day={day.isoformat()}"


def staying(day: date, latest: date) -> str:
    """What a link with a query adds to stay on `day`, where that is a day of the past; else nothing."""
    return f"&day={day.isoformat()}" if day < latest else ""


def tiles_on(views: Sequence[TileView], day: date) -> list[TileView]:
    """The same tiles with links that stay on `day`."""
    return [replace(view, url=view.url + asked(day)) for view in views]


def around_on(
    unit: Unit, crumbs: Sequence[Crumb], children: Sequence[UnitLink], states: Mapping[int, TileLike], day: date
) -> tuple[list[Crumb], list[UnitLink]]:
    """The same units with links that stay on `day`, those below with what their boards said then. One statement.

    A unit below is asked for the periods that `states` of the board of `unit` speak of.
    """
    tally = _tally(unit, [child.code for child in children], states) if children else {}
    none = (0, 0, 0)
    ways_up = [replace(crumb, url=crumb.url + asked(day)) for crumb in crumbs]
    below = []
    for child in children:
        met, missed, no_data = tally.get(child.code, none)
        below.append(replace(child, url=child.url + asked(day), met=met, missed=missed, no_data=no_data))
    return ways_up, below


def _tally(unit: Unit, below: Sequence[str], states: Mapping[int, TileLike]) -> dict[str, tuple[int, int, int]]:
    """Code of a unit of `below` → how many of its measures were met, missed, without data."""
    days = {pk: state.day for pk, state in states.items()}
    placed = BoardMeasure.objects.filter(unit=OuterRef("unit"), measure=OuterRef("measure"))
    units = Unit.objects.filter(organisation=unit.organisation_id, code__in=below)
    rows = Snapshot.objects.filter(Exists(placed), unit__in=units, day__in=set(days.values()), measure__in=days)
    groups = (
        {rules.Status.MET, rules.Status.AT_RISK},
        {rules.Status.MISSED},
        {rules.Status.NO_DATA},
    )
    tally: dict[str, list[int]] = {}
    for code, measure, day, status in rows.values_list("unit__code", "measure_id", "day", "status"):
        if day == days[measure]:
            mine = tally.setdefault(code, [0, 0, 0])
            for i, group in enumerate(groups):
                mine[i] += rules.STATUS_OF_CODE[status] in group
    return {code: (met, missed, no_data) for code, (met, missed, no_data) in tally.items()}


def last_numbers(states: Mapping[int, TileLike], day: date) -> date | None:
    """The newest day with a number, where the board of `day` has none or only old ones; None on a board that speaks."""
    newest = max((s.last_value_day for s in states.values() if s.last_value_day is not None), default=None)
    if newest is None or newest >= day:
        return None
    silent = all(state.value is None for state in states.values())
    return newest if silent or (day - newest).days > QUIET_DAYS else None


def silent(shown: Sequence[BoardMeasure], states: Mapping[int, TileLike]) -> list[int]:
    """The measures of a board of which the points that it reads hold no number at all."""
    ids = (placement.measure_id for placement in shown)
    return [pk for pk in ids if pk not in states or states[pk].last_value_day is None]


def told_by_tiles(shown: Sequence[BoardMeasure], states: Mapping[int, TileLike]) -> bool:
    """Whether all of a board of today is known from its stored tiles, so that their versions tell of every change."""
    found = (states.get(placement.measure_id) for placement in shown)
    return all(state is not None and state.version and state.last_value_day is not None for state in found)


def newest_numbers(unit: Unit, measures: Sequence[int], day: date) -> dict[int, date]:
    """Measure id → the newest day up to `day` with a number, where there is one. One statement, none without measures.

    Numbers may have been sent for years ago, far behind the points that a board reads.
    """
    if not measures:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST, [day, unit.pk, list(measures)])
        return dict(cursor.fetchall())
