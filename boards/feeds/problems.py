"""What can be wrong with a file, in plain sentences, and the list in which the findings of one file are kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from numpy.typing import NDArray

#: How many findings of a file are kept and shown; all are counted.
PROBLEM_LIMIT: Final = 500
#: How many of one kind in one column are kept, so that one mistake in every row does not hide the others.
PER_KIND_LIMIT: Final = 25
_VALUE_LENGTH: Final = 80

ERROR: Final = "error"
NOTICE: Final = "warning"

_ERRORS: Final[Mapping[str, Promise]] = {
    # the file
    "empty_file": _("The file is empty."),
    "only_header": _("The file has a header but no rows."),
    "too_big": _("The file is larger than allowed. Split it by month or by unit."),
    "nul_bytes": _("The file holds binary zeros. It is not a text file; export it as CSV."),
    "not_text": _("The file is a workbook or an archive, not text. Save it as CSV (UTF-8)."),
    "encoding_unreadable": _("The letters cannot be read in this encoding. Save the file as CSV (UTF-8)."),
    "unclosed_quote": _("A quotation mark opens here and is not closed."),
    "stray_quote": _("A quotation mark stands inside the cell. Put the cell in quotation marks and double it."),
    "ragged_row": _("The row has another number of cells than the header."),
    "cell_too_long": _("The cell is too long."),
    # columns
    "duplicate_column": _("Two columns have this name."),
    "unnamed_column": _("The column has cells but no name. Give it one."),
    "unknown_column": _("The column is not known. Remove it, or name it in the mapping to be ignored."),
    "too_many_columns": _("The header has more columns than a spreadsheet can hold. Is it the right separator?"),
    "missing_column": _("The column is needed and is not there."),
    "patient_identifier": _("This looks like it identifies patients. Only counts belong here; remove it."),
    # words
    "unknown_measure": _("There is no measure with this identifier."),
    "unknown_unit": _("There is no unit with this code."),
    "unknown_dimension": _("There is no way of grouping patients with this code."),
    "single_person": _("This would show numbers of single people who work here. Use a kind of work instead."),
    "missing_measure": _("The measure is missing."),
    "missing_unit": _("The unit is missing."),
    "stratum_mismatch": _("Grouping and group do not fit together: each “|” of one needs its pair in the other."),
    "stratum_twice": _("The same grouping is named twice."),
    "too_many_groups": _("More than a hundred words for one grouping are not known. Is it the right column?"),
    "not_stratifiable": _("This measure is not taken by groups of patients."),
    "closed_unit": _("The unit was closed before this period."),
    # numbers
    "bad_number": _("This is not a number."),
    "formula": _("This is a formula, not a number. Paste values only."),
    "negative": _("A count cannot be negative."),
    "percent_as_count": _("A percentage stands where a count belongs. Send numerator and denominator."),
    "ambiguous_number": _("Is the comma or point a decimal mark or a thousands separator? Declare it in the mapping."),
    "shortened_number": _("A spreadsheet shortened this number. Format the column as a number and export again."),
    "too_large": _("The number is too large to be a count."),
    "numerator_above_denominator": _("The numerator is larger than the denominator."),
    "counts_needed": _("A rate alone cannot be added up. Send numerator and denominator."),
    "denominator_needed": _("The denominator is missing."),
    "numerator_needed": _("The numerator is missing."),
    "value_contradicts": _("The value does not follow from numerator and denominator."),
    # dates
    "bad_date": _("This is not a date. Write it as 2026-11-22."),
    "missing_date": _("The date is missing."),
    "ambiguous_date": _("Day or month first? Write 2026-11-22, or declare the order in the mapping."),
    "excel_date": _("This is a date as Excel stores it inside. Format the column as 2026-11-22, or declare it."),
    "before_1900": _("The period lies before 1900."),
    "future": _("The period is not over yet."),
    "end_before_start": _("The period ends before it starts."),
    "period_length": _("The period does not fit how often this measure is due (a day, a week, a month, a quarter)."),
    "too_many_months": _("The file spans more than 50 years. Check the dates."),
    # keys
    "duplicate_differs": _("The same unit, measure, period and group stands in an earlier row with other numbers."),
    "duplicate": _("The same unit, measure, period and group stands in an earlier row."),
    "fault": _("The file could not be read. Nothing of it counts. An administrator finds why in the log."),
}

_NOTICES: Final[Mapping[str, Promise]] = {
    "encoding_guessed": _("The encoding was guessed. Check names with accents, or save the file as CSV (UTF-8)."),
    "unmapped_category": _("This group is not known yet. It is kept and shown as “not mapped” until it is mapped."),
    "not_an_integer": _("A count is usually a whole number."),
    "no_numbers": _("The row has no number and is skipped."),
    "skipped_total": _("A row of totals is skipped, as the mapping says."),
    "skipped_unit": _("Rows of a unit that is not in the tree are skipped, as the mapping says."),
    "duplicate_same": _("The row repeats an earlier one with the same numbers and counts once."),
    "strata_do_not_add_up": _("The groups add up to another number than the total."),
    "no_total": _("Groups came without the total of all patients."),
    "denominator_meaning": _("Exclusions are taken out of the denominator."),
    "week_days": _("The week does not run from Monday to Sunday; it is shown at its last day."),
    "leading_zeros": _("Codes look as if a spreadsheet dropped leading zeros; they were matched without them."),
    "bad_row_left_out": _("Rows with errors are left out; the source allows it."),
    "file_came_before": _("This very file was counted before. Nothing changes."),
}

SENTENCES: Final[Mapping[str, Promise]] = {**_ERRORS, **_NOTICES}


def severity(code: str) -> str:
    """Whether a code is an error, which keeps its row from counting, or a notice."""
    return NOTICE if code in _NOTICES else ERROR


def sentence(code: str) -> str:
    """What a code means, for people, in the language of the reader."""
    return str(SENTENCES[code])


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found: the row as a spreadsheet counts (the header is usually 1), the column, what stands there."""

    code: str
    row: int | None = None
    column: str = ""
    value: str = ""

    @property
    def severity(self) -> str:
        """Error or notice."""
        return severity(self.code)


