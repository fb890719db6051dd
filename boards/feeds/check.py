"""Facts against what the organisation knows: words become ids, counts and periods are judged, doubles are found."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from boards import rules
from boards.feeds.facts import Facts, Labels, Pairs, combine
from boards.feeds.numbers import State
from boards.feeds.problems import Problems, severity
from boards.feeds.vocabulary import KnownDimension, KnownMeasure, NewCategory, Vocabulary
from boards.single_people import names_one_person

_MOST_MONTHS: Final = 600
_MOST_NEW_WORDS: Final = 100
_CLOSE: Final = 1e-6
_VALUE_CLOSE: Final = 0.011
_WEEK: Final = 7
_SUNDAY: Final = 6
#: Kinds whose number is one value, kept as the numerator.
_SINGLE: Final = frozenset({rules.Kind.COUNT, rules.Kind.MEDIAN, rules.Kind.DAYS_SINCE})
_MEANS: Final = frozenset({rules.Kind.MEAN, rules.Kind.MINUTES})
_COUNTED: Final = frozenset({rules.Kind.PROPORTION, rules.Kind.COUNT, rules.Kind.RATE})


@dataclass(frozen=True, slots=True)
class Checked:
    """Rows that may count; arrays (n,). `period_ends` is exclusive, `strata` canonical keys, NaN "nothing sent"."""

    rows: NDArray[np.int32]
    unit_ids: NDArray[np.int32]
    measure_ids: NDArray[np.int32]
    period_starts: NDArray[np.datetime64]
    period_ends: NDArray[np.datetime64]
    strata: Labels[str]
    numerators: NDArray[np.float64]
    denominators: NDArray[np.float64]
    suppressed: NDArray[np.bool_]
    new_categories: tuple[NewCategory, ...]

    def __len__(self) -> int:
        return len(self.rows)


def check(facts: Facts, vocabulary: Vocabulary, today: date, problems: Problems) -> Checked:
    """The facts without finding of error; every finding goes to `problems`. `today` is the organisation's."""
    checker = _Checker(facts, vocabulary, problems)
    checker.words()
    checker.counts()
    checker.span(np.datetime64(today, "D"))
    checker.doubles()
    checker.sums()
    return checker.checked()


