"""The gap mark of a tile: the group that fares worst against everyone else, where that is more than chance.

Rule D of the measurement methods: pooled over the window, Newcombe's 95 % interval of the difference leaves out zero on
the harmful side, the relative difference is at least a tenth, and both sides have at least thirty patients. It is a
mark to look at, not a signal that climbs. Only what the small-cell guard lets a page show is ever marked.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

import numpy as np
from django.db import transaction
from numpy.typing import NDArray

from analytics.intervals import newcombe_difference
from analytics.small_cells import Table, suppress
from boards import pgcopy, rules
from boards.models import Category, Dimension, GroupMember, Measure, Stratum, Tile
from boards.queries.strata import WINDOW_DAYS
from boards.snapshots.load import strata_of
from org import live
from org.models import Organisation

LEAST_PATIENTS: Final = 30
LEAST_RELATIVE: Final = 0.10
UNITS_AT_ONCE: Final = 100


@dataclass(frozen=True, slots=True)
class _Groups:
    """The groups of one dimension, in the order of their names' first category."""

    dimension: Dimension
    names: list[str]
    known: list[bool]
    of_stratum: Mapping[int, int]


def _groupings(organisation: Organisation) -> list[_Groups]:
    """Every dimension whose categories do not overlap, with its groups by the default grouping. Four statements."""
    members = {
        m.category_id: m.group
        for m in GroupMember.objects.filter(grouping__dimension__organisation=organisation, grouping__is_default=True)
    }
    categories = {c.pk: c for c in Category.objects.filter(dimension__organisation=organisation)}
    single: dict[int, list[tuple[int, int]]] = {}
    for pk, own, dimensions in Stratum.objects.filter(organisation=organisation, dimensions__len=1).values_list(
        "pk", "categories", "dimensions"
    ):
        single.setdefault(dimensions[0], []).append((pk, own[0]))
    out = []
    for dimension in Dimension.objects.filter(organisation=organisation, is_partition=True):
        names: list[str] = []
        known: list[bool] = []
        of_stratum: dict[int, int] = {}
        for stratum, category in single.get(dimension.pk, ()):
            name = members.get(category, categories[category].name)
            if name not in names:
                names.append(name)
                known.append(categories[category].state == rules.CategoryState.KNOWN)
            of_stratum[stratum] = names.index(name)
        if len(names) > 1:
            out.append(_Groups(dimension, names, known, of_stratum))
    return out


_Key = tuple[int, int]


def _pooled(
    organisation: Organisation, units: Sequence[int], measures: Sequence[int], first: date, last: date
) -> dict[_Key, dict[int, NDArray[np.float64]]]:
    """(unit, measure) → stratum → [numerator, denominator] of the window. A statement per list of strata, and two."""
    where = "day BETWEEN %s AND %s AND unit_id = ANY(%s) AND measure_id = ANY(%s)"
    params: list[Any] = [first, last, list(units), list(measures)]
    layouts = pgcopy.read(
        f"SELECT DISTINCT layout_id, cardinality(numerators) FROM boards_snapshot WHERE {where} "
        "AND layout_id IS NOT NULL AND organisation_id = %s",
        [*params, organisation.pk],
        (("layout", "int4"), ("width", "int4")),
    )
    strata = strata_of(layouts["layout"].tolist())
    pooled: dict[_Key, dict[int, NDArray[np.float64]]] = {}
    for layout, width in zip(layouts["layout"].tolist(), layouts["width"].tolist(), strict=True):
        rows = pgcopy.read(
            f"SELECT unit_id, measure_id, numerators, denominators FROM boards_snapshot WHERE {where} "
            "AND layout_id = %s",
            [*params, layout],
            (("unit", "int4"), ("measure", "int4"), ("numerators", "float8[]"), ("denominators", "float8[]")),
            {"numerators": width, "denominators": width},
        )
        key = rows["unit"].astype(np.int64) << 32 | rows["measure"]
        present, where_to = np.unique(key, return_inverse=True)
        sums = np.zeros((len(present), width, 2))
        np.add.at(sums[:, :, 0], where_to, np.nan_to_num(rows["numerators"]))
        np.add.at(sums[:, :, 1], where_to, np.nan_to_num(rows["denominators"]))
        for number, packed in enumerate(present.tolist()):
            mine = pooled.setdefault((packed >> 32, packed & 0xFFFFFFFF), {})
            for stratum, pair in zip(strata[layout].tolist(), sums[number], strict=True):
                mine[stratum] = mine.get(stratum, np.zeros(2)) + pair
    return pooled


