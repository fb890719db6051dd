"""Question sets, rounds and what is noted on them, made with as little as a test wants to say."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

from org.models import Unit, User
from rounding.actions import follow_ups, rounds
from rounding.actions.question_sets import Terms, furnish, publish
from rounding.models import Observation, Promise, QuestionSet, QuestionSetVersion, Round
from rounding.rules.questions import BETWEEN_TWO, AnswerKind, Line, SetKind

_numbers = count(1)

#: A Tuesday, 10:30 in New York.
AT = datetime(2026, 11, 24, 15, 30, tzinfo=UTC)

FIVE = (
    Line(AnswerKind.YES_NO, "Is the day a normal day?"),
    Line(AnswerKind.TEXT, "What made today harder?"),
    Line(AnswerKind.YES_NO, "Did what we promised arrive?"),
    Line(AnswerKind.TEXT, "What is missing?", after=3, after_value="no"),
    Line(AnswerKind.THANKS, "Who should be thanked?"),
)


def make_set(unit: Unit, *lines: Line, kind: SetKind = SetKind.STAFF, **terms: Any) -> QuestionSetVersion:
    """The newest version of a set of the house, with `lines`, or with `FIVE`."""
    house = unit.organisation
    made = QuestionSet.objects.create(organisation=house, kind=kind, name=f"Set of {kind.value} {next(_numbers)}")
    said = Terms(**{"minutes": 10, "shared": kind not in BETWEEN_TWO, "language": "en", **terms})
    by = User.objects.create_user(f"{uuid4().hex[:8]}@example.org", name="Writer of questions")
    return publish(question_set=made, name=made.name, lines=lines or FIVE, terms=said, based_on=0, by=by, at=AT)


def make_round(
    unit: Unit, leader: User, version: QuestionSetVersion | None = None, *, going_on: bool = False, **more: Any
) -> Round:
    """A round that `leader` has led at `unit`: its unit reads it, unless it is still `going_on`."""
    said = {"uid": uuid4(), "began_at": AT, "at": AT, **more}
    made = rounds.begin(unit=unit, version=version or make_set(unit), leader=leader, **said)
    if not going_on:
        made.ended_at = made.began_at
        made.save(update_fields=["ended_at"])
    return made


def make_note(of_round: Round, text: str = "The pump is broken", **more: Any) -> Observation:
    """Something that was seen on the round."""
    count = of_round.observations.count()
    said = {"uid": uuid4(), "question": None, "position": count + 1, "said_at": AT, "at": AT, **more}
    return rounds.note(of_round=of_round, text=text, by=of_round.leader, **said)


def make_promise(unit: Unit, by: User, text: str = "Two more pumps", **more: Any) -> Promise:
    """Something promised to `unit` for in three days."""
    said = {"uid": uuid4(), "due_on": (AT + timedelta(days=3)).date(), "said_at": AT, "at": AT, **more}
    return follow_ups.promise(unit=unit, text=text, by=by, **said)


def furnished(unit: Unit) -> dict[str, QuestionSet]:
    """The starting sets of the house, by kind."""
    furnish(organisation=unit.organisation, at=AT)
    return {one.kind: one for one in unit.organisation.question_sets.all()}
