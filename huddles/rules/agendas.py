"""What a huddle goes through: sections of an agenda, kinds of steps, and the agendas that a hospital starts with."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import TextChoices
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from org.rules import NotAllowed


class Section(TextChoices):
    """Lists that make an agenda. Every line of an agenda belongs to one."""

    STEP = "step", _("Steps")
    SEAT = "seat", _("Who should be here")
    READINESS = "readiness", _("Ready for today?")
    LOOK_BACK = "look_back", _("Last 24 hours")
    LOOK_AHEAD = "look_ahead", _("Next 24 hours")
    FIDELITY = "fidelity", _("After the huddle")


class StepKind(TextChoices):
    """What a step of the agenda brings up by itself."""

    WELCOME = "welcome", _("Welcome")
    THANKS = "thanks", _("Thank you or good catch")
    ANSWERS = "answers", _("What came back to us")
    LOOK_BACK = "look_back", _("Last 24 hours")
    READINESS = "readiness", _("Ready for today?")
    LOOK_AHEAD = "look_ahead", _("Next 24 hours")
    BOARD = "board", _("The board: reds and one chart")
    BELOW = "below", _("Units not heard")
    QUEUE = "queue", _("What came up to us")
    BALANCE = "balance", _("Staffing and beds to balance")
    PROMISES = "promises", _("Promises: kept, late, reopened")
    SUPPORT = "support", _("Support services speak")
    SIGNALS = "signals", _("Gaps between groups")
    STOPLIGHT = "stoplight", _("Stoplight report")
    NEW = "new", _("New items")
    TESTS = "tests", _("Tests running")
    ALERT = "alert", _("System alert needed?")
    CLOSE = "close", _("Who does what by when; thanks")


class Choice(TextChoices):
    """What can be tapped beside a line. Which of them, says its section."""

    HERE = "here", _("Here")
    REMOTE = "remote", _("By phone or video")
    STAND_IN = "stand_in", _("Stand-in")
    MISSING = "missing", _("Missing")
    READY = "ready", _("Ready")
    AT_RISK = "at_risk", _("At risk")
    NOT_READY = "not_ready", _("Not ready")
    NOTHING = "nothing", _("Nothing to tell")
    YES = "yes", _("Yes")
    NO = "no", _("No")


#: Section → what can be tapped in it; a section without a row takes words only.
CHOICES: Final[Mapping[Section, tuple[Choice, ...]]] = {
    Section.SEAT: (Choice.HERE, Choice.REMOTE, Choice.STAND_IN, Choice.MISSING),
    Section.READINESS: (Choice.READY, Choice.AT_RISK, Choice.NOT_READY),
    Section.LOOK_BACK: (Choice.NOTHING,),
    Section.LOOK_AHEAD: (Choice.NOTHING,),
    Section.FIDELITY: (Choice.YES, Choice.NO),
}

#: Section → the kind of step under which its lines stand; seats stand under the welcome, fidelity after the end.
SHOWN_UNDER: Final[Mapping[Section, StepKind]] = {
    Section.SEAT: StepKind.WELCOME,
    Section.READINESS: StepKind.READINESS,
    Section.LOOK_BACK: StepKind.LOOK_BACK,
    Section.LOOK_AHEAD: StepKind.LOOK_AHEAD,
}

#: How long notes of a huddle may be.
NOTE_LENGTH: Final = 500
TITLE_LENGTH: Final = 80
PROMPT_LENGTH: Final = 200


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an agenda. `kind` and `seconds` belong to steps; `required` to seats. Words may be lazy."""

    section: Section
    title: Any
    prompt: Any = ""
    kind: str = ""
    seconds: int = 0
    required: bool = False


def _steps(*rows: tuple[StepKind, int, Any]) -> tuple[Line, ...]:
    return tuple(Line(Section.STEP, kind.label, prompt, kind.value, seconds) for kind, seconds, prompt in rows)


def _seats(*rows: tuple[Any, bool]) -> tuple[Line, ...]:
    return tuple(Line(Section.SEAT, title, required=required) for title, required in rows)


def _list(section: Section, *rows: tuple[Any, Any]) -> tuple[Line, ...]:
    return tuple(Line(section, title, prompt) for title, prompt in rows)


K = StepKind

