"""A delimited file as columns of codes into distinct cells: read in chunks by array operations, no object per row.

What a cell means is decided once per distinct text; a million rows of a hospital have few thousand different cells.
Why not a data frame library: docs/adr/0012-feeds-read-with-numpy.md.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from boards.feeds.interner import LONGEST_CELL, Interner
from boards.feeds.problems import Problems

DELIMITERS: Final = (",", ";", "\t", "|")
CHUNK_BYTES: Final = 1 << 22
#: More columns than a spreadsheet can have are no table.
MOST_COLUMNS: Final = 16_384
_LONGEST_ROW: Final = 1 << 20
_QUOTE, _NEWLINE, _RETURN = 34, 10, 13


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `texts[codes[i]]` is the cell of row i, without quotation marks and outer spaces; codes (n,)."""

    name: str
    codes: NDArray[np.int32]
    texts: list[str]

    def where(self, wanted: Callable[[str], bool]) -> NDArray[np.bool_]:
        """The rows whose cell is wanted; asks once per distinct cell. (n,) bool."""
        answers = np.fromiter((wanted(text) for text in self.texts), bool, len(self.texts))
        return answers[self.codes]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows of a file that have as many cells as its header. `rows` (n,) are row numbers as a spreadsheet shows."""

    columns: dict[str, Column]
    rows: NDArray[np.int32]
    delimiter: str

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True, slots=True)
class _Records:
    """The rows of one chunk: where cells begin and end in `buffer`, each row's first cell and number of cells."""

    buffer: NDArray[np.uint8]
    begins: NDArray[np.int64]
    ends: NDArray[np.int64]
    first: NDArray[np.int64]
    counts: NDArray[np.int64]
    number: int

    def row(self, index: int) -> list[str]:
        """The cells of one row as text."""
        cells = range(int(self.first[index]), int(self.first[index] + self.counts[index]))
        return [clean(self.buffer[self.begins[c] : self.ends[c]].tobytes())[0] for c in cells]

    def spans(self, beyond: int = 0) -> NDArray[np.int64]:
        """How many bytes, separators included, a row has from its cell number `beyond` on. (rows,)."""
        start = self.begins[np.minimum(self.first + beyond, len(self.begins) - 1)]
        return self.ends[self.first + self.counts - 1] - start


def clean(raw: bytes) -> tuple[str, bool]:
    """The text of a cell and whether its quotation marks are in order."""
    text = raw.decode("utf-8", "replace").strip()
    if '"' not in text:
        return text, True
    inner = text[1:-1]
    whole = len(text) > 1 and text[0] == text[-1] == '"' and '"' not in inner.replace('""', "")
    return (inner.replace('""', '"').strip(), True) if whole else (text, False)


def delimiter_of(head: bytes) -> str:
    """The separator that occurs most often in the first line, outside quotation marks."""
    line = next((part for part in head.splitlines() if part.strip()), b"")
    outside = b"".join(line.split(b'"')[::2])
    return max(DELIMITERS, key=lambda sign: outside.count(sign.encode()))


def read_sheet(
    content: bytes,
    problems: Problems,
    *,
    delimiter: str = "",
    header_row: int = 1,
    chooses: Callable[[list[str]], set[str]] = set,
) -> Sheet | None:
    """The file's columns, or None where there is nothing to read. `content` is UTF-8 without zeros.

    `header_row` counts rows that are not blank. `chooses` gets the header and returns the columns that are needed; the
    others are not looked at. Findings about quotes, ragged rows and the header go to `problems`.
    """
    if b"\n" not in content and b"\r" in content:
        content = content.replace(b"\r", b"\n")
    if content[:4].lower() == b"sep=":
        delimiter, content = chr(content[4]), b"\n" + content.partition(b"\n")[2]
    delimiter = delimiter or delimiter_of(content[:_LONGEST_ROW])
    body = _Body(problems)
    waiting = header_row
    for records in _chunks(content, ord(delimiter), problems):
        after = 0
        if waiting:
            filled = np.flatnonzero(records.spans() > records.counts - 1)
            if len(filled) < waiting:
                waiting -= len(filled)
                continue
            after, waiting = int(filled[waiting - 1]) + 1, 0
            if records.counts[after - 1] > MOST_COLUMNS:
                problems.add("too_many_columns", row=records.number + after - 1)
                return None
            body.begin(records.row(after - 1), records.number + after - 1, chooses)
        body.add(records, after)
    return body.sheet(delimiter)


def _chunks(content: bytes, delimiter: int, problems: Problems) -> Iterator[_Records]:
    """Whole rows, chunk by chunk. A quotation mark that is never closed ends the reading."""
    position, number = 0, 1
    while position < len(content):
        size = CHUNK_BYTES
        while True:
            part = content[position : position + size]
            last = position + size >= len(content)
            if last and not part.endswith(b"\n"):
                part += b"\n"
            records, used = _scan(part, delimiter, number)
            if used or last:
                break
            size *= 2
        if used < len(part) and (last or not used):
            first_left = number + len(records.first)
            problems.add("unclosed_quote", row=first_left, value=part[used : used + 40].decode("utf-8", "replace"))
        if used:
            yield records
        if last or not used:
            return
        position += used
        number += len(records.first)


