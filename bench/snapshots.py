"""Snapshots: a day of 1.2 million readings, rolled up and visible, beside bare SQL that adds up level by level.

The peer gets the readings as 1.2 million plain rows in an ordinary table and writes the sums of the units above into
a table with a primary key, one INSERT … SELECT … GROUP BY a level: no status, no targets, no coverage, no leaf rows.
Ours writes every unit, with them. Both sums are compared, and rounds alternate.
"""

import statistics
import time
from collections.abc import Callable

from django.db import connection, transaction

from bench.system import AT, GROUPS, LEVELS, SMALL_LEVELS, System, build, day_number, own_database, send
from boards.models import Layout, Snapshot, SnapshotRun
from boards.snapshots import take_snapshot

ROUNDS = 5
MANY_DAYS = 10


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _flat() -> None:
    """The readings of the first day as plain rows, as the peer would have them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE flat AS SELECT r.unit_id, r.measure_id, c.stratum, c.n, c.d FROM boards_reading r "
            "JOIN boards_layout l ON l.id = r.layout_id, unnest(l.strata, r.numerators, r.denominators) "
            "AS c(stratum, n, d) WHERE r.day = %s",
            [day_number(0)],
        )
        cursor.execute("ALTER TABLE flat ADD PRIMARY KEY (unit_id, measure_id, stratum)")
        cursor.execute("VACUUM ANALYZE flat")


@transaction.atomic
def _bare() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "DROP TABLE IF EXISTS rolled; CREATE TABLE rolled (unit_id integer, measure_id integer, "
            "stratum integer, n double precision, d double precision, PRIMARY KEY (unit_id, measure_id, stratum))"
        )
        table = "flat"
        for level in sorted(level for level, _ in LEVELS)[:-1]:
            cursor.execute(
                f"INSERT INTO rolled SELECT u.parent_id, f.measure_id, f.stratum, sum(f.n), sum(f.d) FROM {table} f "
                "JOIN org_unit u ON u.id = f.unit_id JOIN org_tier t ON t.id = u.tier_id WHERE t.level = %s "
                "GROUP BY 1, 2, 3",
                [level],
            )
            table = "rolled"


def _same_sums(system: System) -> bool:
    """Whether both have the same sum for one measure and group at the top."""
    top = system.organisation.units.get(parent__isnull=True)
    stratum = system.strata["group:g3"]
    mine = Snapshot.objects.get(day=day_number(0), unit=top, measure=system.measures[4])
    at = Layout.objects.get(pk=mine.layout_id).strata.index(stratum)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n, d FROM rolled WHERE unit_id = %s AND measure_id = %s AND stratum = %s",
            [top.pk, system.measures[4].pk, stratum],
        )
        return cursor.fetchone() == (mine.numerators[at], mine.denominators[at])


def run(*, small: bool = False) -> dict[str, object]:
    """Medians in seconds and ratios; every ratio is within this run."""
    levels, rounds, many_days = (SMALL_LEVELS, 1, 2) if small else (LEVELS, ROUNDS, MANY_DAYS)
    with own_database():
        system = build(levels)
        for i in range(many_days + 1):
            send(system, day_number(i))
        _flat()
        organisation = system.organisation
        first, again, bare, late = [], [], [], []
        ward = system.wards[len(system.wards) // 3]
        take_snapshot(organisation, day_number(many_days), AT)  # warm
        for _ in range(rounds):
            Snapshot.objects.filter(day=day_number(0))._raw_delete("default")
            with connection.cursor() as cursor:
                cursor.execute("VACUUM boards_snapshot")
            first.append(_seconds(lambda: take_snapshot(organisation, day_number(0), AT)))
            bare.append(_seconds(_bare))
            again.append(_seconds(lambda: take_snapshot(organisation, day_number(0), AT)))
            late += [_seconds(lambda: take_snapshot(organisation, day_number(0), AT, [ward.pk])) for _ in range(5)]
        same = _same_sums(system)
        ten = _seconds(lambda: [take_snapshot(organisation, day_number(i), AT) for i in range(many_days)])
        one = statistics.median(again)
        rows = SnapshotRun.objects.order_by("-pk")[0]
    taken, peer = statistics.median(first), statistics.median(bare)
    return {
        "readings": rows.readings * (GROUPS + 1),
        "snapshot_s": round(taken, 3),
        "bare_sql_s": round(peer, 3),
        "ratio": round(taken / peer, 2),
        "again_ratio": round(one / taken, 2),
        "late_s": round(statistics.median(late), 4),
        "late_ratio": round(statistics.median(late) / taken, 4),
        "ten_days_ratio": round(ten / (many_days * one), 2),
        "same_sums": same,
    }
