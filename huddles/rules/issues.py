"""The closed loop of an issue as tables: statuses, what may happen in each, who does it, which clock runs."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from org.rules import NotAllowed


class Status(TextChoices):
    """Where an issue stands in its loop. The unit that holds it is its place, kept beside the status."""

    RAISED = "raised", _("Waiting to be taken")
    ACKNOWLEDGED = "acknowledged", _("Somebody is on it")
    ANSWERED = "answered", _("Answered, being done")
    DONE = "done", _("Done, waiting to be confirmed")
    PARKED = "parked", _("Parked")
    MERGED = "merged", _("Part of another issue")
    CONFIRMED = "confirmed", _("Confirmed where it began")
    UNCONFIRMED = "unconfirmed", _("Closed, not confirmed")


class Act(TextChoices):
    """What happens to an issue; each is one row of its history."""

    RAISE = "raise", _("Raised")
    ACKNOWLEDGE = "acknowledge", _("Taken")
    ASSIGN = "assign", _("Given to")
    ESCALATE = "escalate", _("Sent up")
    DELEGATE = "delegate", _("Handed down")
    TRANSFER = "transfer", _("Handed sideways")
    ANSWER = "answer", _("Answered")
    DECLINE = "decline", _("Declined")
    FINISH = "finish", _("Done")
    READ_OUT = "read_out", _("Read out where it began")
    CONFIRM = "confirm", _("Confirmed")
    REOPEN = "reopen", _("Reopened")
    PARK = "park", _("Parked")
    RESUME = "resume", _("Taken up again")
    MERGE = "merge", _("Joined with another")
    UNMERGE = "unmerge", _("Separated again")
    CLIMB = "climb", _("Climbed by silence")
    REMIND = "remind", _("Reminded")
    INHERIT = "inherit", _("Passed on: its owner has left")
    TIME_OUT = "time_out", _("Closed without confirmation")
    COPY = "copy", _("Copied for information")
    EDIT = "edit", _("Words changed")
    CHECK_ADD = "check_add", _("Check-in planned")
    CHECK_MOVE = "check_move", _("Check-in moved")
    CHECK_DROP = "check_drop", _("Check-in taken off")
    CHECK_IN = "check_in", _("Looked at")
    WORD = "word", _("Word of whoever told it")
    STILL = "still", _("Still so: new figures are out")


class Actor(StrEnum):
    """Whose hand an act needs."""

    PLACE = "place"  # whoever works with issues where it is now
    TELLER = "teller"  # whoever told it, with their account
    ORIGIN = "origin"  # whoever speaks for the unit where it began
    REPORTER = "reporter"  # whoever told it without an account, by their link
    CLOCK = "clock"  # nobody: time has passed
    ANYONE = "anyone"  # whoever may raise an issue there


S = Status
_MOVE: Final = {
    Act.ESCALATE: S.RAISED,
    Act.DELEGATE: S.RAISED,
    Act.TRANSFER: S.RAISED,
    Act.ANSWER: S.ANSWERED,
    Act.DECLINE: S.DONE,
    Act.FINISH: S.DONE,
    Act.PARK: S.PARKED,
    Act.MERGE: S.MERGED,
    Act.REMIND: None,
    Act.INHERIT: None,
    Act.COPY: None,
    Act.EDIT: None,
    Act.STILL: None,
}

#: Days on which a big issue is looked at before it is done: only while somebody is on it.
_LOOK: Final = {Act.CHECK_ADD: None, Act.CHECK_MOVE: None, Act.CHECK_DROP: None, Act.CHECK_IN: None}

#: Status → what may happen → the status after it; None: it stays.
TRANSITIONS: Final[Mapping[Status, Mapping[Act, Status | None]]] = {
    S.RAISED: {**_MOVE, Act.ACKNOWLEDGE: S.ACKNOWLEDGED, Act.ASSIGN: S.ACKNOWLEDGED, Act.CLIMB: S.RAISED},
    S.ACKNOWLEDGED: {**_MOVE, Act.ASSIGN: S.ACKNOWLEDGED, **_LOOK},
    S.ANSWERED: {**_MOVE, Act.ASSIGN: S.ANSWERED, Act.READ_OUT: None, **_LOOK},
    S.DONE: {
        Act.READ_OUT: None,
        Act.CONFIRM: S.CONFIRMED,
        Act.REOPEN: S.RAISED,
        Act.TIME_OUT: S.UNCONFIRMED,
        Act.WORD: None,
        Act.INHERIT: None,
        Act.COPY: None,
        Act.EDIT: None,
    },
    S.PARKED: {
        Act.RESUME: S.RAISED,
        Act.DECLINE: S.DONE,
        Act.MERGE: S.MERGED,
        Act.INHERIT: None,
        Act.COPY: None,
        Act.EDIT: None,
        Act.STILL: None,
    },
    S.MERGED: {Act.UNMERGE: S.RAISED, Act.READ_OUT: None, Act.WORD: None, Act.EDIT: None},
    S.CONFIRMED: {Act.REOPEN: S.RAISED, Act.COPY: None},
    S.UNCONFIRMED: {Act.CONFIRM: S.CONFIRMED, Act.REOPEN: S.RAISED, Act.WORD: None, Act.COPY: None},
}

#: Act → whose hand it needs.
ACTORS: Final[Mapping[Act, Actor]] = {
    Act.RAISE: Actor.ANYONE,
    Act.ACKNOWLEDGE: Actor.PLACE,
    Act.ASSIGN: Actor.PLACE,
    Act.ESCALATE: Actor.PLACE,
    Act.DELEGATE: Actor.PLACE,
    Act.TRANSFER: Actor.PLACE,
    Act.ANSWER: Actor.PLACE,
    Act.DECLINE: Actor.PLACE,
    Act.FINISH: Actor.PLACE,
    Act.READ_OUT: Actor.ORIGIN,
    Act.CONFIRM: Actor.ORIGIN,
    Act.REOPEN: Actor.ORIGIN,
    Act.PARK: Actor.PLACE,
    Act.RESUME: Actor.PLACE,
    Act.MERGE: Actor.PLACE,
    Act.UNMERGE: Actor.PLACE,
    Act.CLIMB: Actor.CLOCK,
    Act.REMIND: Actor.CLOCK,
    Act.INHERIT: Actor.CLOCK,
    Act.TIME_OUT: Actor.CLOCK,
    Act.COPY: Actor.PLACE,
    Act.EDIT: Actor.PLACE,
    Act.CHECK_ADD: Actor.PLACE,
    Act.CHECK_MOVE: Actor.PLACE,
    Act.CHECK_DROP: Actor.PLACE,
    Act.CHECK_IN: Actor.PLACE,
    Act.WORD: Actor.REPORTER,
    Act.STILL: Actor.CLOCK,
}

#: Acts that need no hand of the place while nobody there has laid a hand on it yet: whoever told it may do them too.
UNTIL_TAKEN: Final[Mapping[Act, Actor]] = {Act.EDIT: Actor.TELLER}
#: Acts after which an issue has been in somebody's hands.
TAKES: Final = frozenset(
    act for act, actor in ACTORS.items() if actor in {Actor.PLACE, Actor.ORIGIN} and act not in {Act.COPY, Act.EDIT}
)

#: Statuses in which somebody still has to do something; each has a clock that runs (`rules.clocks`).
OPEN: Final = frozenset({S.RAISED, S.ACKNOWLEDGED, S.ANSWERED, S.DONE, S.PARKED})
CLOSED: Final = frozenset({S.CONFIRMED, S.UNCONFIRMED})
#: Statuses in which the place, not the origin, has the next word.
IN_WORK: Final = frozenset({S.RAISED, S.ACKNOWLEDGED, S.ANSWERED})
#: Statuses in which somebody is on it: a big issue has days then on which it is looked at.
LOOKED_AT: Final = frozenset({S.ACKNOWLEDGED, S.ANSWERED})
#: What can be done with these days.
LOOKS: Final = frozenset(_LOOK)


class Urgency(TextChoices):
    """How fast the next word must come."""

    ROUTINE = "routine", _("Routine")
    URGENT = "urgent", _("Urgent: harm is possible now")
    GAP = "gap", _("Gap between groups: clocks of its own")


class Size(TextChoices):
    """What an issue will take: the method fits the problem."""

    UNSORTED = "unsorted", _("Not sorted yet")
    ON_THE_SPOT = "on_the_spot", _("Done on the spot")
    QUICK_HIT = "quick_hit", _("Quick hit: days")
    BIG = "big", _("Big issue: owner, plan and check-in dates")


class Harm(TextChoices):
    """What it has done to people so far."""

    NONE = "none", _("Nobody was harmed")
    NEARLY = "nearly", _("It nearly harmed somebody")
    HARMED = "harmed", _("Somebody was harmed")


class Ask(TextChoices):
    """What the next tier shall give."""

    DECISION = "decision", _("A decision")
    RESOURCE = "resource", _("A resource")
    COORDINATION = "coordination", _("Coordination")
    AWARENESS = "awareness", _("Awareness")


class Outcome(TextChoices):
    """What an answer says."""

    DECIDED = "decided", _("Decided")
    RESOURCED = "resourced", _("Resourced")
    DELEGATED = "delegated", _("Handed on")
    WATCHED = "watched", _("Watched")
    DECLINED = "declined", _("Not possible, because")


class Verdict(TextChoices):
    """What the origin says about what was done."""

    SOLVED = "solved", _("Solved")
    PARTLY = "partly", _("Partly, and that will do")
    NOT_SOLVED = "not_solved", _("Not solved")


class Seen(TextChoices):
    """What was seen when a big issue was looked at."""

    ON_TRACK = "on_track", _("On track")
    NEEDS_HELP = "needs_help", _("Needs help")
    DONE = "done", _("Done")


class Source(TextChoices):
    """Where an issue was noticed."""

    HUDDLE = "huddle", _("In a huddle")
    BOARD = "board", _("On the board")
    PAGE = "page", _("On a phone or computer")
    CODE = "code", _("By the code at the unit")
    PAPER = "paper", _("On the paper sheet")
    ROUND = "round", _("On a round")
    RULE = "rule", _("By a rule")


class ChoiceKind(TextChoices):
    """Lists of words that the hospital edits and that are chosen in one tap."""

    CATEGORY = "category", _("What an issue is about")
    CANNOT = "cannot", _("Why it cannot be solved here")
    CRITERION = "criterion", _("When an issue is sent up")
    NOT_HELD = "not_held", _("Why a huddle was not held")
    PARK = "park", _("Why an issue is parked")


#: What a hospital starts with, by list: (code, name). It edits them on its own pages.
DEFAULT_CHOICES: Final[Mapping[ChoiceKind, tuple[tuple[str, object], ...]]] = {
    ChoiceKind.CATEGORY: (
        ("equipment", _("Equipment")),
        ("supplies", _("Supplies and drugs")),
        ("staffing", _("Staffing")),
        ("flow", _("Beds and flow")),
        ("it", _("Computers and phones")),
        ("facilities", _("Rooms and building")),
        ("access", _("Access and language")),
        ("communication", _("Communication")),
        ("method", _("How work is done")),
        ("other", _("Something else")),
    ),
    ChoiceKind.CANNOT: (
        ("authority", _("We may not decide it")),
        ("money", _("It needs money")),
        ("other_unit", _("Another department has it")),
        ("system", _("The cause lies in the system")),
        ("expertise", _("It needs knowledge that we do not have")),
    ),
    ChoiceKind.CRITERION: (
        ("harm", _("Serious harm, or nearly")),
        ("staff_harm", _("Staff injury or violence")),
        ("blocked", _("A countermeasure is blocked, or no authority")),
        ("several_units", _("More than one unit")),
        ("outage", _("Outage or shortage")),
        ("visible", _("Legal, media or regulator interest")),
        ("repeated", _("Three times within 30 days")),
        ("equity", _("An equity signal, or discrimination")),
        ("no_answer", _("No answer in time")),
    ),
    ChoiceKind.NOT_HELD: (
        ("busy", _("Patients needed everybody")),
        ("no_leader", _("Nobody to lead it")),
        ("short", _("Too few people")),
        ("closed", _("The unit was closed")),
        ("forgotten", _("It slipped")),
    ),
    ChoiceKind.PARK: (
        ("later", _("Not now: other things come first")),
        ("waits", _("It waits for something else")),
        ("information", _("More has to be known first")),
    ),
}

TITLE_LENGTH: Final = 140
NOTE_LENGTH: Final = 1000
TELL_STAFF_LENGTH: Final = 300
#: What will be looked at, and what was seen, in one line.
LOOK_LENGTH: Final = 200
#: A promise, or a day to look again, further ahead is a slip of the hand – or would keep an issue silent for good.
FURTHEST: Final = timedelta(days=366)
#: Open check-ins of one issue: more is a calendar.
MOST_CHECK_INS: Final = 12


def check_promise(due_at: datetime, at: datetime) -> None:
    """Refuse a time that is over, or more than a year after `at`. Raises NotAllowed in plain words."""
    if due_at <= at:
        raise NotAllowed(_now("The time by which it is done lies ahead."), field="due_at")
    if due_at > at + FURTHEST:
        raise NotAllowed(
            _now("Promise it for a day within a year. What takes longer is looked at again then."), field="due_at"
        )


def check(status: str, act: Act) -> Status:
    """The status after `act`. Raises NotAllowed in plain words where it may not happen in `status`."""
    found = TRANSITIONS[Status(status)]
    if act not in found:
        raise NotAllowed(
            _now("This issue is “%(status)s”: that cannot be done with it now.") % {"status": Status(status).label}
        )
    after = found[act]
    return Status(status) if after is None else after


#: What is said of an honest no, where its status is called otherwise for what was done.
_DECLINED: Final[Mapping[Status, object]] = {
    S.DONE: _("Declined, waiting to be accepted"),
    S.CONFIRMED: _("Declined, accepted where it began"),
}


def status_text(status: str, outcome: str) -> str:
    """The words for where an issue stands: an honest no is not called done."""
    known = Status(status)
    return str(_DECLINED.get(known, known.label) if outcome == Outcome.DECLINED else known.label)


def verdict_text(verdict: str, outcome: str) -> str:
    """The words for what the origin says: an honest no is accepted, not solved."""
    if outcome == Outcome.DECLINED:
        return str(_now("Not accepted") if verdict == Verdict.NOT_SOLVED else _now("Accepted"))
    return str(Verdict(verdict).label)


def is_looked_at(status: str, size: str) -> bool:
    """Whether an issue may have days on which it is looked at: a big one that somebody is on. What carries it on, or
    makes it small, ends them.
    """
    return size == Size.BIG and status in LOOKED_AT


def people_told(people: int | None, groups: Sequence[str], threshold: int) -> int | None:
    """How many people are affected, as far as it may be said: where groups of patients are named, a number from one
    until below `threshold` would tell who they are.
    """
    return None if people and groups and people < threshold else people


def closes(verdict: str) -> bool:
    """Whether the origin's word ends the loop."""
    return verdict in {Verdict.SOLVED, Verdict.PARTLY}
