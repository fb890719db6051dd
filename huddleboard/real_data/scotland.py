"""Weekly emergency departments of Scotland: hospital → health board → nation. Public Health Scotland, OGL v3.0."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

from boards.rules import Cadence, Direction, Kind, MeasureRole
from huddleboard.real_data.plans import Absent, Number, Paper, Place, Plan, mapping_of, rows_of
from org.rules import UnitKind

NATION: Final = "S92000003"
#: A hospital that sends nothing for a year before the end of the file is closed.
SILENT_DAYS: Final = 365

_SOURCE: Final = (
    "Public Health Scotland, weekly A&E activity and waiting times, to 25 June 2023. "
    "Contains public sector information licensed under the OGL v3.0."
)
_ATTENDANCES: Final = "attendances in the week that ends on Sunday"

NUMBERS: Final = (
    Number(
        code="ae_within_4h",
        name="Seen through within 4 hours",
        letter="D",
        question="Do people leave the emergency department within four hours?",
        definition="National standard of 95 %: admitted, transferred or discharged within four hours of arrival.",
        kind=Kind.PROPORTION,
        direction=Direction.HIGHER,
        cadence=Cadence.WEEKLY,
        numerator="attendances admitted, transferred or discharged within 4 hours",
        denominator=_ATTENDANCES,
        source=_SOURCE,
        role=MeasureRole.DRIVER,
        target=95.0,
    ),
    Number(
        code="ae_attendances",
        name="Attendances",
        letter="D",
        question="How many people came?",
        definition="New and unplanned return attendances at emergency departments. Context only.",
        kind=Kind.COUNT,
        direction=Direction.CONTEXT,
        cadence=Cadence.WEEKLY,
        numerator=_ATTENDANCES,
        denominator="",
        source=_SOURCE,
        unit_text="",
        decimals=0,
    ),
    Number(
        code="ae_over_8h",
        name="More than 8 hours in the department",
        letter="Q",
        question="How many wait far too long?",
        definition="Part of those over four hours. No target is published for it.",
        kind=Kind.PROPORTION,
        direction=Direction.LOWER,
        cadence=Cadence.WEEKLY,
        numerator="attendances of more than 8 hours",
        denominator=_ATTENDANCES,
        source=_SOURCE,
    ),
    Number(
        code="ae_over_12h",
        name="More than 12 hours in the department",
        letter="S",
        question="How many wait so long that it harms?",
        definition="Part of those over eight hours. No target is published for it.",
        kind=Kind.PROPORTION,
        direction=Direction.LOWER,
        cadence=Cadence.WEEKLY,
        numerator="attendances of more than 12 hours",
        denominator=_ATTENDANCES,
        source=_SOURCE,
    ),
)


def plan(folder: Path) -> Plan:
    """The organisation as the files in `folder` describe it. Raises Absent.

    Codes of health boards changed over the years: a hospital belongs to the board that hospitals.csv names.
    """
    folder = folder / "phs_ae_weekly"
    file = folder / "weekly_ae_activity_20230625.csv"
    weeks: dict[str, list[date]] = defaultdict(list)
    for row in rows_of(file, "TreatmentLocation", "WeekEndingDate"):
        weeks[row["TreatmentLocation"]].append(_day(row["WeekEndingDate"]))
    hospitals = {row["Location"]: row for row in rows_of(folder / "hospitals.csv", "Location", "LocationName", "HB")}
    boards = {row["code"]: row["name"] for row in rows_of(folder / "health_boards.csv", "code", "name")}
    if lost := sorted(set(weeks) - hospitals.keys()):
        raise Absent(f"hospitals.csv does not know {', '.join(lost)}.")
    used = sorted({hospitals[code]["HB"] for code in weeks}, key=lambda code: boards[code])
    last = max(max(days) for days in weeks.values())
    places = [Place(NATION, "Scotland", 3, "", UnitKind.REGION)]
    places += [Place(code, f"NHS {boards[code]}", 2, NATION, UnitKind.REGION) for code in used]
    places += [
        _hospital(code, hospitals[code], weeks[code], last)
        for code in sorted(weeks, key=lambda code: hospitals[code]["LocationName"])
    ]
    return Plan(
        slug="scotland-ae",
        name="Emergency departments of Scotland, weekly",
        time_zone="Europe/London",
        tiers=("Hospital", "Health board", "Nation"),
        places=places,
        numbers=NUMBERS,
        papers=[Paper(file, "Weekly A&E activity", mapping_of("scotland"))],
    )


def _day(text: str) -> date:
    return datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007 - a calendar day


def _hospital(code: str, row: dict[str, str], weeks: list[date], last: date) -> Place:
    ended = max(weeks) if (last - max(weeks)).days > SILENT_DAYS else None
    return Place(
        code,
        row["LocationName"],
        1,
        row["HB"],
        UnitKind.EMERGENCY,
        {number.code: True for number in NUMBERS},
        ended + timedelta(days=1) if ended else None,
    )
