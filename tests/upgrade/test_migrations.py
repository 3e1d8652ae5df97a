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
from django.db.models.functions import Random

from tests.upgrade.harm import APP, Step, harm
from workflow_engine.migration_operations import (
    AddConstraintNotValid,
    AddIndexOnline,
    AddUniqueOnline,
    ValidateConstraint,
)

pytestmark = pytest.mark.one_database

INITIAL = "0001_initial"
UNRELEASED = "made before the first release: nobody has served while it ran"
# The last that may say so.
NEWEST_UNRELEASED = "0014_delete_batch_history"
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


def steps() -> Iterator[Step]:
    """Each operation of every migration after the first."""
    graph = MigrationLoader(None).graph
    state = ProjectState()
    for key in graph.forwards_plan(graph.leaf_nodes(APP)[0]):
        for operation in graph.nodes[key].operations:
            before = state.clone()
            operation.state_forwards(key[0], state)
            if key[0] == APP and key[1] != INITIAL:
                yield Step(migration=graph.nodes[key], operation=operation, before=before, after=state)


def label(operation: Any) -> str:
    model = getattr(operation, "model_name", None) or getattr(operation, "name", "")
    part = getattr(operation, "name", "") if getattr(operation, "model_name", None) else ""
    for named in ("index", "constraint"):
        part = getattr(getattr(operation, named, None), "name", part)
    return f"{type(operation).__name__} {model.lower()}{f'.{part}' if part else ''}".strip()


def test_old_code_can_live_with_every_operation() -> None:
    harmful = {}
    for step in steps():
        if found := harm(step):
            harmful[step.migration.name, label(step.operation)] = found
    assert {place: found.reason for place, found in harmful.items() if place not in KNOWN} == {}
    assert set(KNOWN) <= set(harmful), "these are not there any more"
    assert {place for place, found in harmful.items() if found.is_lock and KNOWN[place] != UNRELEASED} == set()
    assert max(name for (name, _), reason in KNOWN.items() if reason == UNRELEASED) <= NEWEST_UNRELEASED


def test_every_operation_can_be_undone() -> None:
    told = [(step.migration.name, label(step.operation)) for step in steps() if not step.operation.reversible]
    assert told == []


def migration(*operations: Operation, atomic: bool = True) -> migrations.Migration:
    made = migrations.Migration("9999_sample", APP)
    made.operations, made.atomic = list(operations), atomic
    return made


def told_of(made: migrations.Migration) -> list[str | None]:
    loader = MigrationLoader(None)
    state, found = loader.project_state(loader.graph.leaf_nodes(APP)), []
    for operation in made.operations:
        before = state.clone()
        operation.state_forwards(APP, state)
        known = harm(Step(migration=made, operation=operation, before=before, after=state))
        found.append(known and known.reason)
    return found


AT_MOST = models.CheckConstraint(condition=models.Q(retries__lt=100), name="x")
UNIQUE = models.UniqueConstraint(fields=["priority"], name="x")
INDEX = models.Index(fields=["priority"], name="x")
REFERENCE = models.ForeignKey("workflow_engine.Tenant", models.DO_NOTHING, null=True)


@pytest.mark.parametrize(
    ("operation", "told"),
    [
        (migrations.AddField("job", "x", models.IntegerField(default=0)), "db_default"),
        (migrations.AddField("job", "x", models.IntegerField(db_default=0)), None),
        (migrations.AddField("job", "x", models.IntegerField(null=True)), None),
        (migrations.AddField("job", "x", models.IntegerField(null=True, db_index=True)), "AddIndexOnline"),
        (migrations.AddField("job", "x", models.IntegerField(null=True, unique=True)), "AddIndexOnline"),
        (migrations.AddField("job", "x", REFERENCE), "reads the whole table"),
        (migrations.AddField("tenant", "x", models.IntegerField(null=True, db_index=True)), None),
        (migrations.AddField("job", "x", models.FloatField(db_default=Random())), "a constant"),
        (migrations.RemoveField("job", "retries"), "takes away"),
        (migrations.RenameField("job", "retries", "tries"), "renames"),
        (migrations.DeleteModel("MeterLog"), "takes away"),
        (migrations.AlterField("job", "retries", models.TextField()), "another type"),
        (migrations.AlterField("job", "handler_type", models.CharField(max_length=10)), "longer texts"),
        (migrations.AlterField("job", "handler_type", models.CharField(max_length=999)), None),
        (migrations.AlterField("job", "handler_type", models.CharField(max_length=64, unique=True)), "is there already"),
        (migrations.AlterField("job", "due_date", models.DateTimeField(db_default="2020-01-01T00:00Z")), "NULL"),
        (migrations.AlterField("job", "retries", models.IntegerField(db_index=True)), "AddIndexOnline"),
        (migrations.AddIndex("job", INDEX), "AddIndexOnline"),
        (migrations.AddIndex("tenant", models.Index(fields=["name"], name="x")), None),
        (migrations.AddConstraint("job", UNIQUE), "AddUniqueOnline"),
        (migrations.AddConstraint("job", AT_MOST), "AddConstraintNotValid"),
        (migrations.AddConstraint("tenant", models.UniqueConstraint(fields=["name"], name="x")), "refuses"),
        (AddConstraintNotValid("job", AT_MOST), "refuses"),
        (ValidateConstraint("job", "nope"), "no such constraint"),
        (ValidateConstraint("usertask", "wf_user_task_of_process_or_standalone"), None),
        (AddIndexOnline("job", INDEX), "atomic = False"),
        (AddUniqueOnline("job", UNIQUE), "atomic = False"),
        (migrations.RunSQL("SELECT 1"), "take long"),
    ],
    ids=lambda value: label(value) if isinstance(value, Operation) else "",
)  # fmt: skip
def test_what_is_told_of_an_operation(operation: Operation, told: str | None) -> None:
    (found,) = told_of(migration(operation))
    assert (found is None) if told is None else (found is not None and told in found), found


def test_what_is_built_online_has_a_migration_of_its_own_outside_of_a_transaction() -> None:
    assert told_of(migration(AddIndexOnline("job", INDEX), atomic=False)) == [None]
    (refusal,) = told_of(migration(AddUniqueOnline("job", UNIQUE), atomic=False))
    assert "refuses" in str(refusal)
    column = migrations.AddField("job", "x", models.IntegerField(null=True))
    assert "nothing else" in str(told_of(migration(column, AddIndexOnline("job", INDEX), atomic=False))[1])


def test_a_constraint_is_validated_by_another_migration_than_adds_it() -> None:
    together = told_of(migration(AddConstraintNotValid("job", AT_MOST), ValidateConstraint("job", "x")))
    assert "another migration" in str(together[1])


def test_tables_that_the_migration_makes_itself_may_have_anything() -> None:
    made = migrations.CreateModel("Fresh", [("id", models.AutoField(primary_key=True)), ("n", models.IntegerField())])
    index = migrations.AddIndex("fresh", models.Index(fields=["n"], name="x"))
    unique = migrations.AddConstraint("fresh", models.UniqueConstraint(fields=["n"], name="y"))
    assert told_of(migration(made, index, unique)) == [None, None, None]
