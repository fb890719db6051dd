"""`make run` after its set-up, whole: real servers, real pages, real signals."""

import http.client
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest

from huddleboard.embedded import processes
from huddleboard.embedded.state import PROJECT
from huddleboard.run.services import services

pytestmark = [pytest.mark.slow, pytest.mark.own_servers]

GIVEN = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "DEBUG", "HTTPS", "HUDDLEBOARD_TESTING", "SITE_URL")


class House:
    """One `python -m huddleboard.run` and what it says."""

    started: ClassVar[list["House"]] = []

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        environment = {name: value for name, value in os.environ.items() if name not in GIVEN}
        environment |= {
            "EMBED_STATE": str(folder),
            "STATIC_ROOT": str(folder / "static"),
            "WATCHED_FOLDERS": str(folder / "inbox"),
            "PORT": str(port),
            "HUDDLEBOARD_DEMO": "0",
        }
        self.said = ""
        self.process = subprocess.Popen(
            [sys.executable, "-u", "-m", "huddleboard.run"],
            cwd=PROJECT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.started.append(self)

    def clear_away(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(60)
        self.process.stdout.close()

    def read_until(self, sign: str) -> str:
        for line in self.process.stdout:
            self.said += line
            if sign in line:
                return self.said
        raise AssertionError(f"ended with {self.process.wait()} before it said {sign!r}:\n{self.said}")

    def end(self) -> int:
        self.said += self.process.stdout.read()
        self.process.stdout.close()
        return self.process.wait(60)

    def interrupt(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.end()

    def port(self) -> int:
        return int(re.search(r"http://localhost:(\d+)/", self.said).group(1))

    def get(self, path: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port(), timeout=20)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        finally:
            connection.close()

    def pid(self, name: str) -> int:
        return int((self.folder / "run" / f"{name}.pid").read_text().split()[0])


def left_running(folder: Path) -> list[str]:
    found = []
    for path in Path("/proc").iterdir():
        if path.name.isdigit() and str(folder) in (processes.command_of(int(path.name)) or ""):
            found.append(path.name)
    return found


@pytest.fixture
def folder() -> Iterator[Path]:
    path = Path("/var/tmp") / f"hb-run-{os.getpid()}-{time.monotonic_ns() % 10**8}"
    yield path
    while House.started:
        House.started.pop().clear_away()
    shutil.rmtree(path, ignore_errors=True)


def test_the_life_of_a_house(folder):
    """One story, since each start costs seconds: begun, begun twice, stopped, each part killed, begun again."""
    house = House(folder, 24100)
    house.read_until("Stop: Ctrl-C")
    assert house.get("/healthz") == 200
    assert house.get("/") in {200, 302}
    assert "migrations applied" in house.said
    first = house.port()
    second_in_the_same_place = House(folder, 24150)
    assert second_in_the_same_place.end() == 1
    assert f"runs here already: http://localhost:{first}/" in second_in_the_same_place.said
    assert house.interrupt() == 0
    assert left_running(folder) == []

    killed = House(folder, 24100)
    killed.read_until("Stop: Ctrl-C")
    killed.process.kill()
    killed.process.wait()
    killed.process.stdout.close()
    assert processes.is_running(killed.pid("web"), services("127.0.0.1", 1, folder)[0].mark.split(" --")[0])
    after = House(folder, 24100)
    after.read_until("Stop: Ctrl-C")
    assert "stopped what a killed run had left: beat, web, worker" in after.said
    assert after.port() == killed.port()
    os.kill(after.pid("worker"), signal.SIGKILL)
    assert after.end() == 1
    assert "The worker process ended by signal SIGKILL" in after.said
    assert left_running(folder) == []

    for server, pid_file in (("PostgreSQL", "postgres/postmaster.pid"), ("Valkey", "valkey/valkey.pid")):
        without = House(folder, 24100)
        without.read_until("Stop: Ctrl-C")
        os.kill(int((folder / pid_file).read_text().splitlines()[0]), signal.SIGKILL)
        assert without.end() == 1
        assert f"{server} ended by itself. The end of its log, {folder}" in without.said
        assert left_running(folder) == []

    again = House(folder, 24100)
    again.read_until("Stop: Ctrl-C")
    assert "tables – up to date" in again.said
    assert again.get("/healthz") == 200
    again.process.send_signal(signal.SIGTERM)
    assert again.end() == 0
    assert left_running(folder) == []
