"""Counts made of single rows: a group of which nobody came is a true zero, not an absent number."""

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from boards.feeds.check import Checked
from boards.feeds.facts import Labels, combine

#: More cells than this are not filled in; the absent ones stay absent.
_MOST_CELLS: Final = 5_000_000


def with_zeros(checked: Checked) -> Checked:
    """The same rows, and for every unit and period the groups that a measure has elsewhere in the file, with zeros.

    It also keeps the lists of groups few: one a measure instead of one a ward and day.
    """
    if len(checked) == 0:
        return checked
    added = [part for measure in np.unique(checked.measure_ids) if (part := _missing(checked, measure)) is not None]
    if not added:
        return checked
    heads, strata, tops, bottoms = (np.concatenate(parts) for parts in zip(*added, strict=True))
    none = np.zeros(len(heads), bool)
    return replace(
        checked,
        rows=np.append(checked.rows, checked.rows[heads]),
        unit_ids=np.append(checked.unit_ids, checked.unit_ids[heads]),
        measure_ids=np.append(checked.measure_ids, checked.measure_ids[heads]),
        period_starts=np.append(checked.period_starts, checked.period_starts[heads]),
        period_ends=np.append(checked.period_ends, checked.period_ends[heads]),
        strata=Labels(
            np.append(checked.strata.codes, strata.astype(np.int32)), checked.strata.words, checked.strata.column
        ),
        numerators=np.append(checked.numerators, tops),
        denominators=np.append(checked.denominators, bottoms),
        suppressed=np.append(checked.suppressed, none),
    )


_Added = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]


def _missing(checked: Checked, measure: np.int32) -> _Added | None:
    """Rows to copy unit and period from, groups, numerators and denominators of one measure's absent cells."""
    mine = np.flatnonzero(checked.measure_ids == measure)
    units, unit = np.unique(checked.unit_ids[mine], return_inverse=True)
    ends, end = np.unique(checked.period_ends[mine], return_inverse=True)
    group, groups = combine(unit.reshape(-1), len(units), end.reshape(-1), len(ends))
    strata, stratum = np.unique(checked.strata.codes[mine], return_inverse=True)
    if len(groups) * len(strata) > _MOST_CELLS:
        return None
    absent = np.ones((len(groups), len(strata)), bool)
    absent[group, stratum.reshape(-1)] = False
    head = np.zeros(len(groups), np.int64)
    head[group] = mine
    at, which = np.nonzero(absent)
    top, bottom = (
        0.0 if not np.isnan(values[mine]).all() else np.nan for values in (checked.numerators, checked.denominators)
    )
    return head[at], strata[which].astype(np.int64), np.full(len(at), top), np.full(len(at), bottom)
