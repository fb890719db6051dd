"""What goes over the wire: server-sent events as finished bytes, made once and shared by every open board."""

from typing import Any, Final

from huddleboard.live.positions import Position, stream_id

Message = dict[str, Any]

#: Keeps proxies from closing a stream while Redis is away; browsers do not notice a comment.
WAITING: Final = b": waiting\n\n"


def body(frame: bytes, *, more: bool = True) -> Message:
    """A frame as the ASGI message that carries it."""
    return {"type": "http.response.body", "body": frame, "more_body": more}


def change(at: Position, data: bytes) -> bytes:
    """Something changed; `data` is one line of JSON."""
    return b"id: %d-%d\nevent: change\ndata: %b\n\n" % (*at, data)


def signal(name: str, at: Position) -> bytes:
    """A word to the page itself, up to `at`: ping, check (something may have been missed), reset (something was)."""
    return f"id: {stream_id(at)}\nevent: {name}\ndata: 1\n\n".encode()


def farewell(name: str) -> bytes:
    """The last word of a stream: expired (fetch a new token), closed (no longer allowed), restart (come back)."""
    return f"event: {name}\ndata: 1\n\n".encode()


def greeting(retry_milliseconds: int) -> bytes:
    """How long the browser waits before it reconnects by itself."""
    return b"retry: %d\n\n" % retry_milliseconds
