"""Columns that look as if they identified patients. A board holds counts of people, never people."""

import re
from collections.abc import Collection
from typing import Final

from boards.feeds.problems import Problems
from boards.feeds.sheet import Column, Sheet

_HEADERS: Final = re.compile(
    r"(^|_)(mrn|medical_record(_(no|nr|num|number|id))?|nhs_?(no|num|number)|chi_?(no|num|number)|ssn|social_security(_\w+)?|"
    r"patient_?(id|no|nr|nbr|num|number|name|key)|pat_?(id|no|nr|name)|subject_id|person_?(id|name|key)|member_id|"
    r"encounter_?(id|no|nr|num|number)|csn|har|visit_(id|no|number)|account_(no|num|number)|"
    r"(first|last|given|family|middle|full|sur|maiden)_?name|surname|forename|"
    r"dob|date_of_birth|birth_?(date|day)|"
    r"(e_?mail|phone|mobile|telephone|street|postcode|zip|zip_?code)(_(address|no|number))?|address(_line)?(_?\d)?|"
    r"nino|national_insurance(_\w+)?|passport(_\w+)?|health_?card(_\w+)?|insurance_(id|no|number))($|_)",
)
_NAMES_OF_UNITS: Final = re.compile(r"(^|_)(unit|ward|hospital|site|facility|measure|clinic|department|org)(_|$)")
_SSN: Final = re.compile(r"\d{3}-\d{2}-\d{4}")
_NHS: Final = re.compile(r"\d{3}[ -]?\d{3}[ -]?\d{4}")
_MAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}")
_SAMPLE: Final = 500
_MANY: Final = 0.6
_FEW: Final = 3


def looks_like_identifier(name: str) -> bool:
    """Whether a column of this name would identify patients."""
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name.strip())
    plain = re.sub(r"[^a-z0-9]+", "_", snake.casefold()).strip("_")
    return bool(_HEADERS.search(plain)) and not _NAMES_OF_UNITS.search(plain)


def nhs_number(text: str) -> bool:
    """Whether ten digits carry the check digit of an NHS number (modulus 11, NHS Data Dictionary)."""
    digits = [int(sign) for sign in text if sign.isdigit()]
    if len(digits) != 10 or len(set(digits)) == 1:
        return False
    check = 11 - sum(digit * (10 - place) for place, digit in enumerate(digits[:9])) % 11
    return check % 11 == digits[9] and check != 10


def _identifies(text: str) -> bool:
    return bool(_SSN.fullmatch(text) or _MAIL.fullmatch(text) or (_NHS.fullmatch(text) and nhs_number(text)))


def holds_identifiers(column: Column) -> bool:
    """Whether most of a column's cells have the shape of an SSN, an NHS number or an e-mail address."""
    filled = [text for text in column.texts if text][:_SAMPLE]
    if len(filled) < _FEW:
        return bool(filled) and all(bool(_SSN.fullmatch(text) or _MAIL.fullmatch(text)) for text in filled)
    return sum(map(_identifies, filled)) > _MANY * len(filled)


def check_header(names: Collection[str], problems: Problems, *, dropped: Collection[str] = (), row: int = 1) -> None:
    """Refuse columns whose name says that they identify patients, but for those that a patient-level mapping drops."""
    for name in names:
        if name not in dropped and looks_like_identifier(name):
            problems.add("patient_identifier", row=row, column=name)


def check_cells(sheet: Sheet, problems: Problems) -> None:
    """Refuse columns whose cells say it."""
    for column in sheet.columns.values():
        if not looks_like_identifier(column.name) and holds_identifiers(column):
            problems.add("patient_identifier", column=column.name, row=int(sheet.rows[0]))
