"""Rows go in and come out the same, few statements write them, and updates are found by comparing."""

from dataclasses import fields
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.integration.store.rows import THEN, changes, new_child, new_root, new_task, new_variable, store
from workflow_engine import clock, ids, models
from workflow_engine.engine import state
from workflow_engine.engine.errors import BadInput
from workflow_engine.engine.execution import Execution
from workflow_engine.store import tables
from workflow_engine.store.unit_of_work import UnitOfWork
from workflow_engine.values import FileValue, JsonValue, Long, ObjectValue, Short, XmlValue

pytestmark = pytest.mark.django_db

VALUES = [
    None,
    True,
    False,
    7,
    Short(8),
    Long(2**40),
    1.5,
    "",
    "grüß 'dich' \\ \"x\" \n",
    datetime(2026, 5, 6, 7, 8, 9, 123000, tzinfo=UTC),
    b"\x00\xff",
    FileValue(filename="a.txt", mimetype="text/plain", encoding=None, data=b"\x01"),
    JsonValue('{"a": [1, 2.50]}'),
    XmlValue("<a/>"),
    ObjectValue(text="rO0", object_type_name="com.X", serialization_data_format="application/x-java-serialized-object"),
]


def same(a: object, b: object) -> bool:
    return type(a) is type(b) and a == b


def test_every_engine_row_has_its_columns() -> None:
    for row_class in (
        state.Execution, state.Variable, state.ExternalTask, state.UserTask, state.IdentityLink, state.Job, state.EventSubscription, state.Incident,
    ):  # fmt: skip
        table = tables.of_class(row_class)
        missing = {f.name for f in fields(row_class)} - set(table.attributes) - {"value"}
        assert not missing, row_class


def test_rows_come_back_as_they_went_in() -> None:
    root = new_root(business_key="B-1", activity_id="a", activity_instance_id=ids.new_id())
    child = new_child(root, is_scope=False, is_concurrent=True)
    task = new_task(child, retries=3, worker_id="w", lock_expiration_time=THEN, lock_token=ids.new_id())
    store(root, child, task)
    with UnitOfWork() as work:
        loaded = work.loader.execution_path(child.id)
        found = work.loader.external_task(task.id)
    assert [type(row) for row in loaded] == [Execution, Execution]
    for before, after in [(child, loaded[0]), (root, loaded[1]), (task, found)]:
        table = tables.of_row(after)
        assert table.snapshot(after) == table.snapshot(before)


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_values_come_back_as_they_went_in(value: object) -> None:
    root = new_root()
    variable = new_variable(root, "v", value)
    store(root, variable)
    with UnitOfWork() as work:
        work.lock_root(root.id)
        (found,) = work.loader.variables(root.id)
    assert same(found.value, value)
    assert same(models.Variable.objects.get(pk=variable.id).value, value)


def test_plain_lists_and_maps_are_kept_as_json_objects() -> None:
    root = new_root()
    store(root, new_variable(root, "v", [1, {"a": None}]))
    value = models.Variable.objects.get().value
    assert value.object_type_name == "java.util.ArrayList"
    assert value.json.data == [1, {"a": None}]


def test_only_what_changed_is_written() -> None:
    root = new_root()
    other = new_child(root)
    store(root, other, new_variable(root, "n", 1), new_variable(root, "m", 1))
    with UnitOfWork() as work:
        execution = work.lock_root(root.id)
        assert execution is not None
        execution.activity_id = "next"
        n = next(v for v in work.loader.variables(root.id) if v.name == "n")
        n.value = Long(1)
        work.loader.children(root.id)
        assert {table.name for table, *_ in work.loader.dirty()} == {
            "workflow_engine_execution",
            "workflow_engine_variable",
        }
        work.flush(changes())
    assert models.Execution.objects.get(pk=root.id).activity_id == "next"
    assert same(models.Variable.objects.get(name="n").value, Long(1))
    assert same(models.Variable.objects.get(name="m").value, 1)


