"""Signals: a night of 1.3 million gaps in a house of 2,000 wards, beside the snapshot of the same day in the same run.

Each gap is one measure, unit and group against everyone else: 2,332 units × 30 measures × 19 groups. Four weeks of
days stand before, as in a house that runs; the night is compared with a window that is counted anew from snapshots.
"""

import statistics
import time
from datetime import UTC, datetime, timedelta

from django.db import connection

from bench.system import AT, GROUPS, LEVELS, MEASURES, SMALL_LEVELS, System, build, day_number, own_database, send
from boards.models import Signal, SignalChange, SignalNight, SignalWindow
from boards.signals import night
from boards.signals.ring import unpacked
from boards.snapshots import take_snapshot

BEFORE = 28
ROUNDS = 5


def _seconds(work) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _moment(i: int) -> datetime:
    return datetime.combine(day_number(i), AT.timetz()).astimezone(UTC) + timedelta(days=1)


def _kept() -> list[tuple]:
    fields = ("measure_id", "counted", "unit_ids", "events", "people", "since_events", "since_people")
    return [
        tuple(bytes(v) if isinstance(v, memoryview) else v for v in row)
        for row in SignalWindow.objects.order_by("measure_id").values_list(*fields)
    ]


def _same_when_counted_anew(system: System, last: int) -> bool:
    """Whether what is kept after many nights is what the snapshots say: of one measure, since all take their time."""
    kept = _kept()
    measure = system.measures[4]
    SignalWindow.objects.filter(measure=measure).delete()
    SignalNight.objects.update(day=day_number(last - 1))
    before = Signal.objects.count()
    night.look(system.organisation, day_number(last), _moment(last))
    return kept == _kept() and before <= Signal.objects.count()


def run(*, small: bool = False) -> dict[str, object]:
    """Medians in seconds and the ratio; both from this run."""
    levels, rounds = (SMALL_LEVELS, 1) if small else (LEVELS, ROUNDS)
    with own_database():
        system = build(levels)
        organisation = system.organisation
        for i in range(BEFORE + rounds):
            send(system, day_number(i))
            take_snapshot(organisation, day_number(i), _moment(i))
            if i < BEFORE:
                night.look(organisation, day_number(i), _moment(i))
        looked, taken, changes = [], [], []
        for i in range(BEFORE, BEFORE + rounds):
            with connection.cursor() as cursor:
                cursor.execute("DELETE FROM boards_snapshot WHERE day = %s", [day_number(i)])
                cursor.execute("VACUUM boards_snapshot")
            taken.append(_seconds(lambda i=i: take_snapshot(organisation, day_number(i), _moment(i))))
            before = SignalChange.objects.count()
            found: list[night.Looked] = []
            looked.append(
                _seconds(lambda i=i, found=found: found.append(night.look(organisation, day_number(i), _moment(i))))
            )
            changes.append(SignalChange.objects.count() - before)
        gaps = found[0].gaps
        again = _seconds(lambda: night.look(organisation, day_number(BEFORE), _moment(BEFORE)))
        same = _same_when_counted_anew(system, BEFORE + rounds - 1)
        row = SignalWindow.objects.first()
        wide = unpacked(bytes(row.people), len(row.unit_ids) // 4 * GROUPS).min()
        signals = Signal.objects.count()
    snapshot, nightly = statistics.median(taken), statistics.median(looked)
    return {
        "gaps": gaps,
        "gaps_right": gaps == sum(count for _, count in levels) * MEASURES * GROUPS,
        "snapshot_s": round(snapshot, 3),
        "night_s": round(nightly, 3),
        "ratio": round(nightly / snapshot, 2),
        "again_s": round(again, 4),
        "changes_a_night": int(statistics.median(changes)),
        "signals": signals,
        "window_counts_patients": bool(wide >= BEFORE),
        "same_when_counted_anew": same,
    }
