"""Starting process instances."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from workflow_engine.bpmn.model import Activity, ProcessDefinition
from workflow_engine.engine.errors import BadInput, ModelError, NotFound
from workflow_engine.engine.execution import Execution, Instantiation
from workflow_engine.engine.operations import perform
from workflow_engine.engine.state import Variable

if TYPE_CHECKING:
    from workflow_engine.engine.context import CommandContext


def start_process_instance(
    context: CommandContext,
    definition: ProcessDefinition,
    *,
    business_key: str | None = None,
    variables: Mapping[str, Any] | None = None,
    start_activity_id: str | None = None,
    super_execution: Execution | None = None,
    restarted_process_instance_id: str | None = None,
    form_fields: Mapping[str, str] | None = None,
) -> Execution:
    """Creates an instance and runs it to its first wait states."""
    instance = create_process_instance(context, definition, business_key=business_key, super_execution=super_execution)
    start_event = _start_event(definition, start_activity_id)
    instance.set_activity(start_event)
    instance.instantiation = Instantiation(activities=[], target_activity=start_event)
    run(
        instance,
        variables or {},
        restarted_process_instance_id=restarted_process_instance_id,
        form_fields=form_fields or {},
    )
    return instance


def start_condition_holds(
    context: CommandContext, definition: ProcessDefinition, activity_id: str, variables: Mapping[str, Any]
) -> bool:
    """Whether a conditional start event starts an instance with these variables; tried on an instance that nobody keeps."""
    declared = next((one for one in definition.conditional_events if one.activity_id == activity_id), None)
    if declared is None or not declared.is_start_event:
        raise NotFound(
            f"Process definition '{definition.definition_id}' has no conditional start event '{activity_id}'."
        )
    if declared.variable_name is not None and declared.variable_name not in variables:
        return False
    instance = create_process_instance(context, definition, business_key=None, super_execution=None)
    instance.variable_map = {
        name: Variable(
            id=instance.id,
            name=name,
            value=value,
            process_instance_id=instance.id,
            root_process_instance_id=instance.id,
            execution_id=instance.id,
        )
        for name, value in variables.items()
    }
    return context.conditions.holds(declared, instance)


def create_process_instance(
    context: CommandContext,
    definition: ProcessDefinition,
    *,
    business_key: str | None,
    super_execution: Execution | None,
) -> Execution:
    instance = context.new_execution(
        definition=definition,
        root_process_instance_id=None if super_execution is None else super_execution.root_process_instance_id,
        tenant_id=definition.tenant_id or ("" if super_execution is None else super_execution.tenant_id),
    )
    instance.business_key = business_key
    if super_execution is not None:
        instance.super_execution_id = super_execution.id
        context.set_sub_process_instance(super_execution, instance)
    return instance


def run(
    instance: Execution,
    variables: Mapping[str, Any],
    *,
    restarted_process_instance_id: str | None = None,
    form_fields: Mapping[str, str] | None = None,
) -> None:
    from workflow_engine.engine import form_fields as submitted
    from workflow_engine.engine.entering import PROCESS_START

    lifecycle = instance.context.lifecycle
    instance.is_starting_instance = True
    lifecycle.initialize(instance)
    lifecycle.history.process_started(instance, restarted_process_instance_id=restarted_process_instance_id)
    instance.context.variables.set_all(instance, variables)
    submitted.tell(instance.context, form_fields or {}, instance)
    lifecycle.initialize_timers(instance)
    perform(instance, PROCESS_START)


def _start_event(definition: ProcessDefinition, start_activity_id: str | None) -> Activity:
    if start_activity_id is not None:
        activity = definition.flow_nodes.get(start_activity_id)
        if activity is None or activity not in definition.start_events:
            raise BadInput(f"Process definition '{definition.definition_id}' has no start event '{start_activity_id}'.")
        return activity
    if definition.initial is None:
        raise ModelError(
            f"Cannot start process definition '{definition.definition_id}': it has no none start event."
            " Start it by the message, signal or timer that its start event waits for."
        )
    return definition.initial
