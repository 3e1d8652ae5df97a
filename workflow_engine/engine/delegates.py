"""What expressions, handlers and listeners see of an execution or a user task."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from workflow_engine.expressions import ExpressionObject, UnknownMethodError, UnknownPropertyError

if TYPE_CHECKING:
    from workflow_engine.engine.context import CommandContext
    from workflow_engine.engine.execution import Execution
    from workflow_engine.engine.state import UserTask


class VariableAccess:
    """Variables of one execution, for handlers: `get`, `set`, `all` and their local kin."""

    def __init__(self, execution: Execution) -> None:
        self._execution = execution

    def get_variable(self, name: str) -> Any:
        found = self._execution.context.variables.find(self._execution, name)
        return None if found is None else found.value

    def get_variable_local(self, name: str) -> Any:
        found = self._execution.context.variables.local(self._execution).get(name)
        return None if found is None else found.value

    def has_variable(self, name: str) -> bool:
        return self._execution.context.variables.find(self._execution, name) is not None

    def has_variable_local(self, name: str) -> bool:
        return name in self._execution.context.variables.local(self._execution)

    def get_variables(self) -> dict[str, Any]:
        return self._execution.context.variables.visible(self._execution)

    def set_variable(self, name: str, value: Any) -> None:
        self._execution.context.variables.set(self._execution, name, value)

    def set_variable_local(self, name: str, value: Any) -> None:
        self._execution.context.variables.set_local(self._execution, name, value)

    def remove_variable(self, name: str) -> None:
        self._execution.context.variables.remove(self._execution, name)


class DelegateExecution(VariableAccess, ExpressionObject):
    """The execution that runs a handler, listener or expression."""

    def __init__(
        self,
        execution: Execution,
        *,
        event_name: str | None = None,
        flow_id: str | None = None,
        fields: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(execution)
        self.event_name = event_name
        self.current_transition_id = flow_id or (None if execution.transition is None else execution.transition.id)
        self.fields = fields or {}  # camunda:field values of the model

    @property
    def id(self) -> str:
        return self._execution.id

    @property
    def process_instance_id(self) -> str:
        return self._execution.process_instance_id

    @property
    def process_definition_id(self) -> str:
        return self._execution.process_definition_id

    @property
    def business_key(self) -> str | None:
        return self._execution.process_instance.business_key

    @business_key.setter
    def business_key(self, value: str | None) -> None:
        self._execution.process_instance.business_key = value

    @property
    def current_activity_id(self) -> str | None:
        return self._execution.activity_id

    @property
    def current_activity_name(self) -> str | None:
        activity = self._execution.activity
        return None if activity is None else activity.name

    @property
    def activity_instance_id(self) -> str | None:
        return self._execution.activity_instance_id

    @property
    def parent_activity_instance_id(self) -> str | None:
        return self._execution.parent_activity_instance_id

    @property
    def tenant_id(self) -> str | None:
        return self._execution.tenant_id or None

    @property
    def is_canceled(self) -> bool:
        return self._execution.is_canceled

    def get_property(self, name: str) -> Any:
        reader = _EXECUTION_PROPERTIES.get(name)
        if reader is None:
            raise UnknownPropertyError(f"Could not find property {name} in execution")
        return reader(self)

    def call_method(self, name: str, args: list[Any]) -> Any:
        return _call(self, name, args, _EXECUTION_METHODS)


class DelegateTask(ExpressionObject):
    """A user task, for task listeners and its expressions."""

    def __init__(
        self,
        context: CommandContext,
        task: UserTask,
        *,
        event_name: str | None = None,
        fields: dict[str, Any] | None = None,
    ) -> None:
        self._context = context
        self._task = task
        self.event_name = event_name
        self.fields = fields or {}

    @property
    def execution(self) -> DelegateExecution:
        return DelegateExecution(self._context.user_tasks.execution_of(self._task))

    def get_property(self, name: str) -> Any:
        if name == "execution":
            return self.execution
        if name == "eventName":
            return self.event_name
        column = _TASK_COLUMNS.get(name)
        if column is None:
            raise UnknownPropertyError(f"Could not find property {name} in task")
        return getattr(self._task, column)

    def call_method(self, name: str, args: list[Any]) -> Any:
        return _call(self, name, args, _TASK_METHODS)

    def get_variable(self, name: str) -> Any:
        local = self._context.variables.task_local(self._task).get(name)
        return local.value if local is not None else self.execution.get_variable(name)

    def set_variable(self, name: str, value: Any) -> None:
        if name in self._context.variables.task_local(self._task):
            self.set_variable_local(name, value)
        else:
            self.execution.set_variable(name, value)

    def set_variable_local(self, name: str, value: Any) -> None:
        self._context.variables.set_task_local(self._task, name, value)

    def set_assignee(self, user_id: str | None) -> None:
        self._context.user_tasks.update(self._task, {"assignee": user_id})

    def set_field(self, column: str, value: Any) -> None:
        self._context.user_tasks.update(self._task, {column: value})

    def add_candidate(self, *, user_id: str | None = None, group_id: str | None = None) -> None:
        self._context.user_tasks.add_identity_link(self._task, "candidate", user_id=user_id, group_id=group_id)


def _call(target: Any, name: str, args: list[Any], methods: dict[str, Callable[..., Any]]) -> Any:
    method = methods.get(name)
    if method is not None:
        try:
            return method(target, *args)
        except TypeError as error:
            raise UnknownMethodError(f"Method {name} does not take {len(args)} arguments") from error
    if name.startswith("get") and len(name) > 3 and not args:
        return target.get_property(name[3].lower() + name[4:])
    raise UnknownMethodError(f"Cannot find method {name} with {len(args)} parameters")


_EXECUTION_PROPERTIES: dict[str, Callable[[DelegateExecution], Any]] = {
    "id": lambda e: e.id,
    "processInstanceId": lambda e: e.process_instance_id,
    "processInstance": lambda e: DelegateExecution(e._execution.process_instance),
    "processDefinitionId": lambda e: e.process_definition_id,
    "processBusinessKey": lambda e: e.business_key,
    "businessKey": lambda e: e.business_key,
    "currentActivityId": lambda e: e.current_activity_id,
    "currentActivityName": lambda e: e.current_activity_name,
    "activityInstanceId": lambda e: e.activity_instance_id,
    "parentActivityInstanceId": lambda e: e.parent_activity_instance_id,
    "currentTransitionId": lambda e: e.current_transition_id,
    "eventName": lambda e: e.event_name,
    "tenantId": lambda e: e.tenant_id,
    "canceled": lambda e: e.is_canceled,
    "variables": lambda e: e.get_variables(),
    "variablesLocal": lambda e: {n: v.value for n, v in e._execution.context.variables.local(e._execution).items()},
    "variableNames": lambda e: list(e.get_variables()),
    "parentId": lambda e: e._execution.parent_id,
    "superExecution": lambda e: (
        None if e._execution.super_execution is None else DelegateExecution(e._execution.super_execution)
    ),
}
_EXECUTION_METHODS: dict[str, Callable[..., Any]] = {
    "getVariable": DelegateExecution.get_variable,
    "getVariableLocal": DelegateExecution.get_variable_local,
    "hasVariable": DelegateExecution.has_variable,
    "hasVariableLocal": DelegateExecution.has_variable_local,
    "setVariable": DelegateExecution.set_variable,
    "setVariableLocal": DelegateExecution.set_variable_local,
    "removeVariable": DelegateExecution.remove_variable,
    "getVariables": DelegateExecution.get_variables,
    "setBusinessKey": lambda e, value: setattr(e, "business_key", value),
    "isCanceled": lambda e: e.is_canceled,
}
_TASK_COLUMNS = {
    "id": "id",
    "name": "name",
    "description": "description",
    "assignee": "assignee",
    "owner": "owner",
    "priority": "priority",
    "dueDate": "due_date",
    "followUpDate": "follow_up_date",
    "createTime": "create_time",
    "taskDefinitionKey": "task_definition_key",
    "processInstanceId": "process_instance_id",
    "processDefinitionId": "process_definition_id",
    "executionId": "execution_id",
    "tenantId": "tenant_id",
}
_TASK_METHODS: dict[str, Callable[..., Any]] = {
    "getVariable": DelegateTask.get_variable,
    "setVariable": DelegateTask.set_variable,
    "setVariableLocal": DelegateTask.set_variable_local,
    "setAssignee": DelegateTask.set_assignee,
    "setName": lambda t, value: t.set_field("name", value),
    "setDescription": lambda t, value: t.set_field("description", value),
    "setOwner": lambda t, value: t.set_field("owner", value),
    "setPriority": lambda t, value: t.set_field("priority", int(value)),
    "setDueDate": lambda t, value: t.set_field("due_date", value),
    "setFollowUpDate": lambda t, value: t.set_field("follow_up_date", value),
    "addCandidateUser": lambda t, value: t.add_candidate(user_id=value),
    "addCandidateGroup": lambda t, value: t.add_candidate(group_id=value),
    "complete": lambda t: t._context.user_tasks.complete(t._task),
}
