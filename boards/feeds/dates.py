"""Cells as days and periods. ISO always; every other way of writing has to be declared, and is refused otherwise."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from boards import rules
from boards.feeds.mapping import Dates, Means
from boards.feeds.problems import Problems
from boards.feeds.sheet import Column, Sheet

NO_DAY: Final = np.datetime64("NaT", "D")
_EXCEL_ZERO: Final = date(1899, 12, 30)
_EXCEL_DAYS: Final = range(20_000, 80_000)
_ISO: Final = re.compile(r"(\d{4})-(\d{2})-(\d{2})([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?")
_BASIC: Final = re.compile(r"(1[89]|20)\d{6}")
_PARTS: Final = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})([ T]\d{1,2}:\d{2}(:\d{2})?)?")
_YEAR_FIRST: Final = re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})")
_WEEK: Final = re.compile(r"(\d{4})-?W(\d{1,2})")
_MONTH: Final = re.compile(r"(\d{4})-?(\d{2})")
_QUARTER: Final = re.compile(r"(\d{4})-?Q([1-4])")
_FIRST_YEAR: Final = 1900

_CADENCES: Final = {"week": rules.Cadence.WEEKLY, "month": rules.Cadence.MONTHLY, "quarter": rules.Cadence.QUARTERLY}


@dataclass(frozen=True, slots=True)
class Periods:
    """First and last day of every row's period, both included; datetime64[D] (n,), NaT where it is wrong."""

    starts: NDArray[np.datetime64]
    ends: NDArray[np.datetime64]


def day(text: str, form: Dates) -> date | str:
    """The day in a cell, or the code of what is wrong with it."""
    if not text:
        return "missing_date"
    try:
        found = _day(text, form)
    except ValueError:
        return "bad_date"
    if isinstance(found, date) and found.year < _FIRST_YEAR:
        return "before_1900"
    return found


def _day(text: str, form: Dates) -> date | str:
    if form.pattern:
        return datetime.strptime(text, form.pattern).date()  # noqa: DTZ007 - a day has no zone
    if match := _ISO.fullmatch(text) or _YEAR_FIRST.fullmatch(text):
        return date(int(match[1]), int(match[2]), int(match[3]))
    if _BASIC.fullmatch(text):
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    if match := _PARTS.fullmatch(text):
        one, two, year = int(match[1]), int(match[2]), int(match[3])
        if form.order == "dmy":
            return date(year, two, one)
        if form.order == "mdy":
            return date(year, one, two)
        return "ambiguous_date"
    serial = re.fullmatch(r"(\d{5})(\.0+)?", text)
    if serial and int(serial[1]) in _EXCEL_DAYS:
        return _EXCEL_ZERO + timedelta(days=int(serial[1])) if form.excel else "excel_date"
    return "bad_date"


def period(text: str, means: Means, form: Dates) -> tuple[date, date] | str:
    """First and last day of the period that a cell names, both included, or the code of what is wrong with it."""
    named = _named(text, means)
    found = named or day(text, form)
    if isinstance(found, str):
        return found
    if means == "day":
        return found, found
    if means == "week_ending":
        return found - timedelta(days=6), found
    if means == "week_starting":
        return found, found + timedelta(days=6)
    start, end = rules.period_of(_CADENCES[means], found)
    return start, end - timedelta(days=1)


def _named(text: str, means: Means) -> date | None:
    """The first day of "2026-W47", "2026-11" or "2026Q4"; None for another way of writing."""
    try:
        if means == "week" and (match := _WEEK.fullmatch(text)):
            return date.fromisocalendar(int(match[1]), int(match[2]), 1)
        if means == "month" and (match := _MONTH.fullmatch(text)):
            return date(int(match[1]), int(match[2]), 1)
        if means == "quarter" and (match := _QUARTER.fullmatch(text)):
            return date(int(match[1]), int(match[2]) * 3 - 2, 1)
    except ValueError:
        return None
    return None


def days(sheet: Sheet, column: Column, form: Dates, problems: Problems) -> NDArray[np.datetime64]:
    """A column's days, datetime64[D] (n,), NaT where one is wrong; what is wrong goes to `problems`."""
    return periods(sheet, column, "day", form, problems).starts


def periods(sheet: Sheet, column: Column, means: Means, form: Dates, problems: Problems) -> Periods:
    """A column's periods; what is wrong goes to `problems` with its rows."""
    return _each(sheet, column, problems, lambda text: period(text, means, form))


def _each(sheet: Sheet, column: Column, problems: Problems, read: Callable[[str], tuple[date, date] | str]) -> Periods:
    found = np.full((2, len(column.texts)), NO_DAY)
    wrong: dict[int, str] = {}
    for code, text in enumerate(column.texts):
        answer = read(text)
        if isinstance(answer, str):
            wrong[code] = answer
        else:
            found[:, code] = np.array(answer, "datetime64[D]")
    problems.add_words(wrong, column.codes, column.texts, sheet.rows, column=column.name)
    return Periods(found[0, column.codes], found[1, column.codes])
