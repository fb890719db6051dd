"""Tables that are made together, for migrations."""

from collections.abc import Sequence
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


class Together(Operation):
    """Makes the tables of several models, which may point at each other.

    After each operation Django draws all models anew that have to do with what was changed: with a hundred tables that
    is most of the time of the first start. Here they are drawn once, after the last.
    """

    def __init__(self, *operations: CreateModel) -> None:
        self.operations: Sequence[CreateModel] = operations

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        """As `makemigrations` would write it."""
        return type(self).__name__, list(self.operations), {}

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Know of all models; they are drawn when somebody asks for them."""
        state.__dict__.pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Make the tables, in their order."""
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Drop them, the last first."""
        for operation in reversed(self.operations):
            operation.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        """What `migrate` and `sqlmigrate` say of it."""
        return "Create models " + ", ".join(operation.name for operation in self.operations)
