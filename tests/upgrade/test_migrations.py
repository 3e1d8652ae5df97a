"""Every migration runs while servers of the version before it serve: it adds, it locks no table for long, and it can be undone.

Operations that old code would notice need a line in KNOWN with the reason why nobody is hurt; see docs/upgrading.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from workflow_engine.migration_operations import AddIndexOnline

pytestmark = pytest.mark.one_database

APP = "workflow_engine"
INITIAL = "0001_initial"
UNRELEASED = "made before the first release: nobody has served while it ran"
# (migration, operation) -> why it does no harm.
KNOWN = {
    ("0004_worker_verbs", "RemoveField workercredential.tenant_id"): UNRELEASED,
    ("0004_worker_verbs", "AddField workercredential.tenant_ids"): UNRELEASED,
    ("0004_worker_verbs", "AddField workercredential.verbs"): UNRELEASED,
    ("0004_worker_verbs", "RunPython"): "few rows: one credential for each worker",
    ("0006_batch", "AddIndex historicjoblog.wf_hi_job_batch"): UNRELEASED,
    ("0006_batch", "AddIndex job.wf_job_batch"): UNRELEASED,
    ("0013_standalone_tasks", "RunPython"): "on the way back only",
    ("0013_standalone_tasks", "AddIndex historictaskinstance.wf_hi_task_removal"): UNRELEASED,
    ("0013_standalone_tasks", "AddIndex usertask.wf_user_task_parent"): UNRELEASED,
    ("0013_standalone_tasks", "AddIndex useroperationlog.wf_operation_standalone_task"): UNRELEASED,
    ("0013_standalone_tasks", "AddConstraint usertask.wf_user_task_of_process_or_standalone"): UNRELEASED,
    ("0013_standalone_tasks", "AddConstraint variable.wf_variable_has_scope"): UNRELEASED,
}
# Rows of these come with people and deployments, not with work: a lock on them is short.
SMALL = {
    "attachment", "authorization", "batch", "camundaformdefinition", "deployment", "filter", "groupprofile", "jobdefinition",
    "processdefinition", "property", "resource", "schemalogentry", "sweeperheartbeat", "tenant", "tenantmembership", "workercredential",
    "meterreporter",
}  # fmt: skip


def steps() -> Iterator[tuple[str, Operation, ProjectState, ProjectState, set[str]]]:
    """Each operation with the state before and after it, and the models that its migration makes."""
    graph = MigrationLoader(None).graph
    state = ProjectState()
    for key in graph.forwards_plan(graph.leaf_nodes(APP)[0]):
        migration = graph.nodes[key]
        new = {
            operation.name.lower()
            for operation in migration.operations
            if isinstance(operation, migrations.CreateModel)
        }
        for operation in migration.operations:
            before = state.clone()
            operation.state_forwards(key[0], state)
            if key[0] == APP and key[1] != INITIAL:
                yield key[1], operation, before, state, new


def label(operation: Any) -> str:
    model = getattr(operation, "model_name", None) or getattr(operation, "name", "")
    part = getattr(operation, "name", "") if getattr(operation, "model_name", None) else ""
    for named in ("index", "constraint"):
        part = getattr(getattr(operation, named, None), "name", part)
    return f"{type(operation).__name__} {model.lower()}{f'.{part}' if part else ''}".strip()


def harm(operation: Operation, before: ProjectState, after: ProjectState, new: set[str]) -> str | None:
    """What servers that do not know the migration would suffer; None if nothing."""
    model = (getattr(operation, "model_name", None) or "").lower()
    if isinstance(operation, migrations.CreateModel | migrations.AlterModelOptions | migrations.AlterModelManagers):
        return None
    if model in new:
        return None
    if isinstance(operation, migrations.AddField):
        field = operation.field
        has_value = field.null or field.has_db_default() or field.many_to_many
        return None if has_value else "old code inserts rows without it: it needs null=True or a db_default"
    if isinstance(operation, migrations.AlterField):
        old = before.models[APP, model].fields[operation.name]
        return _narrowing(old, after.models[APP, model].fields[operation.name])
    if isinstance(operation, migrations.AddIndex):
        is_harmless = model in SMALL or isinstance(operation, AddIndexOnline)
        return None if is_harmless else "PostgreSQL holds off every write meanwhile: use AddIndexOnline"
    if isinstance(operation, migrations.AddConstraint):
        return "old code may write what it refuses, and PostgreSQL reads the whole table under a lock"
    if isinstance(operation, migrations.RemoveIndex | migrations.RemoveConstraint):
        return None
    if isinstance(operation, migrations.RunPython | migrations.RunSQL):
        return "it may take long and hold locks: say how many rows it touches"
    return "old code needs what it takes away or renames"


def _narrowing(old: models.Field[Any, Any], new: models.Field[Any, Any]) -> str | None:
    if old.null and not new.null and not new.has_db_default():
        return "old code writes NULL"
    if new.unique and not old.unique:
        return "old code may write what is there already"
    if old.get_internal_type() != new.get_internal_type():
        return "the table is written anew, and old code knows another type"
    lengths = old.max_length, new.max_length
    if lengths[0] != lengths[1] and None not in lengths and lengths[1] < lengths[0]:  # type: ignore[operator]
        return "old code writes longer texts"
    return None


def test_old_code_can_live_with_every_operation() -> None:
    harmful = {}
    for migration, operation, before, after, new in steps():
        if reason := harm(operation, before, after, new):
            harmful[migration, label(operation)] = reason
    assert {place: reason for place, reason in harmful.items() if place not in KNOWN} == {}
    assert set(KNOWN) <= set(harmful), "these are not there any more"


def test_every_operation_can_be_undone() -> None:
    assert [(migration, label(operation)) for migration, operation, *_ in steps() if not operation.reversible] == []


@pytest.mark.parametrize(
    ("operation", "told"),
    [
        (migrations.AddField("job", "x", models.IntegerField(default=0)), "db_default"),
        (migrations.AddField("job", "x", models.IntegerField(db_default=0)), None),
        (migrations.AddField("job", "x", models.IntegerField(null=True)), None),
        (migrations.RemoveField("job", "retries"), "takes away"),
        (migrations.RenameField("job", "retries", "x"), "takes away"),
        (migrations.DeleteModel("job"), "takes away"),
        (migrations.AlterField("job", "retries", models.TextField()), "another type"),
        (migrations.AlterField("job", "lock_owner", models.CharField(max_length=255)), "writes NULL"),
        (migrations.AlterField("job", "lock_owner", models.CharField(max_length=20, null=True)), "longer texts"),
        (migrations.AlterField("job", "lock_owner", models.CharField(max_length=500, null=True)), None),
        (migrations.AlterField("job", "handler_type", models.CharField(max_length=64, unique=True)), "is there already"),
        (migrations.AddIndex("job", models.Index(fields=["priority"], name="x")), "AddIndexOnline"),
        (AddIndexOnline("job", models.Index(fields=["priority"], name="x")), None),
        (migrations.AddIndex("tenant", models.Index(fields=["name"], name="x")), None),
        (migrations.AddConstraint("job", models.UniqueConstraint(fields=["priority"], name="x")), "refuses"),
        (migrations.RunSQL("SELECT 1"), "take long"),
    ],
    ids=lambda value: label(value) if isinstance(value, Operation) else "",
)  # fmt: skip
def test_what_is_told_of_an_operation(operation: Operation, told: str | None) -> None:
    loader = MigrationLoader(None)
    before = loader.project_state(loader.graph.leaf_nodes(APP))
    after = before.clone()
    operation.state_forwards(APP, after)
    found = harm(operation, before, after, set())
    assert (found is None) if told is None else (found is not None and told in found), found
