"""Changes of running instances: each one command for the engine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction

from workflow_engine import ids, models
from workflow_engine.engine import commands as c
from workflow_engine.engine.errors import EngineError, NotFound
from workflow_engine.services import operation_log
from workflow_engine.services.command import execute, session
from workflow_engine.services.visibility import visible
from workflow_engine.services.who import name_of
from workflow_engine.store import database
from workflow_engine.store.retry import repeating


def set_variables(
    execution_id: str,
    variables: Mapping[str, Any],
    *,
    is_local: bool = False,
    user: Any = None,
    using: str | None = None,
) -> None:
    """Of an execution or process instance, outwards from it as always; `is_local`: in exactly this scope."""
    command = c.SetVariables(execution_id=execution_id, variables=variables, is_local=is_local)
    execute(command, user=name_of(user), using=using)


def remove_variables(
    execution_id: str, names: Iterable[str], *, is_local: bool = False, user: Any = None, using: str | None = None
) -> None:
    command = c.SetVariables(execution_id=execution_id, removals=tuple(names), is_local=is_local)
    execute(command, user=name_of(user), using=using)


def delete_process_instance(
    process_instance_id: str,
    reason: str | None = None,
    *,
    skip_custom_listeners: bool = False,
    skip_io_mappings: bool = False,
    skip_sub_process_instances: bool = False,
    is_external: bool = True,
    user: Any = None,
    using: str | None = None,
) -> None:
    """Cancels it with everything that waits in it; its history stays."""
    command = c.DeleteProcessInstance(
        process_instance_id=process_instance_id,
        delete_reason=reason,
        skip_custom_listeners=skip_custom_listeners,
        skip_io_mappings=skip_io_mappings,
        skip_sub_process_instances=skip_sub_process_instances,
        is_external=is_external,
    )
    execute(command, user=name_of(user), using=using)


def delete_process_instances(
    process_instance_ids: Iterable[str],
    reason: str | None = None,
    *,
    user: Any = None,
    using: str | None = None,
    **options: Any,
) -> dict[str, EngineError | None]:
    """One transaction each, in the order of their ids; tells by id what was refused and why."""
    results: dict[str, EngineError | None] = {}
    for process_instance_id in sorted(set(process_instance_ids)):
        try:
            delete_process_instance(process_instance_id, reason, user=user, using=using, **options)
            results[process_instance_id] = None
        except EngineError as error:
            results[process_instance_id] = error
    return results


def suspend_process_instance(process_instance_id: str, *, user: Any = None, using: str | None = None) -> None:
    """Stands still with everything it waits for, until it is activated."""
    execute(
        c.SetSuspension(process_instance_id=process_instance_id, is_suspended=True), user=name_of(user), using=using
    )


def activate_process_instance(process_instance_id: str, *, user: Any = None, using: str | None = None) -> None:
    execute(
        c.SetSuspension(process_instance_id=process_instance_id, is_suspended=False), user=name_of(user), using=using
    )


def modify_process_instance(
    process_instance_id: str,
    instructions: Sequence[c.ModificationInstruction],
    *,
    skip_custom_listeners: bool = False,
    skip_io_mappings: bool = False,
    annotation: str | None = None,
    user: Any = None,
    using: str | None = None,
) -> None:
    """Starts and cancels activities by hand, in this order."""
    command = c.ModifyProcessInstance(
        process_instance_id=process_instance_id,
        instructions=tuple(instructions),
        skip_custom_listeners=skip_custom_listeners,
        skip_io_mappings=skip_io_mappings,
        annotation=annotation,
    )
    execute(command, user=name_of(user), using=using)


def modify_together(
    process_definition_id: str,
    process_instance_ids: Iterable[str],
    instructions: Sequence[c.ModificationInstruction],
    *,
    skip_custom_listeners: bool = False,
    skip_io_mappings: bool = False,
    annotation: str | None = None,
    user: Any = None,
    using: str | None = None,
) -> None:
    """Instances of one definition, all in one transaction: the first refusal leaves every one as it is."""
    alias = database.alias(using)
    chosen = sorted(set(process_instance_ids))

    def once() -> None:
        with transaction.atomic(using=alias):
            for process_instance_id in chosen:
                rows = models.ProcessInstance.objects.using(alias).by_id(process_instance_id)
                found = rows.filter(process_definition_id=process_definition_id)
                if ids.canonical(process_instance_id) is None or not visible(found).exists():
                    raise NotFound(
                        f"Process instance '{process_instance_id}' cannot be modified: there is none of the process"
                        f" definition '{process_definition_id}'."
                    )
                modify_process_instance(
                    process_instance_id,
                    instructions,
                    skip_custom_listeners=skip_custom_listeners,
                    skip_io_mappings=skip_io_mappings,
                    annotation=annotation,
                    user=user,
                    using=alias,
                )

    repeating(alias, once)


def signal_execution(
    execution_id: str,
    *,
    signal_name: str | None = None,
    variables: Mapping[str, Any] | None = None,
    user: Any = None,
    using: str | None = None,
) -> None:
    """Wakes an execution that waits in a receive task or the like."""
    command = c.SignalExecution(execution_id=execution_id, signal_name=signal_name, variables=variables or {})
    execute(command, user=name_of(user), using=using)


def create_incident(
    execution_id: str,
    *,
    incident_type: str,
    configuration: str | None = None,
    message: str | None = None,
    activity_id: str | None = None,
    user: Any = None,
    using: str | None = None,
) -> models.Incident:
    """Opens an incident of a site's own type; it is closed with `management.resolve_incident`."""
    alias = database.alias(using)
    with session(alias, user=name_of(user)) as current:
        current.lock(c.SignalExecution(execution_id=execution_id))
        execution = current.engine.context.find_execution(execution_id)
        if execution is None:
            raise NotFound(f"Cannot create an incident: there is no execution with id '{execution_id}'.")
        incident = current.engine.context.incidents.open(
            execution,
            incident_type,
            configuration=configuration,
            message=message,
            activity_id=activity_id or execution.activity_id,
        )
        entry = operation_log.Entry(
            operation_type="CreateIncident",
            entity_type="ProcessInstance",
            property="incidentType",
            new_value=incident_type,
            execution_id=execution.id,
            process_instance_id=execution.process_instance_id,
            root_process_instance_id=execution.root_process_instance_id,
            process_definition_id=execution.process_definition_id,
            tenant_id=execution.tenant_id,
        )
        operation_log.write([entry], name_of(user), alias)
    return models.Incident.objects.using(alias).by_id(incident.id).get()
