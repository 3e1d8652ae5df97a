"""Operations for migrations that run while the site serves: on PostgreSQL nobody has to wait long for any of them.

SQLite has one writer anyway; there they do what Django's own operations do.
"""

from __future__ import annotations

import hashlib
from typing import Any

from django.db import NotSupportedError
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import AddConstraint, AddIndex
from django.db.migrations.operations.base import Operation, OperationCategory
from django.db.migrations.state import ProjectState
from django.db.models import BaseConstraint, CheckConstraint, Model, UniqueConstraint


class AddIndexOnline(AddIndex):
    """CREATE INDEX CONCURRENTLY; its migration says `atomic = False` and does nothing else."""

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
        return {"concurrently": True} if _is_online(schema_editor, model, self.index.name) else {}


class _AddConstraintOnline(AddConstraint):
    """A constraint of one kind, which PostgreSQL is to get in another way than Django's."""

    kind: type[BaseConstraint]
    kind_name: str

    def __init__(self, model_name: str, constraint: BaseConstraint) -> None:
        if not isinstance(constraint, self.kind):
            raise TypeError(f"{type(self).__name__} adds {self.kind_name} constraints, and {constraint.name} is none.")
        super().__init__(model_name, constraint)

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        model = to_state.apps.get_model(app_label, self.model_name)
        if not self.allow_migrate_model(schema_editor.connection.alias, model):
            return
        if self._is_online(schema_editor, model):
            self._add(schema_editor, model)
        else:
            super().database_forwards(app_label, schema_editor, from_state, to_state)

    def _is_online(self, schema_editor: BaseDatabaseSchemaEditor, model: type[Model]) -> bool:
        return schema_editor.connection.vendor == "postgresql"

    def _add(self, schema_editor: BaseDatabaseSchemaEditor, model: type[Model]) -> None:
        raise NotImplementedError


class AddUniqueOnline(_AddConstraintOnline):
    """The index of a unique constraint is built as by `AddIndexOnline`, with the same conditions, and made a constraint at the end."""

    kind, kind_name = UniqueConstraint, "unique"

    def _is_online(self, schema_editor: BaseDatabaseSchemaEditor, model: type[Model]) -> bool:
        return _is_online(schema_editor, model, self.constraint.name)

    def _add(self, schema_editor: BaseDatabaseSchemaEditor, model: type[Model]) -> None:
        statement: Any = self.constraint.create_sql(model, schema_editor)
        index, then = str(statement), None
        if not index.startswith("CREATE UNIQUE INDEX "):
            # Without a condition Django alters the table, which would build the index under a lock.
            parts = {name: str(part) for name, part in statement.parts.items()}
            index = "CREATE UNIQUE INDEX {name} ON {table} ({columns}){nulls_distinct}".format(**parts)
            then = "ALTER TABLE {table} ADD CONSTRAINT {name} UNIQUE USING INDEX {name}{deferrable}".format(**parts)
        schema_editor.execute(index.replace("INDEX", "INDEX CONCURRENTLY", 1), params=None)
        if then is not None:
            schema_editor.execute(then, params=None)


class AddConstraintNotValid(_AddConstraintOnline):
    """A check of what is written from now on; what is there already is checked by `ValidateConstraint`, in another migration."""

    kind, kind_name = CheckConstraint, "check"

    def _add(self, schema_editor: BaseDatabaseSchemaEditor, model: type[Model]) -> None:
        schema_editor.execute(f"{self.constraint.create_sql(model, schema_editor)} NOT VALID", params=None)

    @property
    def migration_name_fragment(self) -> str:
        return f"{super().migration_name_fragment}_not_valid"


class ValidateConstraint(Operation):
    """Reads the whole table for the check that `AddConstraintNotValid` has added, while others write."""

    category = OperationCategory.ALTERATION

    def __init__(self, model_name: str, name: str) -> None:
        self.model_name = model_name
        self.name = name

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return type(self).__name__, [], {"model_name": self.model_name, "name": self.name}

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """The models know it since it was added."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        model = to_state.apps.get_model(app_label, self.model_name)
        is_wanted = self.allow_migrate_model(schema_editor.connection.alias, model)
        if is_wanted and schema_editor.connection.vendor == "postgresql":
            table, name = map(schema_editor.quote_name, (model._meta.db_table, self.name))
            schema_editor.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """What holds may stay validated."""

    def describe(self) -> str:
        return f"Validate constraint {self.name} on model {self.model_name}"

    @property
    def migration_name_fragment(self) -> str:
        return f"{self.model_name.lower()}_validate_{self.name.lower()}"


def _is_online(schema_editor: BaseDatabaseSchemaEditor, model: type[Model], name: str) -> bool:
    """Whether the index is to be built beside the work; PostgreSQL refuses that within a transaction."""
    if schema_editor.connection.vendor != "postgresql":
        return False
    if schema_editor.connection.in_atomic_block:
        raise NotSupportedError(
            f"Cannot build the index {name} of {model._meta.label} within a transaction:"
            " its migration must say atomic = False."
        )
    return True


def _parts(schema_editor: BaseDatabaseSchemaEditor, model: type[Model]) -> list[str]:
    """Of a table that is split on PostgreSQL (see `workflow_partitions`)."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_class p ON p.oid = i.inhparent"
            " WHERE p.relkind = 'p' AND p.oid = to_regclass(%s) ORDER BY c.relname",
            [schema_editor.quote_name(model._meta.db_table)],
        )
        return [name for (name,) in cursor.fetchall()]
