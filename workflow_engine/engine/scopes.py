"""Which execution stands for which BPMN scope, seen from one execution outwards."""

from __future__ import annotations

from collections.abc import Iterator

from workflow_engine.bpmn import behaviors
from workflow_engine.bpmn.model import Activity, Scope
from workflow_engine.engine import compensation
from workflow_engine.engine.elements import element_of
from workflow_engine.engine.errors import ModelError
from workflow_engine.engine.execution import Execution

Mapping = dict[Scope, Execution]


def execution_for_flow_scope(execution: Execution, target: Scope) -> Execution:
    """The execution of `target`, which encloses the activity that `execution` is in."""
    activity = execution.activity
    if activity is None:
        raise ModelError(f"Execution '{execution.id}' is in no activity.")
    scope: Scope = activity if activity.is_scope else activity.flow_scope
    return execution_for_scope(execution.scope_execution, scope, target)


def execution_for_scope(execution: Execution, current: Scope, target: Scope) -> Execution:
    """The execution of `target`, seen from the scope execution of `current`."""
    if current is target and execution.is_scope:
        return execution
    mapping = mapping_from(execution, current)
    found = mapping.get(target)
    if found is None:
        raise ModelError(f"No execution of scope '{target.id}' encloses execution '{execution.id}'.")
    return found


def mapping_of(execution: Execution) -> Mapping:
    """All enclosing scopes of what the execution is doing, each with its execution."""
    return mapping_from(_flow_scope_execution(execution), _flow_scope(execution))


def mapping_from(execution: Execution, current: Scope) -> Mapping:
    """As `mapping_of`, from a scope execution and the scope it stands for.

    The executions below a throwing compensation event carry handlers of outer scopes: there the tree of executions does not
    follow the nesting of scopes. So the mapping is built top down, one throwing event after the other.
    """
    mapping: Mapping = {}
    throwing = [ancestor for ancestor in _ancestors(execution) if compensation.is_throwing(ancestor)]
    for leaf in reversed(throwing):
        mapping = _extend(_flow_scope_execution(leaf), _flow_scope(leaf), mapping)
    return _extend(execution, current, mapping)


def shares_execution_with_flow_scope(execution: Execution) -> bool:
    """Whether the scope activity that this scope execution is in has none of its own: the execution is that of the scope around.

    So it is when an activity is left while an event sub-process is already waiting to take its execution over.
    """
    activity = execution.activity
    assert activity is not None
    if not _may_lack_execution(activity, execution):
        return False
    mapping = mapping_of(execution)
    return mapping.get(activity) is mapping.get(activity.flow_scope)


def _ancestors(execution: Execution) -> Iterator[Execution]:
    parent = execution.parent
    while parent is not None:
        yield parent
        parent = parent.parent


def _flow_scope_execution(execution: Execution) -> Execution:
    current = execution
    while not current.is_scope or compensation.executes_non_scope_handler(current):
        parent = current.parent
        assert parent is not None
        current = parent
    return current


def _flow_scope(execution: Execution) -> Scope:
    activity = execution.activity
    assert activity is not None
    if not activity.is_scope or execution.activity_instance_id is None:
        return activity.flow_scope
    if not execution.is_scope and element_of(activity).is_composite:
        return activity.flow_scope
    return activity


def _extend(execution: Execution, current: Scope, mapping: Mapping) -> Mapping:
    known = set(mapping.values())
    executions: list[Execution] = []
    candidate: Execution | None = execution
    while candidate is not None and candidate not in known:
        if candidate.is_scope:
            executions.append(candidate)
        candidate = candidate.parent
    scopes: list[Scope] = []
    scope: Scope | None = current
    while scope is not None and scope not in mapping:
        scopes.append(scope)
        scope = _outer(scope)
    if not scopes:
        raise ModelError(
            f"Cannot tell which execution stands for '{current.id}': it lies on both sides of a throwing compensation event.",
            activity_id=execution.activity_id,
        )
    while scope is not None:
        scopes.append(scope)
        prior = mapping.get(scope)
        if prior is not None and prior not in executions:
            executions.append(prior)
        scope = _outer(scope)
    if len(scopes) != len(executions):
        return _align(scopes, executions)
    return dict(zip(scopes, executions, strict=True))


def _align(scopes: list[Scope], executions: list[Execution]) -> Mapping:
    """Matches scopes and executions from the outside in where some scopes have no execution of their own.

    That is so for throwing compensation events and for multi-instance bodies around compensation handlers: their handlers
    run on executions of outer scopes. Such a scope shares the execution of the next outer one.
    """
    deepest = executions[0]
    if _waits_at_multi_instance(deepest):
        scopes = scopes[1:]
    missing = len(scopes) - len(executions)
    outer_first = list(reversed(executions))
    mapping: Mapping = {}
    counter = -1
    for scope in reversed(scopes):
        candidate = outer_first[counter + 1] if counter + 1 < len(outer_first) else None
        if counter >= 0 and missing > 0 and isinstance(scope, Activity) and _may_lack_execution(scope, candidate):
            missing -= 1
        else:
            counter += 1
        if counter >= len(outer_first):
            raise ModelError(
                f"Cannot tell which execution stands for '{scope.id}' around execution '{deepest.id}': more executions are"
                " missing than compensation explains.",
                activity_id=deepest.activity_id,
            )
        mapping[scope] = outer_first[counter]
    return mapping


def _waits_at_multi_instance(execution: Execution) -> bool:
    activity = execution.activity
    return activity is not None and execution.activity_instance_id is None and activity.is_inner_of_multi_instance


def _may_lack_execution(scope: Activity, candidate: Execution | None) -> bool:
    outer = scope.flow_scope
    repeats = outer.multi_instance if isinstance(outer, Activity) else None
    if scope.behavior == behaviors.EVENT_SUB_PROCESS:
        return True
    if scope.behavior == behaviors.SUB_PROCESS and repeats is not None and repeats.is_sequential:
        return True
    if scope.behavior == behaviors.RECEIVE_TASK and repeats is not None:
        return True
    if scope.behavior in (behaviors.COMPENSATION_EVENT, behaviors.CANCEL_END_EVENT):
        return True
    if scope.multi_instance is None:
        return False
    return (
        candidate is None
        or compensation.is_throwing(candidate)
        or any(compensation.is_throwing(ancestor) for ancestor in _ancestors(candidate))
    )


def _outer(scope: Scope) -> Scope | None:
    return scope.flow_scope if isinstance(scope, Activity) else None


def is_ancestor_scope(scope: Scope, inner: Scope) -> bool:
    """Whether `scope` encloses `inner` (itself excluded)."""
    outer = _outer(inner)
    while outer is not None:
        if outer is scope:
            return True
        outer = _outer(outer)
    return False
