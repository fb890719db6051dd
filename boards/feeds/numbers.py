"""Cells as counts: what is a number, what is missing, what the source itself hid, what is wrong."""

import re
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from boards.feeds.mapping import Numbers
from boards.feeds.problems import Problems
from boards.feeds.sheet import Column, Sheet

LARGEST: Final = 1e12
_PLAIN: Final = re.compile(r"[0-9]+(\.[0-9]+)?")
_WHOLE: Final = re.compile(r"[+-]?[0-9]*")
_SIGNED: Final = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)")
_SCIENTIFIC: Final = re.compile(r"[+-]?[0-9]+([.,][0-9]*)?[eE][+-]?[0-9]+")
_SMALL: Final = re.compile(r"(<|≤|<=|&lt;)\s*\d+|\d+\s*[-–]\s*\d+|under \d+", re.IGNORECASE)
_FORMULA: Final = re.compile(r"[=@]|[+-]\s*[A-Za-z(]|\t|\r")
_SUPPRESSED: Final = frozenset({"*", "**", "***", "c", "[c]", "(c)", "s", "suppressed", "suppr.", "masked", "hidden"})
_MISSING: Final = frozenset(
    {
        "",
        "n/a",
        "na",
        "#n/a",
        "#null!",
        "#div/0!",
        "null",
        "none",
        "nan",
        "nd",
        "missing",
        "-",
        "--",
        "–",
        "—",
        ".",
        "..",
        ":",
    }
)


class State(IntEnum):
    """What a cell of numbers holds."""

    NUMBER = 0
    MISSING = 1
    SUPPRESSED = 2
    WRONG = 3


@dataclass(frozen=True, slots=True)
class Cells:
    """A column of numbers: values (n,) with NaN where there is none, and a `State` for each (n,)."""

    values: NDArray[np.float64]
    states: NDArray[np.int8]

    @property
    def suppressed(self) -> NDArray[np.bool_]:
        """Where the source hid the number."""
        return self.states == State.SUPPRESSED

    @property
    def wrong(self) -> NDArray[np.bool_]:
        """Where the cell is no number, with a finding."""
        return self.states == State.WRONG


def number(text: str, form: Numbers, *, percent: bool = False) -> float | State | str:
    """The number in a cell, a `State`, or the code of what is wrong with it."""
    if _PLAIN.fullmatch(text) and form.decimal != "," and form.thousands != ".":
        value = float(text)
        return value if value <= LARGEST else "too_large"
    lower = text.casefold()
    if lower in _MISSING or lower in form.missing:
        return State.MISSING
    if lower in _SUPPRESSED or lower in form.suppressed or _SMALL.fullmatch(text):
        return State.SUPPRESSED
    if _FORMULA.match(text):
        return "formula"
    if text.endswith("%"):
        return number(text[:-1].strip(), form) if percent else "percent_as_count"
    if _SCIENTIFIC.fullmatch(text):
        return "shortened_number"
    plain = _without_marks(text, form)
    if plain is None:
        return "ambiguous_number" if re.fullmatch(r"[+-]?[0-9.,' \u00a0\u202f]*[0-9]", text) else "bad_number"
    value = float(plain)
    if value < 0:
        return "negative"
    return value if value <= LARGEST else "too_large"


def _without_marks(text: str, form: Numbers) -> str | None:
    """The number with a point as its only mark, or None when its marks are not those that were declared."""
    decimal = form.decimal or "."
    for space in ("\u00a0", "\u202f", "\u2009"):
        text = text.replace(space, " ")
    whole, mark, fraction = text.partition(decimal)
    if form.thousands and form.thousands in whole:
        groups = whole.split(form.thousands)
        if not re.fullmatch(r"[+-]?[0-9]{1,3}", groups[0]) or any(not re.fullmatch(r"[0-9]{3}", g) for g in groups[1:]):
            return None
        whole = "".join(groups)
    plain = f"{whole}.{fraction}" if mark else whole
    return plain if _WHOLE.fullmatch(whole) and _SIGNED.fullmatch(plain) else None


def numbers(sheet: Sheet, column: Column, form: Numbers, problems: Problems, *, percent: bool = False) -> Cells:
    """A column's numbers; what is wrong goes to `problems` with its rows."""
    values = np.full(len(column.texts), np.nan)
    states = np.zeros(len(column.texts), np.int8)
    wrong: dict[int, str] = {}
    for code, text in enumerate(column.texts):
        found = number(text, form, percent=percent)
        if isinstance(found, str):
            states[code] = State.WRONG
            wrong[code] = found
        elif isinstance(found, State):
            states[code] = found
        else:
            values[code] = found
    problems.add_words(wrong, column.codes, column.texts, sheet.rows, column=column.name)
    return Cells(values[column.codes], states[column.codes])


def none(count: int) -> Cells:
    """A column that the file does not have."""
    return Cells(np.full(count, np.nan), np.full(count, State.MISSING, np.int8))
