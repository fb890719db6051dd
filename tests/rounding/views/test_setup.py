"""The pages with which a hospital edits questions of rounds: what they keep, refuse, and that they stay cheap."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import gettext, override

from org.rules import Role
from rounding.actions.question_sets import lines_of, terms_of
from rounding.models import QuestionSet
from rounding.queries.k_cards import sets_to_put_up
from rounding.queries.package import package_of
from rounding.rules.questions import AnswerKind, Line, SetKind, Words
from rounding.rules.starting_sets import STARTING_CARDS, STARTING_SETS
from tests.factories import make_user, signed_in
from tests.huddles.factories import make_house
from tests.rounding.editor import LIST, WHY, Editor, fields, newest, text
from tests.rounding.factories import AT, FIVE, furnished, make_set

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    return make_house()


@pytest.fixture
def client(house):
    return signed_in(make_user(Role.ADMINISTRATOR, house.top, name="Ada Min"))


@pytest.fixture
def url(house):
    return lambda name, *args: reverse(f"rounding:setup-{name}", args=[house.organisation.slug, *args])


@pytest.fixture
def edit(client, url):
    return lambda version: Editor(client, url("question-set", version.question_set_id))


def test_every_page_answers_marks_one_tab_and_has_no_inline_script_or_style(client, url, house):
    made = furnished(house.ward)[SetKind.PATIENT]
    pages = [
        url("questions"),
        url("questions-new"),
        url("question-set", made.pk),
        url("question-preview", made.pk),
        url("question-version", made.pk, 1),
    ]
    for page in pages:
        response = client.get(page)
        assert response.status_code == 200, page
        assert response.content.decode().count('aria-current="page"') == 1, page
        assert not re.search(r"\sstyle=|\son[a-z]+=", response.content.decode()), page
    assert client.get(url("question-version", made.pk, 2)).status_code == 404
    other = make_set(make_house().ward)
    assert client.get(url("question-set", other.question_set_id)).status_code == 404


def test_a_coach_of_the_whole_house_finds_the_pages_from_the_menu(house, url):
    coach = signed_in(make_user(Role.COACH, house.top))
    page = coach.get(reverse("huddles:setup"), follow=True)
    assert f'href="{url("questions")}"' in text(page)
    assert coach.get(url("questions")).status_code == 200


def test_missing_sets_are_put_in_place_on_the_page(client, url, house):
    empty = text(client.get(url("questions")))
    assert "No questions yet" in empty
    assert "Put starting sets there" in empty
    client.post(url("questions-missing"))
    assert house.organisation.question_sets.count() == len(STARTING_SETS) + len(STARTING_CARDS)
    full = text(client.get(url("questions")))
    assert "Put starting sets there" not in full
    assert "as shipped" in full


def test_the_list_says_what_a_set_is(client, url, house):
    version = make_set(
        house.ward,
        Line(AnswerKind.YES_NO, "Is it explained?", equity=True, others={"vi": Words("Rõ?"), "es": Words("¿Claro?")}),
        Line(AnswerKind.TEXT, "What would help?", equity=True, others={"es": Words("¿Qué ayudaría?")}),
        Line(AnswerKind.YES_NO, "Is it quiet?", others={"es": Words("¿Hay silencio?")}),
        kind=SetKind.HUMBLE,
        minutes=17,
        shared=False,
    )
    QuestionSet.objects.filter(pk=version.question_set_id).update(unit=house.ward, name="Nights")
    page = text(client.get(url("questions")))
    row = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page[page.index("<tr data-stop") : page.index("</tbody>")]))
    assert "Nights only for 5 West stays with who led the round Humble inquiry 3 2 17 English" in row
    assert "English , Español , Tiếng Việt ▲ incomplete version 1 24 Nov, Writer of questions" in row


def test_a_set_begins_on_a_page_of_its_own(client, url, house):
    page = url("questions-new")
    assert client.post(page, {"kind": "gossip", "name": "x"}).status_code == 422
    assert client.post(page, {"kind": "gemba", "name": " "}).status_code == 422
    elsewhere = make_house().ward.pk
    assert client.post(page, {"kind": "gemba", "name": "x", "unit": elsewhere}).status_code == 422
    made = client.post(page, {"kind": "k_card", "name": "Hand hygiene", "unit": house.ward.pk})
    card = QuestionSet.objects.get(name="Hand hygiene")
    assert made.url == url("question-set", card.pk)
    assert (card.unit, card.kind) == (house.ward, SetKind.K_CARD)


def test_a_new_set_is_a_draft_that_no_device_gets_until_it_is_published(client, url, house):
    leader = house.lead(house.ward)
    begun = client.post(url("questions-new"), {"kind": "gemba", "name": "Night walk"}).url
    assert package_of(leader, AT)["sets"] == []
    page = Editor(client, begun)
    assert "Draft: no device has it until it is published." in text(page.answer)
    assert "draft, not published" in text(client.get(url("questions")))
    made = QuestionSet.objects.get()
    assert client.get(url("question-preview", made.pk)).status_code == 200
    assert page.texts() == [str(line.text) for line in STARTING_SETS[SetKind.GEMBA][2]]
    page.press("check", **{"text-0": "What is the night like?"})
    assert "It is not published yet: no round has it." in text(page.answer)
    assert "The words in Español are as before" in text(page.answer)
    page.press("publish")
    (asked,) = package_of(leader, AT)["sets"]
    assert (asked["name"], asked["questions"][0]["text"]) == ("Night walk", "What is the night like?")
    assert "es" not in asked["questions"][0]["others"]
    assert "es" in asked["questions"][1]["others"]


def test_a_card_that_is_a_draft_hangs_nowhere(house):
    QuestionSet.objects.create(organisation=house.organisation, kind=SetKind.K_CARD, name="Beds")
    assert list(sets_to_put_up(house.ward)) == []


def test_what_is_typed_stays_until_it_is_published_as_the_next_version(edit, house):
    version = make_set(house.ward)
    page = edit(version)
    assert (page.texts(), page.typed["based_on"]) == ([line.text for line in FIVE], "1")
    page.press("down-0", **{"text-0": "Is  it\na normal day?", "required-1": "on"})
    page.press("out-4")
    page.press("below-1", name="Round of the day", minutes="12")
    page.press("add")
    assert page.texts() == [FIVE[1].text, "Is it a normal day?", "", FIVE[2].text, FIVE[3].text, ""]
    assert version.question_set.versions.count() == 1
    refused = page.press("publish")
    assert refused.status_code == 422
    assert "Question 3 has no words." in text(refused)
    assert "Question 3 has no words." in text(page.press("check"))
    page.press("out-5")
    page.press("check", **{"text-2": "How many?", "kind-2": "number", "hint-2": "Count them", "equity-2": "on"})
    assert "Nothing is missing" in text(page.answer)
    assert page.press("publish", shared="on").status_code == 302
    made = newest(version)
    assert (made.number, made.minutes, made.question_set.name) == (2, 12, "Round of the day")
    assert lines_of(made) == [
        Line(AnswerKind.TEXT, FIVE[1].text, required=True),
        Line(AnswerKind.YES_NO, "Is it a normal day?"),
        Line(AnswerKind.NUMBER, "How many?", "Count them", equity=True),
        FIVE[2],
        Line(AnswerKind.TEXT, FIVE[3].text, after=4, after_value="no"),
    ]
    assert lines_of(version) == list(FIVE)


def test_the_same_page_published_again_is_the_same_version(edit, house):
    lines = (
        LIST,
        WHY,
        Line(AnswerKind.SCALE, "How calm?", "1 is loud", required=True, others={"es": Words("¿Calma?")}),
    )
    version = make_set(house.ward, *lines)
    assert edit(version).press("publish").status_code == 302
    assert edit(version).press("preview").status_code == 200
    assert newest(version) == version


def test_two_who_edit_at_once_do_not_write_over_each_other(edit, house):
    version = make_set(house.ward)
    first, late = edit(version), edit(version)
    first.press("publish", **{"text-0": "First"})
    refused = late.press("publish", **{"text-0": "Second", "text-1": ""})
    assert "Question 2 has no words." in text(refused)
    refused = late.press("publish", **{"text-1": "Why?"})
    assert refused.status_code == 422
    assert "published version 2 meanwhile" in text(refused)
    assert "Look at version 2 in a new window" in text(refused)
    assert late.texts()[:2] == ["Second", "Why?"]
    assert late.press("publish").status_code == 302
    assert (newest(version).number, lines_of(newest(version))[0].text) == (3, "Second")


@pytest.mark.parametrize(
    "do", ["up-0", "down-4", "down-999", "out-", "out-x", "out-²", "stay", "", "language", "no-language-xx", "below-9"]
)
def test_a_button_that_means_nothing_changes_nothing(edit, house, do):
    page = edit(
        make_set(house.ward, *FIVE, Line(AnswerKind.YES_NO, "Is it quiet?", others={"es": Words("¿Silencio?")}))
    )
    before = dict(page.typed)
    if do == "down-4":
        do = "down-5"
    assert page.press(do, **{"new-language": "xx"}).status_code == 200
    assert page.typed == before


def test_words_in_other_languages_are_added_marked_where_incomplete_and_taken_out(edit, house):
    version = make_set(house.ward, LIST, WHY)
    page = edit(version)
    page.press("language", **{"new-language": "vi"})
    page.press("language", **{"new-language": "ar"})
    assert page.typed["languages"] == "vi,ar"
    assert 'dir="rtl"' in text(page.answer)
    page.press("check", **{"text-0-vi": "Bao lâu?", "text-1-vi": "Tại sao?", "choices-0-vi": "Ngay\nVài phút"})
    assert "In Tiếng Việt, question 1 needs 3 answers, one for each of the set." in text(page.answer)
    page.press("check", **{"choices-0-vi": "Ngay\nVài phút\nQuá lâu", "hint-1-ar": "لماذا"})
    assert "Question 2 has no words in العربية, but its hint or answers do." in text(page.answer)
    page.press("no-language-ar")
    assert "✓ complete" in text(page.answer)
    page.press("down-0")  # the second hangs on the first: words stay where they are
    page.press("below-1")
    assert "▲ incomplete" in text(page.answer)
    page.press("publish", **{"text-2": "Anything else?"})
    assert [line.others for line in lines_of(newest(version))] == [
        {"vi": Words("Bao lâu?", "", ("Ngay", "Vài phút", "Quá lâu"))},
        {"vi": Words("Tại sao?")},
        {},
    ]
    page = edit(version)
    page.press("no-language-vi")
    page.press("publish")
    assert [line.others for line in lines_of(newest(version))] == [{}, {}, {}]
    assert lines_of(newest(version).question_set.versions.get(number=2))[1].others == {"vi": Words("Tại sao?")}


def test_the_page_speaks_the_language_of_the_reader_and_the_questions_that_of_the_set(client, url, house):
    shipped = "Equipment"
    with override("es"):
        spanish = gettext(shipped)
    version = make_set(house.ward, Line(AnswerKind.YES_NO, shipped), Line(AnswerKind.TEXT, "Own words"))
    page = url("question-set", version.question_set_id)
    answer = client.get(page, headers={"Accept-Language": "es"})
    assert fields(answer)["text-0"] == shipped
    typed = {**fields(answer), "text-1": "Palabras", "do": "publish"}
    assert client.post(page, typed, headers={"Accept-Language": "es"}).status_code == 302
    assert [line.text for line in lines_of(newest(version))] == [shipped, "Palabras"]
    with override("es"):
        assert newest(version).questions.get(position=1).text == spanish


def test_a_talk_between_two_is_never_opened_by_the_page(edit, house):
    version = make_set(house.ward, kind=SetKind.NEW_STARTER, shared=False)
    page = edit(version)
    assert "shared" not in page.typed
    assert "stays with the two who held it" in text(page.answer)
    page.press("publish", shared="on", **{"text-0": "How was the week?"})
    assert (newest(version).number, newest(version).shared) == (2, False)


def test_minutes_and_sharing_are_of_the_version(edit, house):
    version = make_set(house.ward)
    page = edit(version)
    for wrong in ("", "0", "121", "ten", "²"):
        refused = page.press("publish", minutes=wrong)
        assert refused.status_code == 422
        assert "A round takes 1 to 120 minutes." in text(refused)
    del page.typed["shared"]
    page.press("publish", minutes="25")
    assert (terms_of(newest(version)).minutes, terms_of(newest(version)).shared) == (25, False)
    assert (terms_of(version).minutes, terms_of(version).shared) == (10, True)


def test_more_than_thirty_questions_are_refused_before_they_are_typed(edit, house):
    page = edit(make_set(house.ward, *[FIVE[0]] * 30))
    page.press("below-3")
    assert page.told() == ["A question set has at most 30 questions."]
    assert len(page.texts()) == 30


def test_what_no_database_keeps_is_left_out(edit, house):
    version = make_set(house.ward)
    edit(version).press(
        "publish", **{"text-0": "Is it\0 calm?", "kind-1": "nonsense", "after-1": "99|x", "name": "A\0B"}
    )
    assert [line.text for line in lines_of(newest(version))][:2] == ["Is it calm?", FIVE[1].text]
    assert newest(version).question_set.name == "AB"


def test_a_card_is_edited_on_the_same_page_with_kind_advice(edit, house):
    yes = Line(AnswerKind.YES_NO, "Is the dispenser full?")
    version = make_set(house.ward, *[yes] * 5, kind=SetKind.K_CARD)
    page = edit(version)
    assert "make two of it?" not in text(page.answer)
    page.press("add", **{"kind-0": "text"})
    assert "This one has 6: make two of it?" in text(page.answer)
    assert "Not answered so: question 1." in text(page.answer)
    assert page.press("publish", **{"text-5": "Is the poster there?"}).status_code == 302
    assert newest(version).number == 2


def test_a_round_is_seen_before_it_is_published_and_nothing_typed_is_lost(edit, house):
    version = make_set(house.ward, LIST, WHY)
    page = edit(version)
    page.press("language", **{"new-language": "es"})
    page.press("preview", **{"text-1": "What <kept> them?", "text-1-es": "¿Por qué?", "in": "es"})
    shown = text(page.answer)
    assert "As it was typed, not published yet." in shown
    assert "2 of 2 · only after “Too long” to question 1" in shown
    assert "Not in this language yet: it is asked in English." in shown
    assert "¿Por qué?" in shown
    page.press("stay")
    assert page.texts() == [LIST.text, "What <kept> them?"]
    assert (page.typed["text-1-es"], page.typed["after-1"], page.typed["shared"]) == ("¿Por qué?", "1|2|Too long", "on")
    page.press("publish")
    assert lines_of(newest(version)) == [
        LIST,
        Line(AnswerKind.TEXT, "What <kept> them?", after=1, after_value="2", others={"es": Words("¿Por qué?")}),
    ]


def test_past_versions_and_the_preview_are_read_in_the_language_one_chooses(client, url, edit, house):
    said = Words("¿Limpio?", "Mire bajo las camas")
    version = make_set(house.ward, Line(AnswerKind.YES_NO, "Is it clean?", "Look below the beds", others={"es": said}))
    edit(version).press("publish", **{"text-0": "Is it tidy?"})
    past = url("question-version", version.question_set_id, 1)
    now = url("question-preview", version.question_set_id)
    assert "Is it clean?" in text(client.get(past))
    assert "¿Limpio?" in text(client.get(past, {"in": "es"}))
    assert "Is it clean?" in text(client.get(past, {"in": "nonsense"}))
    assert "Is it tidy?" in text(client.get(now))
    edit(version).press("publish", **{"text-0-es": "¿Ordenado?", "hint-0-es": "Mire"})
    spanish = text(client.get(now, headers={"Accept-Language": "es"}))
    assert "¿Ordenado?" in spanish
    assert "Mire" in spanish


def test_a_set_is_retired_folded_and_brought_back(client, url, edit, house):
    version = make_set(house.ward)
    pk = version.question_set_id
    client.post(url("question-retire", pk))
    page = text(client.get(url("questions")))
    assert "1 retired set" in page
    assert "<table" not in page
    assert "This set is retired: no round offers it." in text(client.get(url("question-set", pk)))
    client.post(url("question-bring-back", pk))
    page = text(client.get(url("questions")))
    assert "retired set" not in page
    assert "<table" in page


def test_the_pages_take_as_many_statements_for_many_rows_as_for_few(client, url, house):
    def statements(pk) -> list[int]:
        found = []
        for page in (url("questions"), url("question-set", pk), url("question-preview", pk)):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(page).status_code == 200
            found.append(len(queries))
        return found

    one = make_set(house.ward, FIVE[0])
    statements(one.question_set_id)
    few = statements(one.question_set_id)
    made = furnished(house.ward)
    assert statements(made[SetKind.PATIENT].pk) == few
    assert max(few) <= 14
