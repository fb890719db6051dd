"""What became of a measure after a change, by the rules of a control chart: before beside after, and what can be said.

Limits rest on the points before the change and are carried on; only what those limits call special is a change.
Uncertainty is Welch's interval of the two means. Source: methods.md, control charts; a change that cannot be told from
noise is said to be none.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from analytics.intervals import mean_difference
from analytics.spc import Kind, Rule, chart, is_low, rule_of

#: Points before a change that limits need, and since it before anything is said.
LEAST_BEFORE: Final = 12
LEAST_AFTER: Final = 6
#: Points in a row that make a run or a trend.
RUN: Final = 7


class Verdict(TextChoices):
    """What can be said."""

    BETTER = "better", _("It got better")
    WORSE = "worse", _("It got worse")
    CHANGED = "changed", _("It changed")
    BOTH = "both", _("It went both ways")
    NOISE = "noise", _("No change that can be told from noise")
    EARLY = "early", _("Too early to tell")
    SHORT = "short", _("Too few numbers from before")
    SILENT = "silent", _("This measure cannot be told this way")


@dataclass(frozen=True, slots=True)
class Effect:
    """Before beside after, in the measure's own unit; `low` and `high` bound the difference after minus before (95 %),
    NaN where that is not known. `rule`, `upward` and `run` say what the first sign since was; `lower` and `upper` are
    the limits from before.
    """

    verdict: Verdict
    n_before: int
    n_after: int
    before: float = float("nan")
    after: float = float("nan")
    low: float = float("nan")
    high: float = float("nan")
    lower: float = float("nan")
    upper: float = float("nan")
    rule: Rule = Rule.NONE
    upward: bool = False
    run: int = 0


def effect_of(values: npt.NDArray[np.float64], before: int, way: int) -> Effect:
    """The effect of a change that came after the first `before` points of `values` ((T,), oldest first, NaN where there
    is none). `way`: 1 higher is better, -1 lower is better, 0 neither.
    """
    known = ~np.isnan(values)
    n_before, n_after = int(known[:before].sum()), int(known[before:].sum())
    if n_before < LEAST_BEFORE:
        return Effect(Verdict.SHORT, n_before, n_after)
    drawn = chart(Kind.XMR, values, direction=way, limits_from=before)
    gap = mean_difference(values[before:], values[:before])
    said = Effect(
        Verdict.NOISE,
        n_before,
        n_after,
        before=float(np.nanmean(values[:before])),
        after=float(np.nanmean(values[before:])) if n_after else float("nan"),
        low=float(gap.lower),
        high=float(gap.upper),
        lower=float(drawn.lines.lower[0]),
        upper=float(drawn.lines.upper[0]),
    )
    if n_after < LEAST_AFTER:
        return replace(said, verdict=Verdict.EARLY)
    flags = _own(drawn.point_flags, before)
    marked = np.flatnonzero(rule_of(flags))
    if not len(marked):
        return said
    first = int(marked[0])
    low_marks, high_marks = (int((is_low(flags[marked]) == low).sum()) for low in (True, False))
    return replace(
        said,
        verdict=_verdict(low_marks, high_marks, way, said.after - said.before),
        rule=Rule(int(rule_of(flags)[first])),
        upward=not bool(is_low(flags)[first]),
        run=_run(flags, first),
    )


def stretches_of(starts: npt.NDArray[np.datetime64], since: np.datetime64, days: int) -> npt.NDArray[np.int64]:
    """For each point, which stretch of `days` its period begins in, counted from `since` (0 is the first one after)."""
    return np.floor((starts - since).astype("timedelta64[D]").astype(np.int64) / days).astype(np.int64)


def _verdict(low_marks: int, high_marks: int, way: int, moved: float) -> Verdict:
    """Both ways is both; a sign to one side counts where the mean has moved to that side as well."""
    if low_marks and high_marks:
        return Verdict.BOTH
    upward = high_marks > 0
    if (moved > 0) != upward:
        return Verdict.NOISE
    if way == 0:
        return Verdict.CHANGED
    return Verdict.BETTER if upward == (way > 0) else Verdict.WORSE


def _own(flags: npt.NDArray[np.uint8], before: int) -> npt.NDArray[np.uint8]:
    """The marks since the change. A run that began before it counts from where it would be one by itself: what went on
    as it was is no effect.
    """
    own = flags[before:].copy()
    if len(own) and own[0] == flags[before - 1] and int(rule_of(own[:1])[0]) in {Rule.SHIFT, Rule.TREND}:
        run = _run(own, 0)
        if run < RUN:
            own[:run] = 0
    return own


def _run(flags: npt.NDArray[np.uint8], first: int) -> int:
    """How many points in a row carry the mark that the first one carries."""
    length = 0
    while first + length < len(flags) and flags[first + length] == flags[first]:
        length += 1
    return length
