"""Monthly partitions of readings and snapshots: made ahead, droppable when old."""

from collections.abc import Iterable
from datetime import date

from django.db import connection

#: Tables that are partitioned by month of their `day`.
PARTITIONED = ("boards_reading", "boards_replacedreading", "boards_snapshot")


def month_start(day: date) -> date:
    """The first day of the month of `day`."""
    return day.replace(day=1)


def next_month(day: date) -> date:
    """The first day of the month after `day`'s."""
    return date(day.year + (day.month == 12), day.month % 12 + 1, 1)


def months_between(first: date, last: date) -> list[date]:
    """First days of all months from `first`'s to `last`'s, both included."""
    months = [month_start(first)]
    while next_month(months[-1]) <= last:
        months.append(next_month(months[-1]))
    return months


def partition_name(table: str, month: date) -> str:
    """The table that holds `month` of `table`: boards_reading_2026_11."""
    return f"{table}_{month:%Y_%m}"


def existing() -> set[str]:
    """Names of all monthly partitions that stand. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid "
            "JOIN pg_class p ON p.oid = i.inhparent WHERE p.relname = ANY(%s)",
            [list(PARTITIONED)],
        )
        return {name for (name,) in cursor.fetchall()}


def ensure(first: date, last: date) -> list[str]:
    """Make the partitions of every month from `first` to `last` that do not stand yet; returns their names."""
    wanted = [(table, month) for month in months_between(first, last) for table in PARTITIONED]
    present = existing()
    made = []
    with connection.cursor() as cursor:
        for table, month in wanted:
            name = partition_name(table, month)
            if name in present:
                continue
            cursor.execute(
                f'CREATE TABLE IF NOT EXISTS "{name}" PARTITION OF "{table}" '
                f"FOR VALUES FROM ('{month.isoformat()}') TO ('{next_month(month).isoformat()}')"
            )
            made.append(name)
    return made


def ensure_days(days: Iterable[date]) -> list[str]:
    """Make the partitions that `days` need."""
    months = sorted({month_start(day) for day in days})
    return [name for month in months for name in ensure(month, month)]


def drop_before(day: date) -> list[str]:
    """Drop all partitions that lie wholly before `day`; returns their names. What they held is gone."""
    dropped = []
    with connection.cursor() as cursor:
        for name in sorted(existing()):
            year, month = name.rsplit("_", 2)[1:]
            if next_month(date(int(year), int(month), 1)) <= day:
                cursor.execute(f'DROP TABLE "{name}"')
                dropped.append(name)
    return dropped