def test_many_rows_change_differently_in_one_go() -> None:
    root = new_root()
    variables = [new_variable(root, f"v{i}", i) for i in range(20)]
    store(root, *variables)
    with UnitOfWork() as work:
        work.lock_root(root.id)
        for variable in work.loader.variables(root.id):
            variable.value = f"text {variable.name}" if variable.value % 2 else variable.value * 10
        work.flush(changes())
    assert {v.name: v.value for v in models.Variable.objects.all()} == {
        f"v{i}": f"text v{i}" if i % 2 else i * 10 for i in range(20)
    }


def test_rows_deleted_and_those_that_lived_within_one_command() -> None:
    root = new_root()
    task = new_task(root)
    store(root, task)
    with UnitOfWork() as work:
        loaded = work.loader.external_task(task.id)
        short = new_task(root)
        work.flush(changes(inserted=[short], deleted=[loaded, short]))
    assert not models.ExternalTask.objects.exists()


def test_a_variable_may_be_deleted_and_made_again_in_one_command() -> None:
    root = new_root()
    old = new_variable(root, "v", 1)
    store(root, old)
    with UnitOfWork() as work:
        work.lock_root(root.id)
        (loaded,) = work.loader.variables(root.id)
        work.flush(changes(inserted=[new_variable(root, "v", 2)], deleted=[loaded]))
    assert [v.value for v in models.Variable.objects.all()] == [2]


def test_one_row_object_per_command() -> None:
    root = new_root()
    store(root, new_child(root))
    with UnitOfWork() as work:
        first = work.lock_root(root.id)
        (child,) = work.loader.children(root.id)
        assert work.loader.execution_path(child.id)[1] is first


def test_statements_of_a_small_command() -> None:
    root = new_root()
    task = new_task(root)
    store(root, task, *[new_variable(root, f"v{i}", i) for i in range(50)])
    with (
        CaptureQueriesContext(
            connection,
        ) as captured,
        UnitOfWork() as work,
    ):
        work.lock_root_of(state.ExternalTask, task.id)
        loaded = work.loader.external_task(task.id)
        assert work.now
        path = work.loader.execution_path(root.id)
        path[0].activity_id = "next"
        work.flush(changes(inserted=[new_task(root), new_child(root)], deleted=[loaded]))
    mine = [query for query in captured if "SAVEPOINT" not in query["sql"]]
    # Find and lock the root, load the task with the clock, write.
    assert len(mine) == (3 if connection.vendor == "postgresql" else 6), [q["sql"][:90] for q in mine]


def test_too_long_texts_and_characters_that_are_none_are_refused() -> None:
    with pytest.raises(BadInput, match="256 characters are too many"):
        store(new_root(business_key="x" * 256))
    for text in ("a\0b", "\ud800"):
        with pytest.raises(BadInput, match="no text"):
            store(new_root(business_key=text))
    with pytest.raises(BadInput, match="variable 'v'"):
        store(root := new_root(), new_variable(root, "v", object()))
    with pytest.raises(BadInput, match="64 bits"):
        store(root := new_root(), new_variable(root, "v", 2**70))
    assert not models.Execution.objects.exists()


def test_the_clock_is_the_databases_and_can_be_moved() -> None:
    before = clock.now()
    with clock.travelled(timedelta(days=3)), UnitOfWork() as work:
        assert timedelta(days=2) < work.now - before < timedelta(days=4)
    assert clock.now() - before < timedelta(days=1)


def test_unknown_ids_find_nothing() -> None:
    with UnitOfWork() as work:
        assert work.lock_root(ids.new_id()) is None
        assert work.lock_root_of(state.ExternalTask, ids.new_id()) is None
        assert work.loader.execution_path(ids.new_id()) == []
        assert work.loader.external_task(ids.new_id()) is None
        assert work.loader.job("no id at all") is None


def test_queries_by_id_survive_any_text() -> None:
    assert not models.ExternalTask.objects.by_id("x' OR 1=1").exists()
    assert not models.ExternalTask.objects.for_instance("").exists()
