"""Wide files, and files of single rows that are counted: by the recipe of a saved mapping."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from boards.feeds import facts
from boards.feeds.dates import Periods, periods
from boards.feeds.facts import Facts, Labels, Pairs
from boards.feeds.mapping import Count, Deal, Filter, Recipe, WideMeasure
from boards.feeds.numbers import Cells, State, none, numbers
from boards.feeds.problems import Problems
from boards.feeds.sheet import Column, Sheet

_UNKNOWN = "unknown"


def needed_columns(recipe: Recipe) -> list[str]:
    """The columns that the recipe speaks of, in its order."""
    counts = [c for m in recipe.measures for c in (m.numerator, m.denominator) if c is not None]
    filters: list[Filter] = [
        *recipe.filters,
        *recipe.totals,
        *chain.from_iterable(m.filters for m in recipe.measures),
        *chain.from_iterable(c.where for c in counts),
    ]
    names = [
        recipe.unit.column,
        recipe.period.column,
        recipe.period.deal.order_by if recipe.period.deal else "",
        *(s.column for s in recipe.strata),
        *(f.column for f in filters),
        *(c.column for c in counts),
        *(c.minus for c in counts),
    ]
    return list(dict.fromkeys(name for name in names if name))


def shown_columns(recipe: Recipe) -> set[str]:
    """The columns whose words end up on boards: units and groups."""
    return {recipe.unit.column, *(stratum.column for stratum in recipe.strata)}


def unknown_columns(names: Collection[str], recipe: Recipe) -> list[str]:
    """Columns that the recipe neither uses nor ignores."""
    if recipe.ignore_others:
        return []
    known = {*needed_columns(recipe), *recipe.ignore}
    return [name for name in names if name not in known]


def read(sheet: Sheet, recipe: Recipe, problems: Problems) -> Facts:
    """The rows of a wide file as facts; where the recipe adds up, many rows become one fact."""
    reader = _Reader(_counted_rows(sheet, recipe, problems), recipe, problems)
    return facts.join([reader.measure(one) for one in recipe.measures])


def _match(sheet: Sheet, one: Filter) -> NDArray[np.bool_]:
    equals, unlike = ({w.casefold() for w in words} for words in (one.equals, one.unlike))
    return sheet.columns[one.column].where(
        lambda text: (not equals or text.casefold() in equals) and text.casefold() not in unlike
    )


def _relabeled(column: Column, words: Sequence[str]) -> Labels[str]:
    """A column under other words, one for each of its texts: texts that mean the same word become one."""
    distinct = {word: i for i, word in enumerate(dict.fromkeys(words))}
    again = np.array([distinct[word] for word in words], np.int32)
    return Labels(again[column.codes], list(distinct), column.name)


def _all(sheet: Sheet, filters: Sequence[Filter]) -> NDArray[np.bool_]:
    mask = np.ones(len(sheet), bool)
    for one in filters:
        mask &= _match(sheet, one)
    return mask


def _counted_rows(sheet: Sheet, recipe: Recipe, problems: Problems) -> Sheet:
    """The rows that the recipe's filters let through, without rows of totals."""
    mask = _all(sheet, recipe.filters)
    for one in recipe.totals:
        totals = _match(sheet, one) & mask
        problems.add_rows("skipped_total", sheet.rows[totals], column=one.column)
        mask &= ~totals
    columns = {name: replace(column, codes=column.codes[mask]) for name, column in sheet.columns.items()}
    return Sheet(columns, sheet.rows[mask], sheet.delimiter)


