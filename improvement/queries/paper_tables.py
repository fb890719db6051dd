"""Rows of a paper as its page shows them: causes as ribs and whys, countermeasures, steps of the plan."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo
from typing import TYPE_CHECKING, Any, Final

from django.utils import formats
from django.utils.translation import gettext as _

from boards.pages import ReasonCount
from boards.queries.tiles import RedExplained, pareto_of, reds_explained
from boards.queries.words import short_day
from improvement.models import Cause, Countermeasure, PlanStep
from improvement.queries.drivers import Node, diagram_of
from improvement.rules.papers import Branch, Course, Level, Section, Standing
from org.queries.calendars import zone_of

if TYPE_CHECKING:
    from improvement.models import Paper

#: Red days of this many days back are counted behind a cause.
COUNTED_DAYS: Final = 90
#: Reasons that stand beside the fishbone.
MOST_REASONS: Final = 6
#: Standing of a cause → the sign that says it in short.
SIGNS: Final[Mapping[str, str]] = {Standing.GUESS: "no_data", Standing.FACT: "met", Standing.REFUTED: "missed"}


@dataclass(frozen=True, slots=True)
class Why:
    """A cause with the answers to "why?" below it. `days`: red days whose reason it is, None where it has none.

    `depth` 1 is a rib of the fishbone.
    """

    row: Cause
    depth: int
    sign: str
    days: int | None
    checked: str
    whys: Sequence["Why"] = ()


@dataclass(frozen=True, slots=True)
class Bone:
    """A branch of the fishbone with its ribs. `days`: red days behind them in all, `top`: it lies above the spine."""

    branch: str
    name: str
    ribs: Sequence[Why]
    days: int
    top: bool


@dataclass(frozen=True, slots=True)
class Counted:
    """A reason of red days with how many it has; `taken`: a cause of the page is counted by it."""

    bar: ReasonCount
    taken: bool


@dataclass(frozen=True, slots=True)
class Planned:
    """A step of the plan; `due` in words."""

    row: PlanStep
    due: str
    late: bool


def reds_of(paper: "Paper", today: date) -> list[RedExplained]:
    """Red days of the ticket's unit and measure – of all its measures where it has none – with their reasons. One
    statement.
    """
    ticket = paper.ticket
    found = reds_explained(ticket.unit, today - timedelta(days=COUNTED_DAYS - 1), today)
    return found if ticket.measure_id is None else [red for red in found if red.measure_id == ticket.measure_id]


def bones_of(paper: "Paper", today: date, reds: Iterable[RedExplained]) -> list[Bone]:
    """The fishbone: branches that have causes, the one with the most red days first. Three statements at most."""
    rows = list(
        Cause.objects.filter(paper=paper, gone_at__isnull=True)
        .select_related("reason", "checked_by")
        .order_by("position", "pk")
    )
    days, zone = Counter(red.reason_id for red in reds), zone_of(paper.ticket.unit)
    below: dict[int | None, list[Cause]] = {}
    for row in rows:
        below.setdefault(row.of_id, []).append(row)
    ribs: dict[str, list[Why]] = {}
    for row in below.get(None, ()):
        ribs.setdefault(row.branch, []).append(_why(row, 1, below, days, today, zone))
    named = [(branch, str(branch.label), ribs[branch]) for branch in Branch if branch in ribs]
    counted = sorted(
        ((sum(rib.days or 0 for rib in found), branch, name, found) for branch, name, found in named),
        key=lambda bone: -bone[0],
    )
    return [
        Bone(branch.value, name, found, total, top=place % 2 == 0)
        for place, (total, branch, name, found) in enumerate(counted)
    ]


def counted_of(reds: Iterable[RedExplained], bones: Iterable[Bone]) -> list[Counted]:
    """The Pareto of the red days beside the fishbone: the most frequent reasons first."""
    taken = {rib.row.reason_id for bone in bones for rib in bone.ribs}
    return [Counted(bar, bar.reason_id in taken) for bar in pareto_of(reds)[:MOST_REASONS]]


def _why(
    row: Cause,
    depth: int,
    below: Mapping[int | None, Sequence[Cause]],
    days: Mapping[int, int],
    today: date,
    zone: tzinfo,
) -> Why:
    return Why(
        row=row,
        depth=depth,
        sign=SIGNS[row.standing],
        days=days.get(row.reason_id, 0) if row.reason_id is not None else None,
        checked="" if row.checked_at is None else short_day(row.checked_at.astimezone(zone).date(), today),
        whys=[_why(one, depth + 1, below, days, today, zone) for one in below.get(row.pk, ())],
    )


def countermeasures_of(paper: "Paper") -> list[Countermeasure]:
    """What is there, in its order. One statement."""
    found = Countermeasure.objects.filter(paper=paper, gone_at__isnull=True)
    return list(found.select_related("cause", "cycle").order_by("position", "pk"))


def square_of(rows: Sequence[Countermeasure]) -> list[tuple[str, list[tuple[str, list[Countermeasure]]]]]:
    """Countermeasures in a square: rows by effect, much on top; cells by effort, little first. Empty
    where none is placed.
    """
    placed = [row for row in rows if row.effect and row.effort and row.course != Course.DROPPED]
    if not placed:
        return []
    return [
        (
            str(effect.label),
            [
                (str(effort.label), [row for row in placed if row.effect == effect and row.effort == effort])
                for effort in Level
            ],
        )
        for effect in reversed(Level)
    ]


def steps_of(paper: "Paper", today: date) -> list[Planned]:
    """The plan: open steps by their day, then what is done. One statement."""
    rows = list(PlanStep.objects.filter(paper=paper, gone_at__isnull=True).select_related("owner"))
    rows.sort(key=lambda row: (row.done_at is not None, row.due_on or date.max, row.position, row.pk))
    return [
        Planned(
            row,
            "" if row.due_on is None else short_day(row.due_on, today),
            late=row.done_at is None and row.due_on is not None and row.due_on < today,
        )
        for row in rows
    ]


def lines_of(paper: "Paper") -> dict[str, list[str]]:
    """What stands in the tables, a line for each row, as a version keeps it. Six statements at most."""
    today = paper.created_at.date()
    causes: list[str] = []

    def tell(why: Why, name: str) -> None:
        fact = f" ({Standing(why.row.standing).label}: {why.row.fact})" if why.row.fact else ""
        causes.append(f"{'– ' * (why.depth - 1)}{name}{why.row.text}{fact}")
        for one in why.whys:
            tell(one, "")

    for bone in bones_of(paper, today, ()):
        for rib in bone.ribs:
            tell(rib, f"{bone.name}: ")
    lines: dict[str, list[str]] = {
        Section.CAUSES: causes,
        Section.COUNTERMEASURES: [_measure_line(row) for row in countermeasures_of(paper)],
        Section.PLAN: [_step_line(step.row) for step in steps_of(paper, today)],
        Section.DRIVERS: [line for node in diagram_of(paper) for line in _driver_lines(node, 0)],
    }
    return {str(name): said for name, said in lines.items() if said}


def _driver_lines(node: Node, depth: int) -> list[str]:
    own = f"{'– ' * depth}{node.row.text}{f' ({node.course})' if node.course else ''}"
    return [own, *(line for one in node.drives for line in _driver_lines(one, depth + 1))]


def _measure_line(row: Countermeasure) -> str:
    said: list[Any] = [row.text, Course(row.course).label, row.side_effects, row.loses]
    return " · ".join(str(one) for one in said if one)


def _step_line(row: PlanStep) -> str:
    said = [
        row.what,
        row.owner.name if row.owner else "",
        formats.date_format(row.due_on, _("j M Y")) if row.due_on else "",
    ]
    return ("✓ " if row.done_at else "") + " · ".join(one for one in said if one)
