"""What makes a set that can be asked, when a question is asked, in which languages it is told in full."""

from dataclasses import replace

import pytest

from org.rules import NotAllowed
from rounding.rules import questions as rules
from rounding.rules.languages import FROM_THE_RIGHT, LANGUAGES, direction_of, name_of
from rounding.rules.questions import (
    CHOICE_LENGTH,
    MOST_CHOICES,
    MOST_LANGUAGES,
    MOST_QUESTIONS,
    SCALE,
    TAPPED,
    TEXT_LENGTH,
    AnswerKind,
    Line,
    SetKind,
    Words,
    YesNo,
    answers_of,
    check_set,
    is_asked,
    languages_of,
    missing_in,
)
from rounding.rules.starting_sets import STARTING_SETS, shipped_texts

YES = Line(AnswerKind.YES_NO, "Is it clean?")
LIST = Line(AnswerKind.CHOICE, "How long?", choices=("At once", "Soon", "Late"))
SAID = Line(AnswerKind.TEXT, "What is missing?")


def refusal(*lines):
    with pytest.raises(NotAllowed) as refused:
        check_set(lines)
    return str(refused.value)


@pytest.mark.parametrize("kind", STARTING_SETS)
def test_every_starting_set_can_be_published(kind):
    name, minutes, lines = STARTING_SETS[kind]
    check_set(lines)
    assert str(name)
    assert 1 <= minutes <= rules.LONGEST_MINUTES
    assert {str(text) for line in lines for text in (line.text, *line.choices)} <= {str(t) for t in shipped_texts()}


def test_every_kind_but_the_card_has_a_starting_set():
    assert set(SetKind) - set(STARTING_SETS) == {SetKind.K_CARD}


def test_equity_is_asked_about_where_patients_and_inquiry_are():
    with_equity = {kind for kind, (_name, _minutes, lines) in STARTING_SETS.items() if any(x.equity for x in lines)}
    assert with_equity == {SetKind.PATIENT, SetKind.HUMBLE, SetKind.ENVIRONMENT}


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([], "A question set has at least one question."),
        ([YES] * (MOST_QUESTIONS + 1), "A question set has at most 30 questions."),
        ([YES, replace(YES, text="  ")], "Question 2 has no words."),
        ([replace(YES, text="x" * (TEXT_LENGTH + 1))], "Question 1 is longer than 200 signs."),
        ([replace(YES, hint="x" * (TEXT_LENGTH + 1))], "Question 1 is longer than 200 signs."),
        ([replace(LIST, choices=("One",))], "Question 1 needs two to 8 answers to choose from."),
        (
            [replace(LIST, choices=tuple("abcdefghi"[: MOST_CHOICES + 1]))],
            "Question 1 needs two to 8 answers to choose from.",
        ),
        ([replace(LIST, choices=("Soon", "SOON"))], "The answers of question 1 need different words each."),
        ([replace(LIST, choices=("Soon", " "))], "The answers of question 1 need different words each."),
        ([replace(LIST, choices=("a", "b" * (CHOICE_LENGTH + 1)))], "An answer of question 1 is longer than 60 signs."),
        ([replace(YES, choices=("a", "b"))], "Question 1 is not answered from a list."),
        ([YES, replace(SAID, after=2, after_value="no")], "Question 2 can only hang on a question before it."),
        ([YES, replace(SAID, after=0, after_value="no")], "Question 2 can only hang on a question before it."),
        (
            [SAID, replace(YES, after=1, after_value="no")],
            "Question 2 hangs on an answer that question 1 does not have.",
        ),
        (
            [LIST, replace(SAID, after=1, after_value="3")],
            "Question 2 hangs on an answer that question 1 does not have.",
        ),
        (
            [YES, replace(SAID, after=1, after_value="")],
            "Question 2 hangs on an answer that question 1 does not have.",
        ),
    ],
)
def test_what_cannot_be_asked_is_refused_by_its_place(lines, said):
    assert refusal(*lines) == said


