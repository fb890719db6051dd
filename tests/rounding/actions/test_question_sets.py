"""Question sets: put where they are missing, published in versions, in the language of the set, retired and back."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.utils.translation import gettext, override

from org.models import Event
from org.rules import NotAllowed, Overtaken, Role
from rounding.actions.question_sets import (
    Terms,
    beginning_of,
    bring_back,
    furnish,
    lines_of,
    publish,
    retire,
    start_set,
    terms_of,
)
from rounding.models import KCard, Question, QuestionSet, Wording
from rounding.queries.question_sets import is_furnished
from rounding.rules.questions import BETWEEN_TWO, AnswerKind, Line, SetKind, Words
from rounding.rules.starting_sets import STARTING_CARDS, STARTING_SETS
from tests.factories import make_user
from tests.huddles.factories import make_house
from tests.rounding.factories import AT, FIVE, furnished, make_round, make_set

pytestmark = pytest.mark.django_db

#: A text that is shipped elsewhere in the house and has Spanish words.
SHIPPED = "Equipment"


@pytest.fixture
def house():
    return make_house()


@pytest.fixture
def coach(house):
    return make_user(Role.COACH, house.top, name="Coach of questions")


def published(version, by, *lines, **fields):
    given = {
        "question_set": version.question_set,
        "name": version.question_set.name,
        "lines": lines or lines_of(version),
        "terms": terms_of(version),
        "based_on": version.number,
        "by": by,
        "at": AT + timedelta(hours=1),
    }
    return publish(**{**given, **fields})


def stored(table: str, column: str) -> list[str]:
    """What lies in the database itself, whoever reads it."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table} ORDER BY id")
        return [row[0] for row in cursor.fetchall()]


def test_a_house_is_furnished_once_and_only_where_something_is_missing(house):
    all_of_them = len(STARTING_SETS) + len(STARTING_CARDS)
    assert furnish(organisation=house.organisation, at=AT) == all_of_them
    assert furnish(organisation=house.organisation, at=AT) == 0
    sets = QuestionSet.objects.filter(organisation=house.organisation)
    assert sorted(sets.values_list("kind", flat=True)) == sorted([*STARTING_SETS, *["k_card"] * len(STARTING_CARDS)])
    sets.get(kind=SetKind.GEMBA).delete()
    sets.filter(kind=SetKind.STAFF).update(retired_at=AT)
    sets.get(name="Medicine double check").delete()
    sets.filter(name="Hand hygiene at the door").update(retired_at=AT)
    assert furnish(organisation=house.organisation, at=AT) == 2
    assert sets.count() == all_of_them
    assert Event.objects.filter(verb="question_set.published").count() == all_of_them + 2
    assert not KCard.objects.exists()


@pytest.mark.parametrize("reads", ["en", "es"])
def test_starting_cards_are_known_by_name_in_the_language_of_the_house_whoever_reads(house, reads):
    house.organisation.language = "es"
    house.organisation.save()
    with override(reads):
        assert furnish(organisation=house.organisation, at=AT) == len(STARTING_SETS) + len(STARTING_CARDS)
        assert is_furnished(house.organisation)
    with override({"en": "es", "es": "en"}[reads]):
        assert furnish(organisation=house.organisation, at=AT) == 0
        assert is_furnished(house.organisation)
        QuestionSet.objects.filter(kind=SetKind.K_CARD).first().delete()
        assert not is_furnished(house.organisation)


@pytest.mark.parametrize("language", ["en", "es"])
def test_it_is_furnished_in_its_language_with_the_words_of_the_others(house, language):
    house.organisation.language = language
    house.organisation.save()
    with override("es" if language == "en" else "en"):
        furnish(organisation=house.organisation, at=AT)
    other = {"en": "es", "es": "en"}[language]
    for kind, (name, minutes, lines) in STARTING_SETS.items():
        version = house.organisation.question_sets.get(kind=kind).versions.get()
        assert terms_of(version) == Terms(minutes, kind not in BETWEEN_TWO, language)
        words = {}
        for code in ("en", "es"):
            with override(code):
                words[code] = [(str(x.text), str(x.hint), tuple(map(str, x.choices))) for x in lines]
        found = lines_of(version)
        assert [(x.text, x.hint, x.choices) for x in found] == words[language]
        told = [{other: Words(*said)} for said in words[other]]
        if other == "es":  # what has no Spanish words yet claims none
            told = [one if one["es"].text != said[0] else {} for one, said in zip(told, words["en"], strict=True)]
        assert [x.others for x in found] == told
        assert [(x.kind, x.required, x.equity, x.after, x.after_value) for x in found] == [
            (x.kind, x.required, x.equity, x.after, x.after_value) for x in lines
        ]
        with override(language):
            assert str(name) in stored("rounding_questionset", "name")


