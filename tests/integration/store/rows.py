"""Hand-made rows: an instance without an engine."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from workflow_engine import ids
from workflow_engine.engine import state
from workflow_engine.engine.execution import Execution
from workflow_engine.store.unit_of_work import UnitOfWork

DEFINITION = "order:1:018f0000-0000-7000-8000-000000000001"
THEN = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)


def changes(inserted: Any = (), deleted: Any = ()) -> Any:
    return SimpleNamespace(inserted=list(inserted), deleted=list(deleted))


def new_root(**fields: Any) -> Execution:
    root_id = ids.new_id()
    values = {"process_instance_id": root_id, "root_process_instance_id": root_id, "process_definition_id": DEFINITION}
    return Execution(id=root_id, **{**values, **fields})


def new_child(parent: state.Execution, **fields: Any) -> Execution:
    return Execution(
        id=ids.new_id(parent.id),
        process_instance_id=parent.process_instance_id,
        root_process_instance_id=parent.root_process_instance_id,
        process_definition_id=DEFINITION,
        parent_id=parent.id,
        **fields,
    )


def new_variable(execution: state.Execution, name: str, value: Any, **fields: Any) -> state.Variable:
    return state.Variable(
        id=ids.new_id(execution.id),
        name=name,
        value=value,
        process_instance_id=execution.process_instance_id,
        root_process_instance_id=execution.root_process_instance_id,
        execution_id=execution.id,
        **fields,
    )


def new_task(execution: state.Execution, topic: str = "ship", **fields: Any) -> state.ExternalTask:
    values = {
        "topic_name": topic,
        "process_instance_id": execution.process_instance_id,
        "root_process_instance_id": execution.root_process_instance_id,
        "execution_id": execution.id,
        "process_definition_id": execution.process_definition_id,
        "process_definition_key": "order",
        "activity_id": "shipTask",
        "activity_instance_id": ids.new_id(execution.id),
        "create_time": THEN,
    }
    return state.ExternalTask(id=ids.new_id(execution.id), **{**values, **fields})


def store(*rows: Any) -> None:
    with UnitOfWork() as work:
        work.flush(changes(inserted=rows))
