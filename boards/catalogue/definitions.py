"""Letters, reasons of red days and measures of the starting catalogue. Reads files, touches no database."""

from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_noop as _

from boards.catalogue.tables import read
from boards.rules import About, Cadence, Direction, Kind, RollUp

LETTERS: Final = (
    ("S", _("Safety")),
    ("Q", _("Quality")),
    ("D", _("Delivery")),
    ("C", _("Cost")),
    ("P", _("People")),
    ("E", _("Equity")),
)

REASONS: Final = (
    ("staffing", _("Staffing or skill mix")),
    ("demand", _("Demand surge")),
    ("equipment", _("Equipment missing or broken")),
    ("supplies", _("Supplies or drugs short")),
    ("method", _("Standard work unclear or not followed")),
    ("interpreter", _("Interpreter not available")),
    ("transport", _("Transport delay")),
    ("other_department", _("Waiting for another department")),
    ("no_bed", _("No bed to move to")),
    ("it_down", _("IT down")),
    ("documentation", _("Done but not documented")),
    ("patient", _("Patient's condition or wish")),
    ("other", _("Other")),
)

#: The units of the measures, but for "%", which every language writes alike.
UNITS: Final = (
    _("$ per 100 doses"),
    _("$ per case"),
    _("% of admitted visits"),
    _("% of hospital days"),
    _("% of hours"),
    _("% of plan"),
    _("% of shifts"),
    _("% of stays"),
    _("days"),
    _("injuries"),
    _("min"),
    _("observed over predicted"),
    _("of 6 elements"),
    _("per 1,000 catheter days"),
    _("per 1,000 central line days"),
    _("per 1,000 patient days"),
    _("per 10,000 deliveries"),
    _("per 10,000 doses"),
    _("per 10,000 patient days"),
    _("per 200,000 hours worked (100 FTE-years)"),
    _("reports"),
    _("score 0-100"),
)

_KINDS: Final = {"proportion": Kind.PROPORTION, "ratio": Kind.RATE, "continuous-variable": Kind.MEAN}
_ROLL_UPS: Final = {
    Kind.PROPORTION: RollUp.RATIO,
    Kind.RATE: RollUp.RATIO,
    Kind.MEAN: RollUp.WEIGHTED_MEAN,
    Kind.MINUTES: RollUp.WEIGHTED_MEAN,
    Kind.MEDIAN: RollUp.NONE,
    Kind.COUNT: RollUp.SUM,
    Kind.DAYS_SINCE: RollUp.MINIMUM,
}
_LAGS: Final = {Cadence.DAILY: 0, Cadence.WEEKLY: 1, Cadence.MONTHLY: 5, Cadence.QUARTERLY: 30}
_DECIMALS: Final = {Kind.COUNT: 0, Kind.DAYS_SINCE: 0, Kind.MINUTES: 0, Kind.MEDIAN: 0}


#: Part → the measure of the same patients among whose cases its own are: each is told in step with the other.
PARTS: Final = {
    "ed_lwbs": "ecat",  # to leave without being seen is one of the gaps in emergency care that ECAT counts
    "falls_injury": "falls_rate",
}


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """A measure of the catalogue in the fields of `Measure`; `letter` is its code."""

    code: str
    name: str
    letter: str
    question: str
    definition: str
    kind: Kind
    multiplier: float
    unit_text: str
    decimals: int
    numerator_text: str
    denominator_text: str
    direction: Direction
    roll_up: RollUp
    cadence: Cadence
    lag_days: int
    stratifiable: bool
    steward: str
    source_note: str
    about: About = About.PATIENTS


def _decimals(kind: Kind, multiplier: float) -> int:
    return _DECIMALS.get(kind, 1 if multiplier <= 100 else 2)


def _sentence(text: str) -> str:
    """`text` as a sentence of its own."""
    text = text.strip()
    return text if not text else text[0].upper() + text[1:] + ("" if text.endswith(".") else ".")


def _published(record: dict[str, Any], board: dict[str, Any]) -> MeasureRow:
    """One of the published measures, with what a daily board adds to it."""
    kind = Kind(board["kind"]) if "kind" in board else _KINDS[record["scoring"]]
    multiplier = float(record["multiplier"])
    cadence = Cadence(board["cadence"])
    parts = (record.get("note", ""), record["status_2025_2026"])
    identifiers = ", ".join(record["identifiers"])
    trust = "" if record["confidence"] == "source" else "not confirmed in a source: check before quoting"
    return MeasureRow(
        code=record["id"],
        name=record["name"],
        letter=board["letter"],
        question=board["question"],
        definition=" ".join(_sentence(part) for part in parts if part),
        kind=kind,
        multiplier=multiplier,
        unit_text=board.get("unit", record["unit"]),
        decimals=board.get("decimals", _decimals(kind, multiplier)),
        numerator_text=record["numerator"][:255],
        denominator_text=record["denominator"][:255],
        direction=Direction(board.get("direction", record["direction"])),
        roll_up=RollUp(board.get("roll_up", _ROLL_UPS[kind])),
        cadence=cadence,
        lag_days=board.get("lag_days", _LAGS[cadence]),
        stratifiable=record["stratifiable"].startswith(("yes", "limited", "by language")),
        steward=(record["steward"] or "")[:80],
        source_note=" · ".join(part for part in (identifiers, trust) if part)[:255],
    )


def _local(record: dict[str, Any]) -> MeasureRow:
    """A measure that hospitals define for themselves: no steward, nothing published to confirm."""
    kind = Kind(record["kind"])
    cadence = Cadence(record.get("cadence", "daily"))
    multiplier = float(record.get("multiplier", 100 if kind == Kind.PROPORTION else 1))
    return MeasureRow(
        code=record["id"],
        name=record["name"],
        letter=record["letter"],
        question=record["question"],
        definition=record.get("definition", ""),
        kind=kind,
        multiplier=multiplier,
        unit_text=record["unit"],
        decimals=record.get("decimals", _decimals(kind, multiplier)),
        numerator_text=record["numerator"],
        denominator_text=record.get("denominator", ""),
        direction=Direction(record["direction"]),
        roll_up=RollUp(record.get("roll_up", _ROLL_UPS[kind])),
        cadence=cadence,
        lag_days=record.get("lag_days", _LAGS[cadence]),
        stratifiable=record.get("stratifiable", False),
        steward="",
        source_note="Local measure of daily management: adapt the definition to the hospital's own",
        about=About(record.get("about", About.PATIENTS)),
    )


def left_out() -> dict[str, str]:
    """Published measures that are no number of a board, with the reason."""
    reasons: dict[str, str] = read("board_fields")["left_out"]
    return reasons


def measures() -> list[MeasureRow]:
    """All measures of the catalogue: the published ones that a board can show, and the local ones."""
    boards: dict[str, dict[str, Any]] = read("board_fields")["records"]
    published = [_published(r, boards[r["id"]]) for r in read("measures")["measures"] if r["id"] not in left_out()]
    return [*published, *(_local(r) for r in read("local_measures")["records"])]


def shipped_texts() -> list[str]:
    """What this room puts there for a start (`org.shipped`), marked for translation."""
    return [*(name for _code, name in LETTERS), *(name for _code, name in REASONS), *UNITS]
