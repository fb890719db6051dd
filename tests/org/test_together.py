"""Tables that a migration makes together, there and back."""

import pytest
from django.db import connection, models
from django.db.migrations import CreateModel
from django.db.migrations.state import ProjectState

from org.together import Together

BOTH = Together(
    CreateModel("Shelf", [("id", models.AutoField(primary_key=True))]),
    CreateModel(
        "Book",
        [("id", models.AutoField(primary_key=True)), ("shelf", models.ForeignKey("library.Shelf", models.CASCADE))],
        options={"constraints": [models.UniqueConstraint(fields=["shelf"], name="one_book_a_shelf")]},
    ),
)


def tables():
    return {name for name in connection.introspection.table_names() if name.startswith("library_")}


@pytest.mark.django_db
@pytest.mark.parametrize("drawn", [True, False])
def test_they_come_and_go_with_what_points_from_one_to_the_other(drawn):
    before = ProjectState()
    if drawn:
        assert before.apps is not None
    after = before.clone()
    BOTH.state_forwards("library", after)
    assert after.apps.get_model("library", "Book")._meta.get_field("shelf").related_model.__name__ == "Shelf"
    with connection.schema_editor() as editor:
        BOTH.database_forwards("library", editor, before, after)
    assert tables() == {"library_shelf", "library_book"}
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, "library_book")
    assert found["one_book_a_shelf"]["unique"]
    assert ("library_shelf", "id") in {each["foreign_key"] for each in found.values()}
    with connection.schema_editor() as editor:
        BOTH.database_backwards("library", editor, after, before)
    assert tables() == set()


def test_a_migration_writes_them_as_they_are_written():
    name, models_, more = BOTH.deconstruct()
    assert (name, more) == ("Together", {})
    assert [each.name for each in Together(*models_).operations] == ["Shelf", "Book"]
    assert BOTH.describe() == "Create models Shelf, Book"
