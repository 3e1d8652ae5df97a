"""Commands on rows that the caller may not see: refused under the lock, in the words that the engine has for rows that do not
exist, and without a statement of their own, as the engine needs the row anyway."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from workflow_engine.engine import state
from workflow_engine.engine.errors import DefinitionNotFound, NotFound
from workflow_engine.engine.execution import Execution
from workflow_engine.services.visibility import Visibility
from workflow_engine.store import definitions
from workflow_engine.store.loader import RowLoader

_FIND: dict[type[Any], Callable[[RowLoader, str], Any]] = {
    state.ExternalTask: RowLoader.external_task,
    state.UserTask: RowLoader.user_task,
    state.EventSubscription: RowLoader.event_subscription,
    state.Job: RowLoader.job,
    state.Incident: RowLoader.incident,
    Execution: lambda loader, row_id: next((row for row in loader.execution_path(row_id) if row.id == row_id), None),
}
_MISSING: dict[type[Any], str] = {
    state.ExternalTask: "No external task found with id '{}'.",
    state.UserTask: "Cannot find task with id '{}'.",
    state.EventSubscription: "Event subscription '{}' does not exist.",
    state.Job: "No job found with id '{}'.",
    state.Incident: "Cannot find an incident with id '{}'.",
    Execution: "Cannot find execution '{}': it has ended or never existed.",
}
_MISSING_INSTANCE = "No process instance found for id '{}'."


def refuse(caller: Visibility, loader: RowLoader, row_class: type[Any], row_id: str, named_as: str) -> None:
    row = _FIND[row_class](loader, row_id)
    if row is not None and not caller.sees(row):
        text = _MISSING_INSTANCE if named_as == "process_instance_id" else _MISSING[row_class]
        raise NotFound(text.format(row_id))


def refuse_start(caller: Visibility, process_definition_id: str, using: str) -> None:
    definition = definitions.get(process_definition_id, using)
    if not caller.sees_tenant(definition.tenant_id) or not caller.sees_definition(process_definition_id):
        raise DefinitionNotFound(f"No process definition found for id '{process_definition_id}'.")
