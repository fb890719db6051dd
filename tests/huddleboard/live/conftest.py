"""What tests of the live stream share."""

import contextlib
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from org import live
from tests.live_stage import Endpoint, Valkey


@pytest.fixture
def valkey(settings) -> Iterator[Valkey]:
    with tempfile.TemporaryDirectory(prefix="hb") as folder:
        server = Valkey(Path(folder))
        server.start()
        settings.REDIS_URL = server.url
        yield server
        server.kill()


@pytest.fixture
def serve(valkey: Valkey) -> Iterator[Callable[..., Endpoint]]:
    """Starts endpoints, and ends them with the test."""
    with contextlib.ExitStack() as started:
        yield lambda **options: started.enter_context(contextlib.closing(Endpoint(valkey.url, **options)))


@pytest.fixture
def endpoint(serve: Callable[..., Endpoint]) -> Endpoint:
    return serve()


@pytest.fixture
def publish(db, django_capture_on_commit_callbacks) -> Callable[..., None]:
    """`org.live.publish` in a transaction that commits at once."""

    def act(topic: str, **payload: object) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            live.publish(topic, payload)  # type: ignore[arg-type]

    return act