class _Checker:
    def __init__(self, facts: Facts, vocabulary: Vocabulary, problems: Problems) -> None:
        self._facts = facts
        self._vocabulary = vocabulary
        self._problems = problems
        self._keep: NDArray[np.bool_] = facts.good.copy()
        self._judged: NDArray[np.bool_] = np.ones(len(facts), bool)
        self._new: dict[tuple[int, str], NewCategory] = {}
        self._numerators = facts.numerators.values.copy()
        self._denominators = facts.denominators.values.copy()
        self._suppressed = facts.numerators.suppressed | facts.denominators.suppressed | facts.values.suppressed

    def _found(self, code: str, mask: NDArray[np.bool_], column: str = "", value: str = "") -> None:
        """Note a finding in the rows of `mask`, whatever else is wrong with them; an error leaves them out."""
        mine = mask & self._judged
        if mine.any():
            self._problems.add_rows(code, self._facts.rows[mine], column=column, value=value)
            if severity(code) == "error":
                self._keep &= ~mine

    def _each(self, labels: Labels[str], judge: Callable[[str], str]) -> None:
        """Note what `judge` says of each distinct word, in all rows that hold it."""
        findings = {code: finding for code, word in enumerate(labels.words) if (finding := judge(word))}
        self._found_words(findings, labels.codes, labels.words, labels.column)

    def _found_words(
        self, findings: dict[int, str], codes: NDArray[np.int32], words: Sequence[str], column: str
    ) -> None:
        """Note findings about words in all rows that hold them; those of error leave their rows out."""
        rows = np.flatnonzero(self._judged)
        self._problems.add_words(findings, codes[rows], words, self._facts.rows[rows], column=column)
        wrong = [code for code, finding in findings.items() if severity(finding) == "error"]
        if wrong:
            self._keep &= ~np.isin(codes, wrong)

    # words

    def words(self) -> None:
        facts, known = self._facts, self._vocabulary
        self._measures = [known.measures.get(word.casefold()) for word in facts.measures.words]
        self._units = [known.units.get(word.casefold()) for word in facts.units.words]
        bare = {word: known.bare_units.get(word.lstrip("0")) for word in facts.units.words if word.isdigit()}
        self._each(facts.measures, self._judge_measure)
        self._each(facts.units, lambda word: self._judge_unit(word, bare))
        self._units = [unit or bare.get(word) for unit, word in zip(self._units, facts.units.words, strict=True)]
        if facts.skip_units:  # a unit that the mapping leaves out is a notice, yet its rows do not count
            self._judged &= np.array([unit is not None for unit in self._units], bool)[facts.units.codes]
            self._keep &= self._judged
        self._strata()

    def _judge_measure(self, word: str) -> str:
        if word.casefold() in self._vocabulary.measures:
            return ""
        return "unknown_measure" if word else "missing_measure"

    def _judge_unit(self, word: str, bare: dict[str, Any]) -> str:
        if word.casefold() in self._vocabulary.units:
            return ""
        if bare.get(word):
            return "leading_zeros"
        if not word:
            return "missing_unit"
        return "skipped_unit" if self._facts.skip_units else "unknown_unit"

    def _strata(self) -> None:
        """Canonical keys of the groups. A word that is not known becomes a category of its own."""
        labels = self._facts.strata
        keys: list[str] = []
        self._parts: list[tuple[KnownDimension, ...]] = []
        used = np.bincount(labels.codes[self._judged], minlength=len(labels.words)) > 0
        findings: list[tuple[int, str, str]] = []
        for code, pairs in enumerate(labels.words):
            key, dimensions = self._key(pairs, code, findings) if used[code] else ("", ())
            keys.append(key)
            self._parts.append(dimensions)
        findings = self._without_floods(findings)
        for kind in ("unknown_dimension", "single_person", "unmapped_category", "too_many_groups"):
            told = {code: value for code, finding, value in findings if finding == kind}
            values = [told.get(code, "") for code in range(len(labels.words))]
            self._found_words(dict.fromkeys(told, kind), labels.codes, values, labels.column)
        distinct = {key: i for i, key in enumerate(dict.fromkeys(keys))}
        again = np.array([distinct[key] for key in keys], np.int32)
        parts = dict(zip(keys, self._parts, strict=True))
        self._keys: Labels[str] = Labels(again[labels.codes], list(distinct), labels.column)
        self._parts = [parts[key] for key in distinct]

    def _without_floods(self, findings: list[tuple[int, str, str]]) -> list[tuple[int, str, str]]:
        """New words become an error where a dimension gets too many: that is another column, at worst one of people."""
        counts = Counter(new.dimension_id for new in self._new.values())
        flooded = {pk for pk, count in counts.items() if count > _MOST_NEW_WORDS}
        if not flooded:
            return findings
        self._new = {key: new for key, new in self._new.items() if key[0] not in flooded}
        ways = {code for code, d in self._vocabulary.dimensions.items() if d.id in flooded}
        return [
            (code, "too_many_groups" if value.partition(" = ")[0].casefold() in ways else finding, value)
            for code, finding, value in findings
        ]

    def _key(
        self, pairs: Pairs, code: int, findings: list[tuple[int, str, str]]
    ) -> tuple[str, tuple[KnownDimension, ...]]:
        """The canonical key of a group and its dimensions; (code, finding, value) of what is not known is added."""
        named, dimensions = [], []
        for way, word in pairs:
            dimension = self._vocabulary.dimensions.get(way.casefold())
            if names_one_person(way):
                findings.append((code, "single_person", way))
                return "", ()
            if dimension is None:
                findings.append((code, "unknown_dimension", way))
                return "", ()
            category = dimension.category(word)
            if category is None or category in dimension.unmapped:
                findings.append((code, "unmapped_category", f"{way} = {word}"))
            if category is None:
                new = self._new.setdefault((dimension.id, word.casefold()), dimension.new(word))
                category = new.code
            named.append((dimension.code, category))
            dimensions.append(dimension)
        return rules.stratum_key(named), tuple(dimensions)

    # counts

    def _by_measure(self, tells: Callable[[KnownMeasure], Any], dtype: Any, other: Any) -> NDArray[Any]:
        told = [other if m is None else tells(m) for m in self._measures]
        return np.array(told, dtype)[self._facts.measures.codes]

    def counts(self) -> None:
        facts = self._facts
        states = (facts.numerators.states, facts.denominators.states, facts.values.states)
        silent = np.all([state == State.MISSING for state in states], axis=0)
        self._found("no_numbers", silent)
        self._judged &= ~silent
        self._keep &= ~silent
        self._whole_numbers()
        single = self._by_measure(lambda m: m.kind in _SINGLE, bool, False)
        self._take_values(single)
        known = self._by_measure(lambda _: True, bool, False) & ~np.any(
            [state == State.WRONG for state in states], axis=0
        )
        bottom, top = self._denominators, self._numerators
        sent = known & ~self._suppressed
        ratio = sent & ~single
        alone = ratio & np.isnan(top) & ~np.isnan(facts.values.values)
        means = self._by_measure(lambda m: m.kind in _MEANS, bool, False)
        self._found("counts_needed", alone & ~means, "value")
        self._found("denominator_needed", ratio & np.isnan(bottom) & (~np.isnan(top) | (alone & means)), "denominator")
        self._found("numerator_needed", sent & np.isnan(top) & (single | np.isnan(facts.values.values)), "numerator")
        share = self._by_measure(lambda m: m.kind == rules.Kind.PROPORTION, bool, False)
        self._found("numerator_above_denominator", share & (top > bottom), "numerator")
        self._values_fit(ratio)
        strata = np.array([len(parts) > 0 for parts in self._parts], bool)[self._keys.codes]
        whole = self._by_measure(lambda m: not m.stratifiable, bool, False)
        self._found("not_stratifiable", strata & whole, self._keys.column)

    def _whole_numbers(self) -> None:
        counted = self._by_measure(lambda m: m.kind in _COUNTED, bool, False)
        share = self._by_measure(lambda m: m.kind == rules.Kind.PROPORTION, bool, False)
        for name, values, mine in (
            ("numerator", self._numerators, counted),
            ("denominator", self._denominators, share),
        ):
            self._found("not_an_integer", mine & (values != np.floor(values)) & ~np.isnan(values), name)

    def _take_values(self, single: NDArray[np.bool_]) -> None:
        """A value alone is enough for a count, a median, days since; and for a mean with its number of cases."""
        values = self._facts.values.values
        alone = np.isnan(self._numerators) & ~np.isnan(values)
        here = single & alone
        self._numerators[here] = values[here]
        means = self._by_measure(lambda m: m.kind in _MEANS, bool, False)
        here = means & alone & ~np.isnan(self._denominators)
        self._numerators[here] = values[here] * self._denominators[here]

    def _values_fit(self, ratio: NDArray[np.bool_]) -> None:
        """A value beside its counts has to follow from them, as share, per cent or rate, but for rounding."""
        values = self._facts.values.values
        both = ratio & ~np.isnan(values) & (self._denominators > 0)
        if not both.any():
            return
        multiplier = self._by_measure(lambda m: 1.0 if m.kind in _MEANS else m.multiplier, np.float64, 1.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            share = self._numerators / self._denominators
        near = np.zeros(len(values), bool)
        for scale in (multiplier, np.ones(len(values))):
            near |= np.abs(share * scale - values) <= _VALUE_CLOSE * np.maximum(1.0, np.abs(values))
        self._found("value_contradicts", both & ~near, "value")

    # periods

    def span(self, today: np.datetime64) -> None:
        starts, ends = self._facts.periods.starts, self._facts.periods.ends
        self._found("end_before_start", ends < starts, "period_end")
        self._found("before_1900", starts < np.datetime64("1900-01-01"), "period_start")
        self._found("future", ends > today, "period_end")
        cadences = [m.cadence if m else None for m in self._measures]
        for cadence in sorted({c for c in cadences if c is not None}):
            mine = np.array([c == cadence for c in cadences], bool)[self._facts.measures.codes]
            mine &= starts <= ends
            self._found("period_length", mine & ~_fits(cadence, starts, ends), "period_end")
            if cadence == rules.Cadence.WEEKLY:
                self._found("week_days", mine & (_weekday(ends) != _SUNDAY), "period_end")
        closed = [np.datetime64(u.closed_on if u and u.closed_on else "9999-12-31", "D") for u in self._units]
        self._found(
            "closed_unit", starts > np.array(closed, "datetime64[D]")[self._facts.units.codes], self._facts.units.column
        )
        if self._keep.any():
            months = ends[self._keep].astype("datetime64[M]")
            if (months.max() - months.min()).astype(int) > _MOST_MONTHS:
                self._problems.add("too_many_months")

    # keys

    def doubles(self) -> None:
        """Rows with the key of an earlier row: the same numbers count once, others are an error."""
        self._groups()
        kept = np.flatnonzero(self._keep)
        key = self._group[kept].astype(np.int64) * len(self._keys.words) + self._keys.codes[kept]
        if np.all(key[1:] > key[:-1]):
            return
        order = kept[np.argsort(key, kind="stable")]
        key = np.sort(key)
        again = np.append(False, key[1:] == key[:-1])
        first = np.maximum.accumulate(np.where(again, 0, np.arange(len(key))))
        later, earlier = order[again], order[first[again]]
        same = np.ones(len(later), bool)
        for values in (self._numerators, self._denominators):
            same &= (values[later] == values[earlier]) | (np.isnan(values[later]) & np.isnan(values[earlier]))
        same &= self._suppressed[later] == self._suppressed[earlier]
        mask = np.zeros(len(self._keep), bool)
        for code, mine in (("duplicate_differs", ~same), ("duplicate" if self._facts.once else "duplicate_same", same)):
            mask[:] = False
            mask[later[mine]] = True
            self._found(code, mask)
            self._keep &= ~mask

    def _groups(self) -> None:
        """One code per unit, measure and period."""
        facts = self._facts
        starts, start = np.unique(facts.periods.starts, return_inverse=True)
        ends, end = np.unique(facts.periods.ends, return_inverse=True)
        units = _same(facts.units, [unit.id if unit else 0 for unit in self._units])
        measures = _same(facts.measures, [measure.id if measure else 0 for measure in self._measures])
        group, found = combine(units, int(units.max(initial=0)) + 1, measures, int(measures.max(initial=0)) + 1)
        for code, count in ((start, len(starts)), (end, len(ends))):
            if count > 1:
                group, found = combine(group, len(found), code.reshape(-1), count)
        self._group, self._group_count = group, len(found)

    def sums(self) -> None:
        """Groups of a dimension in which everybody is in exactly one have to add up to the total."""
        total = self._keep & np.array([not parts for parts in self._parts], bool)[self._keys.codes]
        row_of = np.full(self._group_count, -1, np.int64)
        row_of[self._group[total]] = np.flatnonzero(total)
        rows = np.flatnonzero(self._keep)
        alone = np.zeros(self._group_count, bool)
        alone[self._group[rows]] = True
        alone &= row_of < 0
        if alone.any():
            first = np.full(self._group_count, len(self._keep), np.int64)
            np.minimum.at(first, self._group[rows], rows)
            mask = np.zeros(len(self._keep), bool)
            mask[first[alone]] = True
            self._found("no_total", mask)
        single = [parts[0] if len(parts) == 1 else None for parts in self._parts]
        for dimension in {d.id: d for d in single if d is not None and d.is_partition}.values():
            mine = (
                np.array([d is not None and d.id == dimension.id for d in single], bool)[self._keys.codes] & self._keep
            )
            self._add_up(dimension, mine, row_of)

    def _add_up(self, dimension: KnownDimension, mine: NDArray[np.bool_], row_of: NDArray[np.int64]) -> None:
        groups = self._group[mine]
        sent = np.bincount(groups, minlength=self._group_count) > 0
        wrong = np.zeros(self._group_count, bool)
        for values in (self._numerators, self._denominators):
            sums = np.bincount(groups, values[mine], self._group_count)
            totals = np.where(row_of >= 0, values[np.maximum(row_of, 0)], np.nan)
            with np.errstate(invalid="ignore"):
                wrong |= sent & (np.abs(sums - totals) > _CLOSE * np.maximum(1.0, np.abs(totals)))
        not_summed = self._by_measure(lambda m: m.kind in {rules.Kind.MEDIAN, rules.Kind.DAYS_SINCE}, bool, True)
        mask = np.zeros(len(self._keep), bool)
        mask[row_of[wrong & (row_of >= 0)]] = True
        self._found("strata_do_not_add_up", mask & ~not_summed, dimension.code)

    def checked(self) -> Checked:
        keep, facts = self._keep, self._facts
        units = np.array([unit.id if unit else 0 for unit in self._units], np.int32)
        measures = np.array([m.id if m else 0 for m in self._measures], np.int32)
        hidden = self._suppressed[keep]
        return Checked(
            facts.rows[keep],
            units[facts.units.codes[keep]],
            measures[facts.measures.codes[keep]],
            facts.periods.starts[keep],
            facts.periods.ends[keep] + np.timedelta64(1, "D"),
            self._keys.taken(keep),
            self._numerators[keep],
            self._denominators[keep],
            hidden,
            tuple(self._new.values()),
        )


def _same(labels: Labels[str], ids: list[int]) -> NDArray[np.int64]:
    """Small codes that are equal where the ids are, however the words are written. (n,)."""
    codes: NDArray[np.int64] = np.unique(np.array(ids, np.int64), return_inverse=True)[1].reshape(-1)
    return codes[labels.codes]


def _weekday(days: NDArray[np.datetime64]) -> NDArray[np.int64]:
    """0 is Monday. The first of January 1970 was a Thursday."""
    weekday: NDArray[np.int64] = (days.astype("datetime64[D]").astype(np.int64) + 3) % _WEEK
    return weekday


def _fits(cadence: rules.Cadence, starts: NDArray[np.datetime64], ends: NDArray[np.datetime64]) -> NDArray[np.bool_]:
    """Whether a period is a day, seven days, a calendar month or a calendar quarter."""
    one = np.timedelta64(1, "D")
    if cadence == rules.Cadence.DAILY:
        return np.asarray(starts == ends)
    if cadence == rules.Cadence.WEEKLY:
        return np.asarray(ends - starts == np.timedelta64(_WEEK - 1, "D"))
    months = 1 if cadence == rules.Cadence.MONTHLY else 3
    first = starts.astype("datetime64[M]")
    after = (first + np.timedelta64(months, "M")).astype("datetime64[D]")
    whole = (first.astype("datetime64[D]") == starts) & (after == ends + one)
    return np.asarray(whole & (first.astype(np.int64) % months == 0))
