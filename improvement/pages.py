"""What the pages and files of evidence are made of: frozen dataclasses that `queries` returns and templates read.

Figures of groups are guarded already: they come from what was published.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from boards.queries import terms
from improvement.rules import evidence as rules
from improvement.rules.evidence import Element, Fact, Lack, Standing

Cell = str | int | float | date | None


@dataclass(frozen=True, slots=True)
class Grid:
    """A table behind an element. `name` names its file; `numbers` are the columns that hold figures."""

    name: str
    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    numbers: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart with what it says in words."""

    code: str
    title: str
    specification: Mapping[str, Any]
    alt: str


@dataclass(frozen=True, slots=True)
class Section:
    """One element: what is asked, what stands, what is missing, the tables and charts behind it."""

    number: int
    title: str
    asks: str
    facts: Sequence[Fact]
    lacks: Sequence[Lack]
    grids: Sequence[Grid] = ()
    figures: Sequence[Figure] = ()
    note: str = ""

    @property
    def standing(self) -> Standing:
        """Whether there is proof now."""
        return rules.standing(len(self.facts), len(self.lacks))


@dataclass(frozen=True, slots=True)
class Evidence:
    """All six for the days from `first` to `last`, as they stood at `made_at`."""

    organisation: str
    synthetic: bool
    made_at: datetime
    first: date
    last: date
    sections: Sequence[Section]
    words: terms.Words = field(default=terms.AS_SHIPPED)

    @property
    def stands(self) -> int:
        """How many of the six have proof in full."""
        return sum(section.standing == Standing.STANDS for section in self.sections)


def section(element: Element, facts: Sequence[Fact], lacks: Sequence[Lack], **more: Any) -> Section:
    """An element with what stands and what is missing; `more`: its tables, charts and note."""
    return Section(element.value, str(element.label), str(rules.ASKS[element]), facts, lacks, **more)
