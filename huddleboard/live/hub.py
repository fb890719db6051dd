"""The hub of a process: follows the stream of events and hands each one to every board that listens to its topic."""

import asyncio
import contextlib
import logging
import random
from collections import defaultdict
from typing import Final

import redis

from huddleboard.live import frames
from huddleboard.live.listener import Listener
from huddleboard.live.positions import BEGINNING, Position
from huddleboard.live.ring import Ring
from huddleboard.live.stream import SOCKET_SECONDS, Entry, EventStream
from org import live

logger = logging.getLogger(__name__)

PING_SECONDS: Final = 15.0
#: Events that a process can replay. A board that missed more loads itself anew, which costs less than so many fetches.
REPLAY_LENGTH: Final = 20_000
FIRST_PAUSE: Final = 0.1
LONGEST_PAUSE: Final = 2.0

_SUBJECT_PREFIX: Final = "subject:"


class Hub:
    """One a process, on one event loop. `start` before `join`, `stop` at the end."""

    def __init__(self, url: str, *, ping_seconds: float = PING_SECONDS, replay_length: int = REPLAY_LENGTH) -> None:
        """A hub on the Redis at `url`."""
        self._stream = EventStream(url)
        self._ring = Ring(replay_length)
        self._replay_length = replay_length
        self._ping_seconds = ping_seconds
        self._listeners: set[Listener] = set()
        self._by_topic: defaultdict[str, set[Listener]] = defaultdict(set)
        self._by_subject: defaultdict[str, set[Listener]] = defaultdict(set)
        self._tasks: list[asyncio.Task[None]] = []
        self._followed_before = False
        self._heard = float("-inf")

    def __len__(self) -> int:
        """How many boards listen."""
        return len(self._listeners)

    @property
    def healthy(self) -> bool:
        """Whether Redis was heard of lately: only then a ping may say that the board is up to date."""
        return asyncio.get_running_loop().time() - self._heard < SOCKET_SECONDS

    def streams_of(self, subject: str) -> int:
        """How many boards this person or display has open here."""
        return len(self._by_subject.get(subject, ()))

    async def start(self) -> None:
        """Begin to follow. Returns once Redis answered, or after the first failure: the hub goes on trying."""
        tried = asyncio.Event()
        self._tasks = [asyncio.create_task(self._follow(tried)), asyncio.create_task(self._ping())]
        await tried.wait()

    async def stop(self) -> None:
        """End every stream, then the hub."""
        self.end_all()
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task
        self._tasks = []
        await self._stream.close()

    def end_all(self) -> None:
        """End every stream: the process goes. Boards come back to another one, each after a pause of its own."""
        for listener in tuple(self._listeners):
            listener.end(frames.farewell("restart"))

    async def closed_at(self, subject: str) -> int:
        """See `EventStream.closed_at`."""
        return await self._stream.closed_at(subject)

    async def join(self, listener: Listener, start: Position, *, exact: bool) -> None:
        """Let `listener` in: replay what it missed since `start`, then everything new, nothing twice.

        `exact` where `start` is an id that the client was given, not just a moment in time. A client that cannot be
        brought up to date is told `reset`. Raises redis.RedisError or OSError when Redis has to be asked and is away.
        """
        ahead = start > self._ring.last
        lost = ahead and exact and start > (await self._stream.extent()).last
        # No await from here on: nothing can be published between the replay and the registration.
        if lost or not self._ring.reaches(start, exact=exact):
            listener.last = self._ring.last
            listener.write(frames.signal("reset", self._ring.last))
        elif start > self._ring.last:
            listener.last = start if exact else self._ring.last
        else:
            listener.last = self._ring.last
            missed = self._ring.after(start, listener.topics)
            if missed:
                listener.write(frames.together(missed))
        self._listeners.add(listener)
        for topic in listener.topics:
            self._by_topic[topic].add(listener)
        for subject in listener.subjects:
            self._by_subject[subject].add(listener)

    def part(self, listener: Listener) -> None:
        """Let `listener` go. Twice does no harm."""
        self._listeners.discard(listener)
        for groups, names in ((self._by_topic, listener.topics), (self._by_subject, listener.subjects)):
            for name in names:
                groups[name].discard(listener)
                if not groups[name]:
                    del groups[name]

    async def _follow(self, tried: asyncio.Event) -> None:
        loop = asyncio.get_running_loop()
        pause = FIRST_PAUSE
        while True:
            try:
                await self._take_up()
                pause = FIRST_PAUSE
                while True:
                    self._heard = loop.time()
                    tried.set()
                    for entry in await self._stream.after(self._ring.last):
                        self._deliver(entry)
                        await asyncio.sleep(0)  # lets sockets empty their buffers within a burst
            except (redis.RedisError, OSError) as error:
                if self._heard > float("-inf") or not tried.is_set():
                    logger.warning("live events cut off: %s", type(error).__name__)
                self._heard = float("-inf")
                tried.set()
                await asyncio.sleep(pause * random.uniform(0.5, 1.5))
                pause = min(pause * 2, LONGEST_PAUSE)
            except Exception:
                logger.exception("the hub stumbled and takes the stream up again")
                await asyncio.sleep(LONGEST_PAUSE)

    async def _take_up(self) -> None:
        """Find the place in the stream, the first time or after a break."""
        extent = await self._stream.extent()
        last = self._ring.last
        unbroken = last == extent.last or (extent.last > last and (extent.first or extent.last) <= last)
        if self._followed_before and (unbroken or (last == BEGINNING and extent.whole)):
            # What was published in the meantime is read now. What could not be published is known to nobody.
            self._broadcast("check")
            return
        newest = await self._stream.newest(self._replay_length)
        events = [(entry.at, entry.topic, frames.change(entry.at, entry.data)) for entry in newest if entry.data]
        whole = extent.whole and len(newest) < self._replay_length
        oldest, last = (newest[0].at, newest[-1].at) if newest else (None, extent.last)
        self._ring.refill(events, oldest=oldest, last=last, whole=whole)
        if self._followed_before:
            for listener in self._listeners:
                listener.last = self._ring.last
            self._broadcast("reset")
        self._followed_before = True

    def _deliver(self, entry: Entry) -> None:
        if entry.topic.startswith(_SUBJECT_PREFIX):
            if entry.order == live.CLOSE:
                for listener in tuple(self._by_subject.get(entry.topic.removeprefix(_SUBJECT_PREFIX), ())):
                    listener.end(frames.farewell("closed"))
            self._ring.move_to(entry.at)
            return
        frame = frames.change(entry.at, entry.data)
        for listener in tuple(self._by_topic.get(entry.topic, ())):
            listener.offer(entry.at, frame)
        self._ring.append(entry.at, entry.topic, frame)

    def _broadcast(self, name: str) -> None:
        frame = frames.signal(name, self._ring.last)
        for listener in tuple(self._listeners):
            listener.write(frame)

    async def _ping(self) -> None:
        while True:
            await asyncio.sleep(self._ping_seconds)
            if self.healthy:
                self._broadcast("ping")
            else:
                for listener in tuple(self._listeners):
                    listener.write(frames.WAITING)
