"""Groups of patients before a change beside the same groups since, of published months alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils.translation import gettext as _

from boards.models import Dimension, Measure
from boards.pages import StrataTable, StratumRow
from boards.queries.comparison import Against, against_of
from boards.queries.published import Block, blocks
from boards.queries.strata import LOOK_BACK, dated, merged, places_of, table_of
from org.models import Unit

_NO_ROW: Final = StratumRow("", "", "", "", "", None, None, None, "guarded")


@dataclass(frozen=True, slots=True)
class GroupAround:
    """A group in each of the tables, in their order; one that was not told then has no name there."""

    name: str
    rows: Sequence[StratumRow]


@dataclass(frozen=True, slots=True)
class Around:
    """The groups of a dimension around a change. `since` is None while the months of the change are not over, or where
    nothing was told of them. `more`: the months hold days outside of those asked for.
    """

    dimension: str
    dimension_code: str
    place: str
    since: StrataTable | None
    tables: Sequence[StrataTable]  # before and since, those that there are
    rows: Sequence[GroupAround]
    whole: GroupAround
    more: bool


def groups_around(unit: Unit, measure: Measure, dimension: Dimension, first: date, last: date) -> Around | None:
    """The groups of `dimension` in the last stretch that ended before `first`, and in that of which most days lie from
    `first` to `last`, of `unit` or of the nearest unit above. None where neither was told. At most four statements.
    """
    line = places_of(unit, measure)
    earliest = first - min(LOOK_BACK, first - date.min)
    told = blocks(line, [measure.pk], dimensions=[dimension.pk], first=earliest)
    told = [block for block in told if block.first <= last and block.parts]
    place = next((place for place in line if any(block.unit_id == place for block in told)), None)
    if place is None:
        return None
    mine = list(dated([block for block in told if block.unit_id == place]))
    during = _stretch([block for block in mine if block.last >= first], first, last)
    found = _stretch([block for block in mine if block.last < first]), during
    against = against_of([measure.pk], last).get((measure.pk, dimension.pk), Against())
    name = "" if place == unit.pk else Unit.objects.values_list("name", flat=True).get(pk=place)
    before, since = (table_of(block, measure, dimension, against, name) if block else None for block in found)
    tables = [table for table in (before, since) if table is not None]
    return Around(
        dimension=dimension.name,
        dimension_code=dimension.code,
        place=name,
        since=since,
        tables=tables,
        rows=_rows(tables),
        whole=GroupAround(_("All"), [table.total for table in tables]),
        more=during is not None and (during.first < first or during.last > last),
    )


def _stretch(told: Sequence[Block], first: date | None = None, last: date | None = None) -> Block | None:
    """The stretch of which most days lie between both days, else the latest; one for each answer, as one table."""
    if not told:
        return None

    def fits(block: Block) -> tuple[int, date]:
        days = (min(block.last, last) - max(block.first, first)).days if first and last else 0
        return days, block.last

    best = max(told, key=fits)
    return merged([block for block in told if (block.first, block.last) == (best.first, best.last)])


def _rows(tables: Sequence[StrataTable]) -> list[GroupAround]:
    """Each group once, those of the later table first."""
    by_name = [{row.name: row for row in table.rows} for table in tables]
    names = dict.fromkeys(name for table in reversed(by_name) for name in table)
    return [GroupAround(name, [table.get(name, _NO_ROW) for table in by_name]) for name in names]