def test_a_set_begins_with_the_questions_of_its_kind(house, coach):
    def begun(kind, **more):
        said = {"name": " Ward walk ", "unit": None, "by": coach, "at": AT, **more}
        return start_set(organisation=house.organisation, kind=kind, **said)

    walk = begun(SetKind.GEMBA, unit=house.ward)
    assert (walk.name, walk.unit, walk.versions.count()) == ("Ward walk", house.ward, 0)
    lines, terms = beginning_of(walk)
    assert len(lines) == len(STARTING_SETS[SetKind.GEMBA][2])
    assert all("es" in line.others for line in lines)
    made = publish(question_set=walk, name=walk.name, lines=lines, terms=terms, based_on=0, by=coach, at=AT)
    assert (made.number, made.published_by, lines_of(made)) == (1, coach, lines)
    card, _terms = beginning_of(begun(SetKind.K_CARD))
    assert [(line.kind, line.text) for line in card] == [(AnswerKind.YES_NO, "Is it as it should be?")]
    assert beginning_of(begun(SetKind.NEW_STARTER))[1].shared is False
    with pytest.raises(NotAllowed, match="another house") as refused:
        begun(SetKind.STAFF, unit=make_house().ward)
    assert refused.value.field == "unit"
    with pytest.raises(NotAllowed, match="Give the set a name"):
        begun(SetKind.STAFF, name=" ")
    with pytest.raises(NotAllowed, match="at most 80 signs"):
        begun(SetKind.STAFF, name="x" * 81)


def test_the_same_again_is_the_same_version(house, coach):
    version = make_set(house.ward)
    assert published(version, coach) == version
    assert version.question_set.versions.count() == 1


@pytest.mark.parametrize(
    "change",
    [
        {"terms": Terms(11, shared=True, language="en")},
        {"terms": Terms(10, shared=False, language="en")},
        {"lines": (*FIVE, Line(AnswerKind.NUMBER, "How many?"))},
        {"lines": (replace(FIVE[0], required=True), *FIVE[1:])},
        {"lines": (replace(FIVE[0], equity=True), *FIVE[1:])},
        {"lines": (replace(FIVE[0], others={"vi": Words("Bình thường?")}), *FIVE[1:])},
        {"lines": (*FIVE[:3], replace(FIVE[3], after_value="partly"), FIVE[4])},
    ],
)
def test_whatever_changes_is_the_next_version_and_the_last_one_stays(house, coach, change):
    version = make_set(house.ward)
    before = lines_of(version)
    made = published(version, coach, **change)
    assert (made.number, made.published_by, made.published_at) == (2, coach, AT + timedelta(hours=1))
    assert lines_of(made) == list(change.get("lines", FIVE))
    assert terms_of(made) == change.get("terms", terms_of(version))
    assert lines_of(version) == before
    assert Event.objects.filter(verb="question_set.published", actor_id=coach.pk).get().facts == {"version": 2}


def test_a_new_name_alone_is_no_new_version(house, coach):
    version = make_set(house.ward)
    assert published(version, coach, name="Round at night") == version
    assert QuestionSet.objects.get(pk=version.question_set_id).name == "Round at night"


def test_who_comes_second_is_told_and_may_build_on_it(house, coach):
    version = make_set(house.ward)
    first = published(version, coach, *FIVE[:2])
    with pytest.raises(Overtaken, match="version 2 meanwhile"):
        published(version, coach, *FIVE[:3])
    assert lines_of(first) == list(FIVE[:2])
    assert published(version, coach, *FIVE[:3], based_on=2).number == 3


def test_refusals_leave_everything_as_it_was(house, coach):
    version = make_set(house.ward)
    hung = replace(FIVE[3], after=5)
    for given, said in (
        ({"lines": ()}, "at least one question"),
        ({"lines": (*FIVE[:3], hung, FIVE[4])}, "Question 4 can only hang on a question before it"),
        ({"lines": (*FIVE[:3], replace(FIVE[3], after=2))}, "an answer that question 2 does not have"),
        ({"terms": Terms(0, shared=True, language="en")}, "1 to 120 minutes"),
        ({"terms": Terms(121, shared=True, language="en")}, "1 to 120 minutes"),
        ({"name": " "}, "Give the set a name"),
    ):
        with pytest.raises(NotAllowed, match=said):
            published(version, coach, **given)
    assert version.question_set.versions.count() == 1
    assert QuestionSet.objects.get().name == version.question_set.name


