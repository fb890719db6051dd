"""One process with everything: the live endpoint bare, the pages through WSGI."""

import socket
import threading

import pytest
import uvicorn

from huddleboard import asgi
from tests.live_stage import Endpoint, free_port


@pytest.fixture
def port(valkey):
    number = free_port()
    config = uvicorn.Config(asgi.application, port=number, log_level="error", timeout_graceful_shutdown=2)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    Endpoint.settle(lambda: server.started)
    yield number
    server.should_exit = True
    thread.join(10)
    assert not thread.is_alive()


def _answer(port, path):
    with socket.create_connection(("127.0.0.1", port), 10) as one:
        one.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        parts = []
        while part := one.recv(65536):
            parts.append(part)
    return b"".join(parts)


def test_live_is_answered_by_the_endpoint_and_the_rest_by_the_pages(port):
    assert _answer(port, "/live/").startswith(b"HTTP/1.1 403 ")
    assert _answer(port, "/live/other").startswith(b"HTTP/1.1 404 ")
    script = _answer(port, "/static/js/live.js")
    assert script.startswith(b"HTTP/1.1 200 ")
    assert b"EventSource" in script
