"""The stream of events in Redis, read asynchronously."""

from dataclasses import dataclass
from typing import Any, Final

import redis.asyncio
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ResponseError

from huddleboard.live.positions import BEGINNING, Position, position, stream_id
from org import live

#: How long one read waits for something new. The socket's own limit lies above it, else it would cut quiet reads off.
BLOCK_SECONDS: Final = 5.0
SOCKET_SECONDS: Final = 10.0
READ_COUNT: Final = 500


@dataclass(frozen=True, slots=True)
class Entry:
    """One event: `data` for browsers (empty for an order to the servers), `order` for the servers."""

    at: Position
    topic: str
    data: bytes
    order: str


@dataclass(frozen=True, slots=True)
class Extent:
    """What the stream holds: `first` is None while empty; `whole` until anything was ever trimmed away."""

    first: Position | None
    last: Position
    whole: bool


class EventStream:
    """One connection to wait on and one to ask with. Every method raises redis.RedisError or OSError when cut off."""

    def __init__(self, url: str) -> None:
        """Connect lazily to the Redis at `url`."""
        options: dict[str, Any] = {"socket_connect_timeout": 2.0, "retry": Retry(NoBackoff(), 0), "protocol": 2}
        self._waiting = redis.asyncio.Redis.from_url(url, socket_timeout=SOCKET_SECONDS, **options)
        self._asking = redis.asyncio.Redis.from_url(url, socket_timeout=2.0, **options)

    async def after(self, at: Position) -> list[Entry]:
        """The next entries after `at`, in order; waits up to `BLOCK_SECONDS` and may return none."""
        block = int(BLOCK_SECONDS * 1000)
        reply: Any = await self._waiting.xread({live.STREAM: stream_id(at)}, count=READ_COUNT, block=block)
        return [_entry(*raw) for _, entries in reply for raw in entries]

    async def newest(self, count: int) -> list[Entry]:
        """The newest `count` entries, oldest first."""
        reply: Any = await self._asking.xrevrange(live.STREAM, count=count)
        return [_entry(*raw) for raw in reversed(reply)]

    async def extent(self) -> Extent:
        """What the stream holds now."""
        try:
            info = await self._asking.xinfo_stream(live.STREAM)
        except ResponseError as error:
            if "no such key" in str(error):
                return Extent(first=None, last=BEGINNING, whole=True)
            raise
        first = info["first-entry"]
        return Extent(
            first=None if first is None else position(_text(first[0])),
            last=position(_text(info["last-generated-id"])),
            whole=info["entries-added"] == info["length"],
        )

    async def closed_at(self, subject: str) -> int:
        """The moment up to which tokens of `subject` are refused, in milliseconds; 0 for none."""
        return int(await self._asking.get(live.closed_key(subject)) or 0)

    async def close(self) -> None:
        """Give both connections back."""
        await self._waiting.aclose()
        await self._asking.aclose()


def _entry(raw_id: Any, fields: dict[bytes, bytes]) -> Entry:
    return Entry(
        at=position(_text(raw_id)),
        topic=fields.get(live.TOPIC_FIELD.encode(), b"").decode(errors="replace"),
        data=fields.get(live.DATA_FIELD.encode(), b""),
        order=fields.get(live.ORDER_FIELD.encode(), b"").decode(errors="replace"),
    )


def _text(raw: bytes | str) -> str:
    return raw.decode() if isinstance(raw, bytes) else raw
