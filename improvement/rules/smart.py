"""Whether a goal is one that a team can work with: plain questions with yes or no, and what is missing. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from improvement.rules.goals import aim_of_rate


@dataclass(frozen=True, slots=True)
class Baseline:
    """What could be told of the months before: rates 0 .. 1 of whom the goal raises, and by how much the group fares
    worse (negative: better); cases of the group and of whom it is compared with.
    """

    rate: float
    harm: float
    cases: float
    compared: float


@dataclass(frozen=True, slots=True)
class Written:
    """What has been written of a goal so far. `today`: a goal ends later. `numbers`: there are any of the measure at
    the unit in the months before, of all patients together.
    """

    names_whom: bool
    raise_by: float | None
    narrow_by: float | None
    baseline: tuple[date, date] | None
    period: tuple[date, date] | None
    minimum: int
    favourable: bool
    sponsor: bool
    owner: bool
    balancing: bool
    reviews: int
    voices: int
    if_missed: bool
    source_note: bool
    told: Baseline | None
    today: date
    numbers: bool


@dataclass(frozen=True, slots=True)
class Question:
    """A question, whether it is answered, and what is missing. `needed`: without it the goal cannot begin."""

    text: str
    answered: bool
    missing: str
    needed: bool


def smart_check(goal: Written) -> tuple[Question, ...]:
    """All questions, in the order in which a goal is written."""
    return (*_halves(goal), *_figures(goal), *_people(goal))


def unanswered(questions: Sequence[Question]) -> list[str]:
    """What is missing without which a goal cannot begin."""
    return [question.missing for question in questions if question.needed and not question.answered]


def _halves(goal: Written) -> tuple[Question, ...]:
    return (
        Question(
            _("Does it say what is counted, for which group, compared with whom?"),
            goal.names_whom,
            _("Choose the measure and the group."),
            True,
        ),
        Question(
            _("First half: does it say by how much the measure gets better?"),
            bool(goal.raise_by),
            _("A goal has two halves. Say by how much the measure gets better."),
            True,
        ),
        Question(
            _("Second half: does it say by how much the gap narrows?"),
            bool(goal.narrow_by),
            _("A goal has two halves. Say by how much the gap narrows."),
            True,
        ),
        Question(
            _("Does it say from when until when, and what it is compared with?"),
            not _when(goal),
            _when(goal),
            True,
        ),
    )


def _when(goal: Written) -> str:
    """What is wrong with the months of a goal; empty where nothing is."""
    if not goal.period or not goal.baseline:
        return _("Say the months of the goal and the months before that it is compared with.")
    if goal.period[1] < goal.today:
        return _("The months of the goal are over. Choose an end that lies ahead.")
    if goal.names_whom and not goal.numbers:
        return _("The unit has no number of this measure in the months before. Choose months that have some.")
    return ""


def _figures(goal: Written) -> tuple[Question, ...]:
    """What can only be asked once the months before are told comes after that they are."""
    told = goal.told
    first = Question(
        _("Can the months before be told?"),
        told is not None,
        _("Nothing was told of these groups in these months. The goal can begin; where it stands shows later.")
        if goal.numbers
        else _("Nothing was told of these groups in these months."),
        False,
    )
    if told is None:
        return (first,)
    aim = aim_of_rate(told.rate, goal.raise_by or 0.0, favourable=goal.favourable)
    return (
        first,
        Question(
            _("Are both sides large enough to judge?"),
            min(told.cases, told.compared) >= goal.minimum,
            _("In the months before, one side has fewer cases than you ask for. Take more months or a larger unit."),
            False,
        ),
        Question(
            _("Does the group fare worse today?"),
            told.harm > 0,
            _("In the months before, the group does not fare worse. Is this the gap to narrow?"),
            False,
        ),
        Question(
            _("Can it be reached?"),
            0 <= aim <= 1,
            _("It would take more than 100 %. Choose a smaller first half."),
            True,
        ),
    )


def _people(goal: Written) -> tuple[Question, ...]:
    return (
        Question(_("Is there an owner?"), goal.owner, _("Choose who owns the goal."), True),
        Question(
            _("Is there an executive sponsor?"), goal.sponsor, _("Choose the executive who answers for it."), True
        ),
        Question(
            _("Would harm elsewhere be noticed?"),
            goal.balancing,
            _("Choose a balancing measure: it shows harm elsewhere."),
            True,
        ),
        Question(_("Is it planned when it is reviewed?"), goal.reviews > 0, _("Plan at least one review."), True),
        Question(
            _("Has somebody of the community been heard?"),
            goal.voices > 0,
            _("Record whom you have heard, and what changed because of it."),
            True,
        ),
        Question(
            _("Is it clear what happens if it is missed?"),
            goal.if_missed,
            _("Say what happens if the goal is missed."),
            True,
        ),
        Question(
            _("Is it written where the data come from, and how complete they are?"),
            goal.source_note,
            _("Say where the data come from, and how complete they are."),
            False,
        ),
    )
