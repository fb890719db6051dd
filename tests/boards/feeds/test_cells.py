from datetime import date

import pytest

from boards.feeds.dates import day, period
from boards.feeds.identifiers import looks_like_identifier, nhs_number
from boards.feeds.mapping import Dates, Numbers
from boards.feeds.numbers import State, number

POINT = Numbers()
COMMA = Numbers(decimal=",", thousands=".")
ENGLISH = Numbers(decimal=".", thousands=",")


@pytest.mark.parametrize(
    ("text", "form", "expected"),
    [
        ("12", POINT, 12.0),
        ("12.5", POINT, 12.5),
        ("+7", POINT, 7.0),
        ("0", POINT, 0.0),
        ("12,5", COMMA, 12.5),
        ("1.234,5", COMMA, 1234.5),
        ("1,234", ENGLISH, 1234.0),
        ("1,234,567.25", ENGLISH, 1234567.25),
        ("1 234", Numbers(thousands=" "), 1234.0),
        ("1\u00a0234", Numbers(thousands=" "), 1234.0),
        ("12,34", ENGLISH, "ambiguous_number"),
        ("1,234", POINT, "ambiguous_number"),
        ("12,5", POINT, "ambiguous_number"),
        ("1.5", Numbers(decimal=","), "ambiguous_number"),
        ("<11", POINT, State.SUPPRESSED),
        ("< 5", POINT, State.SUPPRESSED),
        ("≤10", POINT, State.SUPPRESSED),
        ("1-10", POINT, State.SUPPRESSED),
        ("*", POINT, State.SUPPRESSED),
        ("c", POINT, State.SUPPRESSED),
        ("Suppressed", POINT, State.SUPPRESSED),
        ("hid", Numbers(suppressed=("hid",)), State.SUPPRESSED),
        ("", POINT, State.MISSING),
        ("N/A", POINT, State.MISSING),
        ("-", POINT, State.MISSING),
        ("–", POINT, State.MISSING),
        ("NULL", POINT, State.MISSING),
        ("zz", Numbers(missing=("zz",)), State.MISSING),
        ("-3", POINT, "negative"),
        ("twelve", POINT, "bad_number"),
        ("1O", POINT, "bad_number"),
        ("=A1+B1", POINT, "formula"),
        ("@SUM(A1)", POINT, "formula"),
        ("=cmd|' /C calc'!A0", POINT, "formula"),
        ("-cmd", POINT, "formula"),
        ("12%", POINT, "percent_as_count"),
        ("1E+05", POINT, "shortened_number"),
        ("9999999999999", POINT, "too_large"),
        ("1e400", POINT, "shortened_number"),
        ("٣", POINT, "bad_number"),
        ("nan", POINT, State.MISSING),
        ("inf", POINT, "bad_number"),
    ],
)
def test_number(text, form, expected):
    assert number(text, form) == expected
    assert type(number(text, form)) is type(expected)


def test_percent_where_a_value_is_expected():
    assert number("12.5 %", POINT, percent=True) == 12.5


@pytest.mark.parametrize(
    ("text", "form", "expected"),
    [
        ("2026-11-22", Dates(), date(2026, 11, 22)),
        ("20261122", Dates(), date(2026, 11, 22)),
        ("2026/11/22", Dates(), date(2026, 11, 22)),
        ("2026-11-22T23:59:59Z", Dates(), date(2026, 11, 22)),
        ("2026-11-22 00:00", Dates(), date(2026, 11, 22)),
        ("03/04/2026", Dates(), "ambiguous_date"),
        ("22/11/2026", Dates(), "ambiguous_date"),
        ("03/04/2026", Dates(order="dmy"), date(2026, 4, 3)),
        ("03/04/2026", Dates(order="mdy"), date(2026, 3, 4)),
        ("3.4.2026", Dates(order="dmy"), date(2026, 4, 3)),
        ("31/02/2026", Dates(order="dmy"), "bad_date"),
        ("2026-02-30", Dates(), "bad_date"),
        ("22 Nov 2026", Dates(pattern="%d %b %Y"), date(2026, 11, 22)),
        ("46348", Dates(), "excel_date"),
        ("46348", Dates(excel=True), date(2026, 11, 22)),
        ("1899-12-31", Dates(), "before_1900"),
        ("03/04/26", Dates(order="dmy"), "bad_date"),
        ("yesterday", Dates(), "bad_date"),
        ("", Dates(), "missing_date"),
    ],
)
def test_day(text, form, expected):
    assert day(text, form) == expected


@pytest.mark.parametrize(
    ("text", "means", "expected"),
    [
        ("2026-11-22", "day", (date(2026, 11, 22), date(2026, 11, 22))),
        ("20150222", "week_ending", (date(2015, 2, 16), date(2015, 2, 22))),
        ("2026-11-16", "week_starting", (date(2026, 11, 16), date(2026, 11, 22))),
        ("2026-W47", "week", (date(2026, 11, 16), date(2026, 11, 22))),
        ("2026-11-18", "week", (date(2026, 11, 16), date(2026, 11, 22))),
        ("2026-02", "month", (date(2026, 2, 1), date(2026, 2, 28))),
        ("201702", "month", (date(2017, 2, 1), date(2017, 2, 28))),
        ("2017-03-01", "month", (date(2017, 3, 1), date(2017, 3, 31))),
        ("2017Q4", "quarter", (date(2017, 10, 1), date(2017, 12, 31))),
        ("2026-W60", "week", "bad_date"),
        ("2026-13", "month", "bad_date"),
    ],
)
def test_period(text, means, expected):
    assert period(text, means, Dates()) == expected


@pytest.mark.parametrize(
    "name",
    [
        *(
            "MRN",
            "mrn",
            "Medical Record Number",
            "NHS Number",
            "nhs_no",
            "SSN",
            "Social Security",
            "patient_nbr",
            "PatientID",
        ),
        *(
            "Patient Name",
            "first name",
            "Surname",
            "DOB",
            "Date of Birth",
            "birthdate",
            "encounter_id",
            "Email",
            "Postcode",
        ),
        *("patient_mrn", "CHI number", "phone", "Home Address"),
    ],
)
def test_names_of_columns_that_identify_patients(name):
    assert looks_like_identifier(name)


@pytest.mark.parametrize(
    "name",
    [
        "measure",
        "unit",
        "unit_name",
        "Hospital Name",
        "numerator",
        "day",
        "patient days",
        "patients",
        "ward address",
        "race",
    ],
)
def test_names_of_columns_that_do_not(name):
    assert not looks_like_identifier(name)


def test_nhs_number_by_its_check_digit():
    assert nhs_number("943 476 5919")
    assert not nhs_number("943 476 5918")
    assert not nhs_number("1111111111")
