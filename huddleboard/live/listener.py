"""One open board: its stream, written to by the hub without ever waiting for it."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Final

from huddleboard.live.frames import Frame
from huddleboard.live.positions import BEGINNING, Position

Send = Callable[[dict[str, Any]], Awaitable[None]]

#: Frames that wait for a client of a server whose sockets we do not know; a client further behind is let go.
QUEUE_LENGTH: Final = 1000


class Listener(ABC):
    """A board that listens to topics. A board that cannot keep up is let go: it comes back and gets what it missed."""

    def __init__(self, *, topics: frozenset[str], subjects: frozenset[str]) -> None:
        """Start to listen, on the running event loop."""
        self.topics = topics
        self.subjects = subjects
        self.last: Position = BEGINNING
        self.fell_behind = False
        self.finished: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def offer(self, at: Position, frame: Frame) -> None:
        """Write an event unless the client has it already."""
        if at > self.last:
            self.last = at
            self.write(frame)

    @abstractmethod
    def write(self, frame: Frame) -> None:
        """Write, or let the client go where it cannot take it. Does nothing once the stream is finished."""

    @abstractmethod
    def abort(self) -> None:
        """Cut the connection without emptying its buffer."""

    def end(self, frame: Frame) -> None:
        """Write a last frame and finish."""
        self.write(frame)
        self.leave()

    def leave(self) -> None:
        """Finish: whoever waits for `finished` goes on."""
        if not self.finished.done():
            self.finished.set_result(None)

    def _let_go(self) -> None:
        self.fell_behind = True
        self.abort()
        self.leave()


class SocketListener(Listener):
    """Writes the shared chunk straight to uvicorn's transport.

    The chunks are what uvicorn itself would write; its headers are out and its own `send` ends the body. This saves a
    coroutine, a dictionary and a copy for each board (figures in `docs/adr/0004-live-push.md`).
    """

    def __init__(self, cycle: Any, *, topics: frozenset[str], subjects: frozenset[str]) -> None:
        """`cycle` is uvicorn's request and response, its response started."""
        super().__init__(topics=topics, subjects=subjects)
        self._transport = cycle.transport
        self._flow = cycle.flow

    def write(self, frame: Frame) -> None:
        """See `Listener`; a full buffer of the socket is the sign that a client cannot keep up."""
        if self.finished.done():
            return
        if self._transport.is_closing():
            self.leave()  # the browser has gone; uvicorn is about to say so
        elif self._flow.write_paused:
            self._let_go()
        else:
            self._transport.write(frame.chunk)

    def abort(self) -> None:
        """See `Listener`. ASGI knows no abort, and a normal close would wait for the buffer that nobody empties."""
        self._transport.abort()


class QueuedListener(Listener):
    """Writes through a bounded queue and a task of its own. For every other ASGI server."""

    def __init__(self, send: Send, *, topics: frozenset[str], subjects: frozenset[str]) -> None:
        """`send` is the server's, its response started."""
        super().__init__(topics=topics, subjects=subjects)
        self._send = send
        self._queue: asyncio.Queue[Frame | None] = asyncio.Queue(QUEUE_LENGTH)
        self._pump = asyncio.create_task(self._empty())

    def write(self, frame: Frame) -> None:
        """See `Listener`; a full queue is the sign that a client cannot keep up."""
        if self.finished.done():
            return
        try:
            self._queue.put_nowait(frame)
        except asyncio.QueueFull:
            self._let_go()

    def end(self, frame: Frame) -> None:
        """See `Listener`; finishes when the queue is empty."""
        self.write(frame)
        try:
            self._queue.put_nowait(None)
        except asyncio.QueueFull:
            self._let_go()

    def leave(self) -> None:
        """See `Listener`."""
        super().leave()
        self._pump.cancel()

    def abort(self) -> None:
        """See `Listener`: the server closes when the application returns without an end of the body."""

    async def _empty(self) -> None:
        try:
            while (frame := await self._queue.get()) is not None:
                await self._send(frame.message)
        except OSError:
            self.fell_behind = True
        super().leave()


def listener_for(send: Send, *, topics: frozenset[str], subjects: frozenset[str]) -> Listener:
    """The listener that suits the server whose `send` this is. Its response has started."""
    cycle: Any = getattr(send, "__self__", None)
    if type(cycle).__module__ == "uvicorn.protocols.http.httptools_impl" and cycle.chunked_encoding is True:
        return SocketListener(cycle, topics=topics, subjects=subjects)
    return QueuedListener(send, topics=topics, subjects=subjects)
