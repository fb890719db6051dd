"""What goes over the wire: server-sent events as finished bytes, made once and shared by every open board."""

from typing import Any, Final

from huddleboard.live.positions import Position, stream_id


class Frame:
    """Bytes for a stream, in the two forms that a server may want them."""

    __slots__ = ("chunk", "message", "text")

    def __init__(self, text: bytes) -> None:
        """`text` is one or more whole events."""
        self.text = text
        #: As a chunk of an HTTP/1.1 body, for the socket itself.
        self.chunk = b"%x\r\n%b\r\n" % (len(text), text)
        #: As an ASGI message.
        self.message: dict[str, Any] = {"type": "http.response.body", "body": text, "more_body": True}


#: Keeps proxies from closing a stream while Redis is away; browsers do not notice a comment.
WAITING: Final = Frame(b": waiting\n\n")


def change(at: Position, data: bytes) -> Frame:
    """Something changed; `data` is one line of JSON."""
    return Frame(b"id: %d-%d\nevent: change\ndata: %b\n\n" % (*at, data))


def signal(name: str, at: Position) -> Frame:
    """A word to the page itself, up to `at`: ping, check (something may have been missed), reset (something was)."""
    return Frame(f"id: {stream_id(at)}\nevent: {name}\ndata: 1\n\n".encode())


def farewell(name: str) -> Frame:
    """The last word of a stream: expired (fetch a new token), closed (no longer allowed), restart (come back)."""
    return Frame(f"event: {name}\ndata: 1\n\n".encode())


def greeting(retry_milliseconds: int) -> Frame:
    """How long the browser waits before it reconnects by itself."""
    return Frame(b"retry: %d\n\n" % retry_milliseconds)


def together(frames: list[Frame]) -> Frame:
    """Several frames in one write."""
    return Frame(b"".join(frame.text for frame in frames))
