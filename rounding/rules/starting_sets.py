"""The question sets with which a hospital starts (sources: leader rounding, WalkRounds, humble inquiry, kamishibai)."""

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from rounding.rules.questions import AnswerKind, Line, SetKind
from rounding.rules.themes import STARTERS

_K = AnswerKind


def _ask(text: Any, kind: AnswerKind = _K.TEXT, **more: Any) -> Line:
    return Line(kind, text, **more)


#: With what a set begins whose kind has no starting questions.
FIRST: Final = _ask(_("Is it as it should be?"), _K.YES_NO)
#: Minutes of such a set.
FIRST_MINUTES: Final = 5

#: Kind → name, minutes, questions.
STARTING_SETS: Final[dict[SetKind, tuple[Any, int, tuple[Line, ...]]]] = {
    SetKind.STAFF: (
        _("Round with staff"),
        10,
        (
            _ask(_("What went well since we last spoke?")),
            _ask(_("Who helped you and should be thanked?"), _K.THANKS),
            _ask(_("What made today harder than it should be?")),
            _ask(_("Which tool, supply or system failed you?")),
            _ask(_("What is one thing you would change first?")),
            _ask(_("What we promised last time: did it arrive?"), _K.YES_NO),
            _ask(_("What is missing?"), after=6, after_value="no"),
            _ask(_("Do you feel able to stop the line or speak up?"), _K.YES_NO),
            _ask(_("Anything I should take away?")),
        ),
    ),
    SetKind.PATIENT: (
        _("Round with patients and families"),
        10,
        (
            _ask(
                _("Do you know who cares for you today and what the plan is?"),
                _K.YES_NO,
                hint=_("No names, numbers or dates of birth: write what, not who."),
            ),
            _ask(_("Is somebody explaining things in the language and way you prefer?"), _K.YES_NO, equity=True),
            _ask(_("What would help you to understand better?"), after=2, after_value="no", equity=True),
            _ask(
                _("When you call, how long until someone comes?"),
                _K.CHOICE,
                choices=(_("At once"), _("A few minutes"), _("Too long")),
            ),
            _ask(_("Are pain and comfort looked after?"), _K.YES_NO),
            _ask(_("Anything that worried you that we did not ask?")),
            _ask(_("Who has been especially kind?"), _K.THANKS),
            _ask(_("One thing to do better before you leave?")),
        ),
    ),
    SetKind.GEMBA: (
        _("Gemba walk"),
        20,
        (
            _ask(_("What should happen here?")),
            _ask(_("How do you know it is a normal day?")),
            _ask(_("What happened the last time it was not?")),
            _ask(_("Show me where you keep the standard."), _K.PHOTO),
            _ask(_("Where do you wait, search, repeat or correct?")),
            _ask(_("What does the chart tell you?")),
            _ask(_("What have you tried, what did you expect, what came?")),
            _ask(_("What is next, and what do you need from me?")),
        ),
    ),
    SetKind.HUMBLE: (
        _("Humble inquiry"),
        15,
        (
            _ask(_("For whom does this work least well?"), equity=True),
            _ask(_("How would a patient who does not read or speak our language get through this step?"), equity=True),
            _ask(_("Whom have we not asked yet?"), equity=True),
            _ask(_("What do patients tell you that never reaches a report?")),
            _ask(_("When do you yourself feel unheard here?")),
            _ask(_("What did I assume wrongly?")),
            _ask(_("What could I stop doing?")),
        ),
    ),
    SetKind.SAFETY_WALK: (
        _("Executive safety walk"),
        15,
        (
            _ask(_("What could harm the next patient or colleague?")),
            _ask(_("Which rule must you bend to get the job done?")),
            _ask(_("When did you last report something, and what happened?")),
            _ask(_("Which two things should I take upstairs?")),
            _ask(_("Who should hear thanks from me?"), _K.THANKS),
        ),
    ),
    SetKind.ENVIRONMENT: (
        _("Environment"),
        15,
        (
            _ask(_("Is it clean?"), _K.YES_NO),
            _ask(_("Are corridors and exits clear?"), _K.YES_NO),
            _ask(_("Is everything in date?"), _K.YES_NO),
            _ask(_("Does everything work and bear its label?"), _K.YES_NO),
            _ask(_("Are signs and forms there in the main languages?"), _K.YES_NO, equity=True),
            _ask(_("Is there a way without steps?"), _K.YES_NO, equity=True),
            _ask(_("Is it quiet where people rest?"), _K.YES_NO),
            _ask(_("Can call lights be reached, and are they answered?"), _K.YES_NO),
            _ask(_("Is the crash cart complete?"), _K.YES_NO),
            _ask(_("What should others see?"), _K.PHOTO),
        ),
    ),
    SetKind.NEW_STARTER: (
        _("Talk with a new colleague"),
        20,
        (
            _ask(_("What matched the promise?")),
            _ask(_("What almost made you leave?")),
            _ask(_("Do you have a person here to whom you can turn?"), _K.YES_NO),
            _ask(_("What idea did you bring that we have not used?")),
        ),
    ),
    SetKind.STAT_SHEET: (
        _("Stat sheet"),
        5,
        (
            _ask(_("A safety worry today?")),
            _ask(_("Patients who need more?"), hint=_("How many, and what for; no names.")),
            _ask(_("Are staffing and skills enough?"), _K.YES_NO),
            _ask(_("Supplies or equipment?")),
            _ask(_("What blocks the flow?")),
            _ask(_("Who shines?"), _K.THANKS),
            _ask(_("Which standard did not work yesterday?")),
            _ask(_("What are you testing?")),
            _ask(_("Where do you want me?")),
        ),
    ),
}