_READINESS: Final = _list(
    Section.READINESS,
    (_("Safety"), _("Patients to watch, events, concern for staff")),
    (_("Methods"), _("Work standards changed, unclear or broken; missing training")),
    (_("Equipment"), _("Missing, broken, due for service; computers down")),
    (_("Supplies"), _("Short, in the wrong place, expired; drug shortage")),
    (_("Staffing"), _("Absences, skill mix, floats, one-to-one, interpreters")),
)
_LOOK_BACK: Final = _list(
    Section.LOOK_BACK,
    (_("Harm"), _("Did anybody come to harm?")),
    (_("Near miss"), _("What nearly went wrong?")),
    (_("Complaint"), _("What did patients or families tell us?")),
    (_("Staff injury"), _("Was one of us hurt or threatened?")),
    (_("Language"), _("A patient whom we could not serve in their language?")),
)
_LOOK_AHEAD: Final = _list(
    Section.LOOK_AHEAD,
    (_("Patients to watch"), _("How many, and for what? No names")),
    (_("Admissions and discharges"), _("Coming, going, waiting")),
    (_("Risk"), _("What could go wrong today?")),
    (_("Interpreters and special needs"), _("Booked for today?")),
)
_FIDELITY: Final = _list(
    Section.FIDELITY,
    (_("Started and ended on time?"), ""),
    (_("The right roles present?"), ""),
    (_("Led from the board?"), ""),
    (_("Open promises reviewed?"), ""),
    (_("A chart looked at?"), ""),
    (_("Everyone had a turn?"), ""),
    (_("Was a concern safe to say?"), ""),
    (_("Each new item has an owner and a date?"), ""),
    (_("Answers handed down?"), ""),
)

_UNIT: Final = (
    *_steps(
        (K.WELCOME, 30, _("Who is here, who is new?")),
        (K.THANKS, 60, _("Whom do we thank? What was caught in time?")),
        (K.ANSWERS, 90, _("Read out what was decided. Is it solved here?")),
        (K.LOOK_BACK, 120, _("Harm, near misses, complaints, injuries, language")),
        (K.READINESS, 120, _("Can we start the day?")),
        (K.LOOK_AHEAD, 120, _("Patients to watch, coming and going, risks, interpreters")),
        (K.BOARD, 120, _("Reds only: why, and what next? One chart with a signal")),
        (K.NEW, 90, _("Keep it, quick hit, or send it up with an ask")),
        (K.TESTS, 30, _("What did we learn?")),
        (K.CLOSE, 30, _("Who does what by when? Thanks")),
    ),
    *_seats(
        (_("Unit lead"), True),
        (_("Charge nurse"), True),
        (_("Physician"), False),
        (_("Pharmacy"), False),
        (_("Therapy"), False),
        (_("Case management"), False),
        (_("Environmental services"), False),
    ),
    *_READINESS,
    *_LOOK_BACK,
    *_LOOK_AHEAD,
    *_FIDELITY,
)
_LINE: Final = (
    *_steps(
        (K.WELCOME, 30, _("Which units are here?")),
        (K.BELOW, 90, _("Which units have not met? What do they need?")),
        (K.ANSWERS, 90, _("Answers to hand down")),
        (K.LOOK_BACK, 90, _("Harm and near misses of the last 24 hours")),
        (K.QUEUE, 240, _("By urgency and age: owner, answer or send up")),
        (K.BALANCE, 120, _("Who has beds or people to lend?")),
        (K.BOARD, 120, _("Reds that repeat over units")),
        (K.NEW, 60, _("Requests sideways; what goes up, with an ask?")),
        (K.TESTS, 30, _("One improvement to spread")),
        (K.CLOSE, 30, _("Who does what by when? Thanks")),
    ),
    *_seats(
        (_("Director"), True),
        (_("Unit managers"), True),
        (_("Physician lead"), False),
        (_("Pharmacy"), False),
        (_("Interpreter services"), False),
    ),
    *_READINESS,
    *_LOOK_BACK,
    *_FIDELITY,
)
_BRANCH: Final = (
    *_steps(
        (K.WELCOME, 30, _("Which service lines are here?")),
        (K.BELOW, 60, _("Which huddles have not met?")),
        (K.LOOK_BACK, 120, _("Safety events and harm")),
        (K.BALANCE, 120, _("Capacity and staffing to balance")),
        (K.SUPPORT, 120, _("Computers, pharmacy, supply, facilities, cleaning, interpreters, security")),
        (K.QUEUE, 240, _("By urgency and age; what belongs together?")),
        (K.SIGNALS, 60, _("For whom does it work least well?")),
        (K.PROMISES, 60, _("What did we promise?")),
        (K.NEW, 60, _("Decisions, owner, hour; what goes up?")),
        (K.CLOSE, 30, _("Who tells whom by when? Thanks")),
    ),
    *_seats(
        (_("Branch lead"), True),
        (_("Service line directors"), True),
        (_("Pharmacy"), False),
        (_("Information technology"), False),
        (_("Facilities"), False),
        (_("Supply chain"), False),
        (_("Interpreter services"), False),
    ),
    *_LOOK_BACK,
    *_FIDELITY,
)
_EXECUTIVES: Final = (
    *_steps(
        (K.BELOW, 60, _("The house in one minute: huddles held, harm, capacity, outages, shortages")),
        (K.PROMISES, 120, _("Yesterday's promises: kept, late, reopened")),
        (K.QUEUE, 480, _("One ask at a time, 60 seconds each")),
        (K.SIGNALS, 90, _("Gaps between groups that wait for an answer")),
        (K.ALERT, 30, _("Does every unit have to know?")),
        (K.CLOSE, 60, _("What goes back, to whom, by what hour?")),
    ),
    *_seats(
        (_("Chief executive"), True),
        (_("Chief nursing officer"), True),
        (_("Chief medical officer"), True),
        (_("Chief operating officer"), True),
        (_("Chief quality officer"), True),
        (_("Health equity officer"), True),
    ),
    *_FIDELITY,
)

