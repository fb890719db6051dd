# ruff: noqa: E501 - one bad file a line
"""Bad files, one by one, with the findings that each has to give: (code, row, column, value)."""

import codecs
import time
from typing import NamedTuple

import pytest

from boards.feeds.problems import SENTENCES, severity
from tests.boards.feeds.place import DAY, HEADER, long_file


class Bad(NamedTuple):
    name: str
    content: str | bytes
    expected: list[tuple[str, int | None, str, str]]
    kept: int = 0  # rows that could count
    settings: dict = {}


def row(top="3", bottom="4", *, unit="icu", measure="bundle", day=DAY, group=",") -> str:
    return f"{measure},{unit},{day},{group},{top},{bottom}"


GOOD = row()
VALUE_HEADER = "measure,unit,day,numerator,denominator,value"

CORPUS = [
    # the file
    Bad("nothing", b"", [("empty_file", None, "", "")]),
    Bad("blank lines and a mark", codecs.BOM_UTF8 + b"\r\n\r\n", [("empty_file", None, "", "")]),
    Bad("only a header", HEADER + "\n", [("only_header", None, "", "")]),
    Bad("a workbook", b"PK\x03\x04" + bytes(100), [("not_text", None, "", "")]),
    Bad("zeros inside", long_file(GOOD).encode() + b"\0\0\n", [("nul_bytes", None, "", "")]),
    Bad("declared encoding is wrong", b"\xff\xe9\n1\n", [("encoding_unreadable", None, "", "")], settings={"encoding": "ascii"}),
    Bad("ragged", long_file(GOOD, "bundle,icu"), [("ragged_row", 3, "", "")], kept=1),
    Bad("quote left open", long_file('bundle,"icu', GOOD), [("unclosed_quote", 2, "", 'bundle,"icu\n' + GOOD[:28])]),
    Bad("quote inside", long_file(row(unit='i"cu"')), [("stray_quote", 2, "unit", 'i"cu"'), ("unknown_unit", 2, "unit", 'i"cu"')]),
    # columns
    Bad("a column that nobody knows", "color," + HEADER + "\nred," + GOOD + "\n", [("unknown_column", 1, "color", "")], kept=1),
    Bad("columns without end", "," * 20_000 + HEADER + "\n" + GOOD + "\n", [("too_many_columns", 1, "", "")]),
    Bad("a column twice", "unit," + HEADER + "\nicu," + GOOD + "\n", [("duplicate_column", 1, "unit", ""), ("unknown_column", 1, "unit", "")], kept=1),
    Bad(
        "columns missing",
        "measure,stratifier\nbundle,\n",
        [
            ("missing_column", 1, "unit", ""),
            ("missing_column", 1, "period_start", ""),
            ("missing_column", 1, "period_end", ""),
            ("missing_column", 1, "numerator", ""),
            ("missing_column", 1, "stratum", ""),
        ],
    ),
    Bad("patients by header", "MRN," + HEADER + "\n12345," + GOOD + "\n", [("patient_identifier", 1, "MRN", "")], kept=1),
    Bad(
        "patients by cells",
        f"{HEADER},exclusions\n" + "\n".join(f"{row(day=f'2026-11-{d:02},2026-11-{d:02}')},123-45-67{d:02}" for d in range(10, 15)),
        [
            ("patient_identifier", 2, "exclusions", ""),
            *(("bad_number", d - 8, "exclusions", f"123-45-67{d}") for d in range(10, 15)),
        ],
    ),
    # words
    Bad("no such measure", long_file(row(measure="bundel"), GOOD), [("unknown_measure", 2, "measure", "bundel")], kept=1),
    Bad("no such unit", long_file(row(unit="1E+05")), [("unknown_unit", 2, "unit", "1E+05")]),
    Bad("measure and unit blank", long_file(row(measure="", unit="")), [("missing_measure", 2, "measure", ""), ("missing_unit", 2, "unit", "")]),
    Bad("leading zeros lost", long_file(row(unit="42")), [("leading_zeros", 2, "unit", "42")], kept=1),
    Bad("closed unit", long_file(row(unit="old")), [("closed_unit", 2, "unit", "")]),
    Bad("no such dimension", long_file(GOOD, row("1", "2", group="religion,none")), [("unknown_dimension", 3, "stratum", "religion")], kept=1),
    Bad("groups of single people", long_file(GOOD, row("1", "2", group="npi,1234567893")), [("single_person", 3, "stratum", "npi")], kept=1),
    Bad("group that is not mapped", long_file(GOOD, row(group="language,tlh")), [("unmapped_category", 3, "stratum", "language = tlh")], kept=2),
    Bad("grouping without group", long_file(GOOD, row(group="language,")), [("stratum_mismatch", 3, "stratum", "language = ")], kept=1),
    Bad("pairs that do not fit", long_file(GOOD, row(group="race|language,es")), [("stratum_mismatch", 3, "stratum", "race|language = es")], kept=1),
    Bad("a grouping twice", long_file(GOOD, row(group="race|race,a|b")), [("stratum_twice", 3, "stratum", "race|race = a|b")], kept=1),
    Bad(
        "groups where there are none",
        long_file(row("1", "", measure="falls"), row("1", "", measure="falls", group="language,es")),
        [("not_stratifiable", 3, "stratum", "")],
        kept=1,
    ),
    Bad("people as groups", long_file(GOOD, *(row("1", "2", group=f"language,Ann No{i}") for i in range(101))), [("too_many_groups", i + 3, "stratum", f"language = Ann No{i}") for i in range(25)], kept=1),
    # numbers
    Bad("letters", long_file(row("three", "four")), [("bad_number", 2, "numerator", "three"), ("bad_number", 2, "denominator", "four")]),
    Bad("formula", long_file(row("=1+2")), [("formula", 2, "numerator", "=1+2")]),
    Bad("negative", long_file(row("-3")), [("negative", 2, "numerator", "-3")]),
    Bad("percent", long_file(row("75%")), [("percent_as_count", 2, "numerator", "75%")]),
    Bad("shortened by a spreadsheet", long_file(row("3", "1E+05")), [("shortened_number", 2, "denominator", "1E+05")]),
    Bad("comma not declared", long_file(row('"1,234"', '"2,345"')), [("ambiguous_number", 2, "numerator", "1,234"), ("ambiguous_number", 2, "denominator", "2,345")]),
    Bad("more than all", long_file(row("5", "4")), [("numerator_above_denominator", 2, "numerator", "")]),
    Bad("half a case", long_file(row("2.5", "4")), [("not_an_integer", 2, "numerator", "")], kept=1),
    Bad("a rate alone", VALUE_HEADER + "\nbundle,icu,2026-11-20,,,75\n", [("counts_needed", 2, "value", "")]),
    Bad("no denominator", long_file(row("3", "")), [("denominator_needed", 2, "denominator", "")]),
    Bad("no numerator", long_file(row("", "4")), [("numerator_needed", 2, "numerator", "")]),
    Bad("value says something else", VALUE_HEADER + "\nbundle,icu,2026-11-20,3,4,12%\n", [("value_contradicts", 2, "value", "")]),
    Bad("nothing in the row", long_file(row("", "N/A"), GOOD), [("no_numbers", 2, "", "")], kept=1),
    Bad("too large", long_file(row("1", "99999999999999")), [("too_large", 2, "denominator", "99999999999999")]),
    # dates
    Bad("day or month first", long_file(row(day="03/04/2026,03/04/2026")), [("ambiguous_date", 2, "period_start", "03/04/2026"), ("ambiguous_date", 2, "period_end", "03/04/2026")]),
    Bad("serial days of Excel", long_file(row(day="46346,46346")), [("excel_date", 2, "period_start", "46346"), ("excel_date", 2, "period_end", "46346")]),
    Bad("no date", long_file(row(day=",2026-11-20")), [("missing_date", 2, "period_start", "")]),
    Bad("no such day", long_file(row(day="2026-11-20,2026-11-31")), [("bad_date", 2, "period_end", "2026-11-31")]),
    Bad("ends first", long_file(row(day="2026-11-20,2026-11-19")), [("end_before_start", 2, "period_end", "")]),
    Bad("not over yet", long_file(row(day="2026-11-23,2026-11-23")), [("future", 2, "period_end", "")]),
    Bad("long ago", long_file(row(day="1820-11-20,1820-11-20")), [("before_1900", 2, "period_start", "1820-11-20"), ("before_1900", 2, "period_end", "1820-11-20")]),
    Bad("two days for a daily measure", long_file(row(day="2026-11-19,2026-11-20")), [("period_length", 2, "period_end", "")]),
    Bad("six days for a week", long_file(row(measure="four_hours", day="2026-11-10,2026-11-15")), [("period_length", 2, "period_end", "")]),
    Bad("a week from Sunday on", long_file(row(measure="four_hours", day="2026-11-08,2026-11-14")), [("week_days", 2, "period_end", "")], kept=1),
    Bad("part of a month", long_file(row(measure="clabsi", day="2026-10-01,2026-10-30")), [("period_length", 2, "period_end", "")]),
    Bad("three months that are no quarter", long_file(row(measure="readmitted", day="2026-02-01,2026-04-30")), [("period_length", 2, "period_end", "")]),
    Bad("a hundred years in one file", long_file(row(day="1920-01-01,1920-01-01"), GOOD), [("too_many_months", None, "", "")], kept=2),
    # keys
    Bad("the same row twice", long_file(GOOD, GOOD), [("duplicate_same", 3, "", "")], kept=1),
    Bad("the same key, other numbers", long_file(GOOD, row("2")), [("duplicate_differs", 3, "", "")], kept=1),
    Bad("groups that do not add up", long_file(row("3", "10"), row("1", "5", group="language,en"), row("1", "5", group="language,es")), [("strata_do_not_add_up", 2, "language", "")], kept=3),
    Bad("groups without total", long_file(row(group="language,es")), [("no_total", 2, "", "")], kept=1),
    # forms
    Bad("row of totals", "org,day,n\nicu,2026-11-20,3\nGrand Total,2026-11-20,3\n", [("skipped_total", 3, "org", "")], kept=1, settings={
        "form": "wide", "unit": {"column": "org"}, "period": {"column": "day"}, "measures": [{"measure": "falls", "numerator": {"column": "n"}}],
        "totals": [{"column": "org", "equals": ["grand total"]}],
    }),
    Bad("unit to be skipped", "org,day,n\nicu,2026-11-20,3\nXX1,2026-11-20,3\n", [("skipped_unit", 3, "org", "XX1")], kept=1, settings={
        "form": "wide", "unit": {"column": "org", "unknown": "skip"}, "period": {"column": "day"}, "measures": [{"measure": "falls", "numerator": {"column": "n"}}],
    }),
    Bad("more breaches than attendances", "org,day,all,late\nicu,2026-11-20,3,4\n", [("negative", 2, "late", "")], settings={
        "form": "wide", "unit": {"column": "org"}, "period": {"column": "day"},
        "measures": [{"measure": "bundle", "numerator": {"column": "all", "minus": "late"}, "denominator": {"column": "all"}}],
    }),
    Bad("a key twice in SANER, even with the same numbers", "subject,period-start,period-end,stratifier,stratum,numerator,denominator\n" + f"icu,{DAY},,,3,4\n" * 2,
        [("duplicate", 3, "", "")], kept=1, settings={"form": "saner", "measure": "bundle"}),
    Bad("exclusions in SANER", f"subject,period-start,period-end,numerator,denominator,denominator-exclusion\nicu,{DAY},3,10,6\n",
        [("denominator_meaning", 2, "denominator", "")], kept=1, settings={"form": "saner", "measure": "bundle"}),
    Bad("code page of a desktop", b"measure,unit,period_start,period_end,stratifier,stratum,numerator,denominator\n" + f"bundle,icu,{DAY},language,Español,3,4\n".encode("cp1252"),
        [("encoding_guessed", None, "", "cp1252"), ("no_total", 2, "", ""), ("unmapped_category", 2, "stratum", "language = Español")], kept=1),
]  # fmt: skip


