"""The live endpoint as a bare ASGI application: `GET /live/?token=…`, a stream of server-sent events.

Usable alone (`uvicorn huddleboard.live.application:application`) or beside the pages (`huddleboard.asgi`).
"""

import asyncio
import contextlib
import logging
import os
import random
import signal
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import FrameType
from typing import Any, Final
from urllib.parse import parse_qs

import redis
from django.conf import settings

from huddleboard.live import frames
from huddleboard.live.hub import Hub
from huddleboard.live.listener import Listener, Send, listener_for
from huddleboard.live.positions import Position, position
from org import live

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huddleboard.settings")

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

logger = logging.getLogger(__name__)

#: One connection may carry the tokens of several tabs, since browsers allow only six connections to a host.
MOST_TOKENS: Final = 8
MOST_STREAMS: Final = 10_000
MOST_STREAMS_OF_ONE: Final = 50
LONGEST_QUERY: Final = 16_000
#: How long a client may take for the end of its stream before its connection is cut.
LAST_WORD_SECONDS: Final = 5.0
#: Browsers come back after a pause of their own from this range (ms), so that a restart is not a stampede.
RETRY_RANGE: Final = (1000, 4000)

_HEADERS: Final = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
]


@dataclass(frozen=True, slots=True)
class _Wish:
    """What a request asks for: who listens to what, from where on, until when."""

    tokens: tuple[live.LiveToken, ...]
    start: Position
    exact: bool

    @property
    def topics(self) -> frozenset[str]:
        return frozenset(topic for token in self.tokens for topic in token.topics)

    @property
    def subjects(self) -> frozenset[str]:
        return frozenset(token.subject for token in self.tokens)

    @property
    def expires_at(self) -> datetime:
        return min(token.expires_at for token in self.tokens)


class _Answer(Exception):  # noqa: N818 - an answer other than a stream
    """A plain answer with a status code."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class LiveApplication:
    """The ASGI callable. Its hub starts with the server's lifespan, or with the first stream where there is none."""

    def __init__(self, hub: Callable[[], Hub] | None = None) -> None:
        """`hub` makes the hub; by default one on `settings.REDIS_URL`."""
        self._make_hub = hub or (lambda: Hub(settings.REDIS_URL))
        self._hub: Hub | None = None
        self._starting: asyncio.Task[Hub] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1000})

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                hub = await self._running_hub()
                _end_streams_on_signals(hub)
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                if self._hub is not None:
                    await self._hub.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _running_hub(self) -> Hub:
        if self._starting is None:
            self._starting = asyncio.create_task(self._start())
        return await asyncio.shield(self._starting)

    async def _start(self) -> Hub:
        hub = self._make_hub()
        await hub.start()
        self._hub = hub
        return hub

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            wish = _wish(scope, at=datetime.now(UTC))
            hub = await self._running_hub()
            await _admit(hub, wish)
        except _Answer as answer:
            await _plain(send, answer.status)
            return
        await _serve(hub, wish, receive, send)


def _wish(scope: Scope, *, at: datetime) -> _Wish:
    if scope["path"] != live.LIVE_PATH:
        raise _Answer(404)
    if scope["method"] != "GET":
        raise _Answer(405)
    raw = scope["query_string"]
    if len(raw) > LONGEST_QUERY:
        raise _Answer(414)
    try:
        query = parse_qs(raw.decode("ascii"), max_num_fields=3 * MOST_TOKENS)
        tokens = tuple(live.read_live_token(text, at=at) for text in query.get("token", []))
        start, exact = _start_of(scope, query, at=at)
    except live.TokenRefused as refusal:
        raise _Answer(403) from refusal
    except ValueError as error:
        raise _Answer(400) from error
    if not 0 < len(tokens) <= MOST_TOKENS:
        raise _Answer(403)
    return _Wish(tokens, start, exact)


def _start_of(scope: Scope, query: dict[str, list[str]], *, at: datetime) -> tuple[Position, bool]:
    """Where the stream begins. A browser that reconnects by itself says so in a header, which is newer than its URL."""
    for name, value in scope["headers"]:
        if name == b"last-event-id" and value:
            return position(value.decode("ascii")), True
    moments = [(int(text), 0) for text in query.get("since", [])]
    given = [position(text) for text in query.get("last", [])]
    if given and (not moments or min(given) <= min(moments)):
        return min(given), True
    return min(moments, default=(int((at - live.LOOK_BACK).timestamp() * 1000), 0)), False


async def _admit(hub: Hub, wish: _Wish) -> None:
    """Refuse whoever was shut out after the token was made; 503 while that cannot be known."""
    if not hub.healthy or len(hub) >= MOST_STREAMS:
        raise _Answer(503)
    try:
        for token in wish.tokens:
            if token.issued_at.timestamp() * 1000 <= await hub.closed_at(token.subject):
                raise _Answer(403)
    except (redis.RedisError, OSError) as error:
        raise _Answer(503) from error
    if any(hub.streams_of(subject) >= MOST_STREAMS_OF_ONE for subject in wish.subjects):
        raise _Answer(429)


async def _serve(hub: Hub, wish: _Wish, receive: Receive, send: Send) -> None:
    loop = asyncio.get_running_loop()
    await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
    listener = listener_for(send, topics=wish.topics, subjects=wish.subjects)
    listener.write(frames.greeting(random.randint(*RETRY_RANGE)))
    left = (wish.expires_at - datetime.now(UTC)).total_seconds()
    expiry = loop.call_later(max(left, 0.0), listener.end, frames.farewell("expired"))
    gone = asyncio.ensure_future(_until_gone(receive))
    gone.add_done_callback(lambda _: listener.leave())
    try:
        await hub.join(listener, wish.start, exact=wish.exact)
        await listener.finished
    except (redis.RedisError, OSError):
        listener.leave()  # it comes back, and is refused while Redis is away
    finally:
        expiry.cancel()
        hub.part(listener)
    await _finish(listener, gone, send)


async def _finish(listener: Listener, gone: asyncio.Future[None], send: Send) -> None:
    """Close the response in whichever way it can still be closed."""
    try:
        if not listener.fell_behind and not gone.done():
            final = {"type": "http.response.body", "body": b"", "more_body": False}
            with contextlib.suppress(OSError):
                await asyncio.wait_for(send(final), LAST_WORD_SECONDS)
                return
            listener.abort()
        if listener.fell_behind:
            logger.info("a board could not keep up and was let go")
        await asyncio.wait({gone}, timeout=LAST_WORD_SECONDS)  # the server learns of the abort before this call returns
    finally:
        gone.cancel()


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _plain(send: Send, status: int) -> None:
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", b"0"),
        (b"cache-control", b"no-store"),
    ]
    if status == 503:
        headers.append((b"retry-after", b"5"))
    if status == 405:
        headers.append((b"allow", b"GET"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


def _end_streams_on_signals(hub: Hub) -> None:
    """End the streams when the server is told to stop: servers wait for open responses, and these never end."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        before = signal.getsignal(number)
        if not callable(before):
            continue

        def handle(received: int, frame: FrameType | None, before: Callable[..., Any] = before) -> None:
            loop.call_soon_threadsafe(hub.end_all)
            before(received, frame)

        try:
            signal.signal(number, handle)
        except ValueError:  # not the main thread: the server was embedded and stops it in its own way
            return


application = LiveApplication()
live_application = application
