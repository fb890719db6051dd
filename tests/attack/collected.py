"""What somebody who may open many pages writes down: every count of a group, wherever it stands."""

import csv
import io
import json
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

_NUMBER = re.compile(r"[-−+]?\d[\d,]*(?:\.\d+)?")
_CELLS = {"td", "th"}


class _Rows(HTMLParser):
    """Rows of all tables as lists of cell texts; and the JSON that pages carry for their charts."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.data: list[str] = []
        self._cell: list[str] | None = None
        self._json = False

    def handle_starttag(self, tag, attrs):
        if tag == "tr":
            self.rows.append([])
        elif tag in _CELLS:
            self._cell = []
        elif tag == "script":
            self._json = dict(attrs).get("type") == "application/json"

    def handle_endtag(self, tag):
        if tag in _CELLS and self._cell is not None:
            if self.rows:
                self.rows[-1].append(" ".join("".join(self._cell).split()))
            self._cell = None
        elif tag == "script":
            self._json = False

    def handle_data(self, data):
        if self._json:
            self.data.append(data)
        elif self._cell is not None:
            self._cell.append(data)


@dataclass
class Collected:
    """Numbers by group: `lines` of (where, group, numbers in the order of the row)."""

    groups: tuple[str, ...]
    lines: set[tuple[str, str, tuple[float, ...]]] = field(default_factory=set)
    answers: int = 0
    texts: list[tuple[str, str]] = field(default_factory=list)

    def page(self, where: str, response) -> None:
        self.answers += 1
        body = response.content.decode("utf-8-sig", errors="replace")
        kind = response.headers.get("Content-Type", "")
        if kind.startswith("text/csv"):
            for row in csv.reader(io.StringIO(body)):
                self._row(where, row)
        elif kind.startswith("text/html"):
            found = _Rows()
            found.feed(body)
            for row in found.rows:
                self._row(where, row)
            for data in found.data:
                self._tree(where, json.loads(data))

    def text(self, where: str, text: str) -> None:
        """A mail, a message of the stream, an event of the audit trail, a line of the log."""
        self.texts.append((where, text))
        for sentence in re.split(r"[\n{}]", text):
            for group in self.groups:
                if group in sentence and (numbers := _numbers(sentence.replace(group, ""))):
                    self.lines.add((where, group, numbers))

    def _row(self, where: str, row: list[str]) -> None:
        if row and row[0] in self.groups:
            self.lines.add((where, row[0], _numbers(" ".join(row[1:]))))

    def _tree(self, where: str, node) -> None:
        """Every object of a chart's data that names a group, with its numbers."""
        if isinstance(node, dict):
            named = [value for value in node.values() if value in self.groups and isinstance(value, str)]
            if named:
                numbers = [v for v in node.values() if isinstance(v, int | float) and not isinstance(v, bool)]
                texts = " ".join(v for v in node.values() if isinstance(v, str) and v not in self.groups)
                self.lines.add((where, named[0], (*map(float, numbers), *_numbers(texts))))
            for value in node.values():
                self._tree(where, value)
        elif isinstance(node, list):
            for value in node:
                self._tree(where, value)


def _numbers(text: str) -> tuple[float, ...]:
    """The numbers of a text; dates are none."""
    text = re.sub(r"\d{4}-\d{2}-\d{2}|\b(19|20)\d\d\b", " ", text)
    return tuple(float(n.replace(",", "").replace("−", "-").lstrip("+")) for n in _NUMBER.findall(text))
