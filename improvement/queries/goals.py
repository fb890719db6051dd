"""Where goals stand: both halves of each, from nothing but what was told of groups of patients."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import numpy as np

from analytics.disparity import Goal as Halves
from analytics.disparity import Quadrant, TwoHalves, Verdict, completeness, gap, reached, two_halves
from analytics.intervals import wilson
from boards.models import Published
from boards.queries.published import Block, Part, blocks, pooled
from boards.rules import CategoryState, Stretch
from improvement.models import Goal
from improvement.rules import goals as rules
from improvement.rules.goals import GapKind, Whom
from improvement.rules.smart import Baseline

_UNKNOWN: Final = frozenset({CategoryState.UNKNOWN, CategoryState.NOT_ASKED, CategoryState.UNMAPPED})


@dataclass(frozen=True, slots=True)
class Figures:
    """What was told of the days from `first` to `last`: all patients, the group, whom it is compared with.

    `missing`: months within of which one of the sides was not told, as `boards.queries.published.Block` has them.
    """

    first: date
    last: date
    everyone: Part
    group: Part
    reference: Part
    missing: tuple[tuple[date, date], ...] = ()

    @property
    def least(self) -> float:
        """Cases of the smaller side."""
        return min(self.group.denominator, self.reference.denominator)


@dataclass(frozen=True, slots=True)
class At:
    """Both halves at one moment against the months before; shares and rates 0 .. 1, NaN where none can be had.

    `rate`: of whom the goal raises. `raised`: by which share of the first rate it got better. `narrowed`,
    `narrowed_relative`: by which share the gap narrowed, as a difference and as a ratio. `gap`: its size.
    `ratio`: rate of the group over the other's; `times`: the larger over the smaller.
    """

    figures: Figures
    rate: float
    raised: float
    gap: float
    ratio: float
    times: float
    narrowed: float
    narrowed_relative: float
    absolute: Quadrant
    relative: Quadrant
    certain: bool
    enough: bool

    def quadrant(self, kind: str) -> Quadrant:
        """The field of the chart by the gap that the goal uses."""
        return self.relative if kind == GapKind.RELATIVE else self.absolute


@dataclass(frozen=True, slots=True)
class Step:
    """A block of the course by itself, and the day on which it was told."""

    halves: At
    told_on: date | None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a goal stands. `before`: the months before; `now`: all that was told since it began, added up.

    `steps`: block by block, the newest last. `since`: the day on which the newest told block brought the goal to the
    field where it is. `untold`: blocks of its months in which one of the two sides is hidden. `known_least`, `known`:
    between them lies the share of patients of whom the dimension is known, and `verdict` what the upper one allows.
    `withheld`: its figures are not for this reader.
    """

    goal: Goal
    before: At | None
    now: At | None
    steps: tuple[Step, ...]
    since: date | None
    raised: bool
    narrowed: bool
    untold: int
    known_least: float
    known: float
    verdict: Verdict
    withheld: bool = False

    def without_groups(self) -> "Standing":
        """The same goal without a figure of groups, and without what follows from one."""
        nothing = float("nan")
        return Standing(self.goal, None, None, (), None, False, False, 0, nothing, nothing, Verdict.NONE, withheld=True)

    @property
    def judged(self) -> bool:
        """Whether anything may be said: both sides told and large enough, and enough known of the dimension."""
        both = self.before is not None and self.now is not None
        return both and self.before.enough and self.now.enough and self.verdict != Verdict.TOO_LITTLE  # type: ignore[union-attr]

    @property
    def quadrant(self) -> Quadrant:
        """The field of the chart; NONE where nothing may be said."""
        return self.now.quadrant(self.goal.gap_kind) if self.now is not None and self.judged else Quadrant.NONE

    @property
    def disagree(self) -> bool:
        """Whether the gap narrowed in the one form and widened in the other."""
        return self.now is not None and self.judged and self.now.absolute != self.now.relative

    @property
    def widened(self) -> bool:
        """Raised but widened: the average hides that the gap grows."""
        return self.quadrant == Quadrant.RAISED_WIDENED

    @property
    def twice(self) -> bool:
        """Whether the two newest blocks, each by itself, were raised but widened."""
        newest = [step.halves for step in self.steps[-2:]]
        found = [each.enough and each.quadrant(self.goal.gap_kind) == Quadrant.RAISED_WIDENED for each in newest]
        return self.judged and len(found) == 2 and all(found)

    @property
    def met(self) -> bool:
        """Whether both halves are reached, by figures that may be judged."""
        return self.judged and self.raised and self.narrowed

    @property
    def aim_rate(self) -> float:
        """The rate that the first half asks for; NaN where the months before were not told."""
        if self.before is None or self.goal.raise_by is None:
            return float("nan")
        return rules.aim_of_rate(self.before.rate, self.goal.raise_by, favourable=self.goal.favourable)

    @property
    def aim_gap(self) -> float:
        """The gap that the second half still allows, as a difference."""
        if self.before is None or self.goal.narrow_by is None:
            return float("nan")
        return rules.gap_limit(self.before.gap, self.goal.narrow_by)

    @property
    def aim_times(self) -> float:
        """The same as a ratio: how many times the larger rate may be the smaller."""
        if self.before is None or self.goal.narrow_by is None:
            return float("nan")
        return rules.ratio_limit(self.before.times, self.goal.narrow_by)

    @property
    def baseline(self) -> Baseline | None:
        """The months before, as the check of a goal that is being written wants them."""
        if self.before is None:
            return None
        figures = self.before.figures
        own, other = (part.numerator / max(part.denominator, 1) for part in (figures.group, figures.reference))
        harm = other - own if self.goal.favourable else own - other
        return Baseline(self.before.rate, harm, figures.group.denominator, figures.reference.denominator)


