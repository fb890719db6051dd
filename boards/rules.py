"""What a measure is, how it rolls up, when a number is met, missed or missing. Tables and pure functions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum
from typing import Final

import numpy as np
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from numpy.typing import NDArray

from org.rules import Permission


class Kind(TextChoices):
    """Kind of number."""

    PROPORTION = "proportion", _("Share of cases (%)")
    RATE = "rate", _("Rate per …")
    MEAN = "mean", _("Mean")
    MEDIAN = "median", _("Median")
    COUNT = "count", _("Count")
    MINUTES = "minutes", _("Mean minutes")
    DAYS_SINCE = "days_since", _("Days since")


#: Kinds of which one measure can be part of another: whatever they count is people or events.
PARTED_KINDS: Final = frozenset({Kind.PROPORTION, Kind.RATE, Kind.COUNT})


class RollUp(TextChoices):
    """How the numbers of units become the number of the unit above."""

    RATIO = "ratio", _("Ratio of sums: numerators and denominators are added")
    SUM = "sum", _("Sum")
    WEIGHTED_MEAN = "weighted_mean", _("Mean weighted by cases")
    MINIMUM = "minimum", _("Smallest")
    NONE = "none", _("Cannot be added up: each level sends its own")


#: A median is never averaged; a mean adds up as total over cases, like a ratio.
ROLL_UPS: Final[dict[Kind, frozenset[RollUp]]] = {
    Kind.PROPORTION: frozenset({RollUp.RATIO, RollUp.NONE}),
    Kind.RATE: frozenset({RollUp.RATIO, RollUp.NONE}),
    Kind.MEAN: frozenset({RollUp.WEIGHTED_MEAN, RollUp.NONE}),
    Kind.MEDIAN: frozenset({RollUp.NONE}),
    Kind.COUNT: frozenset({RollUp.SUM, RollUp.NONE}),
    Kind.MINUTES: frozenset({RollUp.WEIGHTED_MEAN, RollUp.NONE}),
    Kind.DAYS_SINCE: frozenset({RollUp.MINIMUM, RollUp.NONE}),
}


class Direction(TextChoices):
    """Which way is better. Set here, never taken from a sender."""

    HIGHER = "higher", _("Higher is better")
    LOWER = "lower", _("Lower is better")
    BAND = "band", _("Best inside a band")
    CONTEXT = "context", _("Context only")


class Cadence(TextChoices):
    """How often a number is due."""

    DAILY = "daily", _("Every day")
    WEEKLY = "weekly", _("Every week")
    MONTHLY = "monthly", _("Every month")
    QUARTERLY = "quarterly", _("Every quarter")


class ChartKind(TextChoices):
    """The chart that the measure page draws."""

    XMR = "xmr", _("Control chart (XmR)")
    RUN = "run", _("Run chart")


class MeasureRole(TextChoices):
    """What a measure is on a board."""

    DRIVER = "driver", _("Driver: worked on now")
    WATCH = "watch", _("Watch: only looked at")
    BALANCING = "balancing", _("Balancing: shows harm elsewhere")


class Status(TextChoices):
    """What a number of a day says against its target."""

    MET = "met", _("Met")
    AT_RISK = "at_risk", _("At risk")
    MISSED = "missed", _("Missed")
    SEEN = "seen", _("No target")
    NO_DATA = "no_data", _("No data")
    NOT_DUE = "not_due", _("Not due")


#: Stored codes. The order is the order of loudness: the largest is what a letter shows for its day.
STATUS_CODES: Final[dict[Status, int]] = {
    Status.NOT_DUE: 0,
    Status.SEEN: 1,
    Status.MET: 2,
    Status.NO_DATA: 3,
    Status.AT_RISK: 4,
    Status.MISSED: 5,
}
STATUS_OF_CODE: Final[dict[int, Status]] = {code: status for status, code in STATUS_CODES.items()}


def asks_reason(status: Status, role: str, *, explained: bool) -> bool:
    """Whether what a board shows asks why: missed, worked on and not only watched, and nobody has said it yet."""
    return status == Status.MISSED and role != MeasureRole.WATCH and not explained


class About(TextChoices):
    """Whom a measure counts. Groups of patients and groups of staff are two lists of readers."""

    PATIENTS = "patients", _("Patients")
    STAFF = "staff", _("Staff")


#: How the codes of dimensions of staff begin; all others split patients.
STAFF_DIMENSIONS: Final = "staff_"
#: What it takes to see a measure by groups, on whatever page, file or tile.
GROUPS_NEED: Final[dict[About, Permission]] = {
    About.PATIENTS: Permission.STRATA_VIEW,
    About.STAFF: Permission.WORKFORCE_VIEW,
}


class Origin(IntEnum):
    """Where a snapshot's number comes from."""

    NONE = 0
    OWN = 1
    ROLLED = 2


class CategoryState(TextChoices):
    """Unknown, declined and not asked are three different things; an unmapped code is visible until it is mapped."""

    KNOWN = "known", _("Known")
    UNKNOWN = "unknown", _("Unknown")
    DECLINED = "declined", _("Declined to answer")
    NOT_ASKED = "not_asked", _("Not asked")
    UNMAPPED = "unmapped", _("Not mapped yet")


