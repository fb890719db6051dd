"""Findings in words: as a key with figures, which a caller puts into any language, and as plain English."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from analytics.disparity.changes import Decomposition
from analytics.disparity.completeness import Completeness, Verdict
from analytics.disparity.estimates import Estimate
from analytics.disparity.gaps import Gap
from analytics.disparity.goals import Quadrant, TwoHalves
from analytics.inputs import setting
from analytics.outcomes import Reason
from analytics.outcomes import sentence as reason_sentence

_TEXTS: Final = {
    "fewer": "If every group had the rate of {group}, {count:,} fewer {events}.",
    "more": "If every group had the rate of {group}, {count:,} more {events}.",
    "none": "If every group had the rate of {group}, nothing to speak of would be gained.",
    "worse": "{group}: {points:.1f} points worse than {comparator} (between {low:.1f} and {high:.1f}).",
    "better": "{group}: {points:.1f} points better than {comparator} (between {low:.1f} and {high:.1f}).",
    "unsure": "{group}: no difference from {comparator} beyond chance.",
    "narrowed": "The gap narrowed from {first:.1f} to {second:.1f} points{sure}.",
    "widened": "The gap widened from {first:.1f} to {second:.1f} points{sure}.",
    "steady": "The gap stayed at {second:.1f} points.",
    "crossed": "The gap turned round: {first:.1f} points before, {second:.1f} the other way now.",
    "raised_narrowed": "Better, and the gap is smaller: both halves of the goal.",
    "raised_widened": "Better, but the gap is not smaller: a rising tide that leaves a group behind.",
    "fell_narrowed": "Not better, but the gap is smaller: levelling down.",
    "fell_widened": "Not better, and the gap is not smaller: act now.",
    "moved": "{group} changed by {change:+z.1f} points: {everyone:+z.1f} as {comparator} did, {gap:+z.1f} beyond that.",
    "too_little": "Only {known} % of patients have this recorded: no gap is shown.",
    "warning": "{known} % of patients have this recorded: read gaps with care.",
    "enough": "{known} % of patients have this recorded.",
}


@dataclass(frozen=True, slots=True)
class Sentence:
    """`key` names the sentence, `figures` fill it. `str()` is plain English; points are in per cent."""

    key: str
    figures: Mapping[str, str | float | int]

    def __str__(self) -> str:
        if self.key.startswith(_REASON):
            return reason_sentence(int(self.key.removeprefix(_REASON)))
        return _TEXTS[self.key].format(**self.figures)


_REASON: Final = "reason_"


def if_all_were_best(
    par: Estimate, people: float, scale: float, group: str, events: str, index: tuple[int, ...] = ()
) -> Sentence:
    """How many events fewer or more there would be if every group had the rate of `group`, of one table of `par`.

    `people`: of all groups together; `scale`: as in `Groups`. Raises SettingError for what can be neither.
    Source: WHO HEAT's reading of PAR.
    """
    setting(people, "a number of people", least=0)
    setting(scale, "a scale", least=1e-9)
    if par.reason[index]:
        return _because(int(par.reason[index]))
    difference = float(par.value[index]) * people / scale
    count = round(abs(difference))
    if not count:
        return Sentence("none", {"group": group})
    return Sentence("fewer" if difference < 0 else "more", {"group": group, "count": count, "events": events})


def of_gap(gaps: Gap, group: str, comparator: str, index: tuple[int, ...] = ()) -> Sentence:
    """The gap of one group, or why it cannot be judged."""
    if gaps.reason[index]:
        return _because(int(gaps.reason[index]))
    names: dict[str, str | float | int] = {"group": group, "comparator": comparator}
    if not gaps.certain[index]:
        return Sentence("unsure", names)
    ends = sorted(abs(100 * float(end[index])) for end in (gaps.difference.lower, gaps.difference.upper))
    figures: dict[str, str | float | int] = {
        "points": abs(100 * float(gaps.harm[index])),
        "low": ends[0],
        "high": ends[1],
    }
    return Sentence("worse" if gaps.harm[index] > 0 else "better", names | figures)


def of_goal(found: TwoHalves, index: tuple[int, ...] = ()) -> tuple[Sentence, ...]:
    """The course of the gap and the quadrant (by points) of one unit."""
    course = found.course
    if course.points.reason[index]:
        return (_because(int(course.points.reason[index])),)
    first, second = (100 * float(size.estimate[index]) for size in (course.before, course.after))
    sure = "" if course.certain[index] else ", which may be chance"
    if course.crossed[index]:
        gap = Sentence("crossed", {"first": first, "second": second})
    elif course.points.estimate[index] == 0:
        gap = Sentence("steady", {"second": second})
    else:
        gap = Sentence("narrowed" if second < first else "widened", {"first": first, "second": second, "sure": sure})
    code = Quadrant(int(found.absolute[index]))
    return (gap, Sentence(str(code), {})) if code else (gap,)


def of_decomposition(
    parts: Decomposition, group: str, index: tuple[int, ...] = (), *, comparator: str = "everyone"
) -> Sentence:
    """The change of a group as the part of its `comparator`, named as in `of_gap`, and its own."""
    reason = max(int(part.reason[index]) for part in (parts.everyone, parts.gap))
    if reason:
        return _because(reason)
    named = {"change": parts.change, "everyone": parts.everyone, "gap": parts.gap}
    names: dict[str, str | float | int] = {"group": group, "comparator": comparator}
    return Sentence("moved", names | {key: 100 * float(part.estimate[index]) for key, part in named.items()})


def of_completeness(found: Completeness, index: tuple[int, ...] = ()) -> Sentence:
    """What the share known allows to say."""
    verdict = Verdict(int(found.verdict[index]))
    if verdict is Verdict.NONE:
        return _because(int(found.known.reason[index]) or int(Reason.NO_DATA))
    # Rounded down: what is not enough must not be told with the number that would be.
    return Sentence(str(verdict), {"known": math.floor(100 * float(found.known.estimate[index]) + 1e-9)})


def _because(reason: int) -> Sentence:
    return Sentence(f"{_REASON}{reason}", {})