@dataclass(frozen=True, slots=True)
class _Found:
    """What was told for one goal: the months before, its own months together, its blocks with each sum up to them."""

    before: Figures | None
    now: Figures | None
    steps: tuple[tuple[Block, Figures], ...]
    sums: tuple[Figures, ...]
    untold: int
    used: tuple[Block, ...]


def standing_of(goals: Sequence[Goal], today: date) -> list[Standing]:
    """Where each of `goals` (`GoalQuerySet.whole`) stands on `today`, in their order. Two statements, whatever their
    number; none for none.
    """
    told = _told(goals, today)
    found = [_found(goal, told.get(_key(goal), []), today) for goal in goals]
    days = _days_told(goals, found)
    rows = [(goal, each.before, part) for goal, each in zip(goals, found, strict=True) for part in _parts(each)]
    halves, reckoned = _reckon(rows)
    out, at = [], 0
    for goal, each in zip(goals, found, strict=True):
        count = len(_parts(each))
        out.append(_standing(goal, each, halves[at : at + count], range(at, at + count), reckoned, days))
        at += count
    return out


def _key(goal: Goal) -> tuple[int, int | None, int | None]:
    return goal.unit_id, goal.measure_id, goal.dimension_id


def _asked(goals: Sequence[Goal]) -> list[Goal]:
    return [goal for goal in goals if goal.measure_id and goal.dimension_id and goal.group]


def _told(goals: Sequence[Goal], today: date) -> dict[tuple[int, int | None, int | None], list[Block]]:
    """Every stretch that was told of the groups of `goals`. One statement."""
    asked = _asked(goals)
    days = [goal.baseline[0] for goal in asked if goal.baseline] + [goal.period[0] for goal in asked if goal.period]
    if not days:
        return {}
    found: dict[tuple[int, int | None, int | None], list[Block]] = {}
    for block in blocks(
        {goal.unit_id for goal in asked},
        {goal.measure_id for goal in asked if goal.measure_id},
        dimensions={goal.dimension_id for goal in asked if goal.dimension_id},
        first=min(days),
        last=today,
        stretch=None,
    ):
        found.setdefault((block.unit_id, block.measure_id, block.dimension_id), []).append(block)
    return found