def test_a_question_hangs_on_any_answer_of_one_tap_and_on_nothing_else():
    for kind in AnswerKind:
        answers = answers_of(kind, LIST.choices)
        assert bool(answers) == (kind in TAPPED)
        earlier = replace(LIST, kind=kind, choices=LIST.choices if kind == AnswerKind.CHOICE else ())
        for answer in answers:
            check_set([earlier, replace(SAID, after=1, after_value=answer)])
    assert answers_of(AnswerKind.YES_NO, ()) == tuple(YesNo)
    assert answers_of(AnswerKind.SCALE, ()) == SCALE
    assert answers_of(AnswerKind.CHOICE, LIST.choices) == ("0", "1", "2")


def test_a_question_is_asked_after_its_answer_alone():
    hung = replace(SAID, after=2, after_value="no")
    assert is_asked(SAID, {})
    assert is_asked(hung, {2: "no"})
    assert not is_asked(hung, {2: "partly"})
    assert not is_asked(hung, {1: "no"})


@pytest.mark.parametrize(
    ("line", "words", "said"),
    [
        (
            YES,
            Words("", hint="Ayuda"),
            "Question 1 has no words in Español, but its hint or answers do.",
        ),
        (
            LIST,
            Words(" ", choices=("Ya", "Pronto", "Tarde")),
            "Question 1 has no words in Español, but its hint or answers do.",
        ),
        (YES, Words("x" * (TEXT_LENGTH + 1)), "Question 1 is longer than 200 signs in Español."),
        (YES, Words("¿Qué?", hint="x" * (TEXT_LENGTH + 1)), "Question 1 is longer than 200 signs in Español."),
        (
            LIST,
            Words("¿Cuánto?", choices=("Ya", "Tarde")),
            "In Español, question 1 needs 3 answers, one for each of the set.",
        ),
        (
            LIST,
            Words("¿Cuánto?", choices=("Ya", "ya", "Tarde")),
            "The answers of question 1 need different words each in Español.",
        ),
        (
            LIST,
            Words("¿Cuánto?", choices=("Ya", "Pronto", "x" * (CHOICE_LENGTH + 1))),
            "An answer of question 1 is longer than 60 signs in Español.",
        ),
    ],
)
def test_words_in_another_language_are_looked_at_too(line, words, said):
    assert refusal(replace(line, others={"es": words})) == said


def test_words_in_another_language_may_be_incomplete():
    check_set([YES, replace(LIST, others={"es": Words("¿Cuánto?")}), replace(YES, others={"es": Words("")})])


def test_so_many_languages_and_no_more():
    many = {code: Words("x") for code in list(LANGUAGES)[: MOST_LANGUAGES + 1]}
    assert refusal(replace(YES, others=many)) == "A question set has words in at most 12 other languages."


def test_a_language_is_complete_when_every_part_has_words():
    hinted = replace(YES, hint="Look below the beds")
    lines = [
        replace(hinted, others={"es": Words("¿Limpio?", "Mire"), "vi": Words("Sạch?")}),
        replace(LIST, others={"es": Words("¿Cuánto?", choices=("Ya", "Pronto", "Tarde")), "vi": Words("Bao lâu?")}),
        replace(YES, others={"vi": Words("Sạch?"), "so": Words("")}),
    ]
    assert languages_of(lines) == ["es", "vi"]
    assert [missing_in(code, lines) for code in ("es", "vi", "so")] == [[3], [1, 2], [1, 2, 3]]


def test_a_card_that_is_too_long_or_not_answered_by_yes_and_no_is_told_so_kindly():
    def said(*lines):
        return rules.advice(SetKind.K_CARD, lines)

    assert said(YES, YES, YES) == []
    assert said(*[YES] * 5) == []
    assert said(*[YES] * 6) == [
        "A card with three to five questions is done in two minutes. This one has 6: make two of it?"
    ]
    assert said(YES, YES) == ["A card has three to five questions that together show whether the standard is kept."]
    assert said(YES, SAID, YES, LIST) == [
        "Whether a card is green or red is told by yes and no. Not answered so: question 2, 4."
    ]
    assert rules.advice(SetKind.STAFF, [SAID] * 9) == []


def test_languages_have_their_own_names_and_directions():
    assert (name_of("es"), name_of("vi"), name_of("xx")) == ("Español", "Tiếng Việt", "xx")
    assert (direction_of("ar"), direction_of("es")) == ("rtl", "ltr")
    assert set(LANGUAGES) >= FROM_THE_RIGHT
    assert len(set(LANGUAGES.values())) == len(LANGUAGES)
    assert max(map(len, LANGUAGES)) <= 12
