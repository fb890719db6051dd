"""What an organisation of real data consists of, before anything is written. Reads files, touches no database."""

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

from boards.rules import Cadence, CategoryState, Direction, Kind, MeasureRole, RollUp
from org.rules import UnitKind


class Absent(Exception):  # noqa: N818 - a refusal with a sentence for the person who called
    """A file of the data set is not where it should be, or is not what it should be."""


@dataclass(frozen=True, slots=True)
class Place:
    """A unit. `sends`: measure → whether its absence is noticed; `closed_on`: the first day without it."""

    code: str
    name: str
    tier: int
    parent: str
    kind: UnitKind
    sends: Mapping[str, bool] = field(default_factory=dict)
    closed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Number:
    """A measure with its place on boards; `target` only where somebody has published one. `part_of`: the measure before
    it among whose cases its own are.
    """

    code: str
    name: str
    letter: str
    question: str
    definition: str
    kind: Kind
    direction: Direction
    cadence: Cadence
    numerator: str
    denominator: str
    source: str
    role: MeasureRole = MeasureRole.WATCH
    unit_text: str = "%"
    decimals: int = 1
    stratifiable: bool = False
    part_of: str = ""
    target: float | None = None

    @property
    def multiplier(self) -> float:
        """A share or ratio is shown in per cent, everything else as it is."""
        return 100.0 if self.kind in {Kind.PROPORTION, Kind.RATE} else 1.0

    @property
    def roll_up(self) -> RollUp:
        """Counts are added up the tree; shares and means never are."""
        ways = {
            Kind.PROPORTION: RollUp.RATIO,
            Kind.RATE: RollUp.RATIO,
            Kind.MEAN: RollUp.WEIGHTED_MEAN,
            Kind.COUNT: RollUp.SUM,
        }
        return ways[self.kind]


@dataclass(frozen=True, slots=True)
class Group:
    """A category as the source writes it."""

    code: str
    name: str
    state: CategoryState = CategoryState.KNOWN


@dataclass(frozen=True, slots=True)
class Way:
    """A dimension with its categories in their order."""

    code: str
    name: str
    groups: Sequence[Group]
    is_ordered: bool = False


@dataclass(frozen=True, slots=True)
class Paper:
    """A file of the data set, and the saved mapping by which it is read with the name that it has on pages."""

    file: Path
    name: str
    mapping: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Plan:
    """One organisation: the first of `places` is the top, parents stand before children."""

    slug: str
    name: str
    time_zone: str
    tiers: Sequence[str]
    places: Sequence[Place]
    numbers: Sequence[Number]
    papers: Sequence[Paper]
    ways: Sequence[Way] = ()


def rows_of(path: Path, *columns: str) -> list[dict[str, str]]:
    """The rows of a CSV file of a data set. Raises Absent where it is missing or lacks one of `columns`."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            names = reader.fieldnames or ()
            if missing := [name for name in columns if name not in names]:
                raise Absent(f"{path} has no column {', '.join(missing)}.")
            return list(reader)
    except OSError as error:
        raise Absent(f"{path} cannot be read: {error.strerror}.") from error


_OWN: Final = Path(__file__).resolve().parent


@cache
def _text(name: str) -> str:
    return (_OWN / name).read_text(encoding="utf-8")


def mapping_of(name: str) -> dict[str, Any]:
    """The saved mapping that comes with the project, as its JSON says."""
    found: dict[str, Any] = json.loads(_text(f"mappings/{name}.json"))
    return found


def table_of(name: str) -> list[dict[str, str]]:
    """The rows of a CSV table that comes with the project."""
    return list(csv.DictReader(_text(name).splitlines()))
