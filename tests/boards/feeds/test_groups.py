import pytest

from boards.actions.categories import accept_category, map_category
from boards.models import Category, CategoryAlias, Dimension, Grouping, GroupMember
from org.rules import NotAllowed, Role
from tests.boards import factories
from tests.boards.feeds.place import AT, DAY, long_file

ICU = ("bundle", "icu", "2026-11-20")


@pytest.fixture
def steward(place):
    return factories.make_user(Role.DATA_STEWARD, place.top)


def spanish(place, word: str, count: int) -> str:
    return long_file(f"bundle,icu,{DAY},,,{count},9", f"bundle,icu,{DAY},language,{word},{count},9")


def test_a_mapped_word_means_the_category_from_the_next_file_on(place, steward):
    place.send(spanish(place, "SPAN", 1))
    waiting = Category.objects.get(code="SPAN")
    es = Category.objects.get(code="es", dimension__code="language")
    grouping = Grouping.objects.create(dimension=es.dimension, code="lep", name="English proficiency")
    GroupMember.objects.create(grouping=grouping, category=es, group="Limited")
    map_category(category=waiting, into=es, by=steward, at=AT)
    waiting.refresh_from_db()
    assert (waiting.name, waiting.state) == (es.name, es.state)
    assert GroupMember.objects.get(category=waiting).group == "Limited"
    received = place.send(spanish(place, "span", 2))
    assert [f.code for f in received.findings] == []
    assert (
        str(place.stored()[ICU]["language:SPAN"]) == "(nan, nan, False)"
    )  # the same patients do not stand there twice
    assert place.stored()[ICU]["language:es"] == (2, 9, False)
    assert place.read(spanish(place, "es", 3)).checked.strata.words == ["", "language:es"]


def test_an_accepted_word_is_a_category_of_its_own(place, steward):
    place.send(spanish(place, "Quechua", 1))
    accept_category(category=Category.objects.get(code="Quechua"), name="Quechua (all)", by=steward, at=AT)
    found = place.read(spanish(place, "quechua", 2))
    assert found.problems.total == 0
    assert found.checked.strata.words == ["", "language:Quechua"]


def test_what_is_mapped_is_not_mapped_again(place, steward):
    place.send(spanish(place, "x1", 1))
    x1 = Category.objects.get(code="x1")
    race = Category.objects.get(code="2054-5")
    with pytest.raises(NotAllowed):
        map_category(category=x1, into=race, by=steward, at=AT)
    with pytest.raises(NotAllowed):
        map_category(category=x1, into=x1, by=steward, at=AT)
    with pytest.raises(NotAllowed):
        accept_category(category=x1, name=" ", by=steward, at=AT)
    accept_category(category=x1, name="X", by=steward, at=AT)
    with pytest.raises(NotAllowed):
        accept_category(category=x1, name="Y", by=steward, at=AT)


def test_words_by_alias_code_and_name(place):
    language = Dimension.objects.get(code="language")
    es = language.categories.get(code="es")
    es.name = "Spanish"
    es.save()
    for text in ("13", "ES"):
        CategoryAlias.objects.create(dimension=language, text=text, category=es)
    for word in ("13", "es", "SPANISH", "Es"):
        assert place.read(spanish(place, word, 1)).checked.strata.words == ["", "language:es"], word


def test_the_same_file_counts_again_once_its_words_are_mapped(place, steward):
    other_day = long_file("bundle,icu,2026-11-19,2026-11-19,language,SPAN,4,5")
    place.send(other_day)
    content = spanish(place, "SPAN", 1)
    place.send(content)
    assert place.send(content).again
    es = Category.objects.get(code="es", dimension__code="language")
    map_category(category=Category.objects.get(code="SPAN"), into=es, by=steward, at=AT)
    again = place.send(content)
    assert (again.counted, again.batch.replaced_readings) == (True, 1)
    assert place.stored()[ICU]["language:es"] == (1, 9, False)
    assert str(place.stored()[ICU]["language:SPAN"]) == "(nan, nan, False)"
    assert place.stored()["bundle", "icu", "2026-11-19"] == {"language:SPAN": (4, 5, False)}
    assert place.send(content).again


def test_combinations_move_with_their_word(place, steward):
    rows = [f"bundle,icu,{DAY},,,1,9", f"bundle,icu,{DAY},race|language,2054-5|SPAN,1,9"]
    place.send(long_file(*rows))
    es = Category.objects.get(code="es", dimension__code="language")
    map_category(category=Category.objects.get(code="SPAN"), into=es, by=steward, at=AT)
    place.send(long_file(*rows))
    found = place.stored()[ICU]
    assert found["language:es|race:2054-5"] == (1, 9, False)
    assert str(found["language:SPAN|race:2054-5"]) == "(nan, nan, False)"
