"""Stays of patients with diabetes in 130 US hospitals, by specialty. UCI no. 296, DOI 10.24432/C5230J, CC BY 4.0.

The data have neither dates nor hospitals. Encounters are dealt evenly to 365 days in the order of their numbers, so
that boards have something to turn over; everywhere where it shows the organisation says that the days are not real.
"""

from collections import Counter
from pathlib import Path
from typing import Final

from boards.rules import Cadence, CategoryState, Direction, Kind, MeasureRole
from huddleboard.real_data.plans import Absent, Group, Number, Paper, Place, Plan, Way, mapping_of, rows_of, table_of
from org.rules import UnitKind

TOP: Final = "DIABETES"
#: Where a specialty stands is our own choice: the data name no service lines.
LINES: Final = {
    "medicine": "Medicine",
    "primary": "Primary care",
    "emergency": "Emergency and trauma care",
    "surgery": "Surgery",
    "women_children": "Women and children",
    "mental": "Mental health",
    "diagnostics": "Diagnostics",
    "unknown": "No specialty",
}

#: In a specialty with fewer stays than two for each day, a day without one is no missing number.
DAILY_STAYS: Final = 730

_DAYS: Final = (
    "THE DAYS ARE NOT REAL: the data have no dates; encounters are dealt to 365 days in the order of their numbers."
)
_SOURCE: Final = (
    "Clore, Cios, DeShazo, Strack (2014), Diabetes 130-US Hospitals 1999-2008, UCI Machine Learning Repository, "
    "doi.org/10.24432/C5230J, CC BY 4.0. Days are not real."
)
_STAYS: Final = "inpatient stays of 1 to 14 days of patients with diabetes"

NUMBERS: Final = (
    Number(
        code="readmitted_30d",
        name="Readmitted within 30 days",
        letter="Q",
        question="Who is back within a month, and is it the same for everybody?",
        definition=f"All stays count, also those that ended with death or hospice; crude, not adjusted. {_DAYS}",
        kind=Kind.PROPORTION,
        direction=Direction.LOWER,
        cadence=Cadence.DAILY,
        numerator="stays followed by a readmission within 30 days",
        denominator=_STAYS,
        source=_SOURCE,
        role=MeasureRole.DRIVER,
        stratifiable=True,
    ),
    Number(
        code="hba1c_tested",
        name="HbA1c tested during the stay",
        letter="Q",
        question="Do we look at blood sugar over time when we have the chance?",
        definition=f"Any result of HbA1c, normal or not. {_DAYS}",
        kind=Kind.PROPORTION,
        direction=Direction.HIGHER,
        cadence=Cadence.DAILY,
        numerator="stays with a result of HbA1c",
        denominator=_STAYS,
        source=_SOURCE,
        stratifiable=True,
    ),
    Number(
        code="left_against_advice",
        name="Left against medical advice",
        letter="S",
        question="Who leaves before we say that it is safe?",
        definition=f"Discharge disposition 7. {_DAYS}",
        kind=Kind.PROPORTION,
        direction=Direction.LOWER,
        cadence=Cadence.DAILY,
        numerator="stays that the patient ended against medical advice",
        denominator=_STAYS,
        source=_SOURCE,
        stratifiable=True,
    ),
    Number(
        code="length_of_stay",
        name="Length of stay",
        letter="D",
        question="How long do people stay?",
        definition=f"Mean of whole days; the data hold stays of 1 to 14 days only. Context only. {_DAYS}",
        kind=Kind.MEAN,
        direction=Direction.CONTEXT,
        cadence=Cadence.DAILY,
        numerator="days in hospital",
        denominator=_STAYS,
        source=_SOURCE,
        unit_text="days",
        stratifiable=True,
    ),
    Number(
        code="stays",
        name="Stays",
        letter="D",
        question="How many stays are in these numbers?",
        definition=f"About 279 a day all together, since they are dealt evenly. Context only. {_DAYS}",
        kind=Kind.COUNT,
        direction=Direction.CONTEXT,
        cadence=Cadence.DAILY,
        numerator=_STAYS,
        denominator="",
        source=_SOURCE,
        unit_text="",
        decimals=0,
        stratifiable=True,
    ),
)

_UNKNOWN: Final = Group("unknown", "Not recorded", CategoryState.UNKNOWN)
#: The description of the data names some codes of payers; the others stand as they are.
_PAYERS: Final = {
    "MC": "Medicare",
    "MD": "Medicaid",
    "BC": "Blue Cross",
    "HM": "HMO",
    "SP": "Self-pay",
    "UN": "Insured, unknown by whom",
}
_OTHER_PAYERS: Final = ("CH", "CM", "CP", "DM", "FR", "MP", "OG", "OT", "PO", "SI", "WC")

WAYS: Final = (
    Way(
        "race_ethnicity",
        "Race and ethnicity",
        (
            Group("AfricanAmerican", "African American"),
            Group("Asian", "Asian"),
            Group("Caucasian", "Caucasian"),
            Group("Hispanic", "Hispanic"),
            Group("Other", "Other"),
            _UNKNOWN,
        ),
    ),
    Way("sex", "Sex", (Group("Female", "Female"), Group("Male", "Male"), _UNKNOWN)),
    Way(
        "age_band",
        "Age",
        tuple(Group(f"[{age}-{age + 10})", f"{age}–{age + 9} years") for age in range(0, 100, 10)),
        is_ordered=True,
    ),
    Way(
        "payer",
        "Payer",
        (
            *(Group(code, name) for code, name in _PAYERS.items()),
            *(Group(code, f"{code} (code not explained)") for code in _OTHER_PAYERS),
            _UNKNOWN,
        ),
    ),
)


def plan(folder: Path) -> Plan:
    """The organisation as the files in `folder` describe it. Raises Absent."""
    file = folder / "uci_diabetes_130" / "encounters_core.csv"
    mapping = mapping_of("diabetes")
    codes: dict[str, str] = mapping["unit"]["codes"]
    stays = Counter(
        codes.get(row["medical_specialty"], row["medical_specialty"]) for row in rows_of(file, "medical_specialty")
    )
    rows = table_of("specialties.csv")
    if lost := sorted(stays.keys() - {row["code"] for row in rows}):
        raise Absent(f"{file} names specialties that are not known: {', '.join(lost)}.")
    places = [Place(TOP, "130 US hospitals, diabetes – days not real", 3, "", UnitKind.EXECUTIVE)]
    places += [Place(code, name, 2, TOP, UnitKind.SERVICE_LINE) for code, name in LINES.items()]
    places += [
        Place(
            row["code"],
            row["name"],
            1,
            row["line"],
            UnitKind.INPATIENT,
            {number.code: stays[row["code"]] >= DAILY_STAYS for number in NUMBERS},
        )
        for row in rows
        if row["code"] in stays
    ]
    return Plan(
        slug="diabetes-130",
        name="130 US hospitals – dealt to days, dates are not real",
        time_zone="America/New_York",
        tiers=("Specialty", "Service line", "All hospitals"),
        places=places,
        numbers=NUMBERS,
        papers=[Paper(file, "Encounters", mapping)],
        ways=WAYS,
    )