#: K-cards with which a house starts, none of them at a unit yet: name, minutes, lines that are seen and talked about.
STARTING_CARDS: Final[tuple[tuple[Any, int, tuple[Line, ...]], ...]] = (
    (
        _("Hand hygiene at the door"),
        3,
        (
            _ask(_("Are hands rubbed before going in?"), _K.YES_NO),
            _ask(_("Are hands rubbed on the way out?"), _K.YES_NO),
            _ask(_("Is the dispenser at the door full, and does it work?"), _K.YES_NO),
        ),
    ),
    (
        _("Falls: bed low, bell in reach"),
        3,
        (
            _ask(_("Is the bed at its lowest, with its brakes on?"), _K.YES_NO),
            _ask(_("Is the call bell within reach?"), _K.YES_NO),
            _ask(_("Are glasses, walking aid and shoes within reach?"), _K.YES_NO),
            _ask(_("Does the patient know when to call for help?"), _K.YES_NO, equity=True),
        ),
    ),
    (
        _("Pressure injury: turned on time"),
        3,
        (
            _ask(_("Is the risk of pressure injury scored today?"), _K.YES_NO),
            _ask(_("Was the patient turned as planned?"), _K.YES_NO),
            _ask(_("Are the heels free of the mattress?"), _K.YES_NO),
            _ask(_("Was the skin looked at, whatever its color?"), _K.YES_NO, equity=True),
        ),
    ),
    (
        _("Interpreter offered and noted"),
        3,
        (
            _ask(_("Is the language that the patient prefers noted?"), _K.YES_NO, equity=True),
            _ask(_("Was an interpreter offered, free of charge?"), _K.YES_NO, equity=True),
            _ask(_("Did a qualified interpreter help, not family or a child?"), _K.YES_NO, equity=True),
            _ask(_("Is it noted who interpreted, and when?"), _K.YES_NO, equity=True),
        ),
    ),
    (
        _("Medicine double check"),
        3,
        (
            _ask(_("Did two people check, each on their own?"), _K.YES_NO),
            _ask(_("Was the patient identified in two ways?"), _K.YES_NO),
            _ask(_("Were dose and pump compared with the order?"), _K.YES_NO),
            _ask(_("Could they check without being interrupted?"), _K.YES_NO),
        ),
    ),
)


def shipped_texts() -> list[Any]:
    """Names, questions, hints, answers to choose from and themes, marked for translation (`org.shipped`)."""
    found: list[Any] = [FIRST.text, *STARTERS]
    for name, _minutes, lines in (*STARTING_SETS.values(), *STARTING_CARDS):
        found.append(name)
        for line in lines:
            found += [line.text, line.hint, *line.choices]
    return [text for text in found if text]
