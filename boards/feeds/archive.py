"""The received file as a batch keeps it: compressed, with a mark that says what it is."""

import csv
import io
import zlib
from dataclasses import dataclass
from typing import Final

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


def head(stored: bytes, recipe: Recipe, rows: int) -> list[list[str]]:
    """The first rows, header included, for people to look at; not read as numbers."""
    kept = unpack(bytes(stored)) if len(stored) < _HEAD_BYTES else _beginning(bytes(stored))
    if kept.counts_only:
        recipe = Recipe()
    content = kept.content[: _HEAD_BYTES - _HEAD_BYTES % 2]
    try:
        text = to_utf8(content, recipe.encoding).content
    except Unreadable:
        return []
    lines = csv.reader(io.StringIO(text.decode("utf-8", "replace")), delimiter=recipe.delimiter or delimiter_of(text))
    try:
        return [row for row, _ in zip((line for line in lines if any(line)), range(rows), strict=False)]
    except csv.Error:
        return []


def _beginning(stored: bytes) -> Kept:
    return Kept(zlib.decompressobj().decompress(stored[4:], _HEAD_BYTES), stored[:4] == _COUNTS)


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
