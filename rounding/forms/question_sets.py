"""A question set as it is typed: kept from answer to answer, until somebody publishes it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from org.forms.plain import PlainForm
from org.models import Unit
from rounding.actions.question_sets import Terms
from rounding.rules.languages import LANGUAGES
from rounding.rules.questions import (
    BETWEEN_TWO,
    MOST_LANGUAGES,
    MOST_QUESTIONS,
    NAME_LENGTH,
    AnswerKind,
    Line,
    SetKind,
    Words,
    answers_of,
    languages_of,
)
from rounding.rules.wordings import found_right

#: Rows that are read of what was sent; more than can be published, so that nothing is lost.
MOST_ROWS: Final = 60
#: An answer on which a question hung and that is not there any more, before its words.
GONE: Final = "?"
#: Between the place of a question, what was tapped there, and its words.
BETWEEN: Final = "|"

_lazy = gettext_lazy


class NewSetForm(PlainForm):
    """A set that begins."""

    kind = forms.ChoiceField(
        label=_lazy("Kind"),
        choices=SetKind.choices,
        help_text=_lazy("It begins with the questions that are usual for its kind. Change them on the next page."),
    )
    name = forms.CharField(
        label=_lazy("Name"), max_length=NAME_LENGTH, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    unit = forms.ModelChoiceField(
        Unit.objects.none(),
        label=_lazy("Only for"),
        required=False,
        empty_label=_lazy("Every unit"),
        help_text=_lazy("A set of one unit is there for the units below it too."),
    )

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.fields["unit"]
        assert isinstance(chosen, forms.ModelChoiceField)
        chosen.queryset = units


@dataclass(frozen=True, slots=True)
class Draft:
    """What is on the page. `minutes` as typed; `languages` beside that of the set, also those without words yet.

    `told`: what a button could not do, or did besides, in sentences. `lines[…].after_value` begins with `GONE` where a
    question hung on an answer that is not there any more.
    """

    name: str
    minutes: str
    shared: bool
    lines: Sequence[Line]
    languages: Sequence[str] = ()
    told: Sequence[str] = field(default=())

    def terms(self, kind: str, language: str) -> Terms:
        """As it would be published; 0 minutes where no number was typed."""
        number = self.minutes.strip()
        minutes = int(number) if number.isascii() and number.isdigit() and len(number) <= 4 else 0
        return Terms(minutes, self.shared and kind not in BETWEEN_TWO, language)

    def to_publish(self) -> list[Line]:
        """The questions without languages in which nothing was typed."""
        return [
            replace(line, others={code: said for code, said in line.others.items() if _any(said)})
            for line in self.lines
        ]


def draft_of(name: str, terms: Terms, lines: Sequence[Line]) -> Draft:
    """The page before anything is typed."""
    return Draft(name, str(terms.minutes), terms.shared, lines, languages_of(lines))


def _any(said: Words) -> bool:
    return bool(said.text or said.hint or said.choices)


def read_draft(typed: Mapping[str, str], language: str) -> Draft:
    """What was sent, in the order in which it stood. `language` is that of the set."""
    asked = dict.fromkeys(typed.get("languages", "").split(","))
    languages = [code for code in asked if code in LANGUAGES and code != language][:MOST_LANGUAGES]
    numbers = [number for number in range(MOST_ROWS) if f"kind-{number}" in typed]
    lines = [_line(number, typed, languages) for number in numbers]
    places = {number + 1: place for place, number in enumerate(numbers, start=1)}
    lines = [
        _hung(line, typed.get(f"after-{number}", ""), places, lines, _olds(typed))
        for number, line in zip(numbers, lines, strict=True)
    ]
    return Draft(_plain(typed.get("name", "")), typed.get("minutes", ""), "shared" in typed, lines, languages)


def _plain(text: str) -> str:
    """One line of `text`, without what no database keeps."""
    return " ".join(text.replace("\0", "").split())


def _rows(text: str) -> tuple[str, ...]:
    """What stands on each line of `text`."""
    return tuple(row for row in map(_plain, text.splitlines()) if row)


def _line(number: int, typed: Mapping[str, str], languages: Sequence[str]) -> Line:
    asked = typed[f"kind-{number}"]
    kind = AnswerKind(asked) if asked in set(AnswerKind) else AnswerKind.TEXT
    text = _plain(typed.get(f"text-{number}", ""))
    said = {
        code: Words(
            _plain(typed.get(f"text-{number}-{code}", "")),
            _plain(typed.get(f"hint-{number}-{code}", "")),
            _rows(typed.get(f"choices-{number}-{code}", "")) if kind == AnswerKind.CHOICE else (),
            # Words were found right for the question as it stood then.
            right=bool(text) and _plain(typed.get(f"right-{number}-{code}", "")) == text,
        )
        for code in languages
    }
    return Line(
        kind,
        text,
        _plain(typed.get(f"hint-{number}", "")),
        _rows(typed.get(f"choices-{number}", "")) if kind == AnswerKind.CHOICE else (),
        f"required-{number}" in typed,
        f"equity-{number}" in typed,
        others=said,
    )


def _olds(typed: Mapping[str, str]) -> dict[int, tuple[str, ...]]:
    """The answers that questions had to choose from when the page was sent out, by the number of the row."""
    return {n: _rows(typed[f"was-{n}"]) for n in range(MOST_ROWS) if f"was-{n}" in typed}


def _hung(
    line: Line, asked: str, places: Mapping[int, int], lines: Sequence[Line], olds: Mapping[int, tuple[str, ...]]
) -> Line:
    """`line` with the answer after which it is asked, as that answer stands now: it may have moved or been renamed."""
    number, _bar, rest = asked.partition(BETWEEN)
    value, _bar, words = rest.partition(BETWEEN)
    place = places.get(int(number)) if number.isascii() and number.isdigit() and len(number) <= 3 else None
    if place is None:
        return line
    earlier = lines[place - 1]
    now = _answer_now(earlier, value, _plain(words), olds.get(int(number) - 1, ()))
    return replace(line, after=place, after_value=now or GONE + _plain(words or value))


def _answer_now(earlier: Line, value: str, words: str, old: Sequence[str]) -> str:
    answers = answers_of(earlier.kind, earlier.choices)
    if earlier.kind != AnswerKind.CHOICE:
        return next((one for one in (value, words) if one in answers), "")
    if words in earlier.choices:
        return str(earlier.choices.index(words))
    renamed = value in answers and len(old) == len(earlier.choices) and earlier.choices[int(value)] not in old
    return value if renamed else ""


def changed(draft: Draft, order: str, typed: Mapping[str, str]) -> Draft:
    """`draft` after what a button says: "up-3", "down-3", "out-3", "below-3" by number in the form, "add", "language"
    (the one chosen in `new-language`), "no-language-es", "right-es": its words still say what the questions say.
    """
    if order == "language":
        return _with_language(draft, typed.get("new-language", ""))
    if order.startswith("no-language-"):
        return _without_language(draft, order.removeprefix("no-language-"))
    if order.startswith("right-"):
        return replace(draft, lines=found_right(draft.lines, order.removeprefix("right-")))
    if order == "add":
        return _added(draft, len(draft.lines))
    what, _bar, which = order.partition("-")
    number = int(which) if which.isascii() and which.isdigit() and len(which) <= 3 else -1
    if not 0 <= number < len(draft.lines):
        return draft
    if what == "below":
        return _added(draft, number + 1)
    if what == "out":
        return _taken_out(draft, number)
    if what in {"up", "down"}:
        return _moved(draft, number - 1 if what == "up" else number)
    return draft


def _with_language(draft: Draft, code: str) -> Draft:
    if code not in LANGUAGES or code in draft.languages:
        return draft
    if len(draft.languages) >= MOST_LANGUAGES:
        told = _("A question set has words in at most %(n)s other languages.") % {"n": MOST_LANGUAGES}
        return replace(draft, told=[told])
    lines = [replace(line, others={**line.others, code: Words("")}) for line in draft.lines]
    return replace(draft, lines=lines, languages=[*draft.languages, code])


def _without_language(draft: Draft, code: str) -> Draft:
    lines = [replace(line, others={c: said for c, said in line.others.items() if c != code}) for line in draft.lines]
    return replace(draft, lines=lines, languages=[one for one in draft.languages if one != code])


def _added(draft: Draft, number: int) -> Draft:
    if len(draft.lines) >= MOST_QUESTIONS:
        return replace(draft, told=[_("A question set has at most %(n)s questions.") % {"n": MOST_QUESTIONS}])
    new = Line(AnswerKind.YES_NO, "", others={code: Words("") for code in draft.languages})
    moved = _placed(draft.lines, {place: place + (place > number) for place in range(1, len(draft.lines) + 1)})
    return replace(draft, lines=[*moved[:number], new, *moved[number:]])


def _taken_out(draft: Draft, number: int) -> Draft:
    out = number + 1
    places = {place: place - (place > out) for place in range(1, len(draft.lines) + 1) if place != out}
    hung = [str(place) for place, line in enumerate(draft.lines, start=1) if line.after == out and place != out]
    if hung:
        told = _("Question %(place)s stays: question %(places)s hangs on it. Change first when that is asked.")
        return replace(draft, told=[told % {"place": out, "places": ", ".join(hung)}])
    kept = [line for place, line in enumerate(draft.lines, start=1) if place != out]
    return replace(draft, lines=_placed(kept, places))


def _moved(draft: Draft, first: int) -> Draft:
    """Change the places of the line at `first` and of the next one."""
    if not 0 <= first < len(draft.lines) - 1:
        return draft
    upper, lower = first + 1, first + 2
    if draft.lines[first + 1].after == upper:
        told = _("Question %(lower)s hangs on question %(upper)s and stays below it. Change first when it is asked.")
        return replace(draft, told=[told % {"lower": lower, "upper": upper}])
    places = {place: place for place in range(1, len(draft.lines) + 1)} | {upper: lower, lower: upper}
    lines = _placed(draft.lines, places)
    lines[first], lines[first + 1] = lines[first + 1], lines[first]
    return replace(draft, lines=lines)


def _placed(lines: Sequence[Line], places: Mapping[int, int]) -> list[Line]:
    """`lines` in their order, hung on where each place is now; always asked where it is nowhere."""
    return [
        line
        if line.after is None
        else replace(line, after=places[line.after])
        if line.after in places
        else replace(line, after=None, after_value="")
        for line in lines
    ]
