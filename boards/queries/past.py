"""A board of a day of the past: links that stay on it, what the units below said then; the way to the last numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from django.db.models import Exists, OuterRef

from boards import rules
from boards.models import BoardMeasure, Snapshot
from boards.pages import Crumb, TileView, UnitLink
from boards.queries.states import TileLike
from org.models import Unit

#: A board whose newest number is older than this is quiet, even where nothing more was due.
QUIET_DAYS: Final = 100


def asked(day: date) -> str:
    """The query of a link that stays on `day`."""
    return f"?day={day.isoformat()}"


def tiles_on(views: Sequence[TileView], day: date) -> list[TileView]:
    """The same tiles with links that stay on `day`."""
    return [replace(view, url=view.url + asked(day)) for view in views]


def around_on(
    unit: Unit, crumbs: Sequence[Crumb], children: Sequence[UnitLink], states: Mapping[int, TileLike], day: date
) -> tuple[list[Crumb], list[UnitLink]]:
    """The same units with links that stay on `day`, those below with what their boards said then. One statement.

    A unit below is asked for the periods that `states` of the board of `unit` speak of.
    """
    tally = _tally(unit, states) if children else {}
    none = (0, 0, 0)
    ways_up = [replace(crumb, url=crumb.url + asked(day)) for crumb in crumbs]
    below = []
    for child in children:
        met, missed, no_data = tally.get(child.code, none)
        below.append(replace(child, url=child.url + asked(day), met=met, missed=missed, no_data=no_data))
    return ways_up, below


def _tally(unit: Unit, states: Mapping[int, TileLike]) -> dict[str, tuple[int, int, int]]:
    """Code of a unit below → how many of its measures were met, missed, without data."""
    days = {pk: state.day for pk, state in states.items()}
    placed = BoardMeasure.objects.filter(unit=OuterRef("unit"), measure=OuterRef("measure"))
    rows = Snapshot.objects.filter(Exists(placed), unit__parent=unit, day__in=set(days.values()), measure__in=days)
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
