"""Question sets: kinds, kinds of answers, when a question is asked, and what makes a set that can be published."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import TextChoices
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from org.rules import NotAllowed
from rounding.rules.languages import name_of


class SetKind(TextChoices):
    """Whom a round talks to, or what it looks at."""

    STAFF = "staff", _("Staff")
    PATIENT = "patient", _("Patients and families")
    GEMBA = "gemba", _("Gemba: how the work is done")
    ENVIRONMENT = "environment", _("Environment")
    SAFETY_WALK = "safety_walk", _("Executive safety walk")
    NEW_STARTER = "new_starter", _("New colleagues")
    HUMBLE = "humble", _("Humble inquiry")
    STAT_SHEET = "stat_sheet", _("Stat sheet: leader to leader")
    K_CARD = "k_card", _("K-card")


#: Talks with one person about themselves: what is said stays with the two who led the round.
BETWEEN_TWO: Final = frozenset({SetKind.NEW_STARTER})


class AnswerKind(TextChoices):
    """How a question is answered."""

    YES_NO = "yes_no", _("Yes, partly, no")
    SCALE = "scale", _("Scale from 1 to 5")
    TEXT = "text", _("Words")
    CHOICE = "choice", _("One of a list")
    NUMBER = "number", _("Number")
    PHOTO = "photo", _("Photo")
    VOICE = "voice", _("Voice note")
    THANKS = "thanks", _("Thanks to a colleague")


class YesNo(TextChoices):
    """The three answers."""

    YES = "yes", _("Yes")
    PARTLY = "partly", _("Partly")
    NO = "no", _("No")


SCALE: Final = ("1", "2", "3", "4", "5")

#: Answers in one tap: those on which another question may hang.
TAPPED: Final = frozenset({AnswerKind.YES_NO, AnswerKind.SCALE, AnswerKind.CHOICE})

MOST_QUESTIONS: Final = 30
MOST_CHOICES: Final = 8
TEXT_LENGTH: Final = 200
CHOICE_LENGTH: Final = 60
NAME_LENGTH: Final = 80
LONGEST_MINUTES: Final = 120
#: Languages of a set beside its own.
MOST_LANGUAGES: Final = 12
#: A K-card looks at so many things, and at each with yes or no.
K_CARD_FEWEST, K_CARD_MOST = 3, 5


@dataclass(frozen=True, slots=True)
class Words:
    """A question in one more language. Empty words are shown in the language of the set.

    `to_check`: the question was given other words and these stayed, so nobody is asked with them. `right`: somebody
    says that they still say the same; only while a set is edited.
    """

    text: str
    hint: str = ""
    choices: tuple[str, ...] = ()
    to_check: bool = False
    right: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A question of a set. Words may be lazy.

    `after` is the place of an earlier question, from 1; this one is asked only where that was answered with
    `after_value` ("yes", "3", or the place of a choice from 0, as text). `equity`: it asks for whom something works
    less well. `others`: language code → its words there.
    """

    kind: AnswerKind
    text: Any
    hint: Any = ""
    choices: tuple[Any, ...] = ()
    required: bool = False
    equity: bool = False
    after: int | None = None
    after_value: str = ""
    others: Mapping[str, Words] = field(default_factory=dict)


def answers_of(kind: str, choices: Sequence[Any]) -> tuple[str, ...]:
    """What can be tapped, as it is stored; empty for kinds that are not answered by a tap."""
    if kind == AnswerKind.YES_NO:
        return tuple(YesNo.values)
    if kind == AnswerKind.SCALE:
        return SCALE
    if kind == AnswerKind.CHOICE:
        return tuple(str(place) for place in range(len(choices)))
    return ()


def check_set(lines: Sequence[Line]) -> None:
    """Refuse what cannot be asked one question after another. Raises NotAllowed with the place of the question."""
    if not lines:
        raise NotAllowed(_now("A question set has at least one question."))
    if len(lines) > MOST_QUESTIONS:
        raise NotAllowed(_now("A question set has at most %(n)s questions.") % {"n": MOST_QUESTIONS})
    if len(languages_of(lines)) > MOST_LANGUAGES:
        raise NotAllowed(_now("A question set has words in at most %(n)s other languages.") % {"n": MOST_LANGUAGES})
    for place, line in enumerate(lines, start=1):
        _check_line(place, line, lines)
        for language, said in line.others.items():
            _check_words(place, line, language, said)


