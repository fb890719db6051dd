"""What pages of goals show: the quadrant over all, one goal, the report for the board of directors."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from analytics.disparity import Quadrant
from boards.models import Tile
from boards.queries import words as board_words
from boards.queries.terms import remembered
from boards.rules import GROUPS_NEED, STATUS_OF_CODE, About
from improvement.models import Goal, Review, Voice
from improvement.queries import goal_words as words
from improvement.queries.goal_check import check_of, counted
from improvement.queries.goal_words import FigureRow, Row, StepRow
from improvement.queries.goals import Standing, standing_of
from improvement.rules.goals import LOUDEST_FIRST, MEANINGS, QUADRANTS, Status
from improvement.rules.smart import Question
from org import access

if TYPE_CHECKING:
    from org.models import User


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the chart with the goals in it, each with its number in the table."""

    name: str
    meaning: str
    sign: str
    rows: Sequence[tuple[int, Row]]


@dataclass(frozen=True, slots=True)
class GoalsPage:
    """All goals that somebody may see. `running` in the order of the table; `numbers`: their place there, from 1."""

    fields: Sequence[Field]
    running: Sequence[tuple[int, Row]]
    standings: Sequence[Standing]
    widened: Sequence[Row]
    drafts: Sequence[Row]
    over: Sequence[Row]


def may_see_groups(user: "User", goal: Goal) -> bool:
    """Whether `user` may see the groups of a goal's measure at its unit, as on the pages of groups. Asks once a
    request.
    """
    about = About.PATIENTS if goal.measure is None else About(goal.measure.about)
    return GROUPS_NEED[about] in access.known_permissions_at(user, goal.unit.path)


def _standings(goals: Sequence[Goal], today: date, user: "User") -> list[Standing]:
    """Where `goals` stand; without a figure of groups where `user` may not see these."""
    return [
        standing if may_see_groups(user, standing.goal) else standing.without_groups()
        for standing in standing_of(goals, today)
    ]


def goals_page(goals: Iterable[Goal], today: date, user: "User") -> GoalsPage:
    """The page of `goals` (`whole`) for `user`, what needs somebody first. Five statements with that of `goals`."""
    found = list(goals)
    running = [goal for goal in found if goal.status == Status.ACTIVE]
    others = [goal for goal in found if goal.status != Status.ACTIVE]
    standings = _standings([*running, *others], today, user)
    nexts = next_reviews(running)
    rows = [words.row(standing, today, nexts.get(standing.goal.pk)) for standing in standings]
    order = sorted(range(len(running)), key=lambda i: (LOUDEST_FIRST.index(rows[i].quadrant), rows[i].unit, i))
    sorted_rows = [rows[i] for i in order]
    rest = rows[len(running) :]
    return GoalsPage(
        fields=[
            field_of(field, inside)
            for field in LOUDEST_FIRST
            if (inside := [(number, row) for number, row in enumerate(sorted_rows, 1) if row.quadrant == field])
        ],
        running=list(enumerate(sorted_rows, 1)),
        standings=[standings[i] for i in order],
        widened=[row for row in sorted_rows if row.widened],
        drafts=[row for row in rest if row.status == Status.DRAFT],
        over=[row for row in rest if row.status != Status.DRAFT],
    )


def field_of(quadrant: Quadrant, rows: Sequence[tuple[int, Row]]) -> Field:
    """A field of the chart with `rows` in it, called as they say it."""
    said = {row.field for _number, row in rows}
    return Field(
        said.pop() if len(said) == 1 else str(QUADRANTS[quadrant]), str(MEANINGS[quadrant]), words.SIGNS[quadrant], rows
    )


def next_reviews(goals: Sequence[Goal]) -> dict[int, date]:
    """When each goal is looked at next: the first review that was not held. One statement; none for none."""
    if not goals:
        return {}
    planned = Review.objects.filter(goal__in=goals, held_on__isnull=True).order_by("-day")
    return dict(planned.values_list("goal", "day"))


def widened_of(user: "User", today: date) -> list[Row]:
    """Running goals that `user` may see whose measure was raised while the gap widened. For any page to include with
    `goals/widened.html`. Five statements.
    """
    return list(goals_page(Goal.objects.visible_to(user).active().whole(), today, user).widened)


@dataclass(frozen=True, slots=True)
class Balance:
    """The newest number of the balancing measure on the unit's board, in words."""

    value: str
    sign: str
    said: str
    age: str


def balance_of(goal: Goal, today: date) -> Balance | None:
    """Whether harm shows elsewhere; None where the unit's board does not have the measure. One statement: a number of
    all patients, as the board shows it.
    """
    measure = goal.balancing
    tile = Tile.objects.filter(unit=goal.unit_id, measure=measure).first() if measure is not None else None
    if measure is None or tile is None:
        return None
    status = STATUS_OF_CODE[tile.status]
    return Balance(
        value=f"{board_words.number(tile.value, measure.decimals)} {measure.unit_text}".strip(),
        sign=str(status),
        said=str(status.label),
        age=board_words.age(tile.day, today, measure.cadence),
    )


@dataclass(frozen=True, slots=True)
class GoalPage:
    """One goal: its sentence, its figures, its course, its charter."""

    goal: Goal
    row: Row
    standing: Standing
    lead: str
    first_half: str
    second_half: str
    heads: Sequence[str]
    figures: Sequence[FigureRow]
    steps: Sequence[StepRow]
    known: str
    reviews: Sequence[Review]
    voices: Sequence[Voice]
    balance: Balance | None
    questions: Sequence[Question]
    missing: int


def goal_page(goal: Goal, today: date, user: "User") -> GoalPage:
    """The page of one goal (`whole`) for `user`. At most seven statements."""
    [standing] = _standings([goal], today, user)
    reviews = list(goal.reviews.all())
    voices = list(goal.voices.all())
    planned = [review.day for review in reviews if review.held_on is None]
    heads, figures = words.figure_rows(standing, remembered(goal.organisation))
    draft = goal.status == Status.DRAFT
    questions = check_of(standing, today, voices=len(voices), reviews=len(reviews)) if draft else ()
    lead, first, second = words.statement(standing)
    return GoalPage(
        goal=goal,
        row=words.row(standing, today, planned[0] if planned else None),
        standing=standing,
        lead=lead,
        first_half=first,
        second_half=second,
        heads=heads,
        figures=figures,
        steps=words.step_rows(standing, today),
        known=words.known(standing),
        reviews=reviews,
        voices=voices,
        balance=balance_of(goal, today),
        questions=questions,
        missing=sum(question.needed and not question.answered for question in questions),
    )


def questions_of(goal: Goal, today: date) -> tuple[Question, ...]:
    """What a goal still misses, as it is written now (also one that is not saved yet). Up to four statements."""
    [standing] = standing_of([goal], today)
    voices, reviews = counted(goal)
    return check_of(standing, today, voices=voices, reviews=reviews)
