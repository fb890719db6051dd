"""What was told of two dimensions crossed, written by hand: a table of counts, and of which cells it holds."""

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime

from boards.models import Dimension, Measure, Published, PublishedCrossing
from org.models import Unit
from tests.boards.factories import make_published

OCTOBER = date(2026, 10, 31)
REST = "Other groups together"
Pair = tuple[float, float]
Counted = Mapping[tuple[str, str], Pair]
#: Events and cases by language and sex; a table ends with all other groups together.
COUNTED: Counted = {
    ("English", "Female"): (320, 400), ("English", "Male"): (310, 390), ("English", REST): (0, 11),
    ("Spanish", "Female"): (62, 107), ("Spanish", "Male"): (97, 163), ("Spanish", REST): (5, 9),
    (REST, "Female"): (34, 47), (REST, "Male"): (29, 53), (REST, REST): (4, 8),
}  # fmt: skip
HIDDEN = frozenset({("Spanish", "Male"), ("Spanish", REST), (REST, "Male"), (REST, REST)})


def tell(
    unit: Unit,
    measure: Measure,
    last: date = OCTOBER,
    *,
    rows: str = "language",
    columns: str = "sex",
    hidden: Collection[tuple[str, str]] = HIDDEN,
    counted: Counted = COUNTED,
) -> PublishedCrossing:
    """A month of `unit` by two dimensions, each by itself and both crossed, without the cells in `hidden`."""
    axes = [Dimension.objects.get(code=code) for code in (rows, columns)]
    groups = [list(dict.fromkeys(key[at] for key in counted)) for at in (0, 1)]

    def total(keys: Collection[tuple[str, str]]) -> Pair:
        return sum(counted[key][0] for key in keys), sum(counted[key][1] for key in keys)

    for at, (axis, names) in enumerate(zip(axes, groups, strict=True)):
        if not Published.objects.filter(unit=unit, measure=measure, dimension=axis, last=last).exists():
            sums = {name: total([key for key in counted if key[at] == name]) for name in names}
            make_published(unit, measure, axis, last, {n: sums[n] for n in names[:-1]}, rest=sums[REST])
    keys = [(row, column) for row in groups[0] for column in groups[1]]
    return PublishedCrossing.objects.create(
        organisation=unit.organisation,
        unit=unit,
        measure=measure,
        rows=axes[0],
        columns=axes[1],
        first=last.replace(day=1),
        last=last,
        row_names=groups[0][:-1],
        row_states=["known"] * (len(groups[0]) - 1),
        column_names=groups[1][:-1],
        column_states=["known"] * (len(groups[1]) - 1),
        numerators=[None if key in hidden else counted[key][0] for key in keys],
        denominators=[None if key in hidden else counted[key][1] for key in keys],
        published_at=datetime(2026, 11, 5, tzinfo=UTC),
    )
