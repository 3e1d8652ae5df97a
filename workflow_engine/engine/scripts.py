"""Scripts of the model: what a script may read of its execution or user task, and carrying out what it asks for.

The script itself runs elsewhere (`Environment.run_script`) on copies, and asks for changes by name. Only what stands in
the tables below is done.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from workflow_engine.bpmn.data import Script
from workflow_engine.bpmn.scripts import JUEL
from workflow_engine.engine.delegates import DelegateExecution, DelegateTask
from workflow_engine.engine.errors import ModelError
from workflow_engine.engine.evaluation import evaluate
from workflow_engine.engine.handlers import BpmnError
from workflow_engine.engine.ports import ScriptCall, ScriptEffect
from workflow_engine.expressions import ExpressionError, ExpressionObject, compile_expression

if TYPE_CHECKING:
    from workflow_engine.engine.execution import Execution
    from workflow_engine.engine.state import UserTask

EXECUTION_PROPERTIES = (
    "id", "processInstanceId", "processDefinitionId", "processBusinessKey", "businessKey", "currentActivityId",
    "currentActivityName", "activityInstanceId", "parentActivityInstanceId", "currentTransitionId", "eventName",
    "tenantId", "parentId", "canceled",
)  # fmt: skip
TASK_PROPERTIES = (
    "id", "name", "description", "assignee", "owner", "priority", "dueDate", "followUpDate", "createTime",
    "taskDefinitionKey", "processInstanceId", "processDefinitionId", "executionId", "tenantId", "eventName",
)  # fmt: skip
TEXT, DATE = (str, type(None)), (datetime, type(None))
# All that a script can have done, with the types of the arguments.
VARIABLE_METHODS: dict[str, tuple[Any, ...]] = {
    "setVariable": (str, object), "setVariableLocal": (str, object), "removeVariable": (str,), "removeVariableLocal": (str,),
}  # fmt: skip
EXECUTION_METHODS = {**VARIABLE_METHODS, "setBusinessKey": (TEXT,)}
TASK_METHODS = {
    **VARIABLE_METHODS, "setAssignee": (TEXT,), "setName": (TEXT,), "setDescription": (TEXT,), "setOwner": (TEXT,),
    "setPriority": (int,), "setDueDate": (DATE,), "setFollowUpDate": (DATE,), "addCandidateUser": (str,),
    "addCandidateGroup": (str,), "complete": (),
}  # fmt: skip


def run_script(script: Script, execution: Execution, *, task: UserTask | None, event_name: str | None) -> Any:
    """The value of the last expression; ModelError names the element."""
    source = _source(script, execution, task)
    if script.format.lower() == JUEL:
        return _evaluate_text(source, execution, task)
    environment = execution.context.environment
    outcome = environment.run_script(_call(script.format, source, execution, task, event_name))
    if outcome.failure is not None:
        raise _failed(outcome.failure, execution)
    try:
        for effect in outcome.effects:
            _carry_out(effect, execution, task)
    except ExpressionError as error:
        raise _failed(str(error), execution) from error
    if outcome.bpmn_error is not None:
        raise BpmnError(*outcome.bpmn_error)
    return outcome.result


def _source(script: Script, execution: Execution, task: UserTask | None) -> str:
    if script.resource is not None:
        resource = str(evaluate(script.resource, execution, task))
        return execution.context.environment.script_source(execution.definition, resource)
    if script.source_expression is not None:
        source = evaluate(script.source_expression, execution, task)
        if not isinstance(source, str):
            raise _failed(f"its source, {script.source}, is no text", execution)
        return source
    return script.source or ""


def _evaluate_text(source: str, execution: Execution, task: UserTask | None) -> Any:
    try:
        return evaluate(compile_expression(source.strip()), execution, task)
    except ExpressionError as error:
        raise _failed(str(error), execution) from error


def _call(
    script_format: str, source: str, execution: Execution, task: UserTask | None, event_name: str | None
) -> ScriptCall:
    delegate = DelegateExecution(execution, event_name=event_name)
    instance = DelegateExecution(execution.process_instance, event_name=event_name)
    subjects = {
        "execution": _properties(delegate, EXECUTION_PROPERTIES),
        "instance": _properties(instance, EXECUTION_PROPERTIES),
    }
    scopes = []
    if task is not None:
        subjects["task"] = _properties(DelegateTask(execution.context, task, event_name=event_name), TASK_PROPERTIES)
        scopes.append(_values(execution.context.variables.task_local(task)))
    scope: Execution | None = execution
    while scope is not None:
        scopes.append(_values(execution.context.variables.local(scope)))
        scope = scope.parent
    return ScriptCall(format=script_format, source=source, scopes=tuple(scopes), subjects=subjects)


def _properties(subject: ExpressionObject, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: subject.get_property(name) for name in names}


def _values(variables: dict[str, Any]) -> dict[str, Any]:
    return {name: variable.value for name, variable in variables.items()}


def _carry_out(effect: ScriptEffect, execution: Execution, task: UserTask | None) -> None:
    if effect.subject == "task" and task is not None and _fits(effect, TASK_METHODS):
        _change_task(effect, execution, task)
    elif effect.subject in ("execution", "instance") and _fits(effect, EXECUTION_METHODS):
        target = execution if effect.subject == "execution" else execution.process_instance
        if effect.method == "removeVariableLocal":
            target.context.variables.remove_local(target, *effect.args)
        else:
            DelegateExecution(target).call_method(effect.method, list(effect.args))
    else:
        raise _failed(f"it asks for {effect.subject}.{effect.method}, which does not exist so", execution)


def _fits(effect: ScriptEffect, methods: dict[str, tuple[Any, ...]]) -> bool:
    types = methods.get(effect.method)
    return types is not None and len(types) == len(effect.args) and all(map(isinstance, effect.args, types))


def _change_task(effect: ScriptEffect, execution: Execution, task: UserTask) -> None:
    variables = execution.context.variables
    if effect.method == "removeVariableLocal" or (
        effect.method == "removeVariable" and effect.args[0] in variables.task_local(task)
    ):
        variables.remove_task_local(task, effect.args[0])
    elif effect.method == "removeVariable":
        variables.remove(execution, effect.args[0])
    else:
        DelegateTask(execution.context, task).call_method(effect.method, list(effect.args))


def _failed(reason: str, execution: Execution) -> ModelError:
    place = execution.activity_id or execution.definition.key
    return ModelError(f"Script at '{place}' failed: {reason}", activity_id=execution.activity_id)