@pytest.mark.parametrize("bad", CORPUS, ids=lambda bad: bad.name)
def test_every_problem_is_found_at_its_place(place, bad):
    found = place.read(bad.content, **bad.settings)
    findings = [(f.code, f.row, f.column, f.value) for f in found.problems.kept()]
    assert sorted(findings, key=str) == sorted(bad.expected, key=str)
    assert found.problems.total == (101 if bad.name == "people as groups" else len(bad.expected))
    assert (0 if found.checked is None else len(found.checked)) == bad.kept


def test_every_code_stands_in_the_corpus_or_is_shown_elsewhere():
    elsewhere = {"too_big", "cell_too_long", "unnamed_column", "bad_row_left_out", "file_came_before", "fault"}
    assert {code for bad in CORPUS for code, *_ in bad.expected} | elsewhere == set(SENTENCES)


def test_all_problems_of_a_file_come_at_once(place):
    content = long_file(
        row(measure="nope"),
        row(unit="nowhere"),
        row("x"),
        row("-1"),
        row("9", "4"),
        row(day="2026-11-20,2026-11-18"),
        row(group="language,"),
        GOOD,
        row("1"),
    )
    found = place.read(content)
    assert [(f.row, f.code) for f in found.problems.kept()] == [
        (2, "unknown_measure"),
        (3, "unknown_unit"),
        (4, "bad_number"),
        (5, "negative"),
        (6, "numerator_above_denominator"),
        (7, "end_before_start"),
        (8, "stratum_mismatch"),
        (10, "duplicate_differs"),
    ]
    assert found.checked.rows.tolist() == [9]


