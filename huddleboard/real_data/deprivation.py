"""Hospital admissions of Scotland by deprivation: health board → nation. Public Health Scotland, OGL v3.0.

The published rows of Scotland are left out: the nation is the sum of its boards. Fifths of deprivation are of the SIMD,
which is an index of Scotland's own; a fifth holds about a fifth of the people of Scotland, not of those of a board.
"""

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from boards.rules import Cadence, CategoryState, Direction, Kind, MeasureRole
from huddleboard.real_data.plans import Absent, Group, Number, Paper, Place, Plan, Way, mapping_of, rows_of, table_of
from org.rules import UnitKind

NATION: Final = "S92000003"
#: Rows without a board, and providers that belong to none of the fourteen.
OTHER: Final = "OTHER"

_ADMISSIONS_SOURCE: Final = (
    "Public Health Scotland, COVID-19 wider impacts, hospital admissions by week, health board and SIMD, to 25 June "
    "2023. Contains public sector information licensed under the OGL v3.0."
)
_STAYS_SOURCE: Final = (
    "Public Health Scotland, inpatient and daycase activity by health board and SIMD, October 2017 to December 2022. "
    "Contains public sector information licensed under the OGL v3.0."
)
_COUNTED: Final = (
    "Weeks end on Sunday and belong to the month in which they end. Context only: groups are not of one size, so more "
    "admissions are no gap. The source leaves out a fifth of a board that has fewer than 5 in a week: those count "
    "nowhere, and a 0 may be a few."
)


def _count(
    code: str, name: str, question: str, what: str, role: MeasureRole = MeasureRole.WATCH, part_of: str = ""
) -> Number:
    return Number(
        code=code,
        name=name,
        letter="D",
        question=question,
        definition=_COUNTED,
        kind=Kind.COUNT,
        direction=Direction.CONTEXT,
        cadence=Cadence.WEEKLY,
        numerator=what,
        denominator="",
        source=_ADMISSIONS_SOURCE,
        role=role,
        unit_text="",
        decimals=0,
        stratifiable=True,
        part_of=part_of,
    )


NUMBERS: Final = (
    _count(
        "admissions",
        "Admissions to hospital",
        "How many people came into hospital?",
        "admissions",
        MeasureRole.DRIVER,
    ),
    _count(
        "emergency_admissions",
        "Emergency admissions",
        "How many had to come into hospital at once?",
        "emergency admissions",
        part_of="admissions",
    ),
    _count(
        "planned_admissions",
        "Planned admissions",
        "How many came into hospital by appointment?",
        "planned admissions",
        part_of="admissions",
    ),
    Number(
        code="admissions_of_usual",
        name="Admissions against 2018–2019",
        letter="D",
        question="Do as many people of every fifth come into hospital as before the pandemic?",
        definition="Admissions of the week against the mean of the same week in 2018 and 2019, as the source gives it: "
        "100 % is as many as before. It compares fifths that are not of one size. Context only.",
        kind=Kind.RATE,
        direction=Direction.CONTEXT,
        cadence=Cadence.WEEKLY,
        numerator="admissions",
        denominator="mean of 2018 and 2019",
        source=_ADMISSIONS_SOURCE,
        unit_text="% of 2018–2019",
        stratifiable=True,
    ),
    Number(
        code="length_of_stay",
        name="Length of stay, inpatients",
        letter="D",
        question="How long do people stay?",
        definition="Days in hospital over stays that ended in the quarter, all inpatients, no day cases; crude, not "
        "adjusted for age. Context only. The source rounds numbers of stays under 11 to 0, 5 or 10; those of 0 are "
        "left out with their days.",
        kind=Kind.MEAN,
        direction=Direction.CONTEXT,
        cadence=Cadence.QUARTERLY,
        numerator="days in hospital",
        denominator="inpatient stays",
        source=_STAYS_SOURCE,
        unit_text="days",
        stratifiable=True,
    ),
)

WAYS: Final = (
    Way(
        "simd_fifth",
        "Deprivation (SIMD fifth)",
        (
            Group("1", "1 – most deprived"),
            Group("2", "2"),
            Group("3", "3"),
            Group("4", "4"),
            Group("5", "5 – least deprived"),
            Group("unknown", "Not recorded", CategoryState.UNKNOWN),
        ),
        is_ordered=True,
    ),
)


def plan(folder: Path) -> Plan:
    """The organisation as the files in `folder` describe it. Raises Absent."""
    folder = folder / "phs_admissions_simd"
    weekly = Paper(
        folder / "hospital_admissions_hb_simd_20230706.csv",
        "Weekly admissions by deprivation",
        mapping_of("deprivation"),
    )
    quarterly = Paper(
        folder / "inpatient_and_daycase_by_board_and_simd.csv",
        "Inpatient stays by deprivation",
        mapping_of("deprivation_stays"),
    )
    boards = {row["code"]: row["name"] for row in table_of("health_boards.csv")}
    boards |= {OTHER: "Other providers, or board not named"}
    sends = _sends(weekly, quarterly, set(boards))
    places = [Place(NATION, "Scotland", 3, "", UnitKind.REGION)]
    places += [Place(code, name, 2, NATION, UnitKind.REGION, sends[code]) for code, name in boards.items()]
    return Plan(
        slug="scotland-admissions",
        name="Hospital admissions of Scotland by deprivation",
        time_zone="Europe/London",
        tiers=("Hospital", "Health board", "Nation"),
        places=places,
        numbers=NUMBERS,
        papers=[weekly, quarterly],
        ways=WAYS,
    )


def _sends(weekly: Paper, quarterly: Paper, known: set[str]) -> dict[str, dict[str, bool]]:
    """Unit → measure → whether its absence is noticed: only where no week or quarter of the file is without it."""
    seen: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    kinds = {
        "All": ("admissions", "admissions_of_usual"),
        "Emergency": ("emergency_admissions",),
        "Planned": ("planned_admissions",),
    }
    for row in _rows(weekly, known, "WeekEnding", "SIMDQuintile", "AdmissionType", "NumberAdmissions"):
        for measure in kinds.get(row["AdmissionType"], ()):
            seen[row["HB"]][measure].add(row["WeekEnding"])
    for row in _rows(quarterly, known, "Quarter", "SIMD", "AdmissionType", "LocationQF", "Stays", "LengthOfStay"):
        if row["AdmissionType"] == "All Inpatients" and row["LocationQF"] and row["Stays"] != "0":
            seen[row["HB"]]["length_of_stay"].add(row["Quarter"])
    every: Mapping[str, set[str]] = {
        number.code: set().union(*(sent[number.code] for sent in seen.values())) for number in NUMBERS
    }
    return {
        unit: {measure: periods == every[measure] for measure, periods in sent.items() if periods}
        for unit, sent in seen.items()
    }


def _rows(paper: Paper, known: set[str], *columns: str) -> list[dict[str, str]]:
    """The rows of a file but for those of the nation, with the codes of units that its mapping gives."""
    codes: Mapping[str, str] = paper.mapping["unit"]["codes"]
    rows = [
        row | {"HB": codes.get(row["HB"], row["HB"])}
        for row in rows_of(paper.file, "HB", *columns)
        if row["HB"] != NATION
    ]
    if lost := sorted({row["HB"] for row in rows} - known):
        raise Absent(f"{paper.file} names health boards that are not known: {', '.join(lost)}.")
    return rows
