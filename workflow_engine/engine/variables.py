"""Variables of executions: reading looks outwards, writing changes the nearest scope that has the name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from workflow_engine.bpmn.data import IoMapping, ListValue, MapValue, Parameter, Script
from workflow_engine.engine.errors import BadInput, ModelError
from workflow_engine.engine.evaluation import evaluate, evaluate_script
from workflow_engine.engine.history import VariableChanged
from workflow_engine.engine.state import TransientVariable, UserTask, Variable
from workflow_engine.expressions import Expression
from workflow_engine.values import Transient

if TYPE_CHECKING:
    from workflow_engine.engine.context import CommandContext
    from workflow_engine.engine.execution import Execution


class Variables:
    def __init__(self, context: CommandContext) -> None:
        self.context = context
        self._task_maps: dict[str, dict[str, Variable]] = {}

    # -- reading ----------------------------------------------------------------------------------

    def local(self, execution: Execution) -> dict[str, Variable]:
        if execution.variable_map is None:
            rows = self.context.adopt_rows(self.context.loader.variables(execution.id))
            execution.variable_map = {row.name: row for row in rows}
        return execution.variable_map

    def task_local(self, task: UserTask) -> dict[str, Variable]:
        found = self._task_maps.get(task.id)
        if found is None:
            rows = self.context.adopt_rows(self.context.loader.task_variables(task.id))
            found = self._task_maps[task.id] = {row.name: row for row in rows}
        return found

    def find(self, execution: Execution | None, name: str) -> Variable | None:
        while execution is not None:
            found = self.local(execution).get(name)
            if found is not None:
                return found
            execution = execution.parent
        return None

    def visible(self, execution: Execution | None, *, keep_transient: bool = False) -> dict[str, Any]:
        """Values by name, inner scopes first; `keep_transient`: for handing them on."""
        values: dict[str, Any] = {}
        while execution is not None:
            for name, variable in self.local(execution).items():
                values.setdefault(name, held(variable) if keep_transient else variable.value)
            execution = execution.parent
        return values

    # -- writing ----------------------------------------------------------------------------------

    def set(self, execution: Execution, name: str, value: Any, *, source: Execution | None = None) -> None:
        source = source or execution
        holder = execution
        while name not in self.local(holder):
            parent = holder.parent
            if parent is None:
                break
            holder = parent
        self.set_local(holder, name, value, source=source)

    def set_all(self, execution: Execution, values: Mapping[str, Any]) -> None:
        for name, value in values.items():
            self.set(execution, name, value)

    def set_local(self, execution: Execution, name: str, value: Any, *, source: Execution | None = None) -> None:
        source = source or execution
        variables = self.local(execution)
        variable = variables.get(name)
        change = "update"
        if variable is None:
            change = "create"
            variable = _class_for(value)(
                id=self.context.environment.new_id(execution.root_process_instance_id),
                name=name,
                value=_plain(value),
                process_instance_id=execution.process_instance_id,
                root_process_instance_id=execution.root_process_instance_id,
                execution_id=execution.id,
                is_concurrent_local=not execution.is_scope or self._executes_scope_leaf(execution),
                sequence_counter=1,
                tenant_id=execution.tenant_id,
            )
            variables[name] = variable
            self._insert(variable)
        else:
            _change(variable, value)
        self._tell(variable, change, execution, source)

    def set_all_local(self, execution: Execution, values: Mapping[str, Any]) -> None:
        for name, value in values.items():
            self.set_local(execution, name, value)

    def set_task_local(self, task: UserTask, name: str, value: Any) -> None:
        variables = self.task_local(task)
        variable = variables.get(name)
        change = "update"
        if variable is None:
            change = "create"
            variable = _class_for(value)(
                id=self.context.environment.new_id(task.root_process_instance_id or task.id),
                name=name,
                value=_plain(value),
                process_instance_id=task.process_instance_id,
                root_process_instance_id=task.root_process_instance_id,
                execution_id=task.execution_id,
                task_id=task.id,
                sequence_counter=1,
                tenant_id=task.tenant_id,
            )
            variables[name] = variable
            self._insert(variable)
        else:
            _change(variable, value)
        self._tell_of_task(task, variable, change)

    def remove_local(self, execution: Execution, name: str) -> None:
        variable = self.local(execution).pop(name, None)
        if variable is not None:
            self._tell(variable, "delete", execution, execution)
            self._delete(variable)

    def remove(self, execution: Execution, name: str) -> None:
        variable = self.find(execution, name)
        if variable is not None and variable.execution_id is not None:
            self.remove_local(self.context.execution(variable.execution_id), name)

    def remove_task_local(self, task: UserTask, name: str) -> None:
        variable = self.task_local(task).pop(name, None)
        if variable is not None:
            self._tell_of_task(task, variable, "delete")
            self._delete(variable)

    # -- with the execution tree ------------------------------------------------------------------

    def discard(self, execution: Execution) -> None:
        """The scope ends: its variables go, their history stays."""
        for variable in self.local(execution).values():
            self._delete(variable)
        execution.variable_map = {}

    def discard_task(self, task: UserTask) -> None:
        for variable in self.task_local(task).values():
            self._delete(variable)
        self._task_maps[task.id] = {}

    def move_task(self, task: UserTask, target: Execution) -> None:
        for variable in self.task_local(task).values():
            variable.execution_id = target.id

    def move_all(self, source: Execution, target: Execution) -> None:
        for variable in list(self.local(source).values()):
            self._move(variable, source, target)

    def move_concurrent_local(self, source: Execution, target: Execution) -> None:
        for variable in list(self.local(source).values()):
            if variable.is_concurrent_local:
                self._move(variable, source, target)

    def _move(self, variable: Variable, source: Execution, target: Execution) -> None:
        del self.local(source)[variable.name]
        existing = self.local(target).get(variable.name)
        if existing is None or isinstance(existing, TransientVariable):
            variable.execution_id = target.id
            self.local(target)[variable.name] = variable
            return
        if isinstance(variable, TransientVariable):
            return
        existing.value = variable.value
        existing.sequence_counter += 1
        self._tell(existing, "update", target, source)
        self.context.delete(variable)

    def _insert(self, variable: Variable) -> None:
        if not isinstance(variable, TransientVariable):
            self.context.insert(variable)

    def _delete(self, variable: Variable) -> None:
        if not isinstance(variable, TransientVariable):
            self.context.delete(variable)

    def _executes_scope_leaf(self, execution: Execution) -> bool:
        from workflow_engine.engine.elements import element_of

        activity = execution.activity
        return (
            execution.is_active
            and activity is not None
            and activity.is_scope
            and execution.activity_instance_id is not None
            and not element_of(activity).is_composite
        )

    def tell_migration(self, execution: Execution) -> None:
        """History: its variables, and those of its tasks, belong to another definition now."""
        for variable in self.local(execution).values():
            self._tell(variable, "migrate", execution, execution)
        for task in self.context.user_tasks.of(execution):
            for variable in self.task_local(task).values():
                self._tell(variable, "migrate", execution, execution)

    def _tell(self, variable: Variable, change: str, scope: Execution, source: Execution) -> None:
        if not isinstance(variable, TransientVariable):
            self._tell_history(variable, change, scope, source)
        if change != "migrate":
            self.context.conditions.variable_changed(scope, variable.name, change)

    def _tell_of_task(self, task: UserTask, variable: Variable, change: str) -> None:
        if task.execution_id is not None:
            execution = self.context.execution(task.execution_id)
            self._tell(variable, change, execution, execution)
        elif not isinstance(variable, TransientVariable):
            self._emit(variable, change)

    def _tell_history(self, variable: Variable, change: str, scope: Execution, source: Execution) -> None:
        if variable.task_id is None and not variable.is_concurrent_local:
            scope_instance_id = scope.parent_activity_instance_id
        else:
            scope_instance_id = scope.activity_instance_id
        self._emit(
            variable,
            change,
            process_definition_id=scope.process_definition_id,
            scope_activity_instance_id=scope_instance_id,
            # An instance that is just starting is not an activity yet, but it is what sets its variables.
            activity_instance_id=source.activity_instance_id or source.process_instance_id,
            is_initial=change == "create" and scope.is_starting_instance and scope.is_process_instance,
        )

    def _emit(
        self,
        variable: Variable,
        change: str,
        *,
        process_definition_id: str | None = None,
        scope_activity_instance_id: str | None = None,
        activity_instance_id: str | None = None,
        is_initial: bool = False,
    ) -> None:
        self.context.emit(
            VariableChanged(
                time=self.context.now,
                process_instance_id=variable.process_instance_id,
                root_process_instance_id=variable.root_process_instance_id,
                process_definition_id=process_definition_id,
                tenant_id=variable.tenant_id,
                change=change,
                variable_id=variable.id,
                name=variable.name,
                value=variable.value,
                execution_id=variable.execution_id,
                task_id=variable.task_id,
                scope_activity_instance_id=scope_activity_instance_id,
                activity_instance_id=activity_instance_id,
                revision=variable.sequence_counter - 1,
                is_initial=is_initial,
            )
        )

    # -- mappings ---------------------------------------------------------------------------------

    def execute_inputs(self, execution: Execution, mapping: IoMapping) -> None:
        for parameter in mapping.inputs:
            self.set_local(execution, parameter.name, self._parameter_value(execution, parameter))

    def execute_outputs(self, execution: Execution, mapping: IoMapping) -> None:
        parent = execution.parent
        if parent is None and mapping.outputs:
            # As in Camunda: an uncaught error ends the instance from inside the activity, past its scope.
            raise ModelError(
                f"The output parameters of '{execution.activity_id}' have no outer scope to go to.",
                activity_id=execution.activity_id,
            )
        for parameter in mapping.outputs:
            assert parent is not None
            value = self._parameter_value(execution, parameter)
            self.set(parent, parameter.name, value, source=execution)

    def _parameter_value(self, execution: Execution, parameter: Parameter) -> Any:
        try:
            return self.parameter_value(execution, parameter.value)
        except ModelError as error:
            raise ModelError(
                f"Parameter '{parameter.name}' of '{execution.activity_id}': {error}", activity_id=execution.activity_id
            ) from error

    def parameter_value(self, execution: Execution, value: object) -> Any:
        if isinstance(value, Expression):
            return evaluate(value, execution)
        if isinstance(value, Script):
            return evaluate_script(value, execution)
        if isinstance(value, ListValue):
            return [self.parameter_value(execution, item) for item in value.items]
        if isinstance(value, MapValue):
            return {str(evaluate(key, execution)): self.parameter_value(execution, item) for key, item in value.entries}
        return value


def held(variable: Variable) -> Any:
    """The value as it is handed on: a transient one stays so."""
    return Transient(variable.value) if isinstance(variable, TransientVariable) else variable.value


def _class_for(value: object) -> type[Variable]:
    return TransientVariable if isinstance(value, Transient) else Variable


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, Transient) else value


def _change(variable: Variable, value: object) -> None:
    if type(variable) is not _class_for(value):
        raise BadInput(
            f"Cannot set transient variable with name {variable.name} to non-transient variable and vice versa."
        )
    variable.value = _plain(value)
    variable.sequence_counter += 1
