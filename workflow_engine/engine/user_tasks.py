"""User tasks: work for people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from workflow_engine.bpmn.data import Listener, UserTaskDefinition
from workflow_engine.engine import sub_tasks, timers
from workflow_engine.engine.errors import BadInput, ModelError, NotAllowed, NotFound, Suspended
from workflow_engine.engine.evaluation import evaluate
from workflow_engine.engine.handlers import BpmnError
from workflow_engine.engine.history import ActivityUpdated, IdentityLinkChanged, TaskCreated, TaskEnded, TaskUpdated
from workflow_engine.engine.state import IdentityLink, UserTask
from workflow_engine.expressions import Expression

if TYPE_CHECKING:
    from workflow_engine.engine.context import CommandContext
    from workflow_engine.engine.execution import Execution

EDITABLE = frozenset(
    {
        "name",
        "description",
        "owner",
        "assignee",
        "delegation_state",
        "due_date",
        "follow_up_date",
        "priority",
        "parent_task_id",
    }
)


class UserTasks:
    def __init__(self, context: CommandContext) -> None:
        self.context = context

    def of(self, execution: Execution) -> list[UserTask]:
        if execution.user_task_list is None:
            rows = self.context.loader.user_tasks(execution.id)
            execution.user_task_list = [
                row for row in self.context.adopt_rows(rows) if row.execution_id == execution.id
            ]
        return execution.user_task_list

    def find(self, task_id: str) -> UserTask:
        row = self.context.loader.user_task(task_id)
        rows: list[UserTask] = self.context.adopt_rows([row] if row is not None else [])
        if not rows:
            raise NotFound(f"Cannot find task with id '{task_id}'.")
        if rows[0].execution_id is None:
            return rows[0]
        execution = self.execution_of(rows[0])
        return next((found for found in self.of(execution) if found.id == task_id), rows[0])

    def execution_of(self, task: UserTask) -> Execution:
        """NotAllowed for a standalone task: it has none."""
        if task.execution_id is None:
            raise NotAllowed(f"Task '{task.id}' belongs to no process: nothing there could go on.")
        return self.context.execution(task.execution_id)

    # -- creating ---------------------------------------------------------------------------------

    def create(self, execution: Execution) -> UserTask:
        context = self.context
        activity = execution.activity
        assert activity is not None
        assert execution.activity_instance_id is not None
        definition = activity.user_task or UserTaskDefinition()
        task = UserTask(
            id=context.environment.new_id(execution.root_process_instance_id),
            name=activity.name,
            process_instance_id=execution.process_instance_id,
            root_process_instance_id=execution.root_process_instance_id,
            execution_id=execution.id,
            process_definition_id=execution.process_definition_id,
            task_definition_key=activity.id,
            activity_instance_id=execution.activity_instance_id,
            create_time=context.now,
            is_suspended=execution.is_suspended,
            tenant_id=execution.tenant_id,
        )
        self.of(execution).append(task)
        context.insert(task)
        self._initialize(task, definition, execution)
        self._emit(TaskCreated, task, task=task, activity_id=activity.id)
        self._tell_activity(task, task_id=task.id, assignee=task.assignee)
        self._log_person(task, "assignee", None, task.assignee)
        for link in self._candidates(definition, execution, task):
            self.add_identity_link(task, "candidate", **link)
        self._schedule_timeouts(execution, definition)
        self.fire(task, "create")
        if not self.is_gone(task) and task.assignee is not None:
            self.fire(task, "assignment")
        return task

    def create_standalone(self, task_id: str, fields: Mapping[str, Any], tenant_id: str) -> UserTask:
        self._check_fields(fields)
        task = sub_tasks.create(self.context, task_id, fields, tenant_id)
        self._emit(TaskCreated, task, task=task)
        self._log_person(task, "assignee", None, task.assignee)
        self._log_person(task, "owner", None, task.owner)
        return task

    def _initialize(self, task: UserTask, definition: UserTaskDefinition, execution: Execution) -> None:
        if definition.name is not None:
            task.name = self._text(definition.name, execution, task)
        task.description = self._text(definition.documentation, execution, task)
        task.assignee = self._text(definition.assignee, execution, task)
        task.due_date = self._date(definition.due_date, execution, task, "due date")
        task.follow_up_date = self._date(definition.follow_up_date, execution, task, "follow-up date")
        if definition.priority is not None:
            value = evaluate(definition.priority, execution, task)
            try:
                task.priority = int(value)
            except (TypeError, ValueError):
                raise ModelError(
                    f"Priority of user task '{task.task_definition_key}' is {value!r} instead of a whole number.",
                    activity_id=task.task_definition_key,
                ) from None

    def _text(self, expression: Expression | None, execution: Execution, task: UserTask) -> str | None:
        value = None if expression is None else evaluate(expression, execution, task)
        return None if value is None else str(value)

    def _date(self, expression: Expression | None, execution: Execution, task: UserTask, what: str) -> datetime | None:
        value = None if expression is None else evaluate(expression, execution, task)
        if value is None or value == "":
            return None
        place = f"{what} of {task.task_definition_key}"
        kind = "duration" if isinstance(value, str) and value.startswith("P") else "date"
        return timers.due_date(kind, value, self.context.now, place=place)

    def _candidates(self, definition: UserTaskDefinition, execution: Execution, task: UserTask) -> list[dict[str, str]]:
        links: list[dict[str, str]] = []
        for key, expressions in (("user_id", definition.candidate_users), ("group_id", definition.candidate_groups)):
            for expression in expressions:
                value = evaluate(expression, execution, task)
                names = value if isinstance(value, list | tuple) else str(value or "").split(",")
                links.extend({key: str(name).strip()} for name in names if str(name).strip())
        return links

    def _schedule_timeouts(self, execution: Execution, definition: UserTaskDefinition) -> None:
        for timer in definition.timeout_timers:
            self.context.jobs.create_timer(execution, timer, configuration=timer.listener_id)

    # -- changing ---------------------------------------------------------------------------------

    def update(self, task: UserTask, changes: Mapping[str, Any]) -> None:
        self._check_fields(changes)
        assigned = "assignee" in changes and changes["assignee"] != task.assignee
        changed = [name for name, value in changes.items() if getattr(task, name) != value]
        before = {name: getattr(task, name) for name in ("owner", "assignee")}
        for name in changed:
            if name == "parent_task_id":
                sub_tasks.set_parent(self.context, task, changes[name])
            else:
                setattr(task, name, changes[name])
        for name, person in before.items():
            self._log_person(task, name, person, getattr(task, name))
        self.touch(task, assigned=assigned)
        if assigned and task.assignee is not None and not self.is_gone(task):
            self.fire(task, "assignment")

    @staticmethod
    def _check_fields(fields: Mapping[str, Any]) -> None:
        unknown = set(fields) - EDITABLE
        if unknown:
            raise BadInput(f"A task has no field {sorted(unknown)[0]!r} that could be changed.")

    def touch(self, task: UserTask, *, assigned: bool = False) -> None:
        """The task, or something that belongs to it, has changed."""
        task.last_updated = self.context.now
        task.task_state = "Updated"
        self._emit(TaskUpdated, task, task=task)
        if assigned:
            self._tell_activity(task, assignee=task.assignee)
        self.fire(task, "update")

    def _log_person(self, task: UserTask, link_type: str, before: str | None, after: str | None) -> None:
        """The log of identity links tells of owners and assignees too."""
        for operation, person in (("delete", before), ("add", after)) if before != after else ():
            if person is not None:
                self._emit(
                    IdentityLinkChanged, task, operation=operation, task_id=task.id, type=link_type, user_id=person
                )

    def links(self, task: UserTask) -> list[IdentityLink]:
        return list(self.context.adopt_rows(self.context.loader.identity_links(task.id)))

    def add_identity_link(
        self, task: UserTask, link_type: str, *, user_id: str | None = None, group_id: str | None = None
    ) -> None:
        self.context.insert(
            IdentityLink(
                id=self.context.environment.new_id(task.root_process_instance_id or task.id),
                task_id=task.id,
                root_process_instance_id=task.root_process_instance_id,
                type=link_type,
                user_id=user_id,
                group_id=group_id,
                tenant_id=task.tenant_id,
            )
        )
        self._emit(
            IdentityLinkChanged,
            task,
            operation="add",
            task_id=task.id,
            type=link_type,
            user_id=user_id,
            group_id=group_id,
        )

    def remove_identity_link(
        self, task: UserTask, link_type: str, *, user_id: str | None = None, group_id: str | None = None
    ) -> None:
        for link in self.links(task):
            if (link.type, link.user_id, link.group_id) == (link_type, user_id, group_id):
                self.context.delete(link)
                self._emit(
                    IdentityLinkChanged,
                    task,
                    operation="delete",
                    task_id=task.id,
                    type=link_type,
                    user_id=user_id,
                    group_id=group_id,
                )

    # -- ending -----------------------------------------------------------------------------------

    def complete(self, task: UserTask) -> None:
        if task.is_suspended:
            raise Suspended(f"Cannot complete task '{task.id}': it is suspended.")
        self.fire(task, "complete")
        if self.is_gone(task):
            return
        execution = None if task.execution_id is None else self.execution_of(task)
        self.delete(task, "completed", state="Completed")
        if execution is not None:
            self.context.lifecycle.signal(execution)

    def delete(self, task: UserTask, reason: str, *, state: str = "Deleted") -> None:
        for sub_task in sub_tasks.below(self.context, task):
            self._delete(sub_task, reason, "Deleted")
        self._delete(task, reason, state)

    def _delete(self, task: UserTask, reason: str, state: str) -> None:
        if task.execution_id is not None:
            tasks = self.of(self.execution_of(task))
            if task in tasks:
                tasks.remove(task)
        self.context.variables.discard_task(task)
        for link in self.links(task):
            self.context.delete(link)
        self.context.delete(task)
        self._emit(TaskEnded, task, task_id=task.id, delete_reason=reason, task_state=state)

    def remove_all(self, execution: Execution, reason: str | None = None) -> None:
        successor = execution.replaced_by
        for task in list(self.of(execution)):
            if successor is not None and successor.id == execution.parent_id:
                self._move(task, execution, successor)
                continue
            if not execution.skip_custom_listeners:
                self.fire(task, "delete")
            if not self.is_gone(task):
                self.delete(task, reason or "deleted")

    def is_gone(self, task: UserTask) -> bool:
        """A listener may have completed or canceled it."""
        if task.execution_id is None:
            return self.context.is_deleted(task)
        execution = self.context.find_execution(task.execution_id)
        return execution is None or task not in self.of(execution)

    def move(self, source: Execution, target: Execution) -> None:
        for task in list(self.of(source)):
            self._move(task, source, target)

    def _move(self, task: UserTask, source: Execution, target: Execution) -> None:
        self.of(source).remove(task)
        task.execution_id = target.id
        self.of(target).append(task)
        self.context.variables.move_task(task, target)

    # -- telling ----------------------------------------------------------------------------------

    def fire(self, task: UserTask, event: str) -> None:
        for listener in self._listeners(task, event):
            try:
                self.context.listeners.fire_task(task, listener, event)
            except BpmnError as error:
                if event == "delete":
                    raise
                self._throw(task, error)
                return

    def _throw(self, task: UserTask, error: BpmnError) -> None:
        """A listener threw a business error: it goes the way that an error of the task itself would."""
        from workflow_engine.engine.errors_thrown import propagate_error

        propagate_error(self.execution_of(task), error.code, error.message)

    def fire_timeout(self, task: UserTask, listener_id: str) -> None:
        for listener in self._listeners(task, "timeout"):
            if listener.id == listener_id:
                try:
                    self.context.listeners.fire_task(task, listener, "timeout")
                except BpmnError as error:
                    self._throw(task, error)

    def _listeners(self, task: UserTask, event: str) -> tuple[Listener, ...]:
        if task.execution_id is None or task.task_definition_key is None:
            return ()
        activity = self.execution_of(task).definition.flow_nodes.get(task.task_definition_key)
        if activity is None or activity.user_task is None or activity.user_task.listeners is None:
            return ()
        return activity.user_task.listeners.get(event, ())

    def _tell_activity(self, task: UserTask, **changes: Any) -> None:
        if task.activity_instance_id is not None:
            self._emit(ActivityUpdated, task, activity_instance_id=task.activity_instance_id, **changes)

    def _emit(self, event_type: type[Any], of: UserTask, /, **details: Any) -> None:
        self.context.emit(
            event_type(
                time=self.context.now,
                process_instance_id=of.process_instance_id,
                root_process_instance_id=of.root_process_instance_id,
                process_definition_id=of.process_definition_id,
                tenant_id=of.tenant_id,
                **details,
            )
        )
