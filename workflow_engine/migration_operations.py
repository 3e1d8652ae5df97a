"""Operations for migrations that run while the site serves. A migration that uses one says `atomic = False`."""

from __future__ import annotations

import hashlib
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
            online = self._online(schema_editor, model)
            if parts := _parts(schema_editor, model) if online else []:
                self._add_to_parts(schema_editor, model, parts)
            else:
                schema_editor.add_index(model, self.index, **online)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        model = from_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            online = self._online(schema_editor, model)
            # Of a table that is split PostgreSQL takes it away at once only, which is quick.
            is_split = bool(online) and bool(_parts(schema_editor, model))
            schema_editor.remove_index(model, self.index, **({} if is_split else online))

    def _add_to_parts(self, schema_editor: BaseDatabaseSchemaEditor, model: type[Model], parts: list[str]) -> None:
        """The index of the whole says what it is to be; it counts as soon as each part has its own, made one by one."""
        quote, table = schema_editor.quote_name, model._meta.db_table
        text = str(self.index.create_sql(model, schema_editor))
        whole, on = quote(self.index.name), f" ON {quote(table)} "
        schema_editor.execute(text.replace(on, f" ON ONLY {quote(table)} ", 1), params=None)
        for part in parts:
            own = f"{self.index.name}_{hashlib.sha256(part.encode()).hexdigest()[:10]}"
            in_part = text.replace(on, f" ON {quote(part)} ", 1).replace(whole, quote(own), 1)
            schema_editor.execute(in_part.replace("CREATE INDEX", "CREATE INDEX CONCURRENTLY", 1), params=None)
            schema_editor.execute(f"ALTER INDEX {whole} ATTACH PARTITION {quote(own)}", params=None)

    def _online(self, schema_editor: BaseDatabaseSchemaEditor, model: type[Model]) -> dict[str, Any]:
        if schema_editor.connection.vendor != "postgresql":
            return {}
        if schema_editor.connection.in_atomic_block:
            raise NotSupportedError(
                f"Cannot build the index {self.index.name} of {model._meta.label} within a transaction:"
                " its migration must say atomic = False."
            )
        return {"concurrently": True}


def _parts(schema_editor: BaseDatabaseSchemaEditor, model: type[Model]) -> list[str]:
    """Of a table that is split on PostgreSQL (see `workflow_partitions`)."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_class p ON p.oid = i.inhparent"
            " WHERE p.relkind = 'p' AND p.oid = to_regclass(%s) ORDER BY c.relname",
            [schema_editor.quote_name(model._meta.db_table)],
        )
        return [name for (name,) in cursor.fetchall()]
