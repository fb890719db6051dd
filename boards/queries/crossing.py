"""Two dimensions of patients crossed: which were told with one that is given, and what was told last, as a table.

Everything here is made of what was published (`PublishedCrossing`, and the groups of the same months), where no cell of
1 up to the organisation's threshold stands, nor can be worked out from anything else that was.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from boards import rules
from boards.models import Dimension, Measure, PublishedCrossing
from boards.queries import words
from boards.queries.comparison import EVERYONE_ELSE, Compared, compare, is_nobody, loudest, value_of
from boards.queries.published import Block, Part, blocks, pooled
from boards.queries.strata import (
    LOOK_BACK,
    against_text,
    gap_sentence,
    places_of,
    share_text,
    verdict,
    window_text,
)
from org.models import Unit


@dataclass(frozen=True, slots=True)
class Choice:
    """A second dimension of which something was told."""

    code: str
    name: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class CrossingCell:
    """The patients of a row and a column: `value` in the measure's unit, `beside` its cases, or the share of a count.

    `sign`: "worse" where more than chance, "few" where too few to judge, else "". All are "" where it is `hidden`.
    """

    value: str
    beside: str
    sign: str = ""
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class CrossingLine:
    """A group of the first dimension: its cells in the order of the columns, and all of its patients.

    `state`: what is known of it (`rules.CategoryState`); "" for all other groups together.
    """

    name: str
    state: str
    cells: Sequence[CrossingCell]
    all: CrossingCell


@dataclass(frozen=True, slots=True)
class CrossingTable:
    """Two dimensions crossed over some months.

    `columns`: name and state of each group of the second one; `total`: the patients of each column, and all of them.
    `gap`: the marked cell that fares worst, in a sentence; `place`: the unit above of which it was told.
    """

    rows_code: str
    rows_name: str
    columns_code: str
    columns_name: str
    window_text: str
    place: str
    columns: Sequence[tuple[str, str]]
    rows: Sequence[CrossingLine]
    total: CrossingLine
    against: str
    gap: str
    verdict: str
    counted: bool
    others: Sequence[tuple[str, Sequence[str]]] = ()  # name of a dimension, the groups in its "other groups together"

    @property
    def signs(self) -> set[str]:
        """Which signs stand in it: "worse", "few", "hidden"."""
        cells = [cell for row in self.rows for cell in row.cells]
        return {cell.sign for cell in cells if cell.sign} | {"hidden" for cell in cells if cell.hidden}


@dataclass(frozen=True, slots=True)
class CrossingPage:
    """The second dimensions that may be chosen; and the crossing with the one that was."""

    choices: Sequence[Choice]
    table: CrossingTable | None


def crossing_page(unit: Unit, measure: Measure, dimension: Dimension, day: date, second: str) -> CrossingPage:
    """What was told up to `day` of the groups of `dimension` by those of a second one, given by its code.

    Of the unit or the nearest unit above. One statement, two where a table is shown.
    """
    told = _newest(unit, measure, dimension, day)
    chosen = next((each for each in told if each.columns.dimension.code == second), None)
    table = None if chosen is None else _table(chosen, unit, measure)
    others = [(each, each.columns.dimension) for each in told]
    return CrossingPage([Choice(other.code, other.name, each is chosen) for each, other in others], table)


@dataclass(frozen=True, slots=True)
class _Axis:
    """A dimension and its groups as name and state; at the end all others together, of whom no state is known."""

    dimension: Dimension
    groups: Sequence[tuple[str, str]]

    @classmethod
    def of(cls, dimension: Dimension, names: Sequence[str], states: Sequence[str]) -> "_Axis":
        return cls(dimension, [*zip(names, states, strict=True), (_("Other groups together"), "")])

    def others(self, split: Sequence[Block]) -> list[str]:
        """The groups of this dimension that stand together as the others, as far as `split` holds their names."""
        own = [block for block in split if block.dimension_id == self.dimension.pk and not block.answer]
        there = [name for block in own for name in (*(p.name for p in block.parts if p.denominator or p.numerator),
                                                    *block.hidden)]  # fmt: skip
        named = {name for name, _state in self.groups[:-1]}
        return [name for name in dict.fromkeys(there) if name not in named]

    def sums(self, told: PublishedCrossing, split: Sequence[Block]) -> tuple[list[Part], Block] | None:
        """The patients of each group, and the block of all of them, as they were told of this dimension by itself.

        `split`: blocks of `told`'s months; None where these do not tell of every group.
        """
        whole = pooled(block for block in split if block.dimension_id == self.dimension.pk and not block.answer)
        named = [] if whole is None else [whole.part(name) for name, _state in self.groups[:-1]]
        known = [part for part in named if part is not None]
        if whole is None or len(known) < len(named) or (whole.first, whole.last) != (told.first, told.last):
            return None
        total = whole.total
        rest = Part(
            self.groups[-1][0],
            rules.CategoryState.UNKNOWN,
            total.numerator - sum(part.numerator for part in known),
            total.denominator - sum(part.denominator for part in known),
        )
        return [*known, rest], whole


@dataclass(frozen=True, slots=True)
class _Turned:
    """What was told, with the dimension that was asked for in the rows. `cells`: None where hidden."""

    told: PublishedCrossing
    rows: _Axis
    columns: _Axis
    cells: Sequence[Sequence[Part | None]]

    @classmethod
    def of(cls, told: PublishedCrossing, dimension: Dimension) -> "_Turned":
        rows = _Axis.of(told.rows, told.row_names, told.row_states)
        columns = _Axis.of(told.columns, told.column_names, told.column_states)
        counts = zip(told.numerators, told.denominators, strict=True)
        cells = [
            [_part(row, column, *next(counts), turned=told.columns_id == dimension.pk) for column in columns.groups]
            for row in rows.groups
        ]
        if told.columns_id == dimension.pk:
            return cls(told, columns, rows, [list(column) for column in zip(*cells, strict=True)])
        return cls(told, rows, columns, cells)


def _part(
    row: tuple[str, str],
    column: tuple[str, str],
    numerator: float | None,
    denominator: float | None,
    *,
    turned: bool,
) -> Part | None:
    if numerator is None or denominator is None:
        return None
    known = row[1] == column[1] == rules.CategoryState.KNOWN
    name = " × ".join((column[0], row[0]) if turned else (row[0], column[0]))
    return Part(name, rules.CategoryState.KNOWN if known else rules.CategoryState.UNKNOWN, numerator, denominator)


def _newest(unit: Unit, measure: Measure, dimension: Dimension, day: date) -> list[_Turned]:
    """Of each pair with `dimension` the newest crossing of the nearest place, in the order of the second dimensions.

    One statement.
    """
    line = places_of(unit, measure)
    told = PublishedCrossing.objects.filter(
        Q(rows=dimension) | Q(columns=dimension),
        unit__in=line, measure=measure, last__lte=day, last__gt=day - LOOK_BACK,
    )  # fmt: skip
    newest = told.order_by("unit_id", "rows_id", "columns_id", "-last").distinct("unit_id", "rows_id", "columns_id")
    found: dict[tuple[int, int], _Turned] = {}
    for row in sorted(newest.select_related("unit", "rows", "columns"), key=lambda row: line.index(row.unit_id)):
        found.setdefault((row.rows_id, row.columns_id), _Turned.of(row, dimension))
    return sorted(found.values(), key=lambda each: (each.columns.dimension.position, each.columns.dimension.code))


def _table(turned: _Turned, unit: Unit, measure: Measure) -> CrossingTable | None:
    """One statement."""
    told, cells = turned.told, turned.cells
    split = blocks(
        [told.unit_id], [measure.pk], dimensions=[told.rows_id, told.columns_id], first=told.first, last=told.last
    )
    of_rows, of_columns = turned.rows.sums(told, split), turned.columns.sums(told, split)
    if of_rows is None or of_columns is None:
        return None
    (row_sums, whole), (column_sums, _same) = of_rows, of_columns
    rows = [i for i, part in enumerate(row_sums) if not is_nobody(part, measure)]
    columns = [j for j, part in enumerate(column_sums) if not is_nobody(part, measure)]
    named = tuple(part for i in rows for j in columns if (part := cells[i][j]) is not None)
    block = Block(
        told.unit_id, measure.pk, turned.rows.dimension.pk, "", rules.Stretch.BLOCK, told.first, told.last, named,
        whole.total, (), whole.missing,
    )  # fmt: skip
    compared = {each.part: each for each in compare(block, measure)}

    def cell(part: Part | None) -> CrossingCell:
        return CrossingCell("", "", hidden=True) if part is None else _cell(part, measure, block, compared.get(part))

    return CrossingTable(
        turned.rows.dimension.code,
        turned.rows.dimension.name,
        turned.columns.dimension.code,
        turned.columns.dimension.name,
        window_text(block),
        "" if told.unit_id == unit.pk else told.unit.name,
        [turned.columns.groups[j] for j in columns],
        [CrossingLine(*turned.rows.groups[i], [cell(cells[i][j]) for j in columns], cell(row_sums[i])) for i in rows],
        CrossingLine(_("All"), "", [cell(column_sums[j]) for j in columns], cell(whole.total)),
        against_text(EVERYONE_ELSE),
        gap_sentence(loudest(list(compared.values())), measure, EVERYONE_ELSE),
        verdict(measure),
        measure.kind == rules.Kind.COUNT,
        [
            (turned.rows.dimension.name, turned.rows.others(split)),
            (turned.columns.dimension.name, turned.columns.others(split)),
        ],
    )


def _cell(part: Part, measure: Measure, block: Block, found: Compared | None) -> CrossingCell:
    counted = measure.kind == rules.Kind.COUNT
    return CrossingCell(
        words.number(value_of(part, measure), measure.decimals),
        share_text(part, block) if counted else words.count(part.denominator),
        "" if found is None else "few" if found.few else "worse" if found.marked else "",
    )


def crossing_rows(table: CrossingTable) -> Iterable[Mapping[str, str]]:
    """The table as lines of a file, one a cell: exactly what the page shows."""
    for line in (*table.rows, table.total):
        for (name, _state), cell in zip((*table.columns, (table.total.name, "")), (*line.cells, line.all), strict=True):
            yield {
                "dimension": table.rows_code,
                "group": line.name,
                "second_dimension": table.columns_code,
                "second_group": name,
                "value": cell.value,
                "share" if table.counted else "denominator": cell.beside,
                "sign": cell.sign,
                "hidden": "guarded" if cell.hidden else "",
                "months": table.window_text,
                "place": table.place,
            }