def _check_line(place: int, line: Line, lines: Sequence[Line]) -> None:
    here = {"place": place}
    text = str(line.text).strip()
    if not text:
        raise NotAllowed(_now("Question %(place)s has no words.") % here)
    if len(text) > TEXT_LENGTH or len(str(line.hint)) > TEXT_LENGTH:
        raise NotAllowed(_now("Question %(place)s is longer than %(n)s signs.") % {**here, "n": TEXT_LENGTH})
    if line.kind == AnswerKind.CHOICE:
        if not 2 <= len(line.choices) <= MOST_CHOICES:
            raise NotAllowed(
                _now("Question %(place)s needs two to %(n)s answers to choose from.") % {**here, "n": MOST_CHOICES}
            )
        words = [str(choice).strip() for choice in line.choices]
        if not all(words) or len({word.casefold() for word in words}) < len(words):
            raise NotAllowed(_now("The answers of question %(place)s need different words each.") % here)
        if max(map(len, words)) > CHOICE_LENGTH:
            raise NotAllowed(
                _now("An answer of question %(place)s is longer than %(n)s signs.") % {**here, "n": CHOICE_LENGTH}
            )
    elif line.choices:
        raise NotAllowed(_now("Question %(place)s is not answered from a list.") % here)
    if line.after is not None:
        _check_after(place, line, lines)


def _check_after(place: int, line: Line, lines: Sequence[Line]) -> None:
    names = {"place": place, "after": line.after}
    if line.after is None or not 1 <= line.after < place:
        raise NotAllowed(_now("Question %(place)s can only hang on a question before it.") % names)
    earlier = lines[line.after - 1]
    if line.after_value not in answers_of(earlier.kind, earlier.choices):
        raise NotAllowed(_now("Question %(place)s hangs on an answer that question %(after)s does not have.") % names)


def _check_words(place: int, line: Line, language: str, said: Words) -> None:
    here = {"place": place, "language": name_of(language)}
    choices = [choice.strip() for choice in said.choices]
    if not said.text.strip():
        if said.hint.strip() or choices:
            raise NotAllowed(
                _now("Question %(place)s has no words in %(language)s, but its hint or answers do.") % here
            )
        return
    if max(len(said.text), len(said.hint)) > TEXT_LENGTH:
        told = _now("Question %(place)s is longer than %(n)s signs in %(language)s.")
        raise NotAllowed(told % {**here, "n": TEXT_LENGTH})
    if not choices:
        return
    if len(choices) != len(line.choices):
        told = _now("In %(language)s, question %(place)s needs %(n)s answers, one for each of the set.")
        raise NotAllowed(told % {**here, "n": len(line.choices)})
    if not all(choices) or len({choice.casefold() for choice in choices}) < len(choices):
        raise NotAllowed(_now("The answers of question %(place)s need different words each in %(language)s.") % here)
    if max(map(len, choices)) > CHOICE_LENGTH:
        told = _now("An answer of question %(place)s is longer than %(n)s signs in %(language)s.")
        raise NotAllowed(told % {**here, "n": CHOICE_LENGTH})


def languages_of(lines: Sequence[Line]) -> list[str]:
    """Languages in which some question has words, beside that of the set; in the order in which they come."""
    return list(
        dict.fromkeys(language for line in lines for language, said in line.others.items() if said.text.strip())
    )


def missing_in(language: str, lines: Sequence[Line]) -> list[int]:
    """Places of questions that are not told in full in `language`: words, and hint and answers where they have some."""
    return [place for place, line in enumerate(lines, start=1) if not _is_told(line, line.others.get(language))]


def _is_told(line: Line, said: Words | None) -> bool:
    if said is None or not said.text.strip():
        return False
    has_hint = bool(said.hint.strip()) or not str(line.hint).strip()
    return has_hint and len([choice for choice in said.choices if choice.strip()]) == len(line.choices)


def advice(kind: str, lines: Sequence[Line]) -> list[str]:
    """What a set of this kind works better with, in sentences. It may be published as it is."""
    if kind != SetKind.K_CARD:
        return []
    found = []
    if len(lines) > K_CARD_MOST:
        told = _now("A card with three to five questions is done in two minutes. This one has %(n)s: make two of it?")
        found.append(told % {"n": len(lines)})
    elif len(lines) < K_CARD_FEWEST:
        found.append(_now("A card has three to five questions that together show whether the standard is kept."))
    other = [str(place) for place, line in enumerate(lines, start=1) if line.kind != AnswerKind.YES_NO]
    if other:
        told = _now("Whether a card is green or red is told by yes and no. Not answered so: question %(places)s.")
        found.append(told % {"places": ", ".join(other)})
    return found


def is_asked(line: Line, answers: Mapping[int, str]) -> bool:
    """Whether a question is asked after `answers`: place of a question → what was tapped."""
    return line.after is None or answers.get(line.after) == line.after_value
