"""What executions wait for by name: messages, signals, conditions; and the records of what can be compensated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflow_engine.bpmn.data import EventSubscriptionDeclaration
from workflow_engine.bpmn.model import Activity, ProcessDefinition, Scope
from workflow_engine.engine.evaluation import evaluate
from workflow_engine.engine.history import CompensationRecorded
from workflow_engine.engine.state import EventSubscription

if TYPE_CHECKING:
    from workflow_engine.engine.context import CommandContext
    from workflow_engine.engine.execution import Execution


class Subscriptions:
    def __init__(self, context: CommandContext) -> None:
        self.context = context
        # Record by the execution that undoes it; None once its end was told.
        self._undoing: dict[str, str | None] = {}

    def of(self, execution: Execution) -> list[EventSubscription]:
        if execution.subscription_list is None:
            rows = self.context.loader.event_subscriptions(execution.id)
            execution.subscription_list = [
                row for row in self.context.adopt_rows(rows) if row.execution_id == execution.id
            ]
        return execution.subscription_list

    def create_declared(self, execution: Execution, scope: Scope) -> None:
        """Subscribes to what the scope catches while it lives; start events of a process subscribe at deployment."""
        for declaration in scope.event_subscriptions:
            if not _starts_process(declaration, scope):
                self.declare(execution, declaration)

    def declare(self, execution: Execution, declaration: EventSubscriptionDeclaration) -> None:
        self._create(
            execution,
            declaration.event_type,
            declaration.activity_id,
            name=None if declaration.name is None else str(evaluate(declaration.name, execution)),
            configuration="async" if declaration.is_async else None,
        )

    def _create(
        self,
        execution: Execution,
        event_type: str,
        activity_id: str,
        *,
        name: str | None = None,
        configuration: str | None = None,
    ) -> EventSubscription:
        context = self.context
        subscription = EventSubscription(
            id=context.environment.new_id(execution.root_process_instance_id),
            event_type=event_type,
            event_name=name,
            activity_id=activity_id,
            created=context.now,
            execution_id=execution.id,
            process_instance_id=execution.process_instance_id,
            root_process_instance_id=execution.root_process_instance_id,
            process_definition_id=execution.process_definition_id,
            configuration=configuration,
            sequence=context.next_sequence(),
            tenant_id=execution.tenant_id,
        )
        self.of(execution).append(subscription)
        context.insert(subscription)
        return subscription

    def remove(self, subscription: EventSubscription) -> None:
        assert subscription.execution_id is not None
        holder = self.context.execution(subscription.execution_id)
        if subscription in self.of(holder):
            self.of(holder).remove(subscription)
        self.context.delete(subscription)

    def remove_all(self, execution: Execution, *, keep_compensation: bool = False) -> None:
        """Ends the waiting; where another execution goes on with the scope, it takes the subscriptions over."""
        successor = None if keep_compensation else execution.replaced_by
        for subscription in list(self.of(execution)):
            is_record = subscription.event_type == "compensate"
            if keep_compensation and is_record:
                continue
            if successor is not None:
                self._move(subscription, execution, successor)
                continue
            self.remove(subscription)
            if is_record:
                self._tell(subscription, "discarded")

    def _move(self, subscription: EventSubscription, source: Execution, target: Execution) -> None:
        self.of(source).remove(subscription)
        subscription.execution_id = target.id
        self.of(target).append(subscription)

    # -- compensation records ---------------------------------------------------------------------

    def compensate_of(self, execution: Execution) -> list[EventSubscription]:
        return [found for found in self.of(execution) if found.event_type == "compensate"]

    def create_compensate(
        self, execution: Execution, handler: Activity, *, done: Activity, configuration: str | None = None
    ) -> EventSubscription:
        subscription = self._create(execution, "compensate", handler.id, configuration=configuration)
        self._tell(
            subscription, "available", done=done.id, scope_activity_instance_id=execution.parent_activity_instance_id
        )
        return subscription

    def copy_compensate(self, subscription: EventSubscription, execution: Execution) -> None:
        """The record moves to the memory of its completed scope and keeps its place in time."""
        assert subscription.execution_id is not None
        self._move(subscription, self.context.execution(subscription.execution_id), execution)

    def consume_compensate(self, subscription: EventSubscription) -> None:
        """The record has served: its handler starts on the execution that the record names."""
        self.remove(subscription)
        self._tell(subscription, "compensating", execution_id=subscription.configuration)
        if subscription.configuration is not None:
            self._undoing[subscription.configuration] = subscription.id

    def tell_compensated(self, execution: Execution) -> None:
        """The execution that undid a record is done."""
        self._tell_end(execution, "compensated")

    def tell_given_up(self, execution: Execution) -> None:
        """The execution that was undoing a record ends before it is done."""
        self._tell_end(execution, "discarded")

    def _tell_end(self, execution: Execution, state: str) -> None:
        if execution.id not in self._undoing:
            self._undoing[execution.id] = self.context.loader.compensation_record_id(execution.id)
        record_id, self._undoing[execution.id] = self._undoing[execution.id], None
        if record_id is None:
            return
        self.context.emit(
            CompensationRecorded(
                time=self.context.now,
                process_instance_id=execution.process_instance_id,
                root_process_instance_id=execution.root_process_instance_id,
                process_definition_id=execution.process_definition_id,
                tenant_id=execution.tenant_id,
                record_id=record_id,
                state=state,
            )
        )

    def _tell(
        self,
        subscription: EventSubscription,
        state: str,
        *,
        done: str | None = None,
        scope_activity_instance_id: str | None = None,
        execution_id: str | None = None,
    ) -> None:
        self.context.emit(
            CompensationRecorded(
                time=self.context.now,
                process_instance_id=subscription.process_instance_id,
                root_process_instance_id=subscription.root_process_instance_id,
                process_definition_id=subscription.process_definition_id,
                tenant_id=subscription.tenant_id,
                record_id=subscription.id,
                state=state,
                activity_id=done,
                handler_activity_id=subscription.activity_id,
                scope_activity_instance_id=scope_activity_instance_id,
                execution_id=execution_id,
            )
        )


def _starts_process(declaration: EventSubscriptionDeclaration, scope: Scope) -> bool:
    if not isinstance(scope, ProcessDefinition):
        return False
    return (
        scope.flow_nodes[declaration.activity_id].flow_scope is scope
        and scope.flow_nodes[declaration.activity_id] in scope.start_events
    )
