"""Who uses the servers: the first starts them, the last stops them, whatever way the others end."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from huddleboard.embedded import postgres, valkey
from huddleboard.embedded.failure import EmbeddedError, end_of
from huddleboard.embedded.state import State, find_state, open_state


@dataclass(frozen=True, slots=True)
class Urls:
    """The two addresses that settings read."""

    database: str
    redis: str


class Lease:
    """One user's share in a set of servers."""

    def __init__(self, folder: Path, *, fast: bool) -> None:
        """Start the servers in `folder` or join those that run. Raises EmbeddedError in plain words."""
        self.state = open_state(folder)
        self._owner = os.getpid()
        with _gate(self.state):
            postgres.start(self.state, fast=fast)
            valkey.start(self.state, fast=fast)
            self._share = _open(self.state.users)
            fcntl.flock(self._share, fcntl.LOCK_SH)
        self.urls = Urls(database=postgres.address(self.state), redis=valkey.address(self.state))

    def check(self) -> None:
        """Raises EmbeddedError when a server has ended, with the end of its log."""
        for name, server in (("PostgreSQL", postgres), ("Valkey", valkey)):
            if not server.is_running(self.state):
                log = server.log_of(self.state)
                message = f"{name} ended by itself. The end of its log, {log}:\n{end_of(log)}"
                raise EmbeddedError(message)

    def give_back(self) -> None:
        """Leave; the last one out stops the servers. A forked child's copy does nothing."""
        if self._share < 0 or os.getpid() != self._owner:
            return
        with _gate(self.state):
            os.close(self._share)
            self._share = -1
            stop_unused(self.state)


@contextmanager
def servers(state: Path | None = None, *, fast: bool = False) -> Iterator[Urls]:
    """Use the embedded servers in the folder `state` (default: the project's own).

    `fast` gives up durability for speed: for tests. Raises EmbeddedError.
    """
    lease = Lease(state or find_state(), fast=fast)
    try:
        yield lease.urls
    finally:
        lease.give_back()


def stop_unused(state: State) -> bool:
    """Stop the servers when nobody shares them; true when they are down. Call with the gate locked."""
    users = _open(state.users)
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    else:
        valkey.stop(state)
        postgres.stop(state)
        return True
    finally:
        os.close(users)


def stop_abandoned(folder: Path) -> bool:
    """Stop servers whose users were all killed; true when they are down."""
    state = open_state(folder)
    with _gate(state):
        return stop_unused(state)


@contextmanager
def _gate(state: State) -> Iterator[None]:
    gate = _open(state.gate)
    try:
        fcntl.flock(gate, fcntl.LOCK_EX)
        yield
    finally:
        os.close(gate)


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
