"""Multi-instance bodies: an activity executed many times, one after the other or side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from workflow_engine.bpmn import behaviors
from workflow_engine.bpmn.model import Activity
from workflow_engine.engine import compensation
from workflow_engine.engine.elements.activity import ActivityElement
from workflow_engine.engine.elements.parallel_gateway import inactive_at
from workflow_engine.engine.errors import LimitExceeded, ModelError
from workflow_engine.engine.evaluation import evaluate
from workflow_engine.values import JsonValue, ObjectValue

if TYPE_CHECKING:
    from workflow_engine.engine.execution import Execution

INSTANCES = "nrOfInstances"
ACTIVE = "nrOfActiveInstances"
COMPLETED = "nrOfCompletedInstances"
COUNTER = "loopCounter"


class MultiInstanceBody(ActivityElement):
    is_composite = True

    def execute(self, execution: Execution) -> None:
        count = _count(execution)
        limit = execution.context.environment.max_multi_instance
        if count < 0:
            raise ModelError(f"'{_place(execution)}' cannot have {count} instances.", activity_id=_place(execution))
        if count > limit:
            raise LimitExceeded(
                f"Multi-instance '{_place(execution)}' would create {count} instances; the limit is {limit}.",
                activity_id=_place(execution),
            )
        if count == 0:
            self.leave(execution)
        else:
            execution.context.allow_instances(_inner(execution.activity), count)
            self.create_instances(execution, count)

    def create_instances(self, execution: Execution, count: int) -> None:
        raise NotImplementedError

    def do_leave(self, execution: Execution) -> None:
        compensation.remember_scope(execution)
        super().do_leave(execution)


class SequentialMultiInstance(MultiInstanceBody):
    def create_instances(self, execution: Execution, count: int) -> None:
        self._prepare(execution, count)
        _set(execution, ACTIVE, 1)
        _perform(execution, _inner(execution.activity), 0)

    def _prepare(self, execution: Execution, count: int) -> None:
        _set(execution, INSTANCES, count)
        _set(execution, COMPLETED, 0)

    def complete(self, execution: Execution) -> None:
        counter = _get(execution, COUNTER) + 1
        _set(execution, COMPLETED, _get(execution, COMPLETED) + 1)
        if counter == _get(execution, INSTANCES) or _is_complete(execution):
            self.leave(execution)
        else:
            _perform(execution, _inner(execution.activity), counter)

    def initialize_scope(self, execution: Execution) -> Execution:
        self._prepare(execution, 1)
        _set(execution, ACTIVE, 1)
        _set(execution, COUNTER, 0)
        return execution

    def inner_instance_canceled(self, scope_execution: Execution, token: Execution) -> None:
        scope_execution.context.variables.remove_local(scope_execution, COUNTER)
        _set(scope_execution, ACTIVE, _get(scope_execution, ACTIVE) - 1)


class ParallelMultiInstance(MultiInstanceBody):
    def create_instances(self, execution: Execution, count: int) -> None:
        inner = _inner(execution.activity)
        self._prepare(execution, count)
        tokens = [_concurrent(execution) for _ in range(count)]
        # Pushed in reverse, so that the stack of operations starts them in order.
        for counter in range(count - 1, -1, -1):
            _perform(tokens[counter], inner, counter)

    def _prepare(self, execution: Execution, count: int) -> None:
        _set(execution, INSTANCES, count)
        _set(execution, COMPLETED, 0)
        _set(execution, ACTIVE, count)
        execution.set_activity(None)
        execution.is_active = False

    def concurrent_child_ended(self, scope_execution: Execution, ended: Execution) -> None:
        _set(scope_execution, COMPLETED, _get(scope_execution, COMPLETED) + 1)
        _set(scope_execution, ACTIVE, _get(scope_execution, ACTIVE) - 1)
        ended.is_active = False
        ended.activity_instance_id = None
        if _is_complete(ended) or _all_ended(scope_execution, ended):
            self._finish(scope_execution, ended)
        else:
            scope_execution.context.conditions.dispatch(scope_execution, None)

    def complete(self, execution: Execution) -> None:
        """A token of the body that is none of its instances: its memory, compensated or woken by a timer. Nothing follows."""

    def _finish(self, scope_execution: Execution, ended: Execution) -> None:
        lifecycle = scope_execution.context.lifecycle
        body = ended.activity.flow_scope if ended.activity is not None else None
        for child in list(scope_execution.live_children):
            if child.is_active or child.activity is None:
                lifecycle.delete_cascade(child, "Multi instance completion condition satisfied.")
            else:
                child.remove()
        assert isinstance(body, Activity)
        scope_execution.set_activity(body)
        scope_execution.is_active = True
        self.leave(scope_execution)

    def initialize_scope(self, execution: Execution) -> Execution:
        self._prepare(execution, 1)
        token = _concurrent(execution)
        _set(token, COUNTER, 0)
        return token

    def create_inner_instance(self, scope_execution: Execution) -> Execution:
        token = _concurrent(scope_execution)
        count = _get(scope_execution, INSTANCES)
        _set(scope_execution, INSTANCES, count + 1)
        _set(scope_execution, ACTIVE, _get(scope_execution, ACTIVE) + 1)
        _set(token, COUNTER, count)
        return token

    def inner_instance_canceled(self, scope_execution: Execution, token: Execution) -> None:
        token.remove()
        _set(scope_execution, ACTIVE, _get(scope_execution, ACTIVE) - 1)


def _concurrent(scope_execution: Execution) -> Execution:
    token = scope_execution.create_child()
    token.is_concurrent = True
    token.is_scope = False
    return token


def _all_ended(scope_execution: Execution, ended: Execution) -> bool:
    assert ended.activity is not None
    if _get(scope_execution, ACTIVE) > 0:
        return False
    return len(inactive_at(ended, ended.activity)) == len(scope_execution.children)


def _perform(execution: Execution, inner: Activity, counter: int) -> None:
    _set(execution, COUNTER, counter)
    _set_element(execution, inner, counter)
    execution.is_ended = False
    execution.is_active = True
    execution.context.lifecycle.execute_activity(execution, inner)


def _set_element(execution: Execution, inner: Activity, counter: int) -> None:
    assert isinstance(inner.flow_scope, Activity)
    loop = inner.flow_scope.multi_instance
    assert loop is not None
    if loop.element_variable is not None and loop.cardinality is None:
        _set(execution, loop.element_variable, _collection(execution, inner.flow_scope)[counter])


def _inner(body: Activity | None) -> Activity:
    assert body is not None
    # The body may hold a compensation handler beside the activity that is repeated.
    return next(activity for activity in body.activities if not activity.is_for_compensation)


def _count(execution: Execution) -> int:
    activity = execution.activity
    assert activity is not None
    assert activity.multi_instance is not None
    cardinality = activity.multi_instance.cardinality
    if cardinality is None:
        return len(_collection(execution, activity))
    value = evaluate(cardinality, execution)
    try:
        if isinstance(value, bool):
            raise ValueError
        return int(value)
    except (TypeError, ValueError, OverflowError):
        raise ModelError(
            f"The loop cardinality of '{_place(execution)}' is {value!r} instead of a whole number.",
            activity_id=_place(execution),
        ) from None


def _collection(execution: Execution, body: Activity) -> Sequence[Any]:
    loop = body.multi_instance
    assert loop is not None
    if loop.collection_expression is not None:
        name = loop.collection_expression.text
        value = evaluate(loop.collection_expression, execution)
    else:
        assert loop.collection_variable is not None
        name = loop.collection_variable
        found = execution.context.variables.find(execution, name)
        value = None if found is None else found.value
    if isinstance(value, ObjectValue):
        value = value.json
    if isinstance(value, JsonValue):
        value = value.data
    if isinstance(value, set | frozenset | dict):
        value = list(value)
    if not isinstance(value, list | tuple):
        raise ModelError(
            f"The collection '{name}' of '{body.id}' is {type(value).__name__}, not a list.", activity_id=body.id
        )
    return value


def _is_complete(execution: Execution) -> bool:
    activity = execution.activity
    assert activity is not None
    body = activity if activity.multi_instance is not None else activity.flow_scope
    assert isinstance(body, Activity)
    assert body.multi_instance is not None
    condition = body.multi_instance.completion_condition
    if condition is None:
        return False
    value = evaluate(condition, execution)
    if not isinstance(value, bool):
        raise ModelError(
            f"The completion condition of '{body.id}' is {value!r} instead of true or false.", activity_id=body.id
        )
    return value


def _place(execution: Execution) -> str:
    return execution.activity_id or execution.definition.key


def _set(execution: Execution, name: str, value: Any) -> None:
    execution.context.variables.set_local(execution, name, value)


def _get(execution: Execution, name: str) -> int:
    found = execution.context.variables.local(execution).get(name)
    if found is None:
        raise ModelError(f"The variable '{name}' is missing in execution '{execution.id}' of a multi-instance body.")
    return int(found.value)


ELEMENTS = {
    behaviors.SEQUENTIAL_MULTI_INSTANCE: SequentialMultiInstance(),
    behaviors.PARALLEL_MULTI_INSTANCE: ParallelMultiInstance(),
}
