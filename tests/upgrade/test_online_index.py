"""An index that is built while the site serves."""

from typing import Any

import pytest
from django.db import NotSupportedError, connection, models, transaction
from django.db.migrations.loader import MigrationLoader
from django.test.utils import CaptureQueriesContext

from workflow_engine.migration_operations import AddIndexOnline
from workflow_engine.models import Job

pytestmark = pytest.mark.django_db(transaction=True)

APP = "workflow_engine"


@pytest.fixture
def operation() -> AddIndexOnline:
    return AddIndexOnline("job", models.Index(fields=["handler_type"], name="wf_test_online"))


@pytest.fixture
def states(operation: AddIndexOnline) -> tuple[Any, Any]:
    loader = MigrationLoader(None)
    before = loader.project_state(loader.graph.leaf_nodes(APP))
    after = before.clone()
    operation.state_forwards(APP, after)
    return before, after


def has_index() -> bool:
    with connection.cursor() as cursor:
        return "wf_test_online" in connection.introspection.get_constraints(cursor, Job._meta.db_table)


def test_it_is_built_and_taken_away(operation: AddIndexOnline, states: tuple[Any, Any]) -> None:
    before, after = states
    with CaptureQueriesContext(connection) as statements, connection.schema_editor(atomic=False) as editor:
        operation.database_forwards(APP, editor, before, after)
    assert has_index()
    with CaptureQueriesContext(connection) as more, connection.schema_editor(atomic=False) as editor:
        operation.database_backwards(APP, editor, after, before)
    assert not has_index()
    for captured in (statements, more):
        assert any("CONCURRENTLY" in one["sql"] for one in captured) is (connection.vendor == "postgresql")


def test_on_postgresql_not_within_a_transaction(operation: AddIndexOnline, states: tuple[Any, Any]) -> None:
    if connection.vendor != "postgresql":
        with connection.schema_editor(atomic=False) as editor:
            assert operation._online(editor, Job) == {}
        return
    refused = pytest.raises(NotSupportedError, match="atomic = False")
    with refused, transaction.atomic(), connection.schema_editor(atomic=False) as editor:
        operation.database_forwards(APP, editor, *states)
    assert not has_index()