def _days_told(goals: Sequence[Goal], found: Sequence[_Found]) -> dict[tuple[int, int | None, int | None, date], date]:
    """On which day, at the organisation, each block of the goals' own months was told. One statement: no figures."""
    if not any(each.steps for each in found):
        return {}
    zones = {goal.organisation_id: goal.organisation.zone for goal in goals}
    first = min(each.steps[0][0].first for each in found if each.steps)
    asked = _asked(goals)
    rows: list[tuple[int, int, int, int, date, datetime]] = list(
        Published.objects.filter(
            unit__in={goal.unit_id for goal in asked},
            measure__in={goal.measure_id for goal in asked},
            dimension__in={goal.dimension_id for goal in asked},
            stretch=Stretch.BLOCK,
            first__gte=first,
        ).values_list("organisation_id", "unit_id", "measure_id", "dimension_id", "last", "published_at")
    )
    return {
        (unit, measure, dimension, last): at.astimezone(zones[organisation]).date()
        for organisation, unit, measure, dimension, last, at in rows
        if organisation in zones
    }


def figures_of(goal: Goal, block: Block | None) -> Figures | None:
    """The two sides of `goal` as `block` tells them; None where one of them is hidden or not there."""
    own = block.part(goal.group) if block is not None else None
    if block is None or own is None:
        return None
    other = block.part(goal.reference) if goal.reference else block.everyone_but(goal.group)
    return None if other is None else Figures(block.first, block.last, block.total, own, other, block.missing)


def _within(told: Sequence[Block], days: tuple[date, date] | None, stretch: Stretch) -> list[Block]:
    if days is None:
        return []
    return [b for b in told if b.stretch == stretch and days[0] <= b.first and b.last <= days[1]]


def _usable(goal: Goal, told: Sequence[Block], days: tuple[date, date] | None) -> list[Block]:
    """The blocks within `days` that tell both sides; a year that tells more days of them instead."""
    short = [block for block in _within(told, days, Stretch.BLOCK) if figures_of(goal, block)]
    years = [block for block in _within(told, days, Stretch.YEAR) if figures_of(goal, block)]
    covered = sum((block.last - block.first).days + 1 for block in short)
    return years[-1:] if years and (years[-1].last - years[-1].first).days + 1 > covered else short


def _found(goal: Goal, told: Sequence[Block], today: date) -> _Found:
    ended = today if goal.closed_at is None else goal.closed_at.astimezone(goal.organisation.zone).date()
    period = goal.period and (goal.period[0], min(goal.period[1], today, ended))
    mine = _within(told, period, Stretch.BLOCK)
    steps = tuple((block, figures) for block in mine if (figures := figures_of(goal, block)))
    used = _usable(goal, told, period)
    together = [figures_of(goal, pooled(block for block, _ in steps[: i + 1])) for i in range(len(steps))]
    return _Found(
        before=figures_of(goal, pooled(_usable(goal, told, goal.baseline))),
        now=figures_of(goal, pooled(used)),
        steps=steps,
        sums=tuple(each for each in together if each is not None),
        untold=len(mine) - len(steps),
        used=tuple(used),
    )


def _parts(found: _Found) -> list[Figures]:
    """All of one goal that is reckoned, in this order: before, now, each step, each sum."""
    first = [each for each in (found.before, found.now) if each is not None]
    return [*first, *(figures for _block, figures in found.steps), *found.sums]


def _counts(figures: Sequence[Figures | None], goals: Sequence[Goal]) -> list[np.ndarray]:
    """Events and cases of the group, of whom it is compared with, and of whom the goal raises, NaN where untold."""
    rows = []
    for each, goal in zip(figures, goals, strict=True):
        if each is None:
            rows.append([np.nan] * 6)
            continue
        raised = each.group if goal.whom == Whom.GROUP else each.everyone
        rows.append([n for part in (each.group, each.reference, raised) for n in (part.numerator, part.denominator)])
    return list(np.array(rows, dtype=float).reshape(-1, 6).T)


