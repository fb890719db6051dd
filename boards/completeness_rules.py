"""What is known of patients' race, language or payer, and whether it is enough to speak of a difference.

Pure functions over what was told of groups. Where the part that is not known is itself among the hidden groups, the
share known lies between two bounds, and only what holds at both is said.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.disparity import Verdict, completeness

if TYPE_CHECKING:
    from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Limits:
    """In percent: below `least` a difference is not shown, below `well` with a warning. Our own choice, no standard."""

    least: int = 80
    well: int = 90


class Trust(TextChoices):
    """What the share known allows."""

    ENOUGH = "enough", gettext_lazy("Enough is known")
    THIN = "thin", gettext_lazy("Thin: read with care")
    TOO_THIN = "too_thin", gettext_lazy("Too thin to trust")
    UNTOLD = "untold", gettext_lazy("Cannot be told")
    NOTHING = "nothing", gettext_lazy("Nothing yet")


#: The mark of the sprite that stands for each: its shape and its sign tell it, the color only helps.
SIGNS: Final[dict[Trust, str]] = {
    Trust.ENOUGH: "met",
    Trust.THIN: "at_risk",
    Trust.TOO_THIN: "missed",
    Trust.UNTOLD: "seen",
    Trust.NOTHING: "no_data",
}
#: What to do about each, in a sentence.
TO_DO: Final[dict[Trust, "str | Promise"]] = {
    Trust.TOO_THIN: gettext_lazy("No difference between groups is shown here. Ask at registration, then look again."),
    Trust.THIN: gettext_lazy("Differences are shown with a warning. See which source leaves it out."),
    Trust.UNTOLD: gettext_lazy("Small groups are hidden here, so the share cannot be told. The unit above tells more."),
}
#: Loudest first: how a page sums up many.
LOUDNESS: Final = (Trust.TOO_THIN, Trust.THIN, Trust.UNTOLD, Trust.ENOUGH, Trust.NOTHING)

_OF_VERDICT: Final = {
    Verdict.NONE: Trust.NOTHING,
    Verdict.TOO_LITTLE: Trust.TOO_THIN,
    Verdict.WARNING: Trust.THIN,
    Verdict.ENOUGH: Trust.ENOUGH,
}


@dataclass(frozen=True, slots=True)
class Counts:
    """Cases as they were told: by state, of whom no group was sent, and in hidden groups.

    `dark`: hidden, but surely not known; `open`: hidden, known or not. All of them add up to `total`.
    """

    known: float = 0.0
    unknown: float = 0.0
    declined: float = 0.0
    not_asked: float = 0.0
    unmapped: float = 0.0
    unsent: float = 0.0
    dark: float = 0.0
    open: float = 0.0
    total: float = 0.0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.known + other.known,
            self.unknown + other.unknown,
            self.declined + other.declined,
            self.not_asked + other.not_asked,
            self.unmapped + other.unmapped,
            self.unsent + other.unsent,
            self.dark + other.dark,
            self.open + other.open,
            self.total + other.total,
        )


@dataclass(frozen=True, slots=True)
class Told:
    """The share known, in percent: it lies between `low` and `high`, which are equal where nothing is hidden.

    `from_`, `to`: Wilson's 95 % interval around both. NaN where nobody was counted. `first`, `last`: the days over
    which it was told, where one stretch is meant.
    """

    counts: Counts
    trust: Trust
    low: float
    high: float
    from_: float
    to: float
    first: date | None = None
    last: date | None = None

    @property
    def exact(self) -> bool:
        """Whether the share itself can be told."""
        return self.counts.open == 0 and self.counts.total > 0

    @property
    def text(self) -> str:
        """The share in words: "94 %", "at least 94 %", "at most 62 %", "cannot be told", "nothing yet"."""
        if self.counts.total <= 0:
            return _("nothing yet")
        # Rounded away from comfort: what is not enough is never told with the number that would be.
        if self.exact:
            return f"{floor(self.low)} %"
        if self.trust == Trust.UNTOLD:
            return _("cannot be told")
        if self.trust == Trust.TOO_THIN:
            return _("at most %(share)s %%") % {"share": math.ceil(self.high - _DUST)}
        return _("at least %(share)s %%") % {"share": floor(self.low)}

    @property
    def bounds(self) -> str:
        """The share in words, or its two bounds where it cannot be told on which side of the limits it lies."""
        if self.trust != Trust.UNTOLD:
            return self.text
        return f"{floor(self.low)}–{math.ceil(self.high - _DUST)} %"

    @property
    def interval(self) -> str:
        """Like "92–96 %"; empty where the share itself cannot be told."""
        return f"{floor(self.from_)}–{math.ceil(self.to - _DUST)} %" if self.exact and not math.isnan(self.to) else ""


_DUST: Final = 1e-9
NOTHING: Final = Told(Counts(), Trust.NOTHING, math.nan, math.nan, math.nan, math.nan)


def floor(percent: float) -> int:
    """A share rounded down."""
    return math.floor(percent + _DUST)


def judged(counts: Sequence[Counts], limits: Limits = Limits()) -> list[Told]:
    """What may be said of each, in one calculation."""
    if not counts:
        return []
    totals = [max(c.total, 0.0) for c in counts]
    lows = [min(max(c.known, 0.0), total) for c, total in zip(counts, totals, strict=True)]
    highs = [min(low + max(c.open, 0.0), total) for c, low, total in zip(counts, lows, totals, strict=True)]
    least, most = (
        completeness(known, totals, least=limits.least / 100, well=limits.well / 100) for known in (lows, highs)
    )
    return [
        Told(
            own,
            _trust(Verdict(int(least.verdict[i])), Verdict(int(most.verdict[i]))),
            100 * float(least.known.estimate[i]),
            100 * float(most.known.estimate[i]),
            100 * float(least.known.lower[i]),
            100 * float(most.known.upper[i]),
        )
        for i, own in enumerate(counts)
    ]


def _trust(low: Verdict, high: Verdict) -> Trust:
    """What holds at both bounds: from the lower one on the better cannot be doubted."""
    if low == Verdict.TOO_LITTLE != high:
        return Trust.UNTOLD
    return _OF_VERDICT[low]


def loudest(trusts: Sequence[Trust]) -> Trust:
    """The one that a summary says; nothing where there is none."""
    return next((one for one in LOUDNESS if one in trusts), Trust.NOTHING)
