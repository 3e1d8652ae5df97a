"""Call activity: starts an instance of another process and waits for its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflow_engine.bpmn import behaviors
from workflow_engine.engine import variable_mappings
from workflow_engine.engine.elements.activity import WaitingActivity
from workflow_engine.engine.errors import LimitExceeded, ModelError
from workflow_engine.engine.evaluation import evaluate
from workflow_engine.engine.history import ActivityUpdated
from workflow_engine.engine.start import start_process_instance

if TYPE_CHECKING:
    from workflow_engine.bpmn.model import ProcessDefinition
    from workflow_engine.engine.execution import Execution

_LOOP_VARIABLES = ("nrOfInstances", "nrOfActiveInstances", "nrOfCompletedInstances")


class CallActivity(WaitingActivity):
    def execute(self, execution: Execution) -> None:
        activity = execution.activity
        assert activity is not None
        assert activity.call is not None
        call = activity.call
        _check_depth(execution)
        definition = _called_definition(execution)
        key = None if call.business_key is None else evaluate(call.business_key, execution)
        variables = variable_mappings.inputs(execution, call.inputs)
        instance = start_process_instance_called(execution, definition, None if key is None else str(key), variables)
        _tell(execution, instance)

    def pass_output_variables(self, execution: Execution, called_instance: Execution) -> None:
        activity = execution.activity
        assert activity is not None
        assert activity.call is not None
        variables = execution.context.variables
        values = variable_mappings.outputs(called_instance, activity.call.outputs, local=False)
        variables.set_all(execution, {name: value for name, value in values.items() if name not in _LOOP_VARIABLES})
        variables.set_all_local(
            execution, variable_mappings.outputs(called_instance, activity.call.outputs, local=True)
        )


def start_process_instance_called(
    execution: Execution, definition: ProcessDefinition, business_key: str | None, variables: dict[str, object]
) -> Execution:
    return start_process_instance(
        execution.context, definition, business_key=business_key, variables=variables, super_execution=execution
    )


def _called_definition(execution: Execution) -> ProcessDefinition:
    activity = execution.activity
    assert activity is not None
    assert activity.call is not None
    call = activity.call
    if call.is_case:
        raise ModelError(
            f"Call activity '{activity.id}' calls a case: cases are not supported.", activity_id=activity.id
        )
    key = evaluate(call.called_element, execution)
    if not isinstance(key, str) or not key:
        raise ModelError(
            f"Call activity '{activity.id}' calls {key!r}: the key of a process is needed.", activity_id=activity.id
        )
    tenant_id = execution.tenant_id
    if call.tenant_id is not None:
        tenant_id = str(evaluate(call.tenant_id, execution) or "")
    return execution.context.environment.called_definition(
        call,
        key,
        caller=execution.definition,
        version=None if call.version is None else evaluate(call.version, execution),
        version_tag=None if call.version_tag is None else evaluate(call.version_tag, execution),
        tenant_id=tenant_id,
    )


def _check_depth(execution: Execution) -> None:
    limit = execution.context.environment.max_call_depth
    depth = 1
    caller = execution.process_instance.super_execution
    while caller is not None:
        depth += 1
        if depth > limit:
            raise LimitExceeded(
                f"Call activity '{execution.activity_id}' nests process instances deeper than {limit}."
                " Does a process call itself for ever?",
                activity_id=execution.activity_id,
            )
        caller = caller.process_instance.super_execution


def _tell(execution: Execution, instance: Execution) -> None:
    if execution.activity_instance_id is None:
        return
    execution.context.emit(
        ActivityUpdated(
            time=execution.context.now,
            process_instance_id=execution.process_instance_id,
            root_process_instance_id=execution.root_process_instance_id,
            process_definition_id=execution.process_definition_id,
            tenant_id=execution.tenant_id,
            activity_instance_id=execution.activity_instance_id,
            called_process_instance_id=instance.id,
        )
    )


ELEMENTS = {behaviors.CALL_ACTIVITY: CallActivity()}