@dataclass(slots=True)
class Problems:
    """The findings of one file: all counted, the first of each kind kept."""

    errors: int = 0
    notices: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    _kept: list[Finding] = field(default_factory=list)
    _kinds: dict[tuple[str, str], int] = field(default_factory=dict)

    def add(self, code: str, *, row: int | None = None, column: str = "", value: str = "", times: int = 1) -> None:
        """Note one finding that occurs `times` times; `row` is where it occurs first."""
        if severity(code) == ERROR:
            self.errors += times
        else:
            self.notices += times
        self.counts[code] = self.counts.get(code, 0) + times
        kind = (code, column)
        if self._kinds.get(kind, 0) < PER_KIND_LIMIT:
            self._kinds[kind] = self._kinds.get(kind, 0) + 1
            self._kept.append(Finding(code, row, column[:_VALUE_LENGTH], value[:_VALUE_LENGTH]))

    def add_rows(self, code: str, rows: NDArray[np.integer[Any]], *, column: str = "", value: str = "") -> None:
        """Note the same finding in every one of `rows`."""
        shown = rows[:PER_KIND_LIMIT].tolist()
        for row in shown:
            self.add(code, row=row, column=column, value=value)
        if len(rows) > len(shown):
            self.add(code, row=int(rows[len(shown)]), column=column, value=value, times=len(rows) - len(shown))

    def add_words(
        self,
        found: Mapping[int, str],
        codes: NDArray[np.integer[Any]],
        words: Sequence[str],
        rows: NDArray[np.integer[Any]],
        *,
        column: str = "",
    ) -> None:
        """Note what is wrong with words of a column: `found` maps a word's number to a code, row i holds `codes[i]`.

        One pass over the rows however many different words are wrong.
        """
        kinds = sorted(set(found.values()))
        kind_of = np.full(len(words), -1, np.int16)
        for word, code in found.items():
            kind_of[word] = kinds.index(code)
        of_row = kind_of[codes] if kinds else np.zeros(0, np.int16)
        for kind, code in enumerate(kinds):
            at = np.flatnonzero(of_row == kind)
            for i in at[:PER_KIND_LIMIT].tolist():
                self.add(code, row=int(rows[i]), column=column, value=words[codes[i]])
            if len(at) > PER_KIND_LIMIT:
                i = int(at[PER_KIND_LIMIT])
                self.add(code, row=int(rows[i]), column=column, value=words[codes[i]], times=len(at) - PER_KIND_LIMIT)

    @property
    def total(self) -> int:
        """How many findings there are, kept or not."""
        return self.errors + self.notices

    def kept(self) -> list[Finding]:
        """The findings that are shown: errors first, then by row; at most `PROBLEM_LIMIT`."""
        ordered = sorted(self._kept, key=lambda f: (f.severity != ERROR, f.row if f.row is not None else 0))
        return ordered[:PROBLEM_LIMIT]
