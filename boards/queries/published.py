"""What was told of groups of patients, read back: the only road from groups to pages, charts, files and signals."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from django.db import connection

from boards import rules

_COLUMNS: Final = (
    "unit_id, measure_id, dimension_id, answer, stretch, first, last, names, states, numerators, denominators, "
    "numerator, denominator, hidden"
)
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Part:
    """A group of patients, or all of them; `numerator`: events or a sum, `denominator`: cases, as they were told."""

    name: str
    state: str  # rules.CategoryState
    numerator: float
    denominator: float

    def __add__(self, other: "Part") -> "Part":
        return Part(self.name, self.state, self.numerator + other.numerator, self.denominator + other.denominator)


@dataclass(frozen=True, slots=True)
class Block:
    """The groups of one dimension in one unit over the days from `first` to `last`, both included.

    `answer`: of a dimension whose answers overlap, the one that it is about; a block for each.
    `parts`: the groups told one by one. `hidden`: names of those that are not; together they are `rest`. `missing`:
    days within of which nothing is in it, where it was pooled of blocks that do not follow each other; both ends
    included. `began`: the day within the first month on which numbers began, where that was late in it.
    """

    unit_id: int
    measure_id: int
    dimension_id: int
    answer: str
    stretch: rules.Stretch
    first: date
    last: date
    parts: tuple[Part, ...]
    total: Part
    hidden: tuple[str, ...]
    missing: tuple[tuple[date, date], ...] = ()
    began: date | None = None

    def part(self, name: str) -> Part | None:
        """The group of that name; None where it is hidden or not there."""
        return next((part for part in self.parts if part.name == name), None)

    @property
    def rest(self) -> Part:
        """All patients that no named group holds: nobody, or enough to be told."""
        return Part(
            "",
            rules.CategoryState.KNOWN,
            self.total.numerator - sum(part.numerator for part in self.parts),
            self.total.denominator - sum(part.denominator for part in self.parts),
        )

    def everyone_but(self, name: str) -> Part:
        """All patients without the group of that name. Raises KeyError where it is not told."""
        own = self.part(name)
        if own is None:
            raise KeyError(name)
        return Part("", own.state, self.total.numerator - own.numerator, self.total.denominator - own.denominator)


def blocks(
    units: Collection[int],
    measures: Collection[int],
    *,
    dimensions: Collection[int] | None = None,
    first: date | None = None,
    last: date | None = None,
    stretch: rules.Stretch | None = rules.Stretch.BLOCK,
) -> list[Block]:
    """What was told of `units` and `measures`, in order of unit, measure, dimension and time. One statement.

    Only stretches that lie wholly within `first` and `last`, both included. `stretch` None: of any length; these
    overlap, so they are never added up together.
    """
    where, params = "unit_id = ANY(%s) AND measure_id = ANY(%s)", [list(units), list(measures)]
    for sql, value in (
        ("dimension_id = ANY(%s)", None if dimensions is None else list(dimensions)),
        ("first >= %s", first),
        ("last <= %s", last),
        ("stretch = %s", stretch),
    ):
        if value is not None:
            where, params = f"{where} AND {sql}", [*params, value]  # type: ignore[list-item]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_COLUMNS} FROM boards_published WHERE {where} "  # noqa: S608 - of constants
            "ORDER BY unit_id, measure_id, dimension_id, answer, last, first",
            params,
        )
        return [_block(*row) for row in cursor.fetchall()]


def _block(
    unit: int,
    measure: int,
    dimension: int,
    answer: str,
    stretch: str,
    first: date,
    last: date,
    names: Sequence[str],
    states: Sequence[str],
    numerators: Sequence[float],
    denominators: Sequence[float],
    numerator: float,
    denominator: float,
    hidden: Sequence[str],
) -> Block:
    parts = tuple(Part(*each) for each in zip(names, states, numerators, denominators, strict=True))
    total = Part("", rules.CategoryState.KNOWN, numerator, denominator)
    return Block(unit, measure, dimension, answer, rules.Stretch(stretch), first, last, parts, total, tuple(hidden))


def pooled(told: Iterable[Block]) -> Block | None:
    """Blocks of one unit, measure and dimension that do not overlap, as one; None of none.

    A group stands in it where it was told in every block. Months between them of which none was told are `missing`: the
    sums are without them.
    """
    found = sorted(told, key=lambda block: block.last)
    if not found:
        return None
    names = [part.name for part in found[-1].parts if all(block.part(part.name) for block in found)]
    parts = []
    for name in names:
        own = [part for block in found if (part := block.part(name)) is not None]
        whole = own[0]
        for more in own[1:]:
            whole = whole + more
        parts.append(whole)
    total = found[0].total
    for block in found[1:]:
        total = total + block.total
    every = dict.fromkeys(name for block in found for name in (*(p.name for p in block.parts), *block.hidden))
    newest = found[-1]
    return Block(
        newest.unit_id,
        newest.measure_id,
        newest.dimension_id,
        newest.answer,
        newest.stretch,
        found[0].first,
        newest.last,
        tuple(parts),
        total,
        tuple(name for name in every if name not in names),
        tuple((one.last + _DAY, next_.first - _DAY) for one, next_ in pairwise(found) if next_.first - one.last > _DAY),
        found[0].began,
    )
