"""The two long forms: our simple one, and the canonical CSV of SANER (HL7/fhir-saner, CSV_Conversion)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from boards.feeds import facts
from boards.feeds.dates import Periods, days, periods
from boards.feeds.facts import Facts, Labels, Pairs
from boards.feeds.mapping import Recipe
from boards.feeds.numbers import Cells, State, none, numbers
from boards.feeds.problems import Problems
from boards.feeds.sheet import Column, Sheet

LONG_COLUMNS: Final = (
    "measure",
    "unit",
    "period_start",
    "period_end",
    "stratifier",
    "stratum",
    "numerator",
    "denominator",
    "value",
    "exclusions",
    "day",
)
_LONG_SYNONYMS: Final = {"metric": "measure", "score": "value"}
_SANER_COLUMNS: Final = (
    *("measure", "unit", "reporter", "period_start", "period_end", "period", "stratifier", "stratum", "value"),
    *("numerator", "denominator", "initial_population", "numerator_exclusion"),
    *("denominator_exclusion", "denominator_exception"),
)
_SANER_SYNONYMS: Final = {"subject": "unit", "score": "value", "measure_score": "value", "measurescore": "value"}
_CLOSE: Final = 0.005


@dataclass(frozen=True, slots=True)
class Headings:
    """Which column of the file is which of ours; `unknown` are those that nobody knows."""

    columns: Mapping[str, str]
    unknown: tuple[str, ...]


def headings(names: list[str], recipe: Recipe) -> Headings:
    """Find the columns of a long form by name. Capitals, spaces and hyphens do not matter."""
    saner = recipe.form == "saner"
    known = _SANER_COLUMNS if saner else LONG_COLUMNS
    synonyms = _SANER_SYNONYMS if saner else _LONG_SYNONYMS
    found: dict[str, str] = {}
    unknown = []
    for name in names:
        plain = re.sub(r"[^a-z0-9]+", "_", recipe.rename.get(name, name).casefold()).strip("_")
        plain = synonyms.get(plain, plain)
        if name in recipe.ignore:
            continue
        if plain in known and plain not in found:
            found[plain] = name
        elif not recipe.ignore_others:
            unknown.append(name)
    return Headings(found, tuple(unknown))


def missing_columns(found: Headings, recipe: Recipe) -> list[str]:
    """Columns without which the file cannot be read."""
    has = found.columns
    needed = []
    if "measure" not in has and not recipe.measure:
        needed.append("measure")
    if not {"unit", "reporter"} & has.keys() and not recipe.unit.constant:
        needed.append("unit")
    if not {"day", "period"} & has.keys():
        needed += [name for name in ("period_start", "period_end") if name not in has]
    if not {"numerator", "value"} & has.keys():
        needed.append("numerator")
    if ("stratifier" in has) != ("stratum" in has):
        needed.append("stratum" if "stratifier" in has else "stratifier")
    return needed


def read(sheet: Sheet, recipe: Recipe, found: Headings, problems: Problems) -> Facts:
    """The rows of a long file as facts. `found` names every column that the form needs."""
    reader = _Reader(sheet, recipe, found, problems)
    numerators, denominators = reader.counts("numerator"), reader.counts("denominator")
    values = reader.counts("value", percent=True)
    if recipe.form == "saner":
        numerators, denominators = _net(reader, numerators, denominators, values)
    else:
        reader.counts("exclusions")
    span = reader.periods()
    return Facts(
        rows=sheet.rows,
        units=reader.labels("unit" if "unit" in found.columns else "reporter", recipe.unit.constant),
        measures=reader.labels("measure", recipe.measure),
        periods=span,
        strata=reader.strata(),
        numerators=numerators,
        denominators=denominators,
        values=values,
        good=~(np.isnat(span.starts) | np.isnat(span.ends) | reader.wrong),
        once=recipe.form == "saner",
        skip_units=recipe.unit.unknown == "skip",
    )


class _Reader:
    def __init__(self, sheet: Sheet, recipe: Recipe, found: Headings, problems: Problems) -> None:
        self._sheet = sheet
        self._recipe = recipe
        self._columns = {ours: sheet.columns[theirs] for ours, theirs in found.columns.items()}
        self._problems = problems
        self.wrong: NDArray[np.bool_] = np.zeros(len(sheet), bool)

    def counts(self, name: str, *, percent: bool = False) -> Cells:
        column = self._columns.get(name)
        if column is None:
            return none(len(self._sheet))
        cells = numbers(self._sheet, column, self._recipe.numbers, self._problems, percent=percent)
        self.wrong |= cells.wrong
        return cells

    def labels(self, name: str, fixed: str) -> Labels[str]:
        column = self._columns.get(name)
        if column is None or (fixed and name == "unit"):
            return facts.constant(fixed, len(self._sheet), name)
        codes = self._recipe.unit.codes if name in {"unit", "reporter"} else {}
        return Labels(column.codes, [codes.get(text, text) for text in column.texts], column.name)

    def note_exclusions(self, mine: NDArray[np.bool_]) -> None:
        if mine.any():
            first = int(self._sheet.rows[mine][0])
            self._problems.add("denominator_meaning", row=first, column="denominator", times=int(mine.sum()))

    def periods(self) -> Periods:
        dates = self._recipe.dates
        if "day" in self._columns:
            return periods(self._sheet, self._columns["day"], self._recipe.period.means, dates, self._problems)
        if "period" in self._columns:
            return self._intervals(self._columns["period"])
        start, end = self._columns["period_start"], self._columns["period_end"]
        return Periods(days(self._sheet, start, dates, self._problems), days(self._sheet, end, dates, self._problems))

    def _intervals(self, column: Column) -> Periods:
        """SANER's one column "start/end", or one day."""
        halves = [text.partition("/") for text in column.texts]
        starts = Column(column.name, column.codes, [one.strip() for one, _, _ in halves])
        ends = Column(column.name, column.codes, [(two or one).strip() for one, _, two in halves])
        dates = self._recipe.dates
        return Periods(days(self._sheet, starts, dates, self._problems), days(self._sheet, ends, dates, self._problems))

    def strata(self) -> Labels[Pairs]:
        if "stratum" not in self._columns:
            return facts.constant((), len(self._sheet), "stratum")
        ways, groups = self._columns["stratifier"], self._columns["stratum"]
        codes, pairs = facts.combine(ways.codes, len(ways.texts), groups.codes, len(groups.texts))
        words: list[Pairs] = []
        written: list[str] = []
        wrong: dict[int, str] = {}
        for code, pair in enumerate(pairs.tolist()):
            way, group = ways.texts[pair // len(groups.texts)], groups.texts[pair % len(groups.texts)]
            named = _pairs(way, group)
            written.append(f"{way} = {group}")
            if isinstance(named, str):
                wrong[code] = named
                named = ()
            words.append(named)
        self._problems.add_words(wrong, codes, written, self._sheet.rows, column=groups.name)
        if wrong:
            self.wrong |= np.isin(codes, list(wrong))
        return Labels(codes, words, groups.name)


def _pairs(way: str, group: str) -> Pairs | str:
    """("race|language", "2054-5|es") as pairs, or the code of what is wrong."""
    if not way and not group:
        return ()
    ways, groups = [p.strip() for p in way.split("|")], [p.strip() for p in group.split("|")]
    if len(ways) != len(groups) or not all(ways) or not all(groups):
        return "stratum_mismatch"
    if len(set(ways)) != len(ways):
        return "stratum_twice"
    return tuple(zip(ways, groups, strict=True))


def _net(reader: _Reader, numerators: Cells, denominators: Cells, scores: Cells) -> tuple[Cells, Cells]:
    """Counts without exclusions. FHIR's denominator still holds them, some engines' does not: the initial population
    (= denominator + exclusions) or the score tells; otherwise FHIR's word holds. See docs/feeds.md.
    """
    taken_out = [reader.counts(name) for name in ("denominator_exclusion", "denominator_exception")]
    excluded = np.nansum([cells.values for cells in taken_out], axis=0)
    less = np.nan_to_num(reader.counts("numerator_exclusion").values)
    population = reader.counts("initial_population").values
    given = denominators.values
    with np.errstate(divide="ignore", invalid="ignore"):
        top = numerators.values - less
        score = np.where(scores.values > 1, scores.values / 100, scores.values)
        by_score = np.abs(top / given - score) < _CLOSE
        by_score &= ~(np.abs(top / (given - excluded) - score) < _CLOSE)
    net = (excluded > 0) & ((population == given + excluded) | by_score)
    reader.note_exclusions((excluded > 0) & ~net & ~np.isnan(given))
    bottom = np.where(net, given, given - excluded)
    states = denominators.states.copy()
    for cells in taken_out:
        states[cells.states == State.SUPPRESSED] = State.SUPPRESSED
    return Cells(top, numerators.states), Cells(np.where(states == State.NUMBER, bottom, np.nan), states)
