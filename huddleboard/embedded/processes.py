"""Which process a number means now. A number alone proves nothing: it may be a zombie, or somebody else's by now."""

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from huddleboard.embedded.account import Account

LONGEST_LOG = 5_000_000  # bytes
_children: dict[int, subprocess.Popen[bytes]] = {}


def spawn(command: Sequence[str | Path], *, folder: Path, log: Path, account: Account) -> subprocess.Popen[bytes]:
    """Start a server that outlives us: in a session of its own, since Ctrl-C is for its users; output to `log`."""
    if log.exists() and log.stat().st_size > LONGEST_LOG:
        log.replace(log.with_suffix(".log.1"))
    with log.open("ab") as output:
        account.take(log)
        child = subprocess.Popen(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            **account.spawn_options(),
        )
    _children[child.pid] = child
    return child


def command_of(pid: int) -> str | None:
    """The command line of a living process; None where there is none or only its zombie."""
    if pid <= 0:
        return None
    folder = Path("/proc") / str(pid)
    if Path("/proc/self").exists():
        try:
            state = (folder / "stat").read_text().rpartition(")")[2].split()[0]
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            return None
        return None if state in "ZX" else command
    answer = subprocess.run(
        ["ps", "-p", str(pid), "-o", "stat=,command="], capture_output=True, text=True, check=False
    ).stdout.strip()
    return None if not answer or answer.startswith("Z") else answer.partition(" ")[2]


def is_running(pid: int, mark: str) -> bool:
    """Whether a process lives under this number with `mark` in its command line."""
    return mark in (command_of(pid) or "")


def stop(pid: int, mark: str, signals: tuple[signal.Signals, ...], patience: float) -> bool:
    """Send each signal in turn, waiting `patience` seconds after each; true once the process is gone."""
    for number in signals:
        if not is_running(pid, mark):
            return True
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return True
        give_up = time.monotonic() + patience
        while time.monotonic() < give_up:
            _reap(pid)
            if not is_running(pid, mark):
                return True
            time.sleep(0.02)
    return not is_running(pid, mark)


def _reap(pid: int) -> None:
    child = _children.get(pid)
    if child is not None and child.poll() is not None:
        del _children[pid]