def _scan(part: bytes, delimiter: int, number: int) -> tuple[_Records, int]:
    """The whole rows at the beginning of `part` and how many bytes they take."""
    buffer = np.frombuffer(part + bytes(LONGEST_CELL + 8), np.uint8)
    seen = buffer[: len(part)]
    breaks = seen == _NEWLINE
    stops = (seen == delimiter) | breaks
    if b'"' in part:
        outside = (np.cumsum(seen == _QUOTE, dtype=np.uint8) & 1) == 0
        stops &= outside
    ends = np.flatnonzero(stops)
    closing = np.flatnonzero(breaks[ends])
    used = int(ends[closing[-1]]) + 1 if len(closing) else 0
    ends = ends[: closing[-1] + 1] if len(closing) else ends[:0]
    begins = np.append(0, ends[:-1] + 1) if len(ends) else ends
    first = np.append(0, closing[:-1] + 1) if len(closing) else closing
    counts = closing - first + 1
    tails = ends[closing]
    ends[closing] -= (seen[np.maximum(tails - 1, 0)] == _RETURN) & (tails > begins[closing])
    return _Records(buffer, begins, ends, first, counts, number), used


class _Body:
    """Collects the rows below the header."""

    def __init__(self, problems: Problems) -> None:
        self._problems = problems
        self._names: list[str] = []
        self._interners: dict[int, Interner] = {}
        self._codes: dict[int, list[NDArray[np.int32]]] = {}
        self._rows: list[NDArray[np.int32]] = []

    def begin(self, names: list[str], row: int, chooses: Callable[[list[str]], set[str]]) -> None:
        while names and not names[-1]:
            names.pop()
        self._names = names
        for name in sorted(name for name, times in Counter(names).items() if name and times > 1):
            self._problems.add("duplicate_column", row=row, column=name)
        wanted = chooses([name for name in names if name])
        earlier: set[str] = set()
        for index, name in enumerate(names):
            if (name in wanted and name not in earlier) or not name:
                self._interners[index] = Interner()
                self._codes[index] = []
            earlier.add(name)

    def add(self, records: _Records, after: int) -> None:
        width = len(self._names)
        numbers = np.arange(records.number, records.number + len(records.first), dtype=np.int32)
        filled = records.spans() > records.counts - 1
        filled[:after] = False
        fits = records.counts >= width
        longer = fits & (records.counts > width)
        if longer.any():
            fits &= ~longer | (records.spans(width) == records.counts - width - 1)
        if (ragged := filled & ~fits).any():
            self._problems.add_rows("ragged_row", numbers[ragged])
        kept = np.flatnonzero(filled & fits)
        self._rows.append(numbers[kept])
        for index, interner in self._interners.items():
            cells = records.first[kept] + index
            self._codes[index].append(interner.codes(records.buffer, records.begins[cells], records.ends[cells]))

    def sheet(self, delimiter: str) -> Sheet | None:
        rows = np.concatenate(self._rows) if self._rows else np.zeros(0, np.int32)
        if not self._names:
            self._problems.add("empty_file")
            return None
        columns = {}
        for index, interner in self._interners.items():
            column = self._column(self._names[index], interner, np.concatenate(self._codes[index]), rows)
            if column.name:
                columns[column.name] = column
            elif (cells := column.where(bool)).any():
                self._problems.add_rows("unnamed_column", rows[cells][:1], column=f"#{index + 1}")
        found = Sheet(columns, rows, delimiter)
        if len(self._interners) == len(self._names):
            found = _without_blank_rows(found)
        if len(found) == 0 and not self._problems.errors:
            self._problems.add("only_header")
        return found if len(found) else None

    def _column(self, name: str, interner: Interner, codes: NDArray[np.int32], rows: NDArray[np.int32]) -> Column:
        """Distinct cells without their quotation marks; the same text in two spellings becomes one."""
        found: dict[str, int] = {}
        again = np.empty(len(interner), np.int32)
        stray: dict[int, str] = {}
        long: dict[int, str] = {}
        for code, raw in enumerate(interner.cells()):
            text, whole = clean(raw)
            again[code] = found.setdefault(text, len(found))
            if not whole:
                stray[again[code]] = "stray_quote"
            if len(raw) >= LONGEST_CELL:
                long[again[code]] = "cell_too_long"
        column = Column(name, again[codes], list(found))
        for wrong in (stray, long):
            self._problems.add_words(wrong, column.codes, column.texts, rows, column=name)
        return column


def _without_blank_rows(found: Sheet) -> Sheet:
    """Rows of quoted nothing, as spreadsheets leave them below their last row."""
    columns = found.columns.values()
    if not columns or any("" not in column.texts for column in columns):
        return found
    filled = ~np.all([column.codes == column.texts.index("") for column in columns], axis=0)
    if filled.all():
        return found
    left = {c.name: Column(c.name, c.codes[filled], c.texts) for c in columns}
    return Sheet(left, found.rows[filled], found.delimiter)