def test_findings_are_counted_beyond_what_is_kept(place):
    found = place.read(long_file(*(row(unit=f"u{i}") for i in range(300)), *["bundle,icu,x,x,,,1,2"] * 700))
    assert found.problems.counts == {"unknown_unit": 300, "bad_date": 1400}
    assert found.problems.total == 1700
    assert [f.row for f in found.problems.kept() if f.code == "unknown_unit"] == list(range(2, 27))
    assert all(severity(f.code) == "error" for f in found.problems.kept())


@pytest.mark.parametrize(
    ("encode", "encoding"),
    [
        (lambda text: text.encode("utf-8-sig"), "utf-8"),
        (lambda text: codecs.BOM_UTF16_LE + text.encode("utf-16-le"), "utf-16-le"),
        (lambda text: codecs.BOM_UTF16_BE + text.encode("utf-16-be"), "utf-16-be"),
        (lambda text: text.replace(",", "\t").encode("utf-16-le"), "utf-16-le"),
        (lambda text: text.replace(",", ";").replace("\n", "\r\n").encode(), "utf-8"),
        (lambda text: text.replace(",", "|").encode(), "utf-8"),
    ],
)
def test_the_same_rows_in_every_dress(place, encode, encoding):
    found = place.read(encode(long_file(GOOD, row("1", "2", group="language,es"))))
    assert found.encoding == encoding
    assert found.problems.errors == 0
    assert found.checked.numerators.tolist() == [3, 1]
    assert found.checked.strata.words == ["", "language:es"]