def test_what_is_said_between_two_is_never_opened_to_the_unit(house, coach):
    version = make_set(house.ward, kind=SetKind.NEW_STARTER, shared=False)
    with pytest.raises(NotAllowed, match="stays with the two") as refused:
        published(version, coach, terms=replace(terms_of(version), shared=True))
    assert refused.value.field == "shared"


def test_words_in_other_languages_are_kept_and_empty_ones_are_not(house, coach):
    lines = (
        Line(
            AnswerKind.CHOICE,
            "How long?",
            "Since the call",
            ("Soon", "Late"),
            others={"es": Words(" ¿Cuánto? ", "Desde la llamada", ("Pronto", "Tarde")), "vi": Words("")},
        ),
        Line(AnswerKind.TEXT, "Why?", others={"ar": Words("لماذا؟")}),
    )
    version = make_set(house.ward, *lines)
    assert [line.others for line in lines_of(version)] == [
        {"es": Words("¿Cuánto?", "Desde la llamada", ("Pronto", "Tarde"))},
        {"ar": Words("لماذا؟")},
    ]
    assert published(version, coach) == version
    assert Wording.objects.count() == 2


def test_who_reads_spanish_and_publishes_an_english_set_leaves_its_english_words(house, coach):
    with override("es"):
        spanish = gettext(SHIPPED)
    assert spanish != SHIPPED
    own = Line(AnswerKind.TEXT, "Own words of the house")
    version = make_set(house.ward, Line(AnswerKind.YES_NO, SHIPPED), own)
    QuestionSet.objects.filter(pk=version.question_set_id).update(name=SHIPPED)
    with override("es"):
        assert Question.objects.get(version=version, position=1).text == spanish
        lines = lines_of(version)
        assert [line.text for line in lines] == [SHIPPED, own.text]
        name = QuestionSet.objects.get().name
        assert name == spanish
        assert published(version, coach, *lines, name=name) == version
        made = published(version, coach, lines[0], replace(own, text="Palabras de la casa"), name=name)
    assert stored("rounding_question", "text") == [SHIPPED, own.text, SHIPPED, "Palabras de la casa"]
    assert stored("rounding_questionset", "name") == [SHIPPED]
    assert made.language == "en"
    assert Question.objects.get(version=made, position=1).text == SHIPPED


def test_a_set_in_a_language_that_pages_do_not_speak_is_read_all_the_same(house):
    version = make_set(house.ward, Line(AnswerKind.TEXT, "Tib le ka jyoʼ?"), language="mam")
    with override("es"):
        assert [line.text for line in lines_of(version)] == ["Tib le ka jyoʼ?"]


def test_a_retired_set_is_offered_to_nobody_and_comes_back(house, coach):
    made = furnished(house.ward)[SetKind.STAFF]
    leader = house.lead(house.ward)
    offered = QuestionSet.objects.visible_to(leader).in_use()
    led = make_round(house.ward, leader, made.versions.get())
    for _twice in range(2):
        retire(question_set=made, by=coach, at=AT)
    assert made not in offered.all()
    assert len(lines_of(led.version)) == len(STARTING_SETS[SetKind.STAFF][2])
    for _twice in range(2):
        bring_back(question_set=made, by=coach, at=AT)
    assert made in offered.all()
    verbs = Event.objects.filter(actor_id=coach.pk).order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["question_set.retired", "question_set.brought_back"]


def test_a_set_of_one_unit_is_there_for_whoever_leads_rounds_at_it_or_below(house, coach):
    made = start_set(organisation=house.organisation, kind=SetKind.STAFF, name="x", unit=house.line, by=coach, at=AT)
    assert made not in QuestionSet.objects.in_use()

    def sees(unit):
        return made in QuestionSet.objects.visible_to(house.lead(unit))

    assert [sees(unit) for unit in (house.ward, house.line, house.top, house.support)] == [True, True, True, False]
    assert made not in QuestionSet.objects.visible_to(house.people["STAFF"])
    assert made in QuestionSet.objects.governed_by(coach)
    assert made not in QuestionSet.objects.governed_by(house.lead(house.top))
