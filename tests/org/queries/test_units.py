import pytest

from org.models import Unit
from org.queries import tree_rows
from org.queries.units import natural
from tests.factories import make_organisation, make_unit


@pytest.mark.parametrize(
    "names",
    [
        ["3 West", "5 East", "5 West", "12 West"],
        ["Unit 2", "Unit 2 annex", "Unit 10"],
        ["Árbol", "Arena", "Zulú"],
        ["icu", "ICU 2", "Imaging"],
    ],
)
def test_names_sort_as_people_count_and_spell(names):
    assert sorted(set(names), key=natural) == names


@pytest.mark.django_db
def test_a_tree_lists_neighbors_by_position_then_tier_then_name_and_children_under_their_parent():
    top = make_unit(organisation=make_organisation(), name="Hospital")
    wide = make_unit(top, name="Surgery", level=2)
    make_unit(wide, name="12 West")
    make_unit(wide, name="3 West")
    make_unit(top, name="Admissions", level=1)
    make_unit(top, name="Medicine", level=2)
    make_unit(top, name="Last", level=3, position=1)
    rows = tree_rows(list(Unit.objects.select_related("tier").order_by("-pk")))
    assert [(row.depth, row.unit.name) for row in rows] == [
        (0, "Hospital"),
        (1, "Medicine"),
        (1, "Surgery"),
        (2, "3 West"),
        (2, "12 West"),
        (1, "Admissions"),
        (1, "Last"),
    ]
