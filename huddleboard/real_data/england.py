"""Monthly A&E attendances of England: provider → region → nation. NHS England, OGL v3.0."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Final

from boards.rules import Cadence, Direction, Kind, MeasureRole
from huddleboard.real_data.plans import Number, Paper, Place, Plan, mapping_of, rows_of
from org.rules import UnitKind

NATION: Final = "ENG"
NOT_KNOWN: Final = "REGION-NOT-KNOWN"
REGIONS: Final = {
    "Y61": "East of England",
    "Y56": "London",
    "Y60": "Midlands",
    "Y63": "North East and Yorkshire",
    "Y62": "North West",
    "Y59": "South East",
    "Y58": "South West",
}
MAJOR: Final = "1"
#: A provider that sends nothing for so many months before the end of the file is closed: most merged into another.
SILENT_MONTHS: Final = 3

_SOURCE: Final = (
    "NHS England, monthly A&E attendances, April 2016 to March 2019, by way of NHSRdatasets. "
    "Contains public sector information licensed under the OGL v3.0."
)
_MAJOR_ONLY: Final = "Major departments (type 1) only: consultant-led, open 24 hours, able to resuscitate."

NUMBERS: Final = (
    Number(
        code="ae_within_4h_major",
        name="Seen through within 4 hours, major departments",
        letter="D",
        question="Do people leave a major department within four hours?",
        definition=f"National standard of 95 %: admitted, transferred or discharged within four hours. {_MAJOR_ONLY}",
        kind=Kind.PROPORTION,
        direction=Direction.HIGHER,
        cadence=Cadence.MONTHLY,
        numerator="type 1 attendances less those of more than 4 hours",
        denominator="type 1 attendances of the month",
        source=_SOURCE,
        role=MeasureRole.DRIVER,
        target=95.0,
    ),
    Number(
        code="ae_within_4h_all",
        name="Seen through within 4 hours, all departments",
        letter="D",
        question="Do people leave within four hours, whatever the kind of department?",
        definition="National standard of 95 %, with single specialty (type 2) and other departments, such as "
        "walk-in centers.",
        kind=Kind.PROPORTION,
        direction=Direction.HIGHER,
        cadence=Cadence.MONTHLY,
        numerator="attendances less those of more than 4 hours",
        denominator="attendances of the month",
        source=_SOURCE,
        target=95.0,
    ),
    Number(
        code="ae_attendances",
        name="Attendances",
        letter="D",
        question="How many people came?",
        definition="Attendances at departments of all types. Context only.",
        kind=Kind.COUNT,
        direction=Direction.CONTEXT,
        cadence=Cadence.MONTHLY,
        numerator="attendances of the month",
        denominator="",
        source=_SOURCE,
        unit_text="",
        decimals=0,
    ),
    Number(
        code="ae_admitted_major",
        name="Admitted from major departments",
        letter="D",
        question="How many of those who come need a bed?",
        definition=f"Emergency admissions by way of the department. Context only. {_MAJOR_ONLY}",
        kind=Kind.PROPORTION,
        direction=Direction.CONTEXT,
        cadence=Cadence.MONTHLY,
        numerator="type 1 attendances that end in an admission",
        denominator="type 1 attendances of the month",
        source=_SOURCE,
    ),
)
_OF_MAJOR: Final = frozenset(number.code for number in NUMBERS if number.code.endswith("_major"))
_SMALL_WORDS: Final = frozenset({"And", "Of", "The", "For", "In", "On", "With", "Upon"})


def plan(folder: Path) -> Plan:
    """The organisation as the files in `folder` describe it. Raises Absent.

    Providers that the map of trusts (of 2022) does not know stand under a unit that says so: none is guessed.
    """
    folder = folder / "nhs_ae_attendances"
    file = folder / "ae_attendances.csv"
    months: dict[str, dict[str, set[date]]] = defaultdict(lambda: defaultdict(set))
    for row in rows_of(file, "org_code", "period", "type", "attendances", "breaches", "admissions"):
        months[row["org_code"]][row["type"]].add(date.fromisoformat(row["period"]))
    trusts = {
        row["org_code"]: row
        for row in rows_of(folder / "trust_to_region.csv", "org_code", "org_name", "region_code")
        if row["region_code"] in REGIONS
    }
    ever = {month for types in months.values() for known in types.values() for month in known}
    places = [Place(NATION, "England", 3, "", UnitKind.REGION)]
    places += [Place(code, name, 2, NATION, UnitKind.REGION) for code, name in REGIONS.items()]
    places.append(Place(NOT_KNOWN, "Region not known", 2, NATION, UnitKind.REGION))
    places += sorted(
        (_provider(code, trusts.get(code), types, min(ever), max(ever)) for code, types in months.items()),
        key=lambda place: place.name,
    )
    return Plan(
        slug="england-ae",
        name="A&E departments of England, monthly",
        time_zone="Europe/London",
        tiers=("Provider", "Region", "Nation"),
        places=places,
        numbers=NUMBERS,
        papers=[Paper(file, "Monthly A&E attendances", mapping_of("england"))],
    )


def _provider(
    code: str, row: Mapping[str, str] | None, types: Mapping[str, set[date]], first: date, last: date
) -> Place:
    """A provider. A measure of which it sent the first month of the file is missed where it does not come later."""
    every = {month for known in types.values() for month in known}
    major = types.get(MAJOR, set())
    sends = {}
    for number in NUMBERS:
        sent = major if number.code in _OF_MAJOR else every
        if sent:
            sends[number.code] = first in sent
    end = max(every)
    silent = (last.year - end.year) * 12 + last.month - end.month
    closed = date(end.year + end.month // 12, end.month % 12 + 1, 1) if silent >= SILENT_MONTHS else None
    name = _title(row["org_name"]) if row else f"Provider {code} (name not known)"
    parent = row["region_code"] if row else NOT_KNOWN
    kind = UnitKind.EMERGENCY if major else UnitKind.CLINIC
    return Place(code, name, 1, parent, kind, sends, closed)


def _title(shouted: str) -> str:
    """A name in capitals as one writes it: BARTS HEALTH NHS TRUST is Barts Health NHS Trust."""
    out = []
    for place, word in enumerate(shouted.split()):
        if word in {"NHS", "CIC"}:
            out.append(word)
        elif place and word.capitalize() in _SMALL_WORDS:
            out.append(word.lower())
        else:
            out.append("-".join(part.capitalize() for part in word.split("-")))
    return " ".join(out)
