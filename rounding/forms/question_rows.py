"""The fields of a question set, row by row, and what can be chosen in each."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.text import Truncator
from django.utils.translation import gettext as _

from rounding.forms.question_sets import BETWEEN, GONE, Draft
from rounding.queries.question_sets import Tongue, tongue
from rounding.rules.languages import LANGUAGES
from rounding.rules.questions import TAPPED, AnswerKind, Line, Words, YesNo, answers_of

#: Of a question so much stands where one chooses between several.
SHORT = 60


@dataclass(frozen=True, slots=True)
class Option:
    """Something to choose."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Group:
    """An earlier question and its answers, after which a question may be asked."""

    label: str
    options: Sequence[Option]


@dataclass(frozen=True, slots=True)
class Told:
    """The words of a question in one more language; whether something is missing, or they did not follow it."""

    tongue: Tongue
    words: Words
    missing: bool

    @property
    def asks(self) -> bool:
        """Whether somebody is asked if these words are still right, or has said so."""
        return self.words.to_check or self.words.right


@dataclass(frozen=True, slots=True)
class Row:
    """A question in the form. `number` counts from 0, as its fields do; `place` from 1, as people do.

    `asked`: when it is asked, in words; empty for always. `groups`: after what it may be asked.
    """

    number: int
    place: int
    line: Line
    first: bool
    last: bool
    kinds: Sequence[Option]
    asked: str
    groups: Sequence[Group]
    told: Sequence[Told]

    @property
    def incomplete(self) -> Sequence[Told]:
        """Languages in which something is missing here."""
        return [one for one in self.told if one.missing]


def tongues(draft: Draft) -> list[Tongue]:
    """The other languages of the page, with what is missing in each."""
    return [tongue(code, draft.lines) for code in draft.languages]


def languages_to_add(draft: Draft, language: str) -> list[Option]:
    """Languages that the set does not have yet."""
    taken = {language, *draft.languages}
    return [Option(code, name, chosen=False) for code, name in LANGUAGES.items() if code not in taken]


def rows(draft: Draft) -> list[Row]:
    """The form, question by question."""
    known = tongues(draft)
    lines = draft.lines
    return [
        Row(
            number=place - 1,
            place=place,
            line=line,
            first=place == 1,
            last=place == len(lines),
            kinds=[Option(kind.value, str(kind.label), kind == line.kind) for kind in AnswerKind],
            asked=asked_when(line, lines),
            groups=_groups(place, line, lines),
            told=[Told(one, line.others.get(one.code, Words("")), place in one.missing) for one in known],
        )
        for place, line in enumerate(lines, start=1)
    ]


def answer_words(line: Line, value: str) -> str:
    """What stands on the button of an answer of `line`."""
    if value.startswith(GONE):
        words = value.removeprefix(GONE)
        return str(YesNo(words).label) if words in set(YesNo) else words
    if line.kind == AnswerKind.CHOICE and value.isdigit() and int(value) < len(line.choices):
        return str(line.choices[int(value)])
    return str(YesNo(value).label) if value in set(YesNo) else value


def asked_when(line: Line, lines: Sequence[Line]) -> str:
    """After which answer a question is asked, in words; empty for always."""
    if line.after is None or not 1 <= line.after <= len(lines):
        return ""
    names = {"answer": answer_words(lines[line.after - 1], line.after_value), "place": line.after}
    if line.after_value.startswith(GONE):
        return _("only after “%(answer)s” to question %(place)s, which does not have this answer any more") % names
    return _("only after “%(answer)s” to question %(place)s") % names


def _groups(place: int, line: Line, lines: Sequence[Line]) -> list[Group]:
    found = []
    for number, earlier in enumerate(lines[: place - 1], start=1):
        if earlier.kind not in TAPPED:
            continue
        options = [_option(number, earlier, value, line) for value in answers_of(earlier.kind, earlier.choices)]
        found.append(Group(f"{number}. {Truncator(earlier.text).chars(SHORT)}", options))
    asked = asked_when(line, lines)
    if asked and not any(option.chosen for group in found for option in group.options):
        gone = BETWEEN.join((str(line.after), GONE, line.after_value.removeprefix(GONE)))
        found.insert(0, Group(_("Not there any more"), [Option(gone, asked, chosen=True)]))
    return found


def _option(number: int, earlier: Line, value: str, line: Line) -> Option:
    words = answer_words(earlier, value)
    kept = words if earlier.kind == AnswerKind.CHOICE else value
    label = _("only after “%(answer)s” to question %(place)s") % {"answer": words, "place": number}
    return Option(BETWEEN.join((str(number), value, kept)), label, (line.after, line.after_value) == (number, value))


@dataclass(frozen=True, slots=True)
class Card:
    """A question as a round asks it in one language. `own`: it has no words there and stands in that of the set.

    `buttons`: what can be tapped.
    """

    place: int
    line: Line
    tongue: Tongue
    text: str
    hint: str
    buttons: Sequence[str]
    asked: str
    own: bool
    kind_name: str


def cards(lines: Sequence[Line], code: str, language: str) -> list[Card]:
    """The questions in the language `code`; what has no words there in that of the set."""
    return [_card(place, line, lines, code, language) for place, line in enumerate(lines, start=1)]


def _card(place: int, line: Line, lines: Sequence[Line], code: str, language: str) -> Card:
    said = line.others.get(code, Words("")) if code != language else Words("")
    if said.to_check:
        said = Words("")
    own = code != language and not said.text.strip()
    choices = said.choices if len(said.choices) == len(line.choices) else line.choices
    buttons = choices if line.kind == AnswerKind.CHOICE else answers_of(line.kind, line.choices)
    return Card(
        place,
        line,
        tongue(language if own else code),
        said.text or str(line.text),
        said.hint or str(line.hint),
        [answer_words(line, str(one)) if line.kind != AnswerKind.CHOICE else str(one) for one in buttons],
        asked_when(line, lines),
        own,
        str(line.kind.label),
    )
