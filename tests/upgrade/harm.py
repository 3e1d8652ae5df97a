"""What servers that do not know a migration would suffer while it runs, and afterwards. See docs/upgrading.md."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import migrations, models
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models.expressions import Expression
from django.db.models.functions import Now

from workflow_engine.migration_operations import (
    AddConstraintNotValid,
    AddIndexOnline,
    AddUniqueOnline,
    ValidateConstraint,
)

APP = "workflow_engine"
# Rows of these come with people and deployments, not with work: a lock on them is short.
SMALL = {
    "attachment", "authorization", "batch", "camundaformdefinition", "deployment", "filter", "groupprofile", "jobdefinition",
    "processdefinition", "property", "resource", "schemalogentry", "sweeperheartbeat", "tenant", "tenantmembership", "workercredential",
    "meterreporter",
}  # fmt: skip
HARMLESS = (
    migrations.CreateModel, migrations.AlterModelOptions, migrations.AlterModelManagers, migrations.RemoveIndex,
    migrations.RemoveConstraint,
)  # fmt: skip
OLD_CODE_WRITES = "old code may write what it refuses: say since which version it does not"


@dataclass(frozen=True, slots=True)
class Harm:
    """`is_lock`: there is another way to do it, so no reason excuses it."""

    reason: str
    is_lock: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One operation of a migration, and what is known before and after it."""

    migration: migrations.Migration
    operation: Operation
    before: ProjectState
    after: ProjectState

    @property
    def model(self) -> str:
        return (getattr(self.operation, "model_name", None) or "").lower()

    @property
    def makes_table(self) -> bool:
        made = (one for one in self.migration.operations if isinstance(one, migrations.CreateModel))
        return self.model in {operation.name.lower() for operation in made}


def harm(step: Step) -> Harm | None:
    """None if nobody notices."""
    operation = step.operation
    if isinstance(operation, AddIndexOnline | AddUniqueOnline):
        if step.migration.atomic or len(step.migration.operations) > 1:
            return Harm("PostgreSQL builds it outside of a transaction: atomic = False, and nothing else", is_lock=True)
        return None if isinstance(operation, AddIndexOnline) else Harm(OLD_CODE_WRITES)
    if isinstance(operation, ValidateConstraint):
        return _validation(step)
    if isinstance(operation, HARMLESS) or step.makes_table:
        return None
    if isinstance(operation, migrations.AddField):
        return _new_column(step, operation.field)
    if isinstance(operation, migrations.AlterField):
        old, new = (state.models[APP, step.model].fields[operation.name] for state in (step.before, step.after))
        return _narrowing(old, new) or _locking(step, _wants_index(new) and not _wants_index(old))
    if isinstance(operation, migrations.AddIndex):
        return _locking(step, True, "use AddIndexOnline")
    if isinstance(operation, AddConstraintNotValid):
        return Harm(OLD_CODE_WRITES)
    if isinstance(operation, migrations.AddConstraint):
        is_check = isinstance(operation.constraint, models.CheckConstraint)
        other = "AddConstraintNotValid and later ValidateConstraint" if is_check else "AddUniqueOnline"
        return _locking(step, True, f"use {other}") or Harm(OLD_CODE_WRITES)
    if isinstance(operation, migrations.RunPython | migrations.RunSQL):
        return Harm("it may take long and hold locks: say how many rows it touches")
    return Harm("old code needs what it takes away or renames")


def _locking(step: Step, is_built: bool, instead: str = "use Meta.indexes and AddIndexOnline") -> Harm | None:
    if not is_built or step.model in SMALL:
        return None
    return Harm(f"PostgreSQL reads the whole table and holds off every write meanwhile: {instead}", is_lock=True)


def _validation(step: Step) -> Harm | None:
    assert isinstance(step.operation, ValidateConstraint)
    added = [one for one in step.migration.operations if isinstance(one, AddConstraintNotValid)]
    if any(one.constraint.name == step.operation.name for one in added):
        return Harm("the lock of the one that adds it would be held meanwhile: another migration", is_lock=True)
    known = step.before.models.get((APP, step.model))
    if known is None or step.operation.name not in {one.name for one in known.options.get("constraints", ())}:
        return Harm("there is no such constraint", is_lock=True)
    return None


def _new_column(step: Step, field: Any) -> Harm | None:
    if not (field.null or field.has_db_default() or field.many_to_many):
        return Harm("old code inserts rows without it: it needs null=True or a db_default")
    default = field.db_default if field.has_db_default() else None
    if isinstance(default, Expression) and not isinstance(default, models.Value | Now):
        return Harm("PostgreSQL may write the whole table anew for such a default: use a constant", is_lock=True)
    return _locking(step, _wants_index(field))


def _wants_index(field: Any) -> bool:
    """Or a foreign key, which PostgreSQL checks for all rows."""
    return bool(field.unique or field.db_index or (field.is_relation and getattr(field, "db_constraint", False)))


def _narrowing(old: models.Field[Any, Any], new: models.Field[Any, Any]) -> Harm | None:
    if old.null and not new.null:
        return Harm("old code writes NULL")
    if new.unique and not old.unique:
        return Harm("old code may write what is there already")
    if old.get_internal_type() != new.get_internal_type():
        return Harm("the table is written anew, and old code knows another type")
    if new.max_length is not None and (old.max_length is None or new.max_length < old.max_length):
        return Harm("old code writes longer texts")
    return None
