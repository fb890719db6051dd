"""What a change of a shared text consists of, read before it is let in: how far it reaches, and that all is plain text.

The bytes are those of Yjs (version 1 of its updates and state vectors). A library that is given a count takes room for
as many before it has read one, so nothing that was not read here first is given to it.
"""

from dataclasses import dataclass, field
from typing import Final

#: What may stand in a change: what was taken away for good, what was deleted, plain words, a gap between two changes.
GC: Final = 0
DELETED: Final = 1
STRING: Final = 4
GAP: Final = 10
_KIND: Final = 0x1F
_UNDER_A_KEY: Final = 0x20
_RIGHT: Final = 0x40
_LEFT: Final = 0x80
#: Beyond these the places and writers of a document do not go.
_FARTHEST: Final = 2**31
_WRITERS: Final = 2**53


class BadChange(ValueError):  # noqa: N818 - a refusal
    """What came is no change of such a document."""


@dataclass(slots=True)
class _Reader:
    content: bytes
    at: int = 0
    reach: dict[int, int] = field(default_factory=dict)

    def byte(self) -> int:
        if self.at >= len(self.content):
            raise BadChange("it ends too soon")
        self.at += 1
        return self.content[self.at - 1]

    def number(self, most: int = _FARTHEST) -> int:
        found = shift = 0
        while True:
            if shift > 56:
                raise BadChange("no number")
            byte = self.byte()
            found |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
        if found > most:
            raise BadChange("a number too large")
        return found

    def count(self) -> int:
        """How many follow: each takes a byte at least."""
        return self.number(len(self.content) - self.at)

    def text(self) -> str:
        length = self.count()
        self.at += length
        if self.at > len(self.content):
            raise BadChange("a text too short")
        try:
            return self.content[self.at - length : self.at].decode()
        except UnicodeDecodeError as error:
            raise BadChange("no text") from error

    def place(self) -> None:
        self.number(_WRITERS)
        self.number()

    def extent(self, writer: int, start: int, length: int) -> int:
        """Note that a writer's part reaches from `start` over `length`; where it ends."""
        end = start + length
        if length < 1 or end > _FARTHEST:
            raise BadChange("a length that cannot be")
        self.reach[writer] = max(self.reach.get(writer, 0), end)
        return end


def reach_of(change: bytes) -> dict[int, int]:
    """How far a change reaches: for each writer the end of what it brings or takes away. Raises BadChange."""
    reader = _Reader(change)
    for _writer in range(reader.count()):
        pieces, writer, at = reader.count(), reader.number(_WRITERS), reader.number()
        for _piece in range(pieces):
            at = _piece_of(reader, writer, at)
    for _writer in range(reader.count()):
        writer = reader.number(_WRITERS)
        for _stretch in range(reader.count()):
            start = reader.number()
            reader.extent(writer, start, reader.number())
    if reader.at != len(change):
        raise BadChange("more than a change")
    return reader.reach


def _piece_of(reader: _Reader, writer: int, at: int) -> int:
    info = reader.byte()
    if info == GAP:
        return at + reader.number()
    if info == GC:
        return reader.extent(writer, at, reader.number())
    kind = info & _KIND
    if kind not in {DELETED, STRING} or info & _UNDER_A_KEY:
        raise BadChange("no plain text")
    if info & _LEFT:
        reader.place()
    if info & _RIGHT:
        reader.place()
    if not info & (_LEFT | _RIGHT):
        if reader.number() != 1:
            raise BadChange("a text in another one")
        reader.text()
    length = reader.number() if kind == DELETED else len(reader.text().encode("utf-16-le")) // 2
    return reader.extent(writer, at, length)


def vector_of(content: bytes) -> dict[int, int]:
    """A state vector: for each writer how far somebody knows them. Raises BadChange."""
    reader = _Reader(content)
    found = {}
    for _writer in range(reader.count()):
        writer = reader.number(_WRITERS)
        found[writer] = reader.number()
    if reader.at != len(content):
        raise BadChange("more than a vector")
    return found
