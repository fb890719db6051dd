"""The driver diagram of a paper: its nodes as a tree, each with what its measure shows now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Max

from boards import rules as board_rules
from boards.models import Tile
from boards.queries import words
from improvement.models import Driver
from improvement.rules.papers import BELOW, Course, Part, Place

if TYPE_CHECKING:
    from improvement.models import Paper


@dataclass(frozen=True, slots=True)
class Shown:
    """What a measure shows now at the unit of the ticket; `status` names the sign."""

    name: str
    kind: str
    value: str
    status: str
    status_text: str


@dataclass(frozen=True, slots=True)
class Node:
    """A node with what hangs on it. `course` in words, "" unless it is an idea; `takes`: anything may hang on it."""

    row: Driver
    place: str
    course: str
    measure: Shown | None
    takes: bool
    drives: Sequence["Node"] = ()


def diagram_of(paper: "Paper") -> list[Node]:
    """The primary drivers with all that hangs on them. Two statements."""
    rows = list(
        Driver.objects.filter(paper=paper, gone_at__isnull=True)
        .select_related("measure", "ticket")
        .order_by("position", "pk")
    )
    measures = {row.measure_id for row in rows if row.measure_id is not None}
    tiles = {tile.measure_id: tile for tile in Tile.objects.filter(unit=paper.ticket.unit_id, measure__in=measures)}
    below: dict[int | None, list[Driver]] = {}
    for row in rows:
        below.setdefault(row.of_id, []).append(row)
    return [_node(row, below, tiles) for row in below.get(None, ())]


def newest_number(paper: "Paper") -> int:
    """Grows whenever a number of the unit's board changes: what nodes show with it. One statement."""
    return Tile.objects.filter(unit=paper.ticket.unit_id).aggregate(newest=Max("version"))["newest"] or 0


def _node(row: Driver, below: Mapping[int | None, Sequence[Driver]], tiles: Mapping[int, Tile]) -> Node:
    return Node(
        row=row,
        place=str(Place(row.place).label),
        course=str(Course(row.course).label) if row.course else "",
        measure=_shown(row, tiles),
        takes=bool(BELOW[row.place]),
        drives=[_node(one, below, tiles) for one in below.get(row.pk, ())],
    )


def _shown(row: Driver, tiles: Mapping[int, Tile]) -> Shown | None:
    if row.measure is None:
        return None
    tile = tiles.get(row.measure.pk)
    status = board_rules.STATUS_OF_CODE[tile.status] if tile is not None else board_rules.Status.NO_DATA
    value = words.number(None if tile is None else tile.value, row.measure.decimals)
    return Shown(
        name=row.measure.name,
        kind=str(Part(row.part).label) if row.part else "",
        value=f"{value} {row.measure.unit_text}".strip(),
        status=status.value,
        status_text=str(status.label),
    )