def _worst(
    cells: Mapping[int, NDArray[np.float64]], groups: _Groups, measure: Measure, threshold: int
) -> tuple[float, str] | None:
    """(harmful difference in the measure's unit, group) of the group that fares worst; None where there is no gap."""
    counts = np.zeros((len(groups.names), 2))
    for stratum, pair in cells.items():
        at = groups.of_stratum.get(stratum)
        if at is not None:
            counts[at] += pair
    total = counts.sum(axis=0)
    if total[1] < 2 * LEAST_PATIENTS or (counts[:, 0] > counts[:, 1]).any():
        return None
    rest = total - counts
    found = newcombe_difference(counts[:, 0], counts[:, 1], rest[:, 0], rest[:, 1])
    way = 1.0 if measure.direction == rules.Direction.LOWER else -1.0
    harm = way * found.estimate
    leaves_zero_out = (found.lower > 0) if way > 0 else (found.upper < 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = np.abs(found.estimate) / (rest[:, 0] / rest[:, 1])
    marked = (
        leaves_zero_out
        & (harm > 0)
        & (relative >= LEAST_RELATIVE)
        & (counts[:, 1] >= LEAST_PATIENTS)
        & (rest[:, 1] >= LEAST_PATIENTS)
        & np.array(groups.known)
    )
    if threshold >= 2:
        table = Table.of_proportion(counts[:, 0], counts[:, 1], (float(total[0]), float(total[1])))
        marked &= suppress(table, threshold=threshold).shown
    if not marked.any():
        return None
    worst = int(np.flatnonzero(marked)[np.argmax(harm[marked])])
    return float(found.estimate[worst]) * measure.multiplier, groups.names[worst]


@transaction.atomic
def refresh_gaps(organisation: Organisation, day: date, at: datetime, units: Collection[int] | None = None) -> int:
    """Mark the tiles whose measure has a gap over the window that ends on `day`; returns how many marks changed."""
    measures = {
        m.pk: m
        for m in Measure.objects.active().filter(
            organisation=organisation, stratifiable=True, kind=rules.Kind.PROPORTION
        )
        if m.direction in {rules.Direction.HIGHER, rules.Direction.LOWER}
    }
    tiles = Tile.objects.filter(measure__in=measures)
    if units is not None:
        tiles = tiles.filter(unit__in=units)
    groupings = _groupings(organisation)
    changed: list[Tile] = []
    by_unit: dict[int, list[Tile]] = {}
    for tile in tiles.only("unit_id", "measure_id", "gap", "version"):
        by_unit.setdefault(tile.unit_id, []).append(tile)
    ordered = sorted(by_unit)
    for start in range(0, len(ordered), UNITS_AT_ONCE):
        portion = ordered[start : start + UNITS_AT_ONCE]
        for cadence in rules.Cadence:
            chosen = [pk for pk, m in measures.items() if m.cadence == cadence]
            if not chosen:
                continue
            days = WINDOW_DAYS[cadence][0]
            pooled = _pooled(organisation, portion, chosen, day - timedelta(days=days - 1), day)
            for unit in portion:
                for tile in by_unit[unit]:
                    cells = pooled.get((unit, tile.measure_id))
                    if tile.measure_id in chosen and _mark(tile, cells, groupings, measures, organisation, days, at):
                        changed.append(tile)
    Tile.objects.bulk_update(changed, ["gap", "version"], batch_size=500)
    live.publish_many(
        [(live.unit_topic(t.unit_id), {"measures": [t.measure_id], "day": day.isoformat()}) for t in changed]
    )
    return len(changed)


def _mark(
    tile: Tile,
    cells: Mapping[int, NDArray[np.float64]] | None,
    groupings: Sequence[_Groups],
    measures: Mapping[int, Measure],
    organisation: Organisation,
    days: int,
    at: datetime,
) -> bool:
    measure = measures[tile.measure_id]
    found = [
        (abs(worst[0]), worst, groups.dimension.code)
        for groups in groupings
        if cells and (worst := _worst(cells, groups, measure, organisation.small_cell_threshold))
    ]
    gap: dict[str, Any] | None = None
    if found:
        _size, (difference, group), dimension = max(found)
        gap = {"group": group, "difference": round(difference, measure.decimals), "days": days, "dimension": dimension}
    if gap == tile.gap:
        return False
    tile.gap = gap
    tile.version = int(at.timestamp() * 1_000_000)
    return True
