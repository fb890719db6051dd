"""The events that a process read last, kept to replay them to boards that come back."""

from bisect import bisect_right
from collections.abc import Collection, Sequence

from huddleboard.live.frames import Frame
from huddleboard.live.positions import BEGINNING, Position


class Ring:
    """The newest `size` events at least, oldest first, as (position, topic, frame)."""

    def __init__(self, size: int) -> None:
        """Start empty and whole."""
        self._size = size
        self._positions: list[Position] = []
        self._events: list[tuple[str, Frame]] = []
        self._oldest: Position | None = None
        self._whole = True
        self.last = BEGINNING

    def refill(
        self, events: Sequence[tuple[Position, str, Frame]], *, oldest: Position | None, last: Position, whole: bool
    ) -> None:
        """Forget everything and hold `events`, which are all that the stream said from `oldest` to `last`.

        `oldest` is None where it said nothing; `whole` where nothing ever came before it.
        """
        self._positions = [at for at, _, _ in events]
        self._events = [(topic, frame) for _, topic, frame in events]
        self._oldest = oldest
        self._whole = whole
        self.last = last

    def append(self, at: Position, topic: str, frame: Frame) -> None:
        """Remember one more event. Old ones go in one cut when there are twice as many as wanted."""
        self._positions.append(at)
        self._events.append((topic, frame))
        self.move_to(at)
        if len(self._positions) >= 2 * self._size:
            del self._positions[: -self._size]
            del self._events[: -self._size]
            self._oldest = self._positions[0]
            self._whole = False

    def move_to(self, at: Position) -> None:
        """The stream has gone on to `at`, with or without something to remember."""
        self._oldest = self._oldest or at
        self.last = at

    def reaches(self, at: Position, *, exact: bool) -> bool:
        """Whether everything after `at` is here.

        An `exact` position was once given out, so a stream that begins after it was lost and made anew. A position that
        is only a moment in time may lie before the stream's first event.
        """
        if self._whole and (not exact or at == BEGINNING):
            return True
        return at >= (self._oldest or self.last)

    def after(self, at: Position, topics: Collection[str]) -> list[Frame]:
        """The frames of `topics` after `at`, in order."""
        start = bisect_right(self._positions, at)
        return [frame for topic, frame in self._events[start:] if topic in topics]
