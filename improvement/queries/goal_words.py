"""A goal and where it stands in words, in the reader's language. Numbers come from `goals`, nothing is read here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import isclose, isnan
from typing import Final

from django.utils import formats
from django.utils.translation import gettext as _

from analytics.disparity import Quadrant, Verdict
from boards.completeness_rules import floor
from boards.queries import words
from boards.queries.published import Part
from boards.queries.terms import Words
from improvement.models import Goal
from improvement.queries.goals import At, Figures, Standing
from improvement.rules.goals import MEANINGS, QUADRANTS, GapKind, Status, Whom

#: The sign of each field; what is raised and narrowed is met only where both halves are reached.
SIGNS: Final = {
    Quadrant.NONE: "no_data",
    Quadrant.RAISED_NARROWED: "seen",
    Quadrant.RAISED_WIDENED: "at_risk",
    Quadrant.FELL_NARROWED: "at_risk",
    Quadrant.FELL_WIDENED: "missed",
}
#: Floats write 58/80 as a little less than 0.725; people round it up.
_HALF: Final = 1e-9


def percent(share: float | None) -> str:
    """A share as "61 %", "73.2 %"; a dash where there is none."""
    return words.NONE if share is None or isnan(share) else f"{_short(100 * share, 1)} %"


def points(size: float) -> str:
    """A difference of shares as "18 points"; a dash where there is none."""
    return words.NONE if isnan(size) else _("%(n)s points") % {"n": _short(100 * size, 1)}


def ratio(value: float) -> str:
    """A ratio as "0.73"; a dash where there is none."""
    return words.number(value + _HALF, 2)


def _short(value: float, decimals: int) -> str:
    shown = words.number(value + _HALF, decimals)
    return shown.removesuffix(formats.get_format("DECIMAL_SEPARATOR") + "0" * decimals)


def months(figures: Figures) -> str:
    """The months behind figures: "July 2026", "July – September 2026: 2 of 3 months, without August"."""
    return words.months(figures.first, figures.last, figures.missing)


def reference_of(goal: Goal) -> str:
    """Whom the group is compared with."""
    return goal.reference or _("everyone else")


def statement(standing: Standing) -> tuple[str, str, str]:
    """The goal as a sentence in three parts: within which months who will; the first half; the second half."""
    goal = standing.goal
    return _lead(goal), _first_half(standing), _second_half(standing)


def _lead(goal: Goal) -> str:
    period = words.months(*goal.period) if goal.period else "…"
    if goal.partners:
        return _("Within %(period)s, %(unit)s together with %(partners)s will") % {
            "period": period,
            "unit": goal.unit.name,
            "partners": goal.partners,
        }
    return _("Within %(period)s, %(unit)s will") % {"period": period, "unit": goal.unit.name}


def _first_half(standing: Standing) -> str:
    goal = standing.goal
    facts = {
        "measure": goal.measure.name if goal.measure else "…",
        "whom": goal.group or "…" if goal.whom == Whom.GROUP else _("all patients"),
        "share": percent(goal.raise_by) if goal.raise_by else "…",
        "from": percent(standing.before.rate) if standing.before else "",
        "to": percent(standing.aim_rate),
    }
    told = standing.before is not None and goal.raise_by is not None
    if goal.measure is None or goal.favourable:
        if told:
            return _("raise “%(measure)s” for %(whom)s by %(share)s: from %(from)s to %(to)s or more") % facts
        return _("raise “%(measure)s” for %(whom)s by %(share)s of what it was") % facts
    if told:
        return _("lower “%(measure)s” for %(whom)s by %(share)s: from %(from)s to %(to)s or less") % facts
    return _("lower “%(measure)s” for %(whom)s by %(share)s of what it was") % facts


def _second_half(standing: Standing) -> str:
    goal = standing.goal
    facts = {
        "group": goal.group or "…",
        "reference": reference_of(goal),
        "share": percent(goal.narrow_by) if goal.narrow_by else "…",
    }
    if standing.before is None or not goal.narrow_by:
        return _("narrow the gap between %(group)s and %(reference)s by %(share)s of what it was") % facts
    if goal.gap_kind == GapKind.RELATIVE:
        aim = standing.aim_times
        facts |= {"from": ratio(standing.before.ratio), "to": ratio(1 / aim if standing.before.ratio < 1 else aim)}
        return (
            _("narrow the gap between %(group)s and %(reference)s by %(share)s: from a ratio of %(from)s to %(to)s")
            % facts
        )
    facts |= {"from": points(standing.before.gap), "to": points(standing.aim_gap)}
    return _("narrow the gap between %(group)s and %(reference)s by %(share)s: from %(from)s to %(to)s or less") % facts


@dataclass(frozen=True, slots=True)
class Row:
    """A goal in a list: its field in words, both gaps side by side, who answers for it. Texts, and what sorts them."""

    pk: int
    title: str
    unit: str
    measure: str
    group: str
    reference: str
    status: str
    status_text: str
    sign: str
    field: str
    meaning: str
    quadrant: Quadrant
    widened: bool
    twice: bool
    met: bool
    since: str
    note: str
    rate_before: str
    rate_now: str
    rate_aim: str
    raised: str
    gap_before: str
    gap_now: str
    gap_aim: str
    narrowed: str
    ratio_before: str
    ratio_now: str
    ratio_aim: str
    narrowed_relative: str
    uses_relative: bool
    disagree: str
    newest: str
    newest_months: str
    told: str
    owner: str
    sponsor: str
    next_review: str
    ask: str


def row(standing: Standing, today: date, next_review: date | None = None) -> Row:
    """A goal as it stands."""
    goal, before, now = standing.goal, standing.before, standing.now
    nan = float("nan")
    aim_times = standing.aim_times
    newest = standing.steps[-1].halves if standing.steps else None
    return Row(
        pk=goal.pk,
        title=goal.title,
        unit=goal.unit.name,
        measure=goal.measure.name if goal.measure else "",
        group=goal.group,
        reference=reference_of(goal),
        status=goal.status,
        status_text=str(Status(goal.status).label),
        sign="met" if standing.met else SIGNS[standing.quadrant],
        field=_("Not shown here") if standing.withheld else str(QUADRANTS[standing.quadrant]),
        meaning=str(MEANINGS[standing.quadrant]) if standing.judged else "",
        quadrant=standing.quadrant,
        widened=standing.widened,
        twice=standing.twice,
        met=standing.met,
        since=words.short_day(standing.since, today) if standing.since and standing.judged else "",
        note=why_not(standing),
        rate_before=percent(before.rate if before else nan),
        rate_now=percent(now.rate if now else nan),
        rate_aim=_aim("≥" if goal.favourable else "≤", percent(standing.aim_rate)),
        raised=percent(now.raised if now else nan),
        gap_before=points(before.gap if before else nan),
        gap_now=points(now.gap if now else nan),
        gap_aim=_aim("≤", points(standing.aim_gap)),
        narrowed=percent(now.narrowed if now else nan),
        ratio_before=ratio(before.ratio if before else nan),
        ratio_now=ratio(now.ratio if now else nan),
        ratio_aim=_ratio_aim(before, aim_times),
        narrowed_relative=percent(now.narrowed_relative if now else nan),
        uses_relative=goal.gap_kind == GapKind.RELATIVE,
        disagree=_disagree(standing),
        newest=_newest(newest, goal),
        newest_months=months(newest.figures) if newest else "",
        told=months(now.figures) if now else "",
        owner=str(goal.owner or ""),
        sponsor=str(goal.sponsor or ""),
        next_review=words.short_day(next_review, today) if next_review else "",
        ask=goal.ask,
    )


def _aim(sign: str, text: str) -> str:
    return text if text == words.NONE else f"{sign} {text}"


def _ratio_aim(before: At | None, times: float) -> str:
    if before is None or isnan(times):
        return words.NONE
    return f"≥ {ratio(1 / times)}" if before.ratio < 1 else f"≤ {ratio(times)}"


def _newest(newest: At | None, goal: Goal) -> str:
    if newest is None:
        return ""
    if not newest.enough:
        return _("too few to judge")
    return str(QUADRANTS[newest.quadrant(goal.gap_kind)])


def _disagree(standing: Standing) -> str:
    """A note where the gap narrows in the one form and widens in the other."""
    if not standing.disagree:
        return ""
    uses = standing.goal.gap_kind == GapKind.RELATIVE
    narrowed = (standing.now.narrowed if standing.now else 0) > 0
    told = (
        _("In points the gap narrows, as a ratio it widens.")
        if narrowed
        else _("In points the gap widens, as a ratio it narrows.")
    )
    return f"{told} {_('This goal goes by the ratio.') if uses else _('This goal goes by the points.')}"


def why_not(standing: Standing) -> str:
    """Why nothing may be said of a goal; empty where something may."""
    if standing.judged:
        return ""
    if standing.withheld:
        return _("Your role does not include figures of groups here: the goal stands without them.")
    if standing.before is None:
        return _("The months before are not told for these groups.")
    if standing.now is None:
        return _("No month since it began is told for these groups.")
    if standing.verdict == Verdict.TOO_LITTLE:
        return _("Too little is known of the patients: the answer of at most %(share)s.") % {
            "share": percent(standing.known)
        }
    return _("Too few to judge: fewer than %(n)s cases on one side.") % {"n": standing.goal.minimum}


def known(standing: Standing) -> str:
    """Of how many patients the dimension is known; empty where nothing was told."""
    if standing.verdict == Verdict.NONE or standing.goal.dimension is None:
        return ""
    # Rounded down: what is not known is never told as known.
    facts = {"dimension": standing.goal.dimension.name, "share": f"{floor(100 * standing.known_least)} %"}
    if isclose(standing.known_least, standing.known):
        return _("%(dimension)s: known of %(share)s of the patients.") % facts
    return _("%(dimension)s: known of at least %(share)s of the patients.") % facts


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One side of a goal over its stretches: what the stretch is called, the rate and what it rests on, as text."""

    name: str
    cells: Sequence[tuple[str, str, str]]


