"""Who knows a row's id works on one part only; migrations that come later find the tables as they expect them."""

import json
from typing import Any

import pytest
from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader

from tests.integration.partitions.conftest import Manage, parts
from tests.support import hot_path, plans
from workflow_engine import ids
from workflow_engine.migration_operations import AddIndexOnline
from workflow_engine.models import HistoricActivityInstance
from workflow_engine.services import partitions
from workflow_engine.services.partitions.catalogue import execute, fetch
from workflow_engine.store import postgresql, tables

ACTIVITIES = HistoricActivityInstance._meta.db_table
APP = "workflow_engine"


@pytest.fixture
def table(manage: Manage) -> tables.Table:
    manage("enable", "--months", "6")
    return tables.of_model(HistoricActivityInstance)


def touched(plan: str) -> set[str]:
    return {part.name for part in parts(ACTIVITIES) if f"{part.name} " in plan or f"{part.name}\n" in plan}


def test_a_row_is_found_in_its_part(table: tables.Table) -> None:
    row, other = ids.new_id(), ids.new_id()
    now = {parts(ACTIVITIES)[0].name}
    one = postgresql.update_one_text(table, ("end_time",))
    assert touched(plans.plan(one, ["2026-01-01", 1, row])) == now
    several = postgresql.update_text(table, ("end_time",), True)
    document = json.dumps([{"id": row, "partition": 1}])
    assert touched(plans.plan(several, [document, postgresql.array([row, other]), 1])) == now
    assert touched(plans.plan(postgresql.delete_text(table), [1, postgresql.array([row])])) == now
    assert touched(plans.plan(f'SELECT * FROM "{ACTIVITIES}" WHERE "partition" = %s AND "id" = %s', [1, row])) == now


@pytest.mark.parametrize("mode", ["force_custom_plan", "force_generic_plan"])
def test_also_where_the_statement_was_prepared(table: tables.Table, mode: str) -> None:
    """A generic plan knows the id only when it runs, and leaves out the other parts then."""
    row = ids.new_id()
    execute("default", f"SET plan_cache_mode = {mode}")
    try:
        text = f'UPDATE "{ACTIVITIES}" SET "canceled" = $1 WHERE "partition" = $2 AND "id" = $3'
        execute("default", f"PREPARE wf_one (boolean, smallint, uuid) AS {text}")
        plan = "\n".join(
            str(line) for (line,) in fetch("default", f"EXPLAIN EXECUTE wf_one (false, 1::smallint, '{row}')")
        )
        scans = [
            line for line in plan.splitlines() if " Scan" in line and ACTIVITIES in line and "Bitmap Index" not in line
        ]
        assert len(scans) == 1, plan
    finally:
        execute("default", "DEALLOCATE ALL", "RESET plan_cache_mode")


def test_a_life_touches_the_part_of_its_month_only(table: tables.Table) -> None:
    statements = hot_path.life()
    before = {
        part.name for name in partitions.tables() for part in parts(name) if part.first_id is None and part.end_id
    }
    others = [part.name for name in partitions.tables() for part in parts(name) if part.name not in before]
    asked = [plans.plan(sql, params) for sql, params in statements]
    assert any(name in plan for plan in asked for name in before)
    assert not [(name, plan) for plan in asked for name in others if f"{name} " in plan]


def apply(operation: Any, *, atomic: bool) -> tuple[Any, Any]:
    loader = MigrationLoader(None)
    before = loader.project_state(loader.graph.leaf_nodes(APP))
    after = before.clone()
    operation.state_forwards(APP, after)
    with connection.schema_editor(atomic=atomic) as editor:
        operation.database_forwards(APP, editor, before, after)
    return before, after


def undo(operation: Any, states: tuple[Any, Any], *, atomic: bool) -> None:
    before, after = states
    with connection.schema_editor(atomic=atomic) as editor:
        operation.database_backwards(APP, editor, after, before)


def indexes_like(pattern: str) -> list[tuple[Any, ...]]:
    sql = (
        "SELECT i.indrelid::regclass::text, i.indisvalid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
        " WHERE pg_get_indexdef(i.indexrelid) LIKE %s ORDER BY 1"
    )
    return fetch("default", sql, [pattern])


@pytest.mark.parametrize("operation", [AddIndexOnline, migrations.AddIndex])
def test_a_later_migration_adds_an_index(table: tables.Table, operation: Any) -> None:
    index = models.Index(fields=["activity_name"], condition=models.Q(canceled=True), name="wf_test_later")
    done = operation("historicactivityinstance", index)
    states = apply(done, atomic=operation is migrations.AddIndex)
    everywhere = [(name, True) for name in sorted([ACTIVITIES, *(part.name for part in parts(ACTIVITIES))])]
    assert indexes_like("%activity_name) WHERE canceled%") == everywhere
    undo(done, states, atomic=operation is migrations.AddIndex)
    assert indexes_like("%activity_name) WHERE canceled%") == []


def test_a_later_migration_adds_a_column_and_a_constraint(table: tables.Table) -> None:
    column = migrations.AddField("historicactivityinstance", "later", models.IntegerField(db_default=7))
    states = apply(column, atomic=True)
    try:
        checks = fetch("default", "SELECT count(*) FROM pg_attribute WHERE attname = 'later' AND NOT attisdropped")
        assert checks[0][0] > len(parts(ACTIVITIES))
    finally:
        undo(column, states, atomic=True)
    condition = models.Q(activity_id__gt="") | models.Q(canceled=False)
    constraint = migrations.AddConstraint(
        "historicactivityinstance", models.CheckConstraint(condition=condition, name="wf_test_constraint")
    )
    states = apply(constraint, atomic=True)
    undo(constraint, states, atomic=True)
