"""Words in other languages whose question has changed are not asked until somebody has checked them."""

from dataclasses import replace

import pytest

from rounding.rules.questions import AnswerKind, Line, Words, missing_in
from rounding.rules.wordings import checked, found_right, settled, to_check_in

YES = Line(AnswerKind.YES_NO, "Is it clean?", others={"es": Words("¿Limpio?"), "vi": Words("Sạch?")})
SAID = Line(AnswerKind.TEXT, "What is missing?")
LIST = Line(
    AnswerKind.CHOICE,
    "How long?",
    "Since the call",
    ("Soon", "Late"),
    others={"es": Words("¿Cuánto?", "Desde la llamada", ("Pronto", "Tarde"))},
)


def marked(before, lines):
    found = checked(before, lines)
    return {code: to_check_in(code, found) for code in ("es", "vi")}


def test_words_that_did_not_follow_their_question_are_marked_wherever_it_stands_now():
    assert marked([YES, SAID], [SAID, YES]) == {"es": [], "vi": []}
    other = replace(YES, text="Is it tidy?")
    assert marked([YES, SAID], [SAID, other]) == {"es": [2], "vi": [2]}
    followed = replace(other, others={"es": Words("¿Ordenado?"), "vi": Words("")})
    assert marked([YES, SAID], [SAID, followed]) == {"es": [], "vi": []}


def test_words_that_are_there_with_a_question_that_stays_are_right_for_it():
    assert marked([YES], [YES, replace(YES, text="Is it tidy?")]) == {"es": [2], "vi": [2]}
    assert marked([YES, replace(YES, text="Is it tidy?")], [YES, replace(YES, text="Is it tidy?")])["es"] == []


@pytest.mark.parametrize(
    "change",
    [{"hint": "Since the bell"}, {"choices": ("Soon", "Never")}, {"choices": ("Late", "Soon")}],
)
def test_hints_and_answers_are_words_too(change):
    assert marked([LIST], [replace(LIST, **change)])["es"] == [1]


def test_answers_that_follow_are_right_and_those_that_stay_are_not():
    told = LIST.others["es"]
    turned = replace(LIST, choices=("Late", "Soon"), others={"es": replace(told, choices=("Tarde", "Pronto"))})
    assert marked([LIST], [turned])["es"] == []
    reworded = replace(LIST, choices=("Late", "Soon"), others={"es": replace(told, text="¿Cuánto tardan?")})
    assert marked([LIST], [reworded])["es"] == [1]


def test_marked_words_stay_so_until_somebody_writes_others_or_finds_them_right():
    before = settled(checked([YES], [replace(YES, text="Is it tidy?")]))
    assert marked(before, before) == {"es": [1], "vi": [1]}
    right = found_right(before, "es")
    assert marked(before, right) == {"es": [], "vi": [1]}
    kept = settled(checked(before, right))
    assert kept[0].others == {"es": Words("¿Limpio?"), "vi": Words("Sạch?", to_check=True)}
    rewritten = [replace(before[0], others={"vi": Words("Gọn?")})]
    assert marked(before, rewritten)["vi"] == []


def test_marked_words_are_there_all_the_same():
    before = checked([YES], [replace(YES, text="Is it tidy?")])
    assert missing_in("es", before) == []
