"""The steps before the servers of the house start: tables, static files, demo hospital. A process of its own.

Ends before the others start, so that its memory is theirs. Usage: `python -m huddleboard.run.prepare BEGAN`, the
time.monotonic() of the beginning.
"""

import hashlib
import io
import os
import sys
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from huddleboard.run.steps import StepError, Steps


def main(began: float) -> None:
    """Run every step. Raises StepError."""
    steps = Steps(began)
    with steps.step(
        "application", advice="the line above names the setting or module; `make venv` renews the packages"
    ):
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huddleboard.settings")
        django.setup()
    with steps.step(
        "tables",
        advice="check DATABASE_URL and that its account owns the database; "
        "without DATABASE_URL, data of a newer version can be laid aside: mv var/servers var/servers.old",
    ) as words:
        words.append(_migrate())
    if not settings.DEBUG:
        with steps.step("static files", advice="`make clean`, then again; check that var/ may be written") as words:
            words.append(collect_static())
    size = os.environ.get("HUDDLEBOARD_DEMO", "hospital")
    if size != "0":
        _seed(steps, size)


def _migrate() -> str:
    executor = MigrationExecutor(connection)
    waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if waiting:
        call_command("migrate", interactive=False, verbosity=0)
    return f"{waiting} migrations applied" if waiting else "up to date"


def collect_static() -> str:
    """Make the files that pages name, where they are not those of today; what was done in words."""
    root = Path(settings.STATIC_ROOT)
    sources = [
        path for folder in settings.STATICFILES_DIRS for path in sorted(Path(folder).rglob("*")) if path.is_file()
    ]
    mark = hashlib.sha256(django.__version__.encode())
    for path in sources:
        status = path.stat()
        mark.update(f"{path}:{status.st_size}:{status.st_mtime_ns}\n".encode())
    stamp = root.with_name(f"{root.name}.made-for")
    if root.exists() and stamp.exists() and stamp.read_text() == mark.hexdigest():
        return "up to date"
    root.mkdir(parents=True, exist_ok=True)
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    stamp.write_text(mark.hexdigest())
    return f"{len(sources)} of ours collected"


class _Relay(io.StringIO):
    """Shows each line that a command writes as a line of the step, at once."""

    def __init__(self, steps: Steps) -> None:
        super().__init__()
        self._steps = steps

    def write(self, text: str) -> int:
        for line in filter(None, map(str.strip, text.splitlines())):
            self._steps.say(f"  {line}")
        return len(text)


def _seed(steps: Steps, size: str) -> None:
    with steps.step("demo hospital", advice="HUDDLEBOARD_DEMO=0 make run starts without it"):
        call_command("demo_hospital", size=size, if_empty=True, stdout=_Relay(steps))


if __name__ == "__main__":
    try:
        main(float(sys.argv[1]))
    except StepError as problem:
        sys.exit(f"\n{problem}")
    except KeyboardInterrupt:
        sys.exit(130)  # the one who started us says that it stops
