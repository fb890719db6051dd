import pytest

from boards.actions import groups
from boards.actions.strata import stratum_ids
from boards.models import Category, CategoryAlias, Grouping
from boards.queries import setup
from boards.rules import CategoryState
from org.models import Event
from org.rules import NotAllowed
from tests.boards.snapshots.house import AT


@pytest.fixture
def language(house):
    return house.dimension("language", "en", "es", "vi")


def add(dimension, code, *spellings, name="", by, state=CategoryState.KNOWN):
    return groups.add_category(
        dimension=dimension, code=code, name=name or code, state=state, spellings=spellings, by=by, at=AT
    )


def test_a_local_dimension_with_categories_and_spellings(house, steward):
    housing = groups.add_dimension(
        organisation=house.organisation,
        code="Housing",
        name="Housing",
        is_ordered=False,
        is_partition=True,
        by=steward,
        at=AT,
    )
    assert housing.code == "housing"
    with pytest.raises(NotAllowed, match="this code"):
        groups.add_dimension(
            organisation=house.organisation,
            code="housing",
            name="Other",
            is_ordered=False,
            is_partition=True,
            by=steward,
            at=AT,
        )
    none = add(housing, "none", "Homeless", " homeless ", "", "NONE", by=steward)
    assert list(CategoryAlias.objects.values_list("text", flat=True)) == ["homeless"]
    with pytest.raises(NotAllowed, match="“HOMELESS” means “none”"):
        add(housing, "shelter", "HOMELESS", by=steward)
    with pytest.raises(NotAllowed, match="“None” means “none”"):
        add(housing, "None", by=steward)
    assert Category.objects.filter(dimension=housing).get() == none


def test_spellings_are_exchanged_as_a_whole_and_capitals_do_not_matter(steward, language):
    spanish = language.categories.get(code="es")
    change = {"category": spanish, "name": "Spanish", "state": CategoryState.KNOWN, "by": steward, "at": AT}
    groups.change_category(spellings=["SPANISH", "spa"], **change)
    groups.change_category(spellings=["Spanish", "Castellano", "ES"], **change)
    assert set(spanish.aliases.values_list("text", flat=True)) == {"Spanish", "Castellano"}
    with pytest.raises(NotAllowed, match="means “en” already"):
        groups.change_category(spellings=["EN"], **change)


def test_a_category_with_numbers_stays_and_one_without_goes(house, steward, language):
    stratum_ids(house.organisation.pk, ["language:es"])
    with pytest.raises(NotAllowed, match="Numbers were sent"):
        groups.remove_category(category=language.categories.get(code="es"), by=steward, at=AT)
    groups.remove_category(category=language.categories.get(code="vi"), by=steward, at=AT)
    assert list(language.categories.values_list("code", flat=True).order_by("code")) == ["en", "es"]


def test_groupings_are_added_arranged_chosen_and_removed(steward, language):
    grouping = groups.add_grouping(dimension=language, code="two", name="Two", like=None, by=steward, at=AT)
    ids = dict(language.categories.values_list("code", "pk"))
    arranged = {ids["en"]: "English", ids["es"]: "Other", ids["vi"]: "Other"}
    assert groups.arrange_groups(grouping=grouping, groups=arranged, by=steward, at=AT) == 3
    assert groups.arrange_groups(grouping=grouping, groups=arranged, by=steward, at=AT) == 0
    assert [row.group for row in setup.categories(language, grouping)] == ["English", "Other", "Other"]
    groups.use_grouping(dimension=language, grouping=grouping, by=steward, at=AT)
    with pytest.raises(NotAllowed, match="Boards use this grouping"):
        groups.remove_grouping(grouping=grouping, by=steward, at=AT)
    copy = groups.add_grouping(dimension=language, code="copy", name="Copy", like=grouping, by=steward, at=AT)
    groups.use_grouping(dimension=language, grouping=copy, by=steward, at=AT)
    assert list(Grouping.objects.filter(is_default=True)) == [copy]
    groups.remove_grouping(grouping=grouping, by=steward, at=AT)
    groups.arrange_groups(grouping=copy, groups={ids["vi"]: ""}, by=steward, at=AT)
    assert [row.group for row in setup.categories(language, copy)] == ["English", "Other", ""]
    groups.use_grouping(dimension=language, grouping=None, by=steward, at=AT)
    assert not Grouping.objects.filter(is_default=True).exists()
    assert Event.objects.filter(verb="grouping.used").count() == 3


def test_a_category_or_grouping_of_another_dimension_is_refused(house, steward, language):
    sex = house.dimension("sex", "f", "m")
    grouping = groups.add_grouping(dimension=sex, code="g", name="G", like=None, by=steward, at=AT)
    with pytest.raises(NotAllowed, match="another dimension"):
        groups.arrange_groups(grouping=grouping, groups={language.categories.first().pk: "x"}, by=steward, at=AT)
    with pytest.raises(NotAllowed, match="another dimension"):
        groups.use_grouping(dimension=language, grouping=grouping, by=steward, at=AT)
