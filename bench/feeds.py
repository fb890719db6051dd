"""Feeds: a CSV of a million readings, imported with all checks, beside COPY of the same file into a table.

The peer copies the file into an ordinary table of the same long columns with a primary key over unit, measure, period
and group: no check, no word becomes an id, nothing is replaced or recorded. Ours is `import_file`, as a watched folder
calls it: hash, encoding, every check, readings in arrays, the compressed file, the audit trail. Both commit; rounds
alternate.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from django.db import connection

from bench.system import AT, GROUPS, LEVELS, SMALL_LEVELS, System, build, day_number, own_database, rows
from boards.actions.feeds import Received, import_file
from boards.models import Batch, Layout, Reading

ROUNDS = 5
SHUFFLED_ROUNDS = 2
MEASURES_IN_FILE = 25
HEADER = "measure,unit,period_start,period_end,stratifier,stratum,numerator,denominator\n"
_PEAK = (
    "import sys; import django; django.setup(); from django.db import connection; "
    "connection.settings_dict['NAME'] = sys.argv[1]; from bench.feeds import most_memory, send; "
    "from boards.models import Source; before = most_memory(); send(Source.objects.get(), sys.argv[2]); "
    "print(before, most_memory())"
)


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def most_memory() -> int:
    """The most memory that this process has held so far, in MB."""
    status = Path("/proc/self/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) // 1024


def _lines(system: System) -> list[str]:
    """The first day of 2,000 wards × 25 measures × 20 groups as lines of the simple long form."""
    all_rows = rows(system, day_number(0))
    units = {u.pk: u.code for u in system.wards}
    measures = {m.pk: m.code for m in system.measures[:MEASURES_IN_FILE]}
    groups = {pk: "group," + key.removeprefix("group:") if key else "," for key, pk in system.strata.items()}
    mine = np.isin(all_rows.measure_ids, list(measures))
    day = day_number(0).isoformat()
    columns = (
        all_rows.measure_ids,
        all_rows.unit_ids,
        all_rows.stratum_ids,
        all_rows.numerators,
        all_rows.denominators,
    )
    return [
        f"{measures[m]},{units[u]},{day},{day},{groups[s]},{n:.0f},{d:.0f}\n"
        for m, u, s, n, d in zip(*(column[mine].tolist() for column in columns), strict=True)
    ]


def send(source: object, path: str) -> Received:
    """Import the file as it lies there."""
    return import_file(
        source=source, file_name="readings.csv", content=Path(path).read_bytes(), mapping=None, by=None, at=AT
    )


def _copy(path: Path) -> None:
    with (
        connection.cursor() as cursor,
        cursor.copy("COPY peer FROM STDIN (FORMAT csv, HEADER true, FORCE_NOT_NULL (stratifier, stratum))") as copy,
        path.open("rb") as file,
    ):
        while part := file.read(1 << 20):
            copy.write(part)


def _clean() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS peer")
        cursor.execute(
            "CREATE TABLE peer (measure text, unit text, period_start date, period_end date, stratifier text, "
            "stratum text, numerator double precision, denominator double precision, "
            "PRIMARY KEY (unit, measure, period_start, period_end, stratifier, stratum))"
        )
        cursor.execute("TRUNCATE boards_reading, boards_replacedreading, boards_duesnapshot, boards_problem")
        cursor.execute("DELETE FROM boards_batch")


def _measured(system: System, path: Path, rounds: int) -> tuple[float, float, Received]:
    ours, peer = [], []
    for _ in range(rounds):
        _clean()
        peer.append(_seconds(lambda: _copy(path)))
        started = time.perf_counter()
        received = send(system.source, str(path))
        ours.append(time.perf_counter() - started)
    return statistics.median(ours), statistics.median(peer), received


def _same_sums(system: System) -> bool:
    """Whether both hold the same numbers of one measure and group."""
    stratum, measure = system.strata["group:g3"], system.measures[4]
    mine = 0.0
    layouts = dict(Layout.objects.values_list("pk", "strata"))
    for layout, counts in Reading.objects.filter(measure=measure).values_list("layout_id", "numerators"):
        mine += counts[layouts[layout].index(stratum)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(numerator) FROM peer WHERE measure = %s AND stratum = 'g3'", [measure.code])
        return cursor.fetchone()[0] == mine


def _again(system: System, path: Path, lines: list[str]) -> tuple[float, Batch]:
    """The next day's file that sends everything again with one number in a hundred corrected."""
    changed = [line.rsplit(",", 1)[0] + ",99999\n" if i % 2000 == 0 else line for i, line in enumerate(lines)]
    path.write_text(HEADER + "".join(changed))
    started = time.perf_counter()
    received = send(system.source, str(path))
    return time.perf_counter() - started, received.batch


def _peak(path: Path) -> int:
    """Most memory that a process of its own takes for the import, in MB, beyond what it takes before."""
    _clean()
    name = connection.settings_dict["NAME"]
    out = subprocess.run([sys.executable, "-c", _PEAK, name, str(path)], check=True, capture_output=True, text=True)
    before, after = map(int, out.stdout.split())
    return after - before


def run(*, small: bool = False) -> dict[str, object]:
    """Medians in seconds and ratios; every ratio is within this run."""
    levels, rounds, shuffled_rounds = (SMALL_LEVELS, 1, 1) if small else (LEVELS, ROUNDS, SHUFFLED_ROUNDS)
    with own_database(), tempfile.TemporaryDirectory() as folder:
        system = build(levels)
        lines = _lines(system)
        path = Path(folder) / "readings.csv"
        path.write_text(HEADER + "".join(lines))
        size = path.stat().st_size
        _measured(system, path, 1)  # warm
        ours, peer, received = _measured(system, path, rounds)
        same = _same_sums(system)
        counted = received.batch.new_readings * (GROUPS + 1)
        resent, batch = _again(system, path, lines)
        path.write_text(HEADER + "".join(np.random.default_rng(1).permutation(np.array(lines, object)).tolist()))
        shuffled, shuffled_peer, _received = _measured(system, path, shuffled_rounds)
        peak = _peak(path)
    return {
        "readings": counted,
        "megabytes": round(size / 1e6, 1),
        "import_s": round(ours, 2),
        "copy_s": round(peer, 2),
        "ratio": round(ours / peer, 2),
        "shuffled_ratio": round(shuffled / shuffled_peer, 2),
        "no_problems": received.batch.problem_count == 0,
        "same_sums": same,
        "resend_s": round(resent, 2),
        "resend_replaced": batch.replaced_readings,
        "resend_unchanged": batch.same_readings,
        "peak_mb": peak,
    }
