"""Ways to split colleagues, for measures of staff. Groups of people who work here, never single ones.

Race and ethnicity, sex and language are those of patients, under codes of their own: what HR sends and what a register
of patients sends are two sources, and their readers are two lists.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from boards.catalogue import tables
from boards.catalogue.tables import DECLINED, NOT_ASKED, UNKNOWN, CategoryRow, DimensionRow

_FAMILIES: Final = (
    ("nursing", "Nursing", ("RN", "LPN", "Nursing staff")),
    ("support_of_care", "Aides and technicians", ("Nursing assistants", "PCA", "Techs")),
    ("medical", "Medical staff", ("Physicians", "Medical")),
    ("advanced_practice", "Advanced practice", ("APP", "Nurse practitioners and physician assistants")),
    ("allied_health", "Allied health and therapy", ("Allied health", "Therapy")),
    ("pharmacy_laboratory", "Pharmacy, laboratory and imaging", ("Pharmacy", "Laboratory", "Imaging")),
    ("environment_food", "Environmental and food services", ("EVS", "Food services", "Environmental services")),
    ("facilities_transport", "Facilities, supply and transport", ("Facilities", "Transport", "Supply chain")),
    ("office", "Office and information technology", ("Administration", "Clerical", "IT")),
    ("leadership", "Management", ("Managers", "Leadership")),
    ("other", "Other work", ("Other",)),
)
_CONTRACTS: Final = (
    ("full_time", "Full time", ("FT", "Full-time")),
    ("part_time", "Part time", ("PT", "Part-time")),
    ("per_diem", "Per diem or bank", ("PRN", "Per diem", "Bank")),
    ("temporary", "Temporary or agency", ("Agency", "Traveler", "Temp")),
)
_AGES: Final = (
    ("under_25", "Under 25"),
    ("25_34", "25–34"),
    ("35_44", "35–44"),
    ("45_54", "45–54"),
    ("55_64", "55–64"),
    ("65_over", "65 and over"),
)


def _rows(words: Sequence[tuple[str, str, tuple[str, ...]]]) -> list[CategoryRow]:
    return [CategoryRow(code, name, aliases=(name, *others)) for code, name, others in words]


def dimensions(*, grouping: str) -> list[DimensionRow]:
    """The ways to split colleagues. `grouping` as for patients: omb_1997, spd15 or nhs."""
    nhs = grouping == "nhs"
    race = tables.ethnic_category() if nhs else tables.race_and_ethnicity(grouping)
    ages = [CategoryRow(code, name, aliases=(name, name.replace("–", "-"))) for code, name in _AGES]
    rows = [
        DimensionRow("staff_job_family", "Job family", [*_rows(_FAMILIES), UNKNOWN]),
        DimensionRow("staff_contract", "Contract", [*_rows(_CONTRACTS), UNKNOWN]),
        replace(race, code="staff_race_ethnicity", name=f"{race.name} of staff"),
        replace(tables.sex(nhs=nhs), code="staff_sex", name="Sex of staff"),
        DimensionRow("staff_age_band", "Age of staff", [*ages, DECLINED, NOT_ASKED, UNKNOWN], ordered=True),
        replace(tables.language(), code="staff_language", name="First language of staff"),
    ]
    return [tables.unambiguous(row) for row in rows]
