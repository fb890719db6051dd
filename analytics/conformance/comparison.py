"""Ours beside theirs: every comparison of a case, how far apart they were, and what disagreed."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

Case = Mapping[str, Any]
Floats = npt.NDArray[np.float64]

_NOTHING = frozenset({"", "undefined", "na", "nan", "none", "null"})
_ENDLESS = {"inf": math.inf, "+inf": math.inf, "infinity": math.inf, "-inf": -math.inf}


class UnknownFormat(ValueError):  # noqa: N818 – it names what was found, and counts as a disagreement
    """A case asks for something that no public function is known for."""


class NotComparable(Exception):  # noqa: N818
    """A case holds no number that could be computed. The message says why."""


def number(given: object) -> float:
    """A figure of a file: null, blank or "undefined" is NaN, "inf" is infinite. Raises UnknownFormat for others."""
    if given is None:
        return math.nan
    if isinstance(given, str):
        word = given.strip().lower()
        if word in _NOTHING:
            return math.nan
        if word in _ENDLESS:
            return _ENDLESS[word]
        try:
            return float(word)
        except ValueError:
            raise UnknownFormat(f"{given!r} is no number") from None
    if isinstance(given, bool | int | float):
        return float(given)
    raise UnknownFormat(f"{given!r} is no number")


def numbers(given: Sequence[object]) -> Floats:
    """A row of figures as `number` reads each."""
    return np.array([number(each) for each in given], dtype=np.float64)


def column(rows: object, name: str) -> list[Any] | None:
    """One field of a table of records, null where a record lacks it; None where no record has it.

    Raises UnknownFormat for what is no table of records: it would pass for one without that field.
    """
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise UnknownFormat(f"a table was expected where {_short(rows)} stands")
    return [row.get(name) for row in rows] if any(name in row for row in rows) else None


def options_of(case: Case) -> dict[str, Any]:
    """The options that a case sets: one that is null is one that is not set."""
    return {name: value for name, value in (case.get("options") or {}).items() if value is not None}


def refused(case: Case) -> bool:
    """Whether the reference stops at the case: `error` stands in it, or in the place of what is expected."""
    expected = case.get("expected")
    return "error" in case or (isinstance(expected, Mapping) and "error" in expected)


@dataclass(slots=True)
class Comparison:
    """What was compared of one case. `worst`: the largest distance as a share of what its tolerance allows.

    `deviation`: that distance, `where`: of which figure; `relative`: it is a share of the expected value.
    """

    compared: int = 0
    worst: float = 0.0
    deviation: float = 0.0
    relative: bool = False
    where: str = ""
    problems: list[str] = field(default_factory=list)

    def near(
        self, what: str, ours: object, theirs: object, *, relative: float = 0.0, absolute: float | Floats = 0.0
    ) -> None:
        """Equal within `relative` of theirs or `absolute`, whichever is wider. Absent and infinite figures: the same.

        `ours`, `theirs`: numbers, or rows of them of one length; theirs as the file writes them.
        """
        expected = numbers(theirs) if isinstance(theirs, list | tuple) else np.atleast_1d(_plain(theirs))
        found = np.atleast_1d(np.asarray(ours, dtype=np.float64))
        self.compared += 1
        if found.shape != expected.shape:
            self.problems.append(f"{what}: {found.size} figures, expected {expected.size}")
            return
        finite = np.isfinite(expected) & np.isfinite(found)
        same = finite | (found == expected) | (np.isnan(found) & np.isnan(expected))
        apart = np.zeros(expected.shape)
        apart[finite] = np.abs(found[finite] - expected[finite])
        size = np.where(finite, np.abs(expected), 0.0)
        allowed = np.broadcast_to(np.maximum(relative * size, absolute), expected.shape)
        wrong = ~same | (apart > allowed)
        self._remember(what, apart, size, allowed, by_size=bool(relative))
        if wrong.any():
            at = int(np.flatnonzero(wrong)[0])
            place = f"[{at}]" if expected.size > 1 else ""
            more = f" and {int(wrong.sum()) - 1} more" if wrong.sum() > 1 else ""
            self.problems.append(f"{what}{place}: {found[at]:.12g}, expected {expected[at]:.12g}{more}")

    def same(self, what: str, ours: object, theirs: object) -> None:
        """Equal exactly: labels, counts, places, flags."""
        self.compared += 1
        if ours != theirs:
            self.problems.append(f"{what}: {_short(ours)}, expected {_short(theirs)}")

    def holds(self, what: str, fulfilled: bool) -> None:
        """A property that has to be so."""
        self.compared += 1
        if not fulfilled:
            self.problems.append(what)

    def _remember(self, what: str, apart: Floats, size: Floats, allowed: Floats, *, by_size: bool) -> None:
        with np.errstate(divide="ignore", invalid="ignore"):
            shares = np.where(apart > 0, apart / allowed, 0.0)
        at = int(np.argmax(shares))
        if shares[at] > self.worst:
            self.worst, self.where = float(shares[at]), what
            self.relative = by_size and size[at] > 0
            self.deviation = float(apart[at] / size[at]) if self.relative else float(apart[at])


def _plain(given: object) -> Floats:
    return given if isinstance(given, np.ndarray) else np.asarray(number(given))


def _short(given: object) -> str:
    words = repr(given)
    return words if len(words) <= 160 else f"{words[:157]}..."