def test_declared_decimals_and_dates(place):
    content = "measure;unit;day;numerator;denominator\nstay;icu;20.11.2026;1.234,5;250\n"
    found = place.read(content, numbers={"decimal": ",", "thousands": "."}, dates={"order": "dmy"})
    assert found.problems.total == 0
    assert found.checked.numerators.tolist() == [1234.5]
    assert found.checked.period_starts.tolist()[0].isoformat() == "2026-11-20"


def test_values_alone_where_they_are_enough(place):
    content = VALUE_HEADER + "\nwait,icu,2026-11-20,,,42.5\nstay,icu,2026-11-20,,10,4.2\nfalls,icu,2026-11-20,,,2\n"
    found = place.read(content)
    assert found.problems.total == 0
    assert found.checked.numerators.tolist() == [42.5, 42.0, 2.0]


def test_suppressed_is_never_zero_and_never_missing(place):
    found = place.read(
        long_file(row("40", "50"), row("<11", "30", group="language,es"), row("*", "*", group="language,en"))
    )
    assert found.problems.total == 0
    assert found.checked.suppressed.tolist() == [False, True, True]
    assert str(found.checked.numerators.tolist()) == "[40.0, nan, nan]"
    assert str(found.checked.denominators.tolist()) == "[50.0, 30.0, nan]"


def test_intersections_have_one_key_whatever_their_order(place):
    found = place.read(
        long_file(GOOD, row("1", "2", group="race|language,2054-5|es"), row("1", "2", group="language|race,es|2054-5"))
    )
    assert found.checked.strata.words == ["", "language:es|race:2054-5"]
    assert found.problems.counts == {"duplicate_same": 1}


def test_overlapping_groups_need_not_add_up(place):
    found = place.read(
        long_file(row("3", "9"), row("3", "9", group="disability,hearing"), row("2", "8", group="disability,vision"))
    )
    assert found.problems.total == 0


def test_a_file_in_which_every_cell_is_wrong_takes_no_longer_than_its_length(place):
    lines = [f"m{i},u{i},{i},x{i},d{i},c{i},n{i},-{i + 1}" for i in range(30_000)]
    started = time.perf_counter()
    found = place.read(long_file(*lines))
    assert time.perf_counter() - started < 20
    assert found.problems.counts == {
        **dict.fromkeys(("unknown_measure", "unknown_unit", "unknown_dimension", "bad_number", "negative"), 30_000),
        "bad_date": 60_000 - 10_000,
        "excel_date": 10_000,
    }