def figure_rows(standing: Standing, said: Words) -> tuple[list[str], list[FigureRow]]:
    """The table behind a goal: stretches across – the months before, since it began, the newest block – and the sides,
    the gap and the ratio down. `said`: what the organisation calls things.
    """
    newest = standing.steps[-1].halves if len(standing.steps) > 1 else None
    named = ((_("Months before"), standing.before), (_("Since it began"), standing.now), (_("Newest"), newest))
    across = [(name, at) for name, at in named if at is not None]
    heads = [f"{name}: {months(at.figures)}" for name, at in across]
    goal = standing.goal
    sides = (
        (_("All patients"), [_cell(at.figures.everyone) for _name, at in across]),
        (goal.group, [_cell(at.figures.group) for _name, at in across]),
        (reference_of(goal).capitalize(), [_cell(at.figures.reference) for _name, at in across]),
        (f"{said.say('Gap')}, {_('points')}", [(points(at.gap), "") for _name, at in across]),
        (f"{said.say('Gap')}, {_('ratio')}", [(ratio(at.ratio), "") for _name, at in across]),
    )
    rows = [FigureRow(name, [(head, *cell) for head, cell in zip(heads, cells, strict=True)]) for name, cells in sides]
    return heads, rows


def _cell(part: Part) -> tuple[str, str]:
    share = part.numerator / part.denominator if part.denominator else float("nan")
    return percent(share), words.counts(part.numerator, part.denominator)


@dataclass(frozen=True, slots=True)
class StepRow:
    """One block of the course."""

    months: str
    told_on: str
    rate: str
    gap: str
    ratio: str
    field: str
    sign: str


def step_rows(standing: Standing, today: date) -> list[StepRow]:
    """The course block by block, the oldest first, each by itself against the months before."""
    goal = standing.goal
    return [
        StepRow(
            months=months(at.figures),
            told_on=words.short_day(step.told_on, today) if step.told_on else "",
            rate=percent(at.rate),
            gap=points(at.gap),
            ratio=ratio(at.ratio),
            field=_newest(at, goal),
            sign=SIGNS[at.quadrant(goal.gap_kind)] if at.enough else "no_data",
        )
        for step in standing.steps
        for at in (step.halves,)
    ]
