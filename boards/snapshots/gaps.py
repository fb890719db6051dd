"""The gap mark of a tile: the group that fares worst, where that is more than chance, as it was published last.

Against the measure's comparator, Newcombe's 95 % interval of the difference leaves out zero on the harmful side, the
relative difference is at least a tenth, and both sides have at least thirty patients. It is a mark to look at, not a
signal that climbs.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import transaction

from boards import rules
from boards.models import Dimension, Measure, Tile
from boards.queries.comparison import EVERYONE_ELSE, Against, Compared, against_of, compare, may_be_marked, worst
from boards.queries.published import Block, newest_blocks
from org import live
from org.models import Organisation

UNITS_AT_ONCE: Final = 200
#: What was told longer ago is not marked any more.
FRESH: Final = timedelta(days=400)


def _newest(units: Collection[int], measures: Collection[int], day: date) -> dict[tuple[int, int], list[Block]]:
    """(unit, measure) → the newest block of each dimension that is fresh on `day`."""
    found: dict[tuple[int, int], list[Block]] = {}
    for block in newest_blocks(units, measures, after=day - FRESH, last=day):
        found.setdefault((block.unit_id, block.measure_id), []).append(block)
    return found


def _leave_likely(
    told: dict[tuple[int, int], list[Block]],
    measures: Mapping[int, Measure],
    against: Mapping[tuple[int, int], Against],
) -> None:
    """Leave of what was told the blocks in which a group may be marked."""
    of: dict[tuple[int, int], list[Block]] = {}
    for blocks in told.values():
        for block in blocks:
            of.setdefault((block.measure_id, block.dimension_id), []).append(block)
    likely: set[int] = set()
    for (measure, dimension), blocks in of.items():
        group = against.get((measure, dimension), EVERYONE_ELSE).group
        marks = may_be_marked(blocks, measures[measure], group)
        likely |= {id(block) for block, mark in zip(blocks, marks.tolist(), strict=True) if mark}
    for key, blocks in told.items():
        told[key] = [block for block in blocks if id(block) in likely]


@transaction.atomic
def refresh_gaps(
    organisation: Organisation,
    day: date,
    at: datetime,
    units: Collection[int] | None = None,
    only: Measure | None = None,
) -> int:
    """Mark the tiles whose measure has a gap in what was told up to `day`; returns how many marks changed.

    Of all units and measures, or of these alone. Marks of measures of staff change without a word: a tile that looks
    new, and a board that draws itself anew, would tell everybody that there is something to see.
    """
    found = Measure.objects.active().filter(organisation=organisation, stratifiable=True)
    measures = {
        m.pk: m
        for m in (found if only is None else found.filter(pk=only.pk))
        if m.direction in {rules.Direction.HIGHER, rules.Direction.LOWER}
    }
    codes = dict(Dimension.objects.filter(organisation=organisation).values_list("pk", "code"))
    against = against_of(measures, day)
    tiles = Tile.objects.filter(measure__in=measures)
    if units is not None:
        tiles = tiles.filter(unit__in=units)
    by_unit: dict[int, list[Tile]] = {}
    for tile in tiles.only("unit_id", "measure_id", "gap", "version"):
        by_unit.setdefault(tile.unit_id, []).append(tile)
    changed: list[Tile] = []
    heard: list[Tile] = []
    ordered = sorted(by_unit)
    for start in range(0, len(ordered), UNITS_AT_ONCE):
        portion = ordered[start : start + UNITS_AT_ONCE]
        told = _newest(portion, measures, day)
        _leave_likely(told, measures, against)
        for unit in portion:
            for tile in by_unit[unit]:
                measure = measures[tile.measure_id]
                gap = _gap(told.get((unit, measure.pk), ()), measure, codes, against)
                if gap != tile.gap:
                    tile.gap = gap
                    changed.append(tile)
                    if measure.about == rules.About.PATIENTS:
                        tile.version = int(at.timestamp() * 1_000_000)
                        heard.append(tile)
    Tile.objects.bulk_update(changed, ["gap", "version"], batch_size=500)
    live.publish_many(
        [(live.unit_topic(t.unit_id), {"measures": [t.measure_id], "day": day.isoformat()}) for t in heard]
    )
    return len(changed)


def _gap(
    told: Collection[Block], measure: Measure, codes: dict[int, str], against: dict[tuple[int, int], Against]
) -> dict[str, Any] | None:
    found: list[tuple[float, Compared, Block]] = []
    for block in told:
        chosen = against.get((measure.pk, block.dimension_id), Against())
        gap = worst(compare(block, measure, chosen))
        if gap is not None and gap.difference is not None:
            found.append((abs(gap.difference), gap, block))
    if not found:
        return None
    _size, gap, block = max(found, key=lambda each: each[0])
    assert gap.difference is not None
    chosen = against.get((measure.pk, block.dimension_id), Against())
    return {
        "group": gap.part.name,
        "difference": round(gap.difference, measure.decimals),
        "dimension": codes[block.dimension_id],
        "against": chosen.group if gap.other is not None and gap.other.name == chosen.group else "",
        "first": block.first.isoformat(),
        "last": block.last.isoformat(),
    }