#: In which order groups stand beside each other.
STATE_ORDER: Final = (
    CategoryState.KNOWN,
    CategoryState.UNMAPPED,
    CategoryState.UNKNOWN,
    CategoryState.DECLINED,
    CategoryState.NOT_ASKED,
)


@dataclass(frozen=True, slots=True)
class TargetLine:
    """A target as it holds on one day. `high` only for a band; `warning` is where "at risk" begins, or None."""

    value: float
    high: float | None = None
    warning: float | None = None


def statuses(
    values: NDArray[np.float64],
    direction: Direction,
    targets: NDArray[np.float64],
    highs: NDArray[np.float64],
    warnings: NDArray[np.float64],
) -> NDArray[np.int16]:
    """Status codes of many values of one measure. All arrays (n,); NaN means none. No value gives NO_DATA.

    On the target is met. `warnings` lies on the good side of the target: met, but closer than this, is at risk.
    """
    codes = STATUS_CODES
    out = np.full(values.shape, codes[Status.SEEN], dtype=np.int16)
    has = ~np.isnan(targets)
    if direction != Direction.CONTEXT:
        if direction == Direction.HIGHER:
            good, risk = values >= targets, values < warnings
        elif direction == Direction.LOWER:
            good, risk = values <= targets, values > warnings
        else:
            good, risk = (values >= targets) & (np.isnan(highs) | (values <= highs)), np.zeros(values.shape, bool)
        out[has & good] = codes[Status.MET]
        out[has & good & risk & ~np.isnan(warnings)] = codes[Status.AT_RISK]
        out[has & ~good] = codes[Status.MISSED]
    out[np.isnan(values)] = codes[Status.NO_DATA]
    return out


def letter_status(codes: Sequence[int]) -> int:
    """The status of a letter on a day: its loudest driver; nothing due is NOT_DUE."""
    return max(codes, default=STATUS_CODES[Status.NOT_DUE])


def figures(
    numerators: NDArray[np.float64], denominators: NDArray[np.float64], kind: Kind, multiplier: float
) -> NDArray[np.float64]:
    """The number itself from raw counts. A ratio without denominator, or with 0, is NaN; a count is its numerator."""
    if kind in {Kind.COUNT, Kind.DAYS_SINCE, Kind.MEDIAN}:
        return numerators.copy()
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(denominators > 0, numerators / denominators * multiplier, np.nan)


def is_due(cadence: Cadence, day: date, *, open_day: bool) -> bool:
    """Whether a number is due for `day`, the last day of its period. Only daily numbers know closed days."""
    if cadence == Cadence.DAILY:
        return open_day
    if cadence == Cadence.WEEKLY:
        return day.weekday() == 6
    last_of_month = (day + timedelta(days=1)).day == 1
    if cadence == Cadence.MONTHLY:
        return last_of_month
    return last_of_month and day.month % 3 == 0


def period_of(cadence: Cadence, day: date) -> tuple[date, date]:
    """The half-open period that ends with `day`'s period: a day, an ISO week, a month or a quarter."""
    if cadence == Cadence.DAILY:
        return day, day + timedelta(days=1)
    if cadence == Cadence.WEEKLY:
        start = day - timedelta(days=day.weekday())
        return start, start + timedelta(days=7)
    months = 1 if cadence == Cadence.MONTHLY else 3
    first_month = (day.month - 1) // months * months + 1
    start = day.replace(month=first_month, day=1)
    after = first_month + months
    return start, date(day.year + (after > 12), after - 12 if after > 12 else after, 1)


class Reference(TextChoices):
    """With whom a group is compared (`analytics.disparity.ReferenceRule`)."""

    REST = "rest", _("Everyone else")
    BEST = "best", _("The best group, kept for a quarter")
    LARGEST = "largest", _("The largest group, kept for a quarter")
    FIXED = "fixed", _("A group that we name")


class Stretch(TextChoices):
    """How long a stretch of time is told of as one: groups that are small in a month are told over longer ones."""

    BLOCK = "block", _("A month or some months")
    YEAR = "year", _("A year")


TOTAL_KEY: Final = ""


def stratum_key(categories: Sequence[tuple[str, str]]) -> str:
    """The one canonical key of a combination of categories: `dimension:code` sorted by dimension, joined by `|`."""
    return "|".join(f"{dimension}:{code}" for dimension, code in sorted(categories))


#: How many points a tile and its limits look back.
TAIL_POINTS: Final = 90


class OpeningReason(TextChoices):
    """Why somebody looks at the exact numbers of a file that another person sent. Chosen, since the record takes no
    free text.
    """

    PROBLEM = "problem", _("To find what is wrong with the file")
    DOUBT = "doubt", _("A number on a board is in doubt")
    WORDS = "words", _("To map columns or words for groups")
    REVIEW = "review", _("For a review or an audit")


#: How long rows stay open that were opened for a reason (minutes).
OPEN_MINUTES: Final = 30