def _reckon(rows: Sequence[tuple[Goal, Figures | None, Figures]]) -> tuple[list[At], TwoHalves | None]:
    """Both halves of every row against its months before: one call for all of them."""
    if not rows:
        return [], None
    goals = [goal for goal, _before, _after in rows]
    better = np.array([goal.favourable for goal in goals])
    first, second = _counts([b for _, b, _ in rows], goals), _counts([a for _, _, a in rows], goals)
    gaps = [gap(*counts[:4], favourable=better, least_each=1, least_together=1) for counts in (first, second)]
    rates = [wilson(*counts[4:]) for counts in (first, second)]
    found = two_halves(gaps[0], gaps[1], favourable=better, everyone_before=rates[0], everyone_after=rates[1])
    course = found.course
    apart = course.ratio_before - 1
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = 1 - (course.ratio_after - 1) / np.where(apart > 0, apart, np.nan)
    made = [
        At(
            figures=after,
            rate=float(rates[1].estimate[i]),
            raised=float(found.raised_share[i]),
            gap=float(course.after.estimate[i]),
            ratio=float(gaps[1].ratio.estimate[i]),
            times=float(course.ratio_after[i]),
            narrowed=float(course.share.estimate[i]),
            narrowed_relative=float(relative[i]),
            absolute=Quadrant(int(found.absolute[i])),
            relative=Quadrant(int(found.relative[i])),
            certain=bool(found.certain[i]),
            enough=after.least >= goal.minimum and not gaps[1].reason[i],
        )
        for i, (goal, _before, after) in enumerate(rows)
    ]
    return made, found


def _standing(
    goal: Goal,
    found: _Found,
    halves: Sequence[At],
    where: range,
    reckoned: TwoHalves | None,
    days: dict[tuple[int, int | None, int | None, date], date],
) -> Standing:
    left = list(halves)
    before = left.pop(0) if found.before is not None else None
    at = where.start + (before is not None)
    now = left.pop(0) if found.now is not None else None
    steps, sums = left[: len(found.steps)], left[len(found.steps) :]
    told_on = [days.get((*_key(goal), block.last)) for block, _figures in found.steps]
    raised = narrowed = False
    if reckoned is not None and before is not None and now is not None and goal.raise_by and goal.narrow_by:
        aim = Halves(goal.raise_by, goal.narrow_by, relative=goal.gap_kind == GapKind.RELATIVE)
        both = reached(aim, reckoned)
        raised, narrowed = bool(both[0][at]), bool(both[1][at])
    least, known, verdict = _known(found.used)
    return Standing(
        goal=goal,
        before=before,
        now=now,
        steps=tuple(Step(step, day) for step, day in zip(steps, told_on, strict=True)),
        since=_since(goal, now, sums, told_on),
        raised=raised,
        narrowed=narrowed,
        untold=found.untold,
        known_least=least,
        known=known,
        verdict=verdict,
    )


def _since(goal: Goal, now: At | None, sums: Sequence[At], told_on: Sequence[date | None]) -> date | None:
    """The day on which the sum of all blocks came to the field where it is now, and has stayed since."""
    if now is None or len(sums) != len(told_on):
        return None
    day = None
    for total, told in zip(reversed(sums), reversed(told_on), strict=True):
        if not total.enough or total.quadrant(goal.gap_kind) != now.quadrant(goal.gap_kind):
            break
        day = told
    return day


def _known(used: Sequence[Block]) -> tuple[float, float, Verdict]:
    """The share of patients of whom the dimension is known, at least and at most: of what is hidden it is not told."""
    total = sum(block.total.denominator for block in used)
    if not total:
        return float("nan"), float("nan"), Verdict.NONE
    parts = [part for block in used for part in block.parts]
    unknown = sum(part.denominator for part in parts if part.state in _UNKNOWN)
    declined = sum(part.denominator for part in parts if part.state == CategoryState.DECLINED)
    share = completeness(max(total - unknown - declined, 0.0), total, declined)
    surely = sum(part.denominator for part in parts if part.state == CategoryState.KNOWN)
    return min(surely / total, 1.0), float(share.known.estimate), Verdict(int(share.verdict))
