"""The received file as a batch keeps it: compressed, with a mark that says what it is."""

import csv
import io
import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from boards.feeds.check import Checked
from boards.feeds.encoding import Unreadable, to_utf8
from boards.feeds.mapping import Recipe
from boards.feeds.sheet import delimiter_of

#: The file byte for byte, or – where every row was a patient – only its counts, in the simple long form.
_RAW: Final = b"HBR1"
_COUNTS: Final = b"HBC1"
_HEAD_BYTES: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class Kept:
    """What a batch keeps. `counts_only`: it is in the simple long form, whatever the source's mapping says."""

    content: bytes
    counts_only: bool


def pack(content: bytes, *, counts_only: bool = False) -> bytes:
    """What is stored: a mark of four bytes, then zlib."""
    return (_COUNTS if counts_only else _RAW) + zlib.compress(content, 1)


def is_counts(stored: bytes) -> bool:
    """Whether only counts were kept, not the file."""
    return stored[:4] == _COUNTS


def unpack(stored: bytes) -> Kept:
    """What `pack` was given."""
    return Kept(zlib.decompress(bytes(stored[4:])), stored[:4] == _COUNTS)


def mentions(stored: bytes, words: Collection[str]) -> bool:
    """Whether one of `words`, small letters and digits only, stands anywhere in the file, whatever its capitals.

    Unpacked piece by piece; zeros between letters (UTF-16) are passed over.
    """
    sought = [word.encode() for word in words]
    if not sought:
        return False
    unpacking, left = zlib.decompressobj(), b""
    longest = max(map(len, sought))
    rest = bytes(stored[4:])
    while rest:
        piece = unpacking.decompress(rest, _HEAD_BYTES)
        rest = unpacking.unconsumed_tail
        text = left + piece.replace(b"\0", b"").lower()
        if any(word in text for word in sought):
            return True
        left = text[-longest:]
    return False


def head(stored: bytes, recipe: Recipe, rows: int) -> list[list[str]]:
    """The first rows, header included, for people to look at; not read as numbers."""
    return [row for _number, row in page(stored, recipe, 1, rows)]


def page(stored: bytes, recipe: Recipe, first: int, rows: int) -> list[tuple[int, list[str]]]:
    """Some rows with their numbers, from the `first` on, for people to look at; 1 is the header, blank rows count not.

    The file is unpacked and decoded piece by piece, no further than needed: a page of a large file takes little memory.
    Empty where the file cannot be read as text.
    """
    beginning = _beginning(stored)
    if beginning.counts_only:
        recipe = Recipe()
    try:
        found = to_utf8(beginning.content, recipe.encoding)
    except Unreadable:
        return []
    lines = csv.reader(_lines(stored, found.encoding), delimiter=recipe.delimiter or delimiter_of(found.content))
    try:
        wanted = islice((line for line in lines if any(line)), first - 1, first - 1 + rows)
        return list(enumerate(wanted, first))
    except csv.Error:
        return []


def _beginning(stored: bytes) -> Kept:
    """The first whole lines: half a letter at the end would look like another encoding."""
    content = zlib.decompressobj().decompress(stored[4:], _HEAD_BYTES)
    end = content.rfind(b"\n")
    if len(content) == _HEAD_BYTES and end > 0:
        content = content[: end - end % 2 if b"\0" in content else end]
    return Kept(content, is_counts(stored))


def _lines(stored: bytes, encoding: str) -> Iterator[str]:
    """The lines of the file as text; what cannot be decoded is marked, not dropped."""
    text = io.TextIOWrapper(io.BufferedReader(_Unpacking(stored)), encoding, "replace", newline="")
    yield next(text, "").removeprefix("\ufeff")
    yield from text


class _Unpacking(io.RawIOBase):
    """What a batch keeps, unpacked while it is read."""

    def __init__(self, stored: bytes) -> None:
        super().__init__()
        self._unpack = zlib.decompressobj()
        self._packed = stored[4:]

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill `buffer` with the next bytes; 0 at the end."""
        piece = self._unpack.decompress(self._packed, len(buffer))
        self._packed = self._unpack.unconsumed_tail
        buffer[: len(piece)] = piece
        return len(piece)


def counts_csv(checked: Checked, measures: dict[int, str], units: dict[int, str]) -> bytes:
    """Checked rows in the simple long form. `measures` and `units`: id → code."""
    out = io.StringIO()
    write = csv.writer(out, lineterminator="\n")
    write.writerow(
        ["measure", "unit", "period_start", "period_end", "stratifier", "stratum", "numerator", "denominator"]
    )
    groups = [_pair(key) for key in checked.strata.words]
    last = checked.period_ends - 1
    for i in range(len(checked)):
        hidden = checked.suppressed[i]
        write.writerow(
            [
                measures[int(checked.measure_ids[i])],
                units[int(checked.unit_ids[i])],
                checked.period_starts[i],
                last[i],
                *groups[checked.strata.codes[i]],
                _number(float(checked.numerators[i]), hidden=hidden),
                _number(float(checked.denominators[i]), hidden=False),
            ]
        )
    return out.getvalue().encode()


def _pair(key: str) -> tuple[str, str]:
    parts = [part.split(":", 1) for part in key.split("|")] if key else []
    return "|".join(part[0] for part in parts), "|".join(part[1] for part in parts)


def _number(value: float, *, hidden: bool) -> str:
    if value != value:  # NaN
        return "*" if hidden else ""
    return f"{value:.12g}"
