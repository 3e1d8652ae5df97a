"""Operations for migrations that run while the site serves. A migration that uses one says `atomic = False`."""

from __future__ import annotations

from typing import Any

from django.db import NotSupportedError
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import AddIndex
from django.db.migrations.state import ProjectState
from django.db.models import Model


class AddIndexOnline(AddIndex):
    """As `AddIndex`, but on PostgreSQL nobody who writes has to wait (CREATE INDEX CONCURRENTLY); SQLite has one writer anyway."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        model = to_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            schema_editor.add_index(model, self.index, **self._online(schema_editor, model))

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        model = from_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            schema_editor.remove_index(model, self.index, **self._online(schema_editor, model))

    def _online(self, schema_editor: BaseDatabaseSchemaEditor, model: type[Model]) -> dict[str, Any]:
        if schema_editor.connection.vendor != "postgresql":
            return {}
        if schema_editor.connection.in_atomic_block:
            raise NotSupportedError(
                f"Cannot build the index {self.index.name} of {model._meta.label} within a transaction:"
                " its migration must say atomic = False."
            )
        return {"concurrently": True}
