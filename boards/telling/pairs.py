"""The pairs of dimensions of which crossed groups were sent."""

from dataclasses import dataclass
from itertools import combinations

from boards.models import Category, Stratum
from boards.telling.tables import Table, tables_of
from org.models import Organisation


@dataclass(frozen=True, slots=True)
class Pair:
    """Two dimensions of which groups were sent crossed. `cells`: as a table whose groups are rows × columns."""

    rows: Table
    columns: Table
    cells: Table

    @property
    def key(self) -> tuple[int, int]:
        """Ids of both dimensions."""
        return self.rows.dimension.pk, self.columns.dimension.pk


def pairs_of(organisation: Organisation) -> list[Pair]:
    """The pairs of dimensions of which crossed groups were sent; a patient is in one group of each. Six statements."""
    tables = {t.dimension.pk: t for t in tables_of(organisation) if not t.answer}
    category = dict(Category.objects.filter(dimension__organisation=organisation).values_list("pk", "dimension"))
    group: dict[int, int] = {}
    for pk, own in Stratum.objects.filter(organisation=organisation, dimensions__len=1).values_list("pk", "categories"):
        table = tables.get(category[own[0]])
        if table is not None and pk in table.of_stratum:
            group[own[0]] = table.of_stratum[pk]
    sent: dict[tuple[int, int], dict[int, tuple[int, int]]] = {}
    order = {pk: number for number, pk in enumerate(tables)}
    for pk, own in Stratum.objects.filter(organisation=organisation, dimensions__len=2).values_list("pk", "categories"):
        parts = sorted((order[category[each]], category[each], group[each]) for each in own if each in group)
        if len(parts) == 2:
            (_at, rows, row), (_other, columns, column) = parts
            sent.setdefault((rows, columns), {})[pk] = (row, column)
    found = []
    for pks in combinations(tables, 2):
        if pks not in sent:
            continue
        one, other = (tables[pk] for pk in pks)
        wide = len(other.names)
        names = tuple(f"{row} × {column}" for row in one.names for column in other.names)
        of_stratum = {pk: row * wide + column for pk, (row, column) in sent[pks].items()}
        found.append(Pair(one, other, Table(one.dimension, "", names, ("",) * len(names), of_stratum)))
    return found
