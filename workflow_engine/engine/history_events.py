"""Tells history what happened to activities and instances."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflow_engine.bpmn import behaviors
from workflow_engine.engine import compensation, scopes
from workflow_engine.engine.history import ActivityEnded, ActivityStarted, ProcessInstanceEnded, ProcessInstanceStarted

if TYPE_CHECKING:
    from workflow_engine.engine.context import CommandContext
    from workflow_engine.engine.execution import Execution


class HistoryEvents:
    def __init__(self, context: CommandContext) -> None:
        self.context = context

    def process_started(self, execution: Execution, *, restarted_process_instance_id: str | None = None) -> None:
        super_execution = execution.super_execution
        self.context.emit(
            ProcessInstanceStarted(
                time=self.context.now,
                process_instance_id=execution.process_instance_id,
                root_process_instance_id=execution.root_process_instance_id,
                process_definition_id=execution.process_definition_id,
                tenant_id=execution.tenant_id,
                business_key=execution.business_key,
                process_definition_key=execution.definition.key,
                start_activity_id=execution.activity_id,
                super_process_instance_id=None if super_execution is None else super_execution.process_instance_id,
                start_user_id=self.context.environment.current_user(),
                restarted_process_instance_id=restarted_process_instance_id,
            )
        )

    def process_ended(self, execution: Execution) -> None:
        if execution.activity is not None:
            state = "COMPLETED"
        else:
            state = "EXTERNALLY_TERMINATED" if execution.is_externally_terminated else "INTERNALLY_TERMINATED"
        self.context.emit(
            ProcessInstanceEnded(
                time=self.context.now,
                process_instance_id=execution.process_instance_id,
                root_process_instance_id=execution.root_process_instance_id,
                process_definition_id=execution.process_definition_id,
                tenant_id=execution.tenant_id,
                state=state,
                end_activity_id=execution.activity_id,
                delete_reason=execution.delete_reason,
            )
        )

    def activity_started(self, execution: Execution) -> None:
        activity = execution.activity
        assert activity is not None
        assert execution.activity_instance_id is not None
        if activity.behavior == behaviors.LINK_CATCH_EVENT:
            return  # only one end of a flow that the model draws in two pieces
        self.context.emit(
            ActivityStarted(
                time=self.context.now,
                process_instance_id=execution.process_instance_id,
                root_process_instance_id=execution.root_process_instance_id,
                process_definition_id=execution.process_definition_id,
                tenant_id=execution.tenant_id,
                activity_instance_id=execution.activity_instance_id,
                parent_activity_instance_id=self._parent_activity_instance_id(execution),
                execution_id=execution.id,
                activity_id=activity.id,
                activity_name=activity.name,
                activity_type=activity.type,
                sequence_counter=execution.sequence_counter,
                process_definition_key=execution.definition.key,
            )
        )

    def activity_ended(self, execution: Execution) -> None:
        activity = execution.activity
        if (
            activity is None
            or execution.activity_instance_id is None
            or activity.behavior == behaviors.LINK_CATCH_EVENT
        ):
            return
        self.context.emit(
            ActivityEnded(
                time=self.context.now,
                process_instance_id=execution.process_instance_id,
                root_process_instance_id=execution.root_process_instance_id,
                process_definition_id=execution.process_definition_id,
                tenant_id=execution.tenant_id,
                activity_instance_id=execution.activity_instance_id,
                execution_id=execution.id,
                activity_id=activity.id,
                activity_name=activity.name,
                activity_type=activity.type,
                canceled=execution.is_canceled,
                complete_scope=execution.is_complete_scope,
            )
        )

    def _parent_activity_instance_id(self, execution: Execution) -> str | None:
        parent = execution.parent
        if parent is not None and execution.activity is not None and compensation.is_throwing(parent):
            holder = scopes.mapping_of(execution).get(execution.activity.flow_scope)
            if holder is not None:
                return holder.parent_activity_instance_id
        return execution.parent_activity_instance_id
