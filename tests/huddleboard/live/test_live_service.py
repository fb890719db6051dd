"""The endpoint as a service of its own, started and stopped as in production."""

import os
import signal
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from org import live
from tests.live_stage import Board, Endpoint, free_port

ROOT = Path(__file__).parents[3]


@pytest.fixture
def service(valkey, settings):
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "huddleboard.live.application:application", "--port", str(port)]
    environment = {**os.environ, "REDIS_URL": valkey.url, "SECRET_KEY": settings.SECRET_KEY}
    process = subprocess.Popen([*command, "--log-level", "error"], cwd=ROOT, env=environment, stderr=subprocess.PIPE)
    Endpoint.settle(lambda: _answers(port), 30)
    yield process, port
    process.kill()
    process.communicate()


def _answers(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_service_stops_at_once_and_tells_its_boards(service, number):
    process, port = service
    board = Board(port, live.live_url(["unit:1"], "person:1", at=datetime.now(UTC)))
    begun = time.monotonic()
    process.send_signal(number)
    assert board.next().name == "restart"
    assert board.ends()
    _, errors = process.communicate(timeout=10)
    assert time.monotonic() - begun < 5
    assert b"Traceback" not in errors
    assert process.returncode in {0, -number}


@pytest.mark.slow
def test_board_misses_nothing_while_the_service_is_killed_and_started_again(service, serve, publish):
    process, port = service
    board = Board(port, live.live_url(["unit:1"], "person:1", at=datetime.now(UTC)))
    publish("unit:1", measures=[1])
    assert board.next().measures == [1]
    process.kill()
    with pytest.raises((EOFError, ConnectionError)):
        board.next()
    board.close()
    publish("unit:1", measures=[2])
    publish("unit:1", measures=[3])
    back = serve().reopen(board, ["unit:1"])
    assert [back.next().measures, back.next().measures] == [[2], [3]]
