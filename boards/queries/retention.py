"""Old months of readings and snapshots: which stand, and how much room they take."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection

from boards import partitions


@dataclass(frozen=True, slots=True)
class OldMonth:
    """The partitions of one month. `size` in bytes, indexes included."""

    month: date
    tables: Sequence[str]
    size: int


def months_before(day: date) -> list[OldMonth]:
    """The months that lie wholly before `day`, oldest first. Two statements."""
    found: dict[date, list[tuple[str, int]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, pg_total_relation_size(quote_ident(name)::regclass) FROM unnest(%s::text[]) AS t(name)",
            [sorted(partitions.existing())],
        )
        for name, size in cursor.fetchall():
            year, month = name.rsplit("_", 2)[1:]
            first = date(int(year), int(month), 1)
            if partitions.next_month(first) <= day:
                found.setdefault(first, []).append((name, size))
    return [
        OldMonth(month, [name for name, _ in tables], sum(size for _, size in tables))
        for month, tables in sorted(found.items())
    ]


def organisations_with_facts(tables: Sequence[str]) -> list[int]:
    """Ids of the organisations of which something stands in these partitions. One statement for each."""
    found: set[int] = set()
    with connection.cursor() as cursor:
        for name in tables:
            cursor.execute(f'SELECT DISTINCT organisation_id FROM "{name}"')  # noqa: S608 - names come from the catalog
            found |= {pk for (pk,) in cursor.fetchall()}
    return sorted(found)
