"""The units of Harbor Valley Health: 420 beds and 3 clinics in four tiers. Data only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from org.rules import UnitKind

K = UnitKind

EVERY_DAY: Final = "Every day"
WITH_NIGHTS: Final = "Every day and nights"
WEEKDAYS: Final = "Weekdays"
LINES: Final = "Weekdays, service lines"
BRANCHES: Final = "Weekdays, branches"
EXECUTIVES: Final = "Every day, executives"
NO_HUDDLE: Final = "Called when needed"

WORK_DAYS: Final = 0b0011111
ALL_DAYS: Final = 0b1111111

#: Calendar → (working days, huddle times, minutes).
CALENDARS: Final[Mapping[str, tuple[int, Sequence[str], int]]] = {
    EVERY_DAY: (ALL_DAYS, ("07:00",), 15),
    WITH_NIGHTS: (ALL_DAYS, ("00:00", "07:00", "19:00"), 15),
    WEEKDAYS: (WORK_DAYS, ("07:00",), 15),
    LINES: (WORK_DAYS, ("08:00",), 15),
    BRANCHES: (WORK_DAYS, ("09:00",), 15),
    EXECUTIVES: (ALL_DAYS, ("10:00",), 15),
    NO_HUDDLE: (WORK_DAYS, (), 15),
}

#: Level, name, when a unit meets whose calendar has no times. Units of tier 1 then meet when somebody calls them.
TIERS: Final = (
    (1, "Unit", ""),
    (2, "Service line", "08:00"),
    (3, "Branch", "09:00"),
    (4, "Executive team", "10:00"),
)


@dataclass(frozen=True, slots=True)
class Place:
    """A unit of the demo hospital. `size` is what its volumes grow with: beds, or patients of a day; `board` the set
    of measures that it reports ("" where it reports none); `mix` who its patients are (`groups.MIXES`).
    """

    code: str
    name: str
    kind: UnitKind
    tier: int
    parent: str
    calendar: str
    board: str = ""
    size: float = 0.0
    mix: str = "adult"
    second: str = ""
    beds: int = 0


def _ward(code: str, name: str, parent: str, beds: int, board: str, **more: str) -> Place:
    return Place(
        code,
        name,
        UnitKind(more.get("kind", K.INPATIENT)),
        1,
        parent,
        more.get("calendar", EVERY_DAY),
        board,
        float(beds),
        more.get("mix", "adult"),
        more.get("second", ""),
        beds,
    )


def _service(code: str, name: str, kind: UnitKind, parent: str, board: str, size: float, **more: str) -> Place:
    return Place(
        code,
        name,
        kind,
        1,
        parent,
        more.get("calendar", WEEKDAYS),
        board,
        size,
        more.get("mix", "adult"),
        more.get("second", ""),
    )


HOSPITAL: Final = (
    Place("HVH", "Harbor Valley Health", K.EXECUTIVE, 4, "", EXECUTIVES),
    Place("CLIN", "Nursing and clinical branch", K.BRANCH, 3, "HVH", BRANCHES),
    Place("OPS", "Operations and support branch", K.BRANCH, 3, "HVH", BRANCHES),
    Place("MED", "Medicine", K.SERVICE_LINE, 2, "CLIN", LINES),
    Place("SURG", "Surgery", K.SERVICE_LINE, 2, "CLIN", LINES),
    Place("WCH", "Women and children", K.SERVICE_LINE, 2, "CLIN", LINES),
    Place("ECC", "Emergency and critical care", K.SERVICE_LINE, 2, "CLIN", LINES),
    Place("AMB", "Ambulatory care", K.SERVICE_LINE, 2, "OPS", LINES),
    Place("SUP", "Support services", K.SERVICE_LINE, 2, "OPS", LINES),
    _ward("4W", "4 West, general medicine", "MED", 32, "ward", calendar=WITH_NIGHTS, mix="older"),
    _ward("4E", "4 East, general medicine", "MED", 32, "ward", mix="older"),
    _ward("5W", "5 West, medicine and stroke", "MED", 32, "ward", calendar=WITH_NIGHTS, mix="older"),
    _ward("5E", "5 East, heart", "MED", 30, "ward_clots", mix="older"),
    _ward("6W", "6 West, cancer care", "MED", 28, "ward_skin"),
    _ward("3W", "3 West, surgery", "SURG", 34, "ward_clots", calendar=WITH_NIGHTS),
    _ward("3E", "3 East, orthopedics", "SURG", 32, "ward_skin", mix="older"),
    _service("OR", "Operating rooms", K.OPERATING, "SURG", "rooms", 34, calendar=EVERY_DAY),
    _service("PACU", "Recovery", K.OPERATING, "SURG", "recovery", 30, calendar=EVERY_DAY),
    _ward("LD", "Labor and delivery", "WCH", 16, "birth", calendar=WITH_NIGHTS, mix="birth"),
    _ward("MB", "Mother and baby", "WCH", 28, "newborn", mix="birth"),
    _ward("NICU", "Newborn intensive care", "WCH", 24, "nicu", calendar=WITH_NIGHTS, mix="child", kind=K.CRITICAL_CARE),
    _ward("PED", "Children's unit", "WCH", 28, "ward", mix="child"),
    _service("ED", "Emergency department", K.EMERGENCY, "ECC", "emergency", 150, calendar=WITH_NIGHTS),
    _ward("MICU", "Medical intensive care", "ECC", 24, "icu", calendar=WITH_NIGHTS, mix="older", kind=K.CRITICAL_CARE),
    _ward("SICU", "Surgical intensive care", "ECC", 20, "icu", calendar=WITH_NIGHTS, kind=K.CRITICAL_CARE),
    _ward("STEP", "Step-down unit", "ECC", 32, "ward_sepsis", mix="older"),
    _ward("OBS", "Observation unit", "ECC", 28, "ward_needs", second="MED"),
    _service("HSC", "Harbor Street clinic", K.CLINIC, "AMB", "clinic", 120),
    _service("NSC", "Northside family clinic", K.CLINIC, "AMB", "clinic", 90),
    _service("VSC", "Valley specialty clinic", K.CLINIC, "AMB", "clinic", 75),
    _service("PHA", "Pharmacy", K.PHARMACY, "SUP", "pharmacy", 400, second="MED"),
    _service("EVS", "Environmental services", K.ENVIRONMENT, "SUP", "cleaning", 90),
    _service("IMG", "Imaging", K.IMAGING, "SUP", "imaging", 210, second="ECC"),
    _service("IT", "Information technology", K.IT, "SUP", "", 0, calendar=NO_HUDDLE),
    _service("FAC", "Facilities", K.FACILITIES, "SUP", "", 0, calendar=NO_HUDDLE),
    _service("SCM", "Supply chain", K.SUPPLY, "SUP", "", 0, calendar=NO_HUDDLE),
    _service("INT", "Interpreter services", K.INTERPRETERS, "SUP", "", 0, calendar=NO_HUDDLE, second="AMB"),
)

_SMALL_CODES: Final = ("5W", "3E", "MICU", "ED", "HSC", "PHA")

#: A house of six units in three tiers, for tests.
SMALL: Final = (
    Place("HVH", "Harbor Valley Health (small)", K.EXECUTIVE, 3, "", EXECUTIVES),
    Place("CLIN", "Clinical services", K.SERVICE_LINE, 2, "HVH", LINES),
    Place("OPS", "Operations and support", K.SERVICE_LINE, 2, "HVH", LINES),
    *(
        Place(
            p.code,
            p.name,
            p.kind,
            1,
            "OPS" if p.code in {"HSC", "PHA"} else "CLIN",
            p.calendar,
            p.board,
            p.size,
            p.mix,
            "CLIN" if p.code == "PHA" else "",
            p.beds,
        )
        for p in HOSPITAL
        if p.code in _SMALL_CODES
    ),
)
SMALL_TIERS: Final = ((1, "Unit", ""), (2, "Service line", "08:00"), (3, "Executive team", "10:00"))
