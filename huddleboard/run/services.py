"""The processes of the house: web, worker and beat, watched as one."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from huddleboard.embedded import processes
from huddleboard.embedded.failure import end_of

STOP_PATIENCE = 10.0  # seconds, for a worker in the middle of a task; an unfinished task is taken up by the next run


@dataclass(frozen=True, slots=True)
class Service:
    """One process to run: its name, its arguments after `python -m`, and what marks it in a list of processes."""

    name: str
    arguments: tuple[str, ...]

    @property
    def mark(self) -> str:
        """The part of its command line by which it is recognised later."""
        return " ".join(self.arguments[:4])


def services(host: str, port: int, folder: Path) -> tuple[Service, ...]:
    """What runs, in the order of starting; stopped in the reverse order."""
    page_flags = ("--no-access-log", "--log-level=warning", "--timeout-graceful-shutdown=3", "--no-server-header")
    schedule = str(folder / "beat-schedule")
    return (
        Service("web", ("uvicorn", "huddleboard.asgi:application", f"--host={host}", f"--port={port}", *page_flags)),
        Service("worker", ("huddleboard.run.worker",)),
        Service("beat", ("huddleboard.run.beat", schedule)),
    )


class DiedError(RuntimeError):
    """A process of the house ended by itself; the message names it and shows the end of its log."""


class Running:
    """The started processes. Their numbers are written down, so that what a killed run left can be found."""

    def __init__(self, folder: Path) -> None:
        """Logs and process numbers go to `folder`."""
        self.folder = folder
        self._children: list[tuple[Service, subprocess.Popen[bytes]]] = []

    def start(self, service: Service) -> None:
        """Start a process with a fresh log."""
        log = self.log_of(service)
        if log.exists():
            log.replace(log.with_suffix(".log.1"))
        with log.open("wb") as output:
            child = subprocess.Popen(
                [sys.executable, "-m", *service.arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C reaches us alone; we stop them in order
            )
        (self.folder / f"{service.name}.pid").write_text(f"{child.pid} {service.mark}")
        self._children.append((service, child))

    def log_of(self, service: Service) -> Path:
        """Where a service writes."""
        return self.folder / f"{service.name}.log"

    def check(self) -> None:
        """Raises DiedError when a process has ended."""
        for service, child in self._children:
            code = child.poll()
            if code is not None:
                log = self.log_of(service)
                how = f"by signal {signal.Signals(-code).name}" if code < 0 else f"with code {code}"
                message = f"The {service.name} process ended {how}. The end of its log, {log}:\n{end_of(log)}"
                raise DiedError(message)

    def stop(self) -> None:
        """Stop everything, last started first; whoever does not stop in time is killed with its children."""
        for _, child in reversed(self._children):
            if child.poll() is None:
                child.terminate()
        give_up = time.monotonic() + STOP_PATIENCE
        for service, child in reversed(self._children):
            try:
                child.wait(max(0.1, give_up - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
            _sweep(child.pid)
            (self.folder / f"{service.name}.pid").unlink(missing_ok=True)
        self._children.clear()


def stop_leftovers(folder: Path) -> list[str]:
    """End the processes that a killed run left behind; the names of those. Call when no other run is on."""
    found = []
    for path in sorted(folder.glob("*.pid")):
        number, _, mark = path.read_text().partition(" ")
        if number.isdigit() and mark and processes.is_running(int(number), mark):
            processes.stop(int(number), mark, (signal.SIGTERM, signal.SIGKILL), STOP_PATIENCE)
            _sweep(int(number))
            found.append(path.stem)
        path.unlink()
    return found


def _sweep(group: int) -> None:
    """End the children that a killed process left in its group."""
    try:
        os.killpg(group, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return
