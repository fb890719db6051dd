"""Questions that hang on an answer, on the page: they go with it, stay below it, and are never lost."""

import re

import pytest
from django.urls import reverse

from org.rules import Role
from rounding.actions.question_sets import lines_of
from rounding.rules.questions import AnswerKind, Line
from tests.factories import make_user, signed_in
from tests.huddles.factories import make_house
from tests.rounding.editor import LIST, WHY, Editor, newest, text
from tests.rounding.factories import FIVE, make_set

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    return make_house()


@pytest.fixture
def edit(house):
    coach = signed_in(make_user(Role.COACH, house.top))
    where = [house.organisation.slug]
    return lambda version: Editor(coach, reverse("rounding:setup-question-set", args=[*where, version.question_set_id]))


def test_a_question_that_hangs_goes_with_the_one_on_which_it_hangs(edit, house):
    version = make_set(house.ward)
    page = edit(version)
    assert page.typed["after-3"] == "3|no|no"
    page.press("up-2")
    assert page.typed["after-3"] == "2|no|no"
    page.press("add")
    page.press("below-0")
    assert page.typed["after-4"] == "3|no|no"


def test_a_question_stays_below_the_one_on_which_it_hangs_and_says_why(edit, house):
    page = edit(make_set(house.ward))
    for do in ("up-3", "down-2"):
        page.press(do, **{"text-0": "Typed meanwhile"})
        assert page.told() == ["Question 4 hangs on question 3 and stays below it. Change first when it is asked."]
        assert page.texts() == ["Typed meanwhile", *[line.text for line in FIVE[1:]]]


def test_a_question_on_which_others_hang_is_not_taken_out_and_says_why(edit, house):
    version = make_set(house.ward, LIST, WHY, Line(AnswerKind.TEXT, "Who came?", after=1, after_value="0"))
    page = edit(version)
    page.press("out-0", **{"text-1": "What kept them so long?"})
    assert page.told() == ["Question 1 stays: question 2, 3 hangs on it. Change first when that is asked."]
    assert page.texts() == [LIST.text, "What kept them so long?", "Who came?"]
    page.press("out-0", **{"after-1": "", "after-2": ""})
    assert page.told() == []
    assert page.texts() == ["What kept them so long?", "Who came?"]


def test_an_answer_is_followed_when_it_moves_or_gets_other_words(edit, house):
    version = make_set(house.ward, LIST, WHY)
    page = edit(version)
    page.press("check", **{"choices-0": "Before the call\nAt once\nA few minutes\nToo long"})
    assert page.typed["after-1"] == "1|3|Too long"
    page.press("check", **{"choices-0": "Before the call\nAt once\nA few minutes\nFar too long"})
    assert page.typed["after-1"] == "1|3|Far too long"
    page.press("publish")
    assert lines_of(newest(version))[1].after_value == "3"


def test_an_answer_that_is_gone_is_shown_as_gone_until_another_is_chosen(edit, house):
    version = make_set(house.ward, LIST, WHY)
    page = edit(version)
    refused = page.press("publish", **{"choices-0": "At once\nA few minutes"})
    assert refused.status_code == 422
    assert "Question 2 hangs on an answer that question 1 does not have." in text(refused)
    assert "only after “Too long” to question 1, which does not have this answer any more" in text(refused)
    assert page.typed["after-1"] == "1|?|Too long"
    page.press("check", **{"choices-0": "Too long\nAt once"})
    assert page.typed["after-1"] == "1|0|Too long"
    page.press("check", **{"kind-0": "text"})
    assert page.typed["after-1"] == "1|?|Too long"
    page.press("publish", **{"after-1": ""})
    assert lines_of(newest(version))[1].after is None


def test_yes_and_no_are_gone_with_the_kind_of_answer_and_come_back_with_it(edit, house):
    page = edit(make_set(house.ward))
    page.press("check", **{"kind-2": "text"})
    assert page.typed["after-3"] == "3|?|no"
    assert "only after “No” to question 3, which does not have this answer any more" in text(page.answer)
    page.press("check", **{"kind-2": "yes_no"})
    assert page.typed["after-3"] == "3|no|no"


def test_only_earlier_questions_of_one_tap_can_be_chosen(edit, house):
    page = edit(make_set(house.ward, Line(AnswerKind.TEXT, "Why?"), LIST, FIVE[0], Line(AnswerKind.SCALE, "How calm?")))
    selects = dict(re.findall(r'<select id="after-(\d)"[^>]*>(.*?)</select>', page.answer.content.decode(), re.DOTALL))
    offered = {n: re.findall(r'value="([^"]+)"', options) for n, options in selects.items()}
    choices = ["2|0|At once", "2|1|A few minutes", "2|2|Too long"]
    assert offered == {"2": choices, "3": [*choices, "3|yes|yes", "3|partly|partly", "3|no|no"]}
