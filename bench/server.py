"""The pages as `make run` serves them, in a process of their own; and a reader that keeps its connection."""

import gzip
import http.client
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection

from huddleboard.embedded.state import PROJECT
from huddleboard.run.ports import free_port
from huddleboard.run.services import services

START_SECONDS = 60.0


@dataclass(frozen=True)
class Pages:
    """Where the pages are, and the number of their process."""

    port: int
    pid: int


@contextmanager
def pages(urls: str = "bench.settings") -> Iterator[Pages]:
    """Serve the database that is connected to now: production settings, one process, as the house is run.

    Call `prepare.collect_static` before the first page is drawn in this process.
    """
    port = free_port("127.0.0.1", 8765)
    with tempfile.TemporaryDirectory() as folder:
        web = services("127.0.0.1", port, Path(folder))[0]
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": urls,
            "BENCH_DATABASE": connection.settings_dict["NAME"],
            "SECRET_KEY": settings.SECRET_KEY,
        }
        log = Path(folder) / "web.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", *web.arguments], cwd=PROJECT, env=environment, stdout=output, stderr=output
            )
        try:
            _wait(port, process, log)
            yield Pages(port, process.pid)
        finally:
            process.terminate()
            process.wait(20)


def _wait(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    give_up = time.monotonic() + START_SECONDS
    while time.monotonic() < give_up and process.poll() is None:
        try:
            if Reader(port).get("/healthz").status == http.HTTPStatus.OK:
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"The pages did not start: {log.read_text()[-2000:]}")


@dataclass(frozen=True)
class Answer:
    """What came back. `seconds` from sending to the last byte; `wire` bytes of the body as sent."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float
    wire: int

    @property
    def text(self) -> str:
        return self.body.decode()


class Reader:
    """A browser's connection: kept, gzip, with its cookies."""

    def __init__(self, port: int, cookies: Mapping[str, str] | None = None) -> None:
        self._connection = http.client.HTTPConnection("localhost", port, timeout=30)
        self._connection.connect()
        self._connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._cookies = dict(cookies or {})

    def get(self, path: str, **more: str) -> Answer:
        """One page; `more` are headers, with _ for -."""
        return self._ask("GET", path, None, more)

    def post(self, path: str, fields: Mapping[str, str]) -> Answer:
        """Send a form, with the token against forgery that a page before has left."""
        body = urlencode({**fields, "csrfmiddlewaretoken": self._cookies[settings.CSRF_COOKIE_NAME]})
        return self._ask("POST", path, body, {"Content_Type": "application/x-www-form-urlencoded"})

    def _ask(self, method: str, path: str, body: str | None, more: Mapping[str, str]) -> Answer:
        headers = {"Accept-Encoding": "gzip", "Accept-Language": "en", "Cookie": self._cookie()}
        headers |= {name.replace("_", "-"): value for name, value in more.items()}
        begun = time.perf_counter()
        self._connection.request(method, path, body, headers=headers)
        response = self._connection.getresponse()
        raw = response.read()
        seconds = time.perf_counter() - begun
        found = {name.lower(): value for name, value in response.getheaders()}
        for line in response.headers.get_all("Set-Cookie", ()):
            self._cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        data = gzip.decompress(raw) if found.get("content-encoding") == "gzip" else raw
        return Answer(response.status, found, data, seconds, len(raw))

    def _cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self._cookies.items())
