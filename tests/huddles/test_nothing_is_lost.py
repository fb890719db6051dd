"""Check 8 of the model hospital's day, with real processes: 24 huddles at the same minute, two who write in each, while
worker, page server and Valkey are killed at random. Every entry is there once, every clock has rung once.
"""

import http.client
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from huddleboard.embedded import valkey
from huddleboard.embedded.lease import Lease
from huddleboard.embedded.state import PROJECT
from huddleboard.run.services import Running, Service, services
from tests.huddles.lost_stage import CLOCKS, UNITS

pytestmark = [pytest.mark.slow, pytest.mark.own_servers]

#: Away from those of `tests/platform/test_run.py`, which look for the next free one.
PORT = 24450
BATCHES = 2
KILLS = 5
TOKEN = "a" * 32


class House:
    """The processes of the house on servers of its own; whatever is killed is started again."""

    def __init__(self, folder: Path) -> None:
        self.lease = Lease(folder / "servers", fast=False)
        run = folder / "run"
        run.mkdir()
        for name, value in {
            "DATABASE_URL": self.lease.urls.database,
            "REDIS_URL": self.lease.urls.redis,
            "SECRET_KEY": "k" * 50,
            "HTTPS": "0",
            "STATIC_ROOT": str(folder / "static"),
            "WATCHED_FOLDERS": str(folder / "inbox"),
            "EMAIL_URL": "dummymail://",
        }.items():
            os.environ[name] = value
        (folder / "static").mkdir()
        self.running = Running(run)
        self.services = {service.name: service for service in services("127.0.0.1", PORT, run)}
        self.children: dict[str, int] = {}

    def stage(self) -> dict:
        answer = subprocess.run(
            [sys.executable, "-m", "tests.huddles.lost_stage"], cwd=PROJECT, capture_output=True, text=True, check=False
        )
        assert answer.returncode == 0, answer.stderr[-3000:]
        return json.loads(answer.stdout)

    def start(self, service: Service) -> None:
        self.running.start(service)
        self.children[service.name] = self.running._children[-1][1].pid

    def kill(self, name: str) -> None:
        """Without a warning, and up again."""
        if name == "valkey":
            os.kill(valkey._written_pid(self.lease.state), signal.SIGKILL)
            time.sleep(random.uniform(0.2, 1.0))
            valkey.start(self.lease.state, fast=False)
            return
        os.killpg(self.children[name], signal.SIGKILL)
        time.sleep(random.uniform(0.1, 0.6))
        self.start(self.services[name])

    def stop(self) -> None:
        self.running.stop()
        self.lease.give_back()


@pytest.fixture
def house(monkeypatch) -> Iterator[House]:
    folder = Path("/var/tmp") / f"hb-lost-{os.getpid()}-{time.monotonic_ns() % 10**8}"
    folder.mkdir()
    before = dict(os.environ)
    made = House(folder)
    try:
        yield made
    finally:
        made.stop()
        os.environ.clear()
        os.environ.update(before)
        shutil.rmtree(folder, ignore_errors=True)


def send(session: str, huddle: int, entries: list[dict]) -> set[str] | None:
    """What the house has acknowledged; None where it did not answer."""
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=10)
    try:
        connection.request(
            "POST",
            f"/huddles/{huddle}/entries/",
            json.dumps({"entries": entries}),
            {
                "Content-Type": "application/json",
                "Cookie": f"huddleboard={session}; csrftoken={TOKEN}",
                "X-CSRFToken": TOKEN,
            },
        )
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            return None
        return {result["id"] for result in json.loads(body)["results"] if result["stored"]}
    except (OSError, http.client.HTTPException, ValueError):
        return None
    finally:
        connection.close()


