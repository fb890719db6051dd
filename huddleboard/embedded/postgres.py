"""One embedded PostgreSQL cluster: made aside, started, judged by an answer on its socket, stopped."""

import secrets
import shutil
import signal
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

import psycopg

from huddleboard.embedded import processes
from huddleboard.embedded.failure import EmbeddedError, end_of
from huddleboard.embedded.programs import major_version, postgres_programs
from huddleboard.embedded.state import SOCKET_NAME, State

OWNER = "app"
DATABASE = "huddleboard"
PATIENCE = 60.0  # seconds: recovery after a crash in the middle of much writing
IMPOSSIBLE_PID = 2**31 - 2
BUILTIN_LOCALES_SINCE = 17
IO_METHOD_SINCE = 18

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_buffers": "64MB",
    "max_connections": "100",
    "max_worker_processes": "4",
    "max_wal_senders": "0",
    "wal_level": "minimal",
    "max_wal_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "autovacuum_max_workers": "2",
    "dynamic_shared_memory_type": "mmap",  # /dev/shm holds 64 MB in many containers
    "random_page_cost": "1.1",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
}
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}


def data_folder(state: State) -> Path:
    """Where the cluster lies."""
    return state.folder / "postgres"


def address(state: State) -> str:
    """The URL of the database over its unix socket."""
    return f"postgresql://{OWNER}@/{DATABASE}?host={quote(str(state.sockets))}"


def start(state: State, *, fast: bool) -> None:
    """Make the cluster if needed and start it; returns once it answers. Call with the gate locked."""
    if _answers(state):
        return
    programs = postgres_programs(state)
    major = major_version(programs)
    if not data_folder(state).exists():
        _make_cluster(state, programs, major, fast=fast)
    _stop_silent_one(state)
    give_up = time.monotonic() + PATIENCE
    while True:
        _forget_foreign_pid(state)
        server = _spawn(state, programs, major, fast=fast)
        while server.poll() is None:
            if _answers(state):
                _make_database(state)
                return
            if time.monotonic() > give_up:
                message = f"PostgreSQL did not answer in {PATIENCE:.0f} s. The end of its log:\n{end_of(log_of(state))}"
                raise EmbeddedError(message)
            time.sleep(0.02)
        # Back ends of a killed server still hold its shared memory for a moment; anything else will not go away.
        if "shared memory block" not in end_of(log_of(state)) or time.monotonic() > give_up:
            message = f"PostgreSQL did not start. The end of its log, {log_of(state)}:\n{end_of(log_of(state))}"
            raise EmbeddedError(message)
        time.sleep(0.1)


def stop(state: State) -> None:
    """Stop the server of this state, if one runs. Call with the gate locked and nobody using it."""
    pid = _written_pid(state)
    if not processes.stop(pid, str(data_folder(state)), (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL), 20.0):
        message = f"PostgreSQL (process {pid}) does not stop."
        raise EmbeddedError(message)


def is_running(state: State) -> bool:
    """Whether the server of this state lives."""
    return processes.is_running(_written_pid(state), str(data_folder(state)))


def log_of(state: State) -> Path:
    """Where the server writes."""
    return state.folder / "postgres.log"


def _written_pid(state: State) -> int:
    try:
        return int((data_folder(state) / "postmaster.pid").read_text().splitlines()[0])
    except (OSError, ValueError, IndexError):
        return 0


def _answers(state: State) -> bool:
    if not (state.sockets / SOCKET_NAME).exists():
        return False
    try:
        with psycopg.connect(host=str(state.sockets), user=OWNER, dbname="postgres", connect_timeout=5) as connection:
            connection.execute("SELECT 1")
    except psycopg.Error:
        return False
    return True


def _make_cluster(state: State, programs: Path, major: int, *, fast: bool) -> None:
    for left in state.folder.glob("postgres.making-*"):  # by a start that was killed; its initdb may still be at work
        shutil.rmtree(left, ignore_errors=True)
    making = state.folder / f"postgres.making-{secrets.token_hex(4)}"
    making.mkdir(mode=0o700)
    state.account.take(making)
    locale = (
        ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        if major >= BUILTIN_LOCALES_SINCE
        else ["--locale=C.UTF-8"]
    )
    command: list[str | Path] = [programs / "initdb", "-D", making, "-U", OWNER, "-E", "UTF8", *locale]
    command += ["--auth-local=trust", "--auth-host=reject", *(["--no-sync"] if fast else [])]
    answer = subprocess.run(
        command, cwd=state.folder, capture_output=True, text=True, check=False, **state.account.spawn_options()
    )
    if answer.returncode:
        said = "\n".join(f"    {line}" for line in (answer.stdout + answer.stderr).splitlines()[-12:])
        message = f"PostgreSQL could not make its data folder in {state.folder}:\n{said}"
        raise EmbeddedError(message)
    making.rename(data_folder(state))


def _spawn(state: State, programs: Path, major: int, *, fast: bool) -> subprocess.Popen[bytes]:
    settings = {**SETTINGS, "unix_socket_directories": str(state.sockets), **(FAST if fast else {})}
    if major >= IO_METHOD_SINCE:
        settings["io_method"] = "sync"  # no extra processes; the data of a hospital's board fits the page cache
    flags = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
    command: list[str | Path] = [programs / "postgres", "-D", data_folder(state), *flags]
    return processes.spawn(command, folder=state.folder, log=log_of(state), account=state.account)


def _make_database(state: State) -> None:
    with psycopg.connect(host=str(state.sockets), user=OWNER, dbname="postgres", autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            connection.execute(f"CREATE DATABASE {DATABASE} STRATEGY file_copy")


def _stop_silent_one(state: State) -> None:
    """Our own server that runs but does not answer (its socket was removed, or it is still stopping) is stopped."""
    if is_running(state) and not _answers_soon(state):
        stop(state)


def _answers_soon(state: State, patience: float = 20.0) -> bool:
    give_up = time.monotonic() + patience
    while time.monotonic() < give_up and is_running(state):
        if _answers(state):
            return True
        time.sleep(0.05)
    return False


def _forget_foreign_pid(state: State) -> None:
    """Make PostgreSQL see that the process named in its pid file is not its own.

    After a restart of the machine or container the number may belong to another program, or be a zombie that nobody
    reaps; PostgreSQL alone then refuses for ever. An impossible number goes on line 1; the key of the shared memory
    stays, so that PostgreSQL's own search for orphaned back ends still holds.
    """
    path = data_folder(state) / "postmaster.pid"
    if path.exists() and not is_running(state):
        lines = path.read_text().splitlines(keepends=True) or ["\n"]
        lines[0] = f"{IMPOSSIBLE_PID}\n"
        path.write_text("".join(lines))
        (state.sockets / f"{SOCKET_NAME}.lock").unlink(missing_ok=True)
