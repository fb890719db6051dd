"""One open board: its stream's socket, written to by the hub without ever waiting for it."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Final, cast

from huddleboard.live import frames
from huddleboard.live.positions import BEGINNING, Position

Send = Callable[[frames.Message], Awaitable[None]]

#: Frames that wait for a client under a server whose `send` may wait; a client further behind is let go.
QUEUE_LENGTH: Final = 1000


class Listener:
    """Writes at once. For servers whose `send` only waits while the socket's buffer is full (uvicorn).

    Driving `send` one step costs no task switch: the same message goes to a thousand sockets in one pass. Where a step
    would wait, the client cannot keep up: it is let go, comes back and gets what it missed.
    """

    def __init__(self, send: Send, *, topics: frozenset[str], subjects: frozenset[str]) -> None:
        """A board that listens to `topics`; `send` is the server's, its response already started."""
        self.topics = topics
        self.subjects = subjects
        self.last = BEGINNING
        self.fell_behind = False
        self.finished: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._send = send

    def offer(self, at: Position, message: frames.Message) -> None:
        """Write an event unless the client has it already."""
        if at > self.last:
            self.last = at
            self.write(message)

    def write(self, message: frames.Message) -> None:
        """Write a shared message, or let the client go where it cannot take it."""
        if self.finished.done():
            return
        step = cast("Coroutine[Any, Any, None]", self._send(message))
        try:
            step.send(None)
        except StopIteration:
            if not message["more_body"]:
                self.leave()
            return
        except OSError:
            self.leave()
            return
        step.close()
        self.fell_behind = True
        self._abort()
        self.leave()

    def end(self, frame: bytes = b"") -> None:
        """Write a last frame and end the stream."""
        self.write(frames.body(frame, more=False))

    def leave(self) -> None:
        """The stream is over; whoever waits for it goes on."""
        if not self.finished.done():
            self.finished.set_result(None)

    def _abort(self) -> None:
        # ASGI knows no abort, and a normal close would wait for the very buffer that nobody empties.
        transport = getattr(getattr(self._send, "__self__", None), "transport", None)
        if transport is not None:
            transport.abort()


class QueuedListener(Listener):
    """Writes through a bounded queue and a task of its own. For every other ASGI server."""

    def __init__(self, send: Send, *, topics: frozenset[str], subjects: frozenset[str]) -> None:
        """See `Listener`."""
        super().__init__(send, topics=topics, subjects=subjects)
        self._queue: asyncio.Queue[frames.Message] = asyncio.Queue(QUEUE_LENGTH)
        self._pump = asyncio.create_task(self._drain())

    def write(self, message: frames.Message) -> None:
        """Queue a shared message, or let the client go where its queue is full."""
        if self.finished.done():
            return
        try:
            self._queue.put_nowait(message)
        except asyncio.QueueFull:
            self.fell_behind = True
            self.leave()

    def leave(self) -> None:
        """See `Listener`; the task ends too."""
        super().leave()
        if asyncio.current_task() is not self._pump:
            self._pump.cancel()

    async def _drain(self) -> None:
        try:
            while not self.finished.done():
                message = await self._queue.get()
                await self._send(message)
                if not message["more_body"]:
                    break
        except OSError:
            pass
        self.leave()


def listener_for(send: Send, *, topics: frozenset[str], subjects: frozenset[str]) -> Listener:
    """The listener that suits the server whose `send` this is."""
    owner = type(getattr(send, "__self__", None))
    kind = Listener if owner.__module__.startswith("uvicorn.protocols.http.") else QueuedListener
    return kind(send, topics=topics, subjects=subjects)