class Writer(threading.Thread):
    """One person at one huddle: writes, and sends again until it is acknowledged – what a page does."""

    def __init__(self, told: dict, session: str, name: str) -> None:
        super().__init__(daemon=True)
        self.told, self.session, self.who = told, session, name
        self.entries: list[dict] = []
        self.refused = 0

    def run(self) -> None:
        rng = random.Random(self.who)
        for batch in range(BATCHES):
            waiting = []
            for line in self.told["notes"][:3]:
                note = str(uuid4())
                text = f"{self.who} {batch} {line}"
                waiting.append(
                    {"id": str(uuid4()), "kind": "note", "note": note, "line": line, "text": text, "revision": 0}
                )
            mark = rng.choice(self.told["marks"])
            waiting.append({"id": str(uuid4()), "kind": "mark", "line": mark, "choice": "ready"})
            waiting.append({"id": str(uuid4()), "kind": "issue", "title": f"{self.who} {batch}"})
            self.entries += waiting
            give_up = time.monotonic() + 60
            while waiting and time.monotonic() < give_up:
                stored = send(self.session, self.told["pk"], waiting)
                if stored is None:
                    time.sleep(rng.uniform(0.05, 0.4))
                    continue
                if rng.random() < 0.3:
                    send(self.session, self.told["pk"], waiting)  # the answer was lost on the way: all of it again
                self.refused += sum(entry["id"] not in stored for entry in waiting)
                waiting = []
            assert not waiting, f"{self.who} was not heard for a minute"
            time.sleep(rng.uniform(0.1, 0.5))


def test_check_08_nothing_is_lost_when_24_huddles_meet_at_once_and_processes_are_killed(house):
    told = house.stage()
    for service in house.services.values():
        house.start(service)
    writers = [
        Writer(huddle, session, f"{huddle['pk']}-{number}")
        for huddle in told["huddles"]
        for number, session in enumerate(huddle["writers"])
    ]
    assert len(writers) == 2 * UNITS
    while send(writers[0].session, told["huddles"][0]["pk"], []) is None:
        time.sleep(0.2)
    for writer in writers:
        writer.start()
    rng = random.Random(8)
    for _kill in range(KILLS):
        time.sleep(rng.uniform(0.6, 2.0))
        house.kill(rng.choice(["worker", "valkey", "worker", "web", "valkey"]))
    for writer in writers:
        writer.join(120)
        assert not writer.is_alive()
    assert sum(writer.refused for writer in writers) == 0
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as database:
        _entries_are_there_once(database, writers)
        _clocks_have_rung_once(database, told["clocks"])


def _entries_are_there_once(database: psycopg.Connection, writers: list[Writer]) -> None:
    wanted = [entry for writer in writers for entry in writer.entries]
    notes = Counter(text for (text,) in database.execute("SELECT text FROM huddles_huddlenote"))
    assert notes == Counter(entry["text"] for entry in wanted if entry["kind"] == "note")
    raised = Counter(title for (title,) in database.execute("SELECT title FROM huddles_issue WHERE source = 'huddle'"))
    assert raised == Counter(entry["title"] for entry in wanted if entry["kind"] == "issue")
    told = "SELECT count(*), count(DISTINCT number) FROM huddles_issue"
    count, numbers = database.execute(told).fetchone()
    assert count == numbers == sum(raised.values()) + CLOCKS
    marked = {(huddle, line) for huddle, line in database.execute("SELECT huddle_id, line_id FROM huddles_huddlemark")}
    assert marked == {
        (writer.told["pk"], entry["line"]) for writer in writers for entry in writer.entries if entry["kind"] == "mark"
    }


def _clocks_have_rung_once(database: psycopg.Connection, clocks: list[int]) -> None:
    give_up = time.monotonic() + 90
    climbed: Counter[int] = Counter()
    while len(climbed) < len(clocks) and time.monotonic() < give_up:
        time.sleep(0.5)
        rows = database.execute(
            "SELECT issue_id FROM huddles_issueevent WHERE act = 'climb' AND issue_id = ANY(%s)", [clocks]
        )
        climbed = Counter(issue for (issue,) in rows)
    assert climbed == Counter(clocks)
    doubled = "SELECT dedup_key FROM org_message GROUP BY dedup_key HAVING count(*) > 1"
    assert database.execute(doubled).fetchall() == []