#: Tier level → the lines that a hospital starts with; a tier between has that of the highest one below it.
DEFAULT_AGENDAS: Final[Mapping[int, Sequence[Line]]] = {1: _UNIT, 2: _LINE, 3: _BRANCH, 4: _EXECUTIVES}


def default_agenda(level: int, top: int) -> Sequence[Line]:
    """The agenda with which tier `level` of a house with `top` tiers starts. The top always has that of executives."""
    if level == top:
        return _EXECUTIVES
    return DEFAULT_AGENDAS[min(max(level, 1), 3)]


#: How long an agenda may be, and one step of it.
MOST_LINES: Final = 80
LONGEST_STEP: Final = 3600


def in_sections(lines: Iterable[Line]) -> list[Line]:
    """`lines` section by section, in the order of `Section`; within a section as they come."""
    order = list(Section)
    return sorted(lines, key=lambda line: order.index(line.section))


def total_minutes(lines: Iterable[Line]) -> float:
    """How long all steps take together."""
    return sum(line.seconds for line in lines if line.section == Section.STEP) / 60


def check_agenda(lines: Sequence[Line]) -> None:
    """Refuse what is no agenda: without steps, with a line without title, too much of anything. Raises NotAllowed."""
    steps = [line for line in lines if line.section == Section.STEP]
    if not steps:
        raise NotAllowed(_now("An agenda has at least one step."))
    if len(lines) > MOST_LINES:
        raise NotAllowed(_now("An agenda has at most %(most)s lines.") % {"most": MOST_LINES})
    kinds = [line.kind for line in steps]
    for line in lines:
        title, prompt = str(line.title), str(line.prompt)
        if not title.strip():
            raise NotAllowed(_now("Every line has a title: fill it in, or take the line out."))
        if len(title) > TITLE_LENGTH or len(prompt) > PROMPT_LENGTH:
            raise NotAllowed(_now("“%(title)s” is too long.") % {"title": title[:40]})
        if (line.section == Section.STEP) != (line.kind in set(StepKind)):
            raise NotAllowed(_now("“%(title)s” is no step that huddles know.") % {"title": title})
        if line.section == Section.STEP and not 1 <= line.seconds <= LONGEST_STEP:
            raise NotAllowed(_now("“%(title)s” takes between 1 second and 60 minutes.") % {"title": title})
        if line.kind and kinds.count(line.kind) > 1:
            raise NotAllowed(_now("“%(title)s” brings up the same things as another step.") % {"title": title})