class _Reader:
    def __init__(self, sheet: Sheet, recipe: Recipe, problems: Problems) -> None:
        self._sheet = sheet
        self._recipe = recipe
        self._problems = problems
        self._cells: dict[str, Cells] = {}
        self._units = self._unit_labels()
        self._periods = self._read_periods()
        self._strata = [self._stratum_labels(i) for i in range(len(recipe.strata))]

    def _unit_labels(self) -> Labels[str]:
        unit = self._recipe.unit
        if not unit.column:
            return facts.constant(unit.constant, len(self._sheet), "unit")
        column = self._sheet.columns[unit.column]
        return _relabeled(column, [unit.codes.get(text, text) for text in column.texts])

    def _read_periods(self) -> Periods:
        period = self._recipe.period
        if period.deal is not None:
            return self._dealt(period.deal)
        column = self._sheet.columns[period.column]
        return periods(self._sheet, column, period.means, self._recipe.dates, self._problems)

    def _dealt(self, deal: Deal) -> Periods:
        first, last = np.datetime64(date.fromisoformat(deal.first)), np.datetime64(date.fromisoformat(deal.last))
        count = int((last - first).astype(int)) + 1
        order = np.arange(len(self._sheet))
        if deal.order_by:
            order = np.argsort(self._numbers(deal.order_by).values, kind="stable")
        place = np.empty(len(order), np.int64)
        place[order] = np.arange(len(order))
        days = first + (place * count // max(1, len(order))).astype("timedelta64[D]")
        return Periods(days.astype("datetime64[D]"), days.astype("datetime64[D]"))

    def _stratum_labels(self, index: int) -> Labels[str]:
        stratum = self._recipe.strata[index]
        column = self._sheet.columns[stratum.column]
        values = {word.casefold(): code for word, code in stratum.values.items()}
        words = [values.get(text.casefold(), text or _UNKNOWN) for text in column.texts]
        return _relabeled(column, words)

    def _numbers(self, name: str) -> Cells:
        if name not in self._cells:
            self._cells[name] = numbers(self._sheet, self._sheet.columns[name], self._recipe.numbers, self._problems)
        return self._cells[name]

    def _count(self, count: Count | None) -> Cells:
        if count is None:
            return none(len(self._sheet))
        if count.rows:
            return Cells(_all(self._sheet, count.where).astype(np.float64), np.zeros(len(self._sheet), np.int8))
        cells = self._numbers(count.column)
        if count.minus:
            other = self._numbers(count.minus)
            values = cells.values - other.values
            below = values < 0
            self._problems.add_rows("negative", self._sheet.rows[below], column=count.minus)
            states = np.maximum(np.maximum(cells.states, other.states), np.where(below, State.WRONG, 0)).astype(np.int8)
            cells = Cells(values, states)
        if count.where:
            mine = _all(self._sheet, count.where)
            cells = Cells(np.where(mine, cells.values, 0.0), np.where(mine, cells.states, 0).astype(np.int8))
        return cells

    def measure(self, one: WideMeasure) -> Facts:
        mine = _all(self._sheet, one.filters)
        top, bottom = self._count(one.numerator), self._count(one.denominator)
        good = ~(top.wrong | bottom.wrong | np.isnat(self._periods.starts))
        whole = Facts(
            rows=self._sheet.rows,
            units=self._units,
            measures=facts.constant(one.measure, len(self._sheet), "measure"),
            periods=self._periods,
            strata=facts.constant((), len(self._sheet)),
            numerators=top,
            denominators=bottom,
            values=none(len(self._sheet)),
            good=good,
            skip_units=self._recipe.unit.unknown == "skip",
        )
        if not self._recipe.adds_up:
            return _taken(replace(whole, strata=self._combined(range(len(self._strata)))), mine)
        names = [s.dimension for s in self._recipe.strata]
        wanted: list[tuple[int, ...]] = [(), *((i,) for i in range(len(names)))]
        wanted += [tuple(names.index(name) for name in together) for together in self._recipe.intersections]
        return facts.join([_summed(_taken(replace(whole, strata=self._combined(w)), mine & good)) for w in wanted])

    def _combined(self, which: Sequence[int]) -> Labels[Pairs]:
        codes = np.zeros(len(self._sheet), np.int32)
        words: list[Pairs] = [()]
        for index in which:
            labels, dimension = self._strata[index], self._recipe.strata[index].dimension
            codes, pairs = facts.combine(codes, len(words), labels.codes, len(labels.words))
            before, words = words, []
            for pair in pairs.tolist():
                word = labels.words[pair % len(labels.words)]
                words.append((*before[pair // len(labels.words)], *(((dimension, word),) if word else ())))
        return Labels(codes, words, ", ".join(self._strata[i].column for i in which))


def _taken(whole: Facts, mask: NDArray[np.bool_]) -> Facts:
    def some(cells: Cells) -> Cells:
        return Cells(cells.values[mask], cells.states[mask])

    return replace(
        whole,
        rows=whole.rows[mask],
        units=whole.units.taken(mask),
        measures=whole.measures.taken(mask),
        periods=Periods(whole.periods.starts[mask], whole.periods.ends[mask]),
        strata=whole.strata.taken(mask),
        numerators=some(whole.numerators),
        denominators=some(whole.denominators),
        values=some(whole.values),
        good=whole.good[mask],
    )


def _summed(parts: Facts) -> Facts:
    """One fact per unit, period and group, with the sums; `rows` is the first that went in."""
    starts, days = np.unique(parts.periods.starts, return_inverse=True)
    groups, pairs = facts.combine(
        parts.units.codes, len(parts.units.words), parts.strata.codes, len(parts.strata.words)
    )
    groups, found = facts.combine(groups, max(1, len(pairs)), days.reshape(-1), max(1, len(starts)))
    first = np.full(len(found), len(groups), np.int64)
    np.minimum.at(first, groups, np.arange(len(groups)))

    def total(cells: Cells) -> Cells:
        sums = np.bincount(groups, np.nan_to_num(cells.values), len(found))
        counted = np.bincount(groups, cells.states == State.NUMBER, len(found)) > 0
        hidden = np.bincount(groups, cells.suppressed, len(found)) > 0
        states = np.where(hidden, State.SUPPRESSED, np.where(counted, State.NUMBER, State.MISSING)).astype(np.int8)
        return Cells(np.where(states == State.NUMBER, sums, np.nan), states)

    heads = _taken(parts, first)  # type: ignore[arg-type]
    return replace(heads, numerators=total(parts.numerators), denominators=total(parts.denominators))
