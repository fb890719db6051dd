"""A question that was given other words is not asked with the old ones in another language."""

import pytest
from django.urls import reverse

from org.rules import Role
from rounding.actions.question_sets import lines_of
from rounding.models import Wording
from rounding.queries.package import package_of
from rounding.rules.questions import AnswerKind, Line, Words
from tests.factories import make_user, signed_in
from tests.huddles.factories import make_house
from tests.rounding.editor import Editor, newest, text
from tests.rounding.factories import AT, make_set

pytestmark = pytest.mark.django_db

SAID = "The words in Español are as before, though the question has changed: question 1."


@pytest.fixture
def house():
    return make_house()


@pytest.fixture
def client(house):
    return signed_in(make_user(Role.COACH, house.top))


@pytest.fixture
def version(house):
    asked = Line(AnswerKind.YES_NO, "Is it clean?", others={"es": Words("¿Limpio?"), "vi": Words("Sạch?")})
    return make_set(house.ward, asked)


@pytest.fixture
def page(client, house, version):
    slug = house.organisation.slug
    return Editor(client, reverse("rounding:setup-question-set", args=[slug, version.question_set_id]))


@pytest.fixture
def asked_on_a_phone(house):
    leader = house.lead(house.ward)

    def others() -> dict[str, str]:
        (found,) = package_of(leader, AT)["sets"]
        return {code: said["text"] for code, said in found["questions"][0]["others"].items()}

    return others


def test_it_is_named_before_and_after_and_kept_from_phones_until_somebody_writes_it_anew(
    client, page, version, asked_on_a_phone
):
    assert asked_on_a_phone() == {"es": "¿Limpio?", "vi": "Sạch?"}
    page.press("check", **{"text-0": "Is it tidy?", "text-0-vi": "Gọn?"})
    assert SAID in text(page.answer)
    assert "▲ to be checked" in text(page.answer)
    page.press("publish")
    assert asked_on_a_phone() == {"vi": "Gọn?"}
    after = Editor(client, page.page)
    assert SAID in text(after.answer)
    assert after.typed["text-0-es"] == "¿Limpio?"
    shown = text(client.get(reverse("rounding:setup-questions", args=[page.page.split("/")[2]])))
    assert 'Español</bdi> <span class="lacks">▲ to be checked</span>' in shown
    assert "Not in this language yet: it is asked in English." in text(client.get(f"{page.page}preview/?in=es"))
    after.press("publish", **{"text-0-es": "¿Ordenado?"})
    assert asked_on_a_phone() == {"es": "¿Ordenado?", "vi": "Gọn?"}
    assert SAID not in text(client.get(page.page))


def test_a_small_correction_is_found_right_in_one_tap(client, page, version, asked_on_a_phone):
    page.press("check", **{"text-0": "Is it clean"})
    page.press("right-es")
    assert SAID not in text(page.answer)
    assert "The words in Tiếng Việt are as before" in text(page.answer)
    page.press("publish")
    assert asked_on_a_phone() == {"es": "¿Limpio?"}
    later = Editor(client, page.page)
    later.press("right-vi")
    later.press("publish")
    assert newest(version).number == 3
    assert asked_on_a_phone() == {"es": "¿Limpio?", "vi": "Sạch?"}


def test_what_was_found_right_is_asked_again_when_the_question_changes_once_more(page, asked_on_a_phone):
    page.press("check", **{"text-0": "Is it clean"})
    page.press("check", **{"right-0-es": "Is it clean"})
    assert SAID not in text(page.answer)
    page.press("check", **{"text-0": "Is it loud?"})
    assert SAID in text(page.answer)
    page.press("publish")
    assert asked_on_a_phone() == {}


def test_words_to_be_checked_go_along_with_the_next_version(page, client, version):
    page.press("publish", **{"text-0": "Is it tidy?"})
    Editor(client, page.page).press("publish", minutes="12")
    made = newest(version)
    assert made.number == 3
    assert [said.to_check for said in lines_of(made)[0].others.values()] == [True, True]
    assert set(Wording.objects.values_list("question__version", flat=True)) == {version.pk}
