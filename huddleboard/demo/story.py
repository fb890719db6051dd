"""The equity story: door to analgesia within 60 minutes for long-bone fracture, by preferred language, exact counts.

Twelve months at 61 %, then a goal; five months later everybody is better off and the gap is wider: English 66 to 76 %,
Spanish 48 to 53 %.
"""

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

Counts = tuple[NDArray[np.float64], NDArray[np.float64]]

UNIT: Final = "ED"
#: What is always red there on the last day, and has no reason yet: whoever looks around as unit lead begins with it.
RED_MEASURE: Final = "ed_lwbs"
MEASURE: Final = "door_to_analgesia"
BASELINE_MONTHS: Final = 12
GOAL_MONTHS: Final = 5

#: Language → (within 60 minutes, visits) of the twelve months before the goal. 701 of 1,142 are 61 %.
BASELINE: Final[Mapping[str, tuple[int, int]]] = {
    "en": (554, 840),
    "es": (91, 190),
    "other": (29, 64),
    "UNK": (24, 41),
    "ase": (3, 7),
}
#: The same for each of the five months since, from when visits of the walk-in clinic count too. In each of them every
#: group that is told has at least eleven patients with and eleven without, and so have the others together. The gap
#: grows month by month, so that on whatever day the hospital is made what was told so far is raised but widened.
MONTHS: Final[tuple[Mapping[str, tuple[int, int]], ...]] = (
    {"en": (97, 140), "es": (16, 32), "other": (7, 12), "UNK": (6, 12), "ase": (0, 0)},
    {"en": (99, 140), "es": (16, 32), "other": (7, 12), "UNK": (6, 12), "ase": (0, 0)},
    {"en": (104, 140), "es": (17, 32), "other": (7, 12), "UNK": (6, 12), "ase": (0, 0)},
    {"en": (106, 140), "es": (17, 32), "other": (7, 12), "UNK": (6, 12), "ase": (0, 0)},
    {"en": (108, 142), "es": (17, 32), "other": (7, 13), "UNK": (7, 12), "ase": (0, 0)},
)


def months_before(day: date, months: int) -> date:
    """The same day of the month `months` earlier, or the last day of a shorter month."""
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def goal_start(last: date) -> date:
    """The first day of the five whole months that are over when the day `last` is."""
    return months_before((last + timedelta(days=1)).replace(day=1), GOAL_MONTHS)


def first_day(last: date) -> date:
    """The first day of the story that ends with `last`."""
    return months_before(goal_start(last), BASELINE_MONTHS)


def _spread(rng: np.random.Generator, hits: int, cases: int, days: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """`cases` on `days` days by chance, `hits` of them by chance: exact totals."""
    of_day = rng.integers(0, days, cases)
    return np.bincount(of_day[:hits], minlength=days), np.bincount(of_day, minlength=days)


def _of_month(counts: Mapping[str, tuple[int, int]], month: int, months: int) -> dict[str, tuple[int, int]]:
    """The share that one of `months` months has of `counts`: as even as whole patients can be, so that every quarter of
    a year has enough of each group to be told.
    """

    def part(number: int) -> int:
        return number * (month + 1) // months - number * month // months

    return {code: (part(x), part(x) + part(n - x)) for code, (x, n) in counts.items()}


def languages(rng: np.random.Generator, last: date) -> dict[str, Counts]:
    """Language → (within 60 minutes, visits), daily from `first_day` to `last`."""
    start = first_day(last)
    after = last + timedelta(days=1)
    every = BASELINE_MONTHS + GOAL_MONTHS
    bounds = [months_before(after.replace(day=1), every - i) for i in range(every + 1)]
    told = [*(_of_month(BASELINE, month, BASELINE_MONTHS) for month in range(BASELINE_MONTHS)), *MONTHS]
    stretches = [(bounds[i], bounds[i + 1], counts) for i, counts in enumerate(told)]
    days = (after - bounds[-1]).days
    stretches.append(
        (bounds[-1], after, {code: (x * days // 30, n * days // 30) for code, (x, n) in MONTHS[-1].items()})
    )
    total = (after - start).days
    out: dict[str, Counts] = {language: (np.zeros(total), np.zeros(total)) for language in BASELINE}
    for begin, end, counts in stretches:
        where = slice((begin - start).days, (end - start).days)
        if begin == end:
            continue
        for language, (hits, cases) in counts.items():
            x, n = _spread(rng, hits, cases, (end - begin).days)
            out[language][0][where] = x
            out[language][1][where] = n
    return out
