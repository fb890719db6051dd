"""One embedded Valkey: broker, cache and the stream behind live boards, kept in an append-only file."""

import signal
import time
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from huddleboard.embedded import processes
from huddleboard.embedded.failure import EmbeddedError, end_of
from huddleboard.embedded.programs import valkey_program
from huddleboard.embedded.state import State

PATIENCE = 30.0  # seconds, reading a long append-only file


def socket_path(state: State) -> Path:
    """The unix socket that the server listens on."""
    return state.sockets / "valkey.sock"


def address(state: State) -> str:
    """The URL of database 0 over the unix socket."""
    return f"unix://{socket_path(state)}?db=0"


def start(state: State, *, fast: bool) -> None:
    """Start the server; returns once it answers. Call with the gate locked."""
    if _answers(state):
        return
    stop(state)
    folder = state.folder / "valkey"
    folder.mkdir(mode=0o700, exist_ok=True)
    state.account.take(folder)
    settings = {
        "port": "0",
        "unixsocket": str(socket_path(state)),
        "unixsocketperm": "700",
        "dir": str(folder),
        "save": "",
        "appendonly": "no" if fast else "yes",
        "appendfsync": "everysec",
        "daemonize": "no",
        "pidfile": str(folder / "valkey.pid"),
        "maxclients": "4000",
    }
    flags = [part for key, value in settings.items() for part in (f"--{key}", value)]
    log = log_of(state)
    command: list[str | Path] = [valkey_program(state), *flags]
    server = processes.spawn(command, folder=state.folder, log=log, account=state.account)
    give_up = time.monotonic() + PATIENCE
    while not _answers(state):
        if server.poll() is not None or time.monotonic() > give_up:
            message = f"Valkey did not start. The end of its log, {log}:\n{end_of(log)}"
            raise EmbeddedError(message)
        time.sleep(0.02)


def stop(state: State) -> None:
    """Stop the server of this state, if one runs. Call with the gate locked and nobody using it."""
    pid = _written_pid(state)
    if not processes.stop(pid, str(socket_path(state)), (signal.SIGTERM, signal.SIGKILL), 20.0):
        message = f"Valkey (process {pid}) does not stop."
        raise EmbeddedError(message)


def is_running(state: State) -> bool:
    """Whether the server of this state lives."""
    return processes.is_running(_written_pid(state), str(socket_path(state)))


def log_of(state: State) -> Path:
    """Where the server writes."""
    return state.folder / "valkey.log"


def _written_pid(state: State) -> int:
    try:
        return int((state.folder / "valkey" / "valkey.pid").read_text())
    except (OSError, ValueError):
        return 0


def _answers(state: State) -> bool:
    if not socket_path(state).exists():
        return False
    client = redis.Redis(unix_socket_path=str(socket_path(state)), socket_timeout=5, retry=Retry(NoBackoff(), 0))
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()
