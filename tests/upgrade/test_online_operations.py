"""Indexes and constraints that are added while the site serves."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, NotSupportedError, connection, models, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import AddConstraint
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.migrations.writer import OperationWriter
from django.test.utils import CaptureQueriesContext

from workflow_engine import clock
from workflow_engine.migration_operations import (
    AddConstraintNotValid,
    AddIndexOnline,
    AddUniqueOnline,
    ValidateConstraint,
)
from workflow_engine.models import Job, SweeperHeartbeat

pytestmark = pytest.mark.django_db(transaction=True)

APP, MODEL, NAME = "workflow_engine", "sweeperheartbeat", "wf_test_online"
Do = Callable[..., list[str]]
CHECK = models.CheckConstraint(condition=models.Q(threads__gte=0), name=NAME)
UNIQUES = {
    "constraint": models.UniqueConstraint(fields=["threads"], name=NAME),
    "partial index": models.UniqueConstraint(fields=["threads"], condition=models.Q(threads__gt=0), name=NAME),
    "nulls": models.UniqueConstraint(fields=["threads"], nulls_distinct=False, name=NAME),
    "deferred": models.UniqueConstraint(fields=["threads"], deferrable=models.Deferrable.DEFERRED, name=NAME),
}
is_postgresql = connection.vendor == "postgresql"


def states(operation: Operation) -> tuple[ProjectState, ProjectState]:
    loader = MigrationLoader(None)
    before = loader.project_state(loader.graph.leaf_nodes(APP))
    after = before.clone()
    operation.state_forwards(APP, after)
    return before, after


def forwards(operation: Operation, *, atomic: bool = False) -> list[str]:
    """The statements."""
    with CaptureQueriesContext(connection) as sent, connection.schema_editor(atomic=atomic) as editor:
        operation.database_forwards(APP, editor, *states(operation))
    return [str(one["sql"]) for one in sent]


def backwards(operation: Operation) -> list[str]:
    before, after = states(operation)
    with CaptureQueriesContext(connection) as sent, connection.schema_editor(atomic=False) as editor:
        operation.database_backwards(APP, editor, after, before)
    return [str(one["sql"]) for one in sent]


def found(model: type[models.Model] = SweeperHeartbeat) -> dict[str, Any] | None:
    with connection.cursor() as cursor:
        known: dict[str, dict[str, Any]] = connection.introspection.get_constraints(cursor, model._meta.db_table)
    return known.get(NAME)


def is_validated() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT convalidated FROM pg_constraint WHERE conname = %s", [NAME])
        return bool(cursor.fetchone()[0])


def beat(owner: str, threads: int) -> None:
    now = clock.now()
    SweeperHeartbeat.objects.create(owner=owner, started=now, last_seen=now, threads=threads)


def test_an_index_is_built_and_taken_away() -> None:
    operation = AddIndexOnline("job", models.Index(fields=["handler_type"], name=NAME))
    built = forwards(operation)
    assert found(Job)
    removed = backwards(operation)
    assert not found(Job)
    for statements in (built, removed):
        assert any("CONCURRENTLY" in statement for statement in statements) is is_postgresql


@pytest.mark.parametrize("operation", [
    AddIndexOnline(MODEL, models.Index(fields=["threads"], name=NAME)),
    AddUniqueOnline(MODEL, UNIQUES["constraint"]),
], ids=lambda operation: type(operation).__name__)  # fmt: skip
def test_on_postgresql_not_within_a_transaction(operation: Operation) -> None:
    if not is_postgresql:
        forwards(operation)
        backwards(operation)
        return
    with pytest.raises(NotSupportedError, match="atomic = False"), transaction.atomic():
        forwards(operation)
    assert not found()


@pytest.mark.parametrize("kind", UNIQUES)
def test_a_unique_constraint_is_as_django_makes_it(kind: str) -> None:
    plain, online = AddConstraint(MODEL, UNIQUES[kind]), AddUniqueOnline(MODEL, UNIQUES[kind])
    forwards(plain)
    expected = found()
    backwards(plain)
    statements = forwards(online)
    assert found() == expected
    if expected:  # SQLite knows none that are deferred, or that tell NULLs apart
        beat("a", 1)
        with pytest.raises(IntegrityError), transaction.atomic():
            beat("b", 1)
    assert any("CONCURRENTLY" in statement for statement in statements) is is_postgresql
    backwards(online)
    assert not found()


def test_a_check_holds_for_new_rows_at_once_and_for_old_ones_when_it_is_validated() -> None:
    add, validate = AddConstraintNotValid(MODEL, CHECK), ValidateConstraint(MODEL, NAME)
    if is_postgresql:
        beat("old", -1)
    assert any("NOT VALID" in statement for statement in forwards(add, atomic=True)) is is_postgresql
    with pytest.raises(IntegrityError), transaction.atomic():
        beat("new", -1)
    if is_postgresql:
        assert not is_validated()
        with pytest.raises(IntegrityError):
            forwards(validate, atomic=True)
        SweeperHeartbeat.objects.update(threads=1)
    forwards(validate, atomic=True)
    if is_postgresql:
        assert is_validated()
    backwards(validate)
    assert found()
    backwards(add)
    assert not found()
    beat("new", -1)


def test_each_knows_only_its_own_kind_of_constraint() -> None:
    with pytest.raises(TypeError, match=NAME):
        AddConstraintNotValid(MODEL, UNIQUES["constraint"])  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=NAME):
        AddUniqueOnline(MODEL, CHECK)  # type: ignore[arg-type]


@pytest.mark.parametrize("operation", [
    AddUniqueOnline(MODEL, UNIQUES["constraint"]), AddConstraintNotValid(MODEL, CHECK), ValidateConstraint(MODEL, NAME),
], ids=lambda operation: type(operation).__name__)  # fmt: skip
def test_a_migration_can_be_written_with_it(operation: Operation) -> None:
    text, imports = OperationWriter(operation).serialize()
    assert imports == {"import workflow_engine.migration_operations"} | ({"from django.db import models"} & imports)
    assert text.strip().startswith(f"workflow_engine.migration_operations.{type(operation).__name__}(")
    assert NAME in operation.migration_name_fragment
    assert NAME in operation.describe()
