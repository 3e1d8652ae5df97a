"""Starting by hand: the scopes around the target that do not exist yet are entered without being executed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from workflow_engine.bpmn import behaviors
from workflow_engine.bpmn.model import Activity, Scope, StartBehavior
from workflow_engine.engine.activity_instances import activity_instance_tree
from workflow_engine.engine.commands import ModificationInstruction
from workflow_engine.engine.elements import element_of
from workflow_engine.engine.entering import start_stack
from workflow_engine.engine.errors import BadInput, NotAllowed, Suspended
from workflow_engine.engine.execution import Execution, Instantiation
from workflow_engine.engine.modification.cancellation import find_activity_instance
from workflow_engine.engine.modification.manner import Manner, failure
from workflow_engine.engine.modification.scope_executions import ScopeExecutions, scope_of
from workflow_engine.engine.modification.targets import Target, find_target


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """What is started where. `stack`: scopes to enter first, the outermost in front."""

    instruction: ModificationInstruction
    manner: Manner
    target: Target
    stack: list[Activity]
    mapping: ScopeExecutions

    @property
    def topmost(self) -> Activity | None:
        return self.stack[0] if self.stack else self.target.activity


def instantiate(instance: Execution, instruction: ModificationInstruction, manner: Manner) -> None:
    target = find_target(instance.definition, instruction)
    if instance.is_suspended:
        raise Suspended(failure(instruction, f"process instance '{instance.id}' is suspended"))
    mapping = ScopeExecutions(instance)
    stack, scope_execution = _existing_scope(instance, instruction, target, mapping)
    plan = _Plan(instruction=instruction, manner=manner, target=target, stack=stack, mapping=mapping)
    flow_scope = _flow_scope(plan)
    if isinstance(flow_scope, Activity) and flow_scope.behavior == behaviors.SEQUENTIAL_MULTI_INSTANCE:
        reason = f"the instances of '{flow_scope.id}' run one after the other: none can be started beside another"
        raise NotAllowed(failure(instruction, reason))
    behavior = _start_behavior(plan)
    if behavior is StartBehavior.CANCEL_EVENT_SCOPE:
        _start_canceling(plan)
    elif behavior is StartBehavior.INTERRUPT_EVENT_SCOPE:
        assert plan.topmost is not None
        assert plan.topmost.event_scope is not None
        _start_interrupting(plan, plan.topmost.event_scope)
    elif behavior is StartBehavior.INTERRUPT_FLOW_SCOPE:
        _start_interrupting(plan, flow_scope)
    else:
        _start_in(plan, scope_execution)


def _existing_scope(
    instance: Execution, instruction: ModificationInstruction, target: Target, mapping: ScopeExecutions
) -> tuple[list[Activity], Execution]:
    """The nearest scope around the target that exists (or the given ancestor), and the scopes in between."""
    if instruction.ancestor_activity_instance_id is not None:
        return _given_ancestor(instance, instruction, target, mapping)
    stack, scope = _climb(target.flow_scope, lambda candidate: bool(mapping.of(candidate)))
    found = mapping.of(scope)
    if len(found) > 1:
        reason = (
            f"Ancestor activity execution is ambiguous: '{scope.id}' has {len(found)} instances;"
            " name one of them as the ancestor"
        )
        raise NotAllowed(failure(instruction, reason))
    if not found:
        raise NotAllowed(failure(instruction, f"the process instance '{instance.id}' has ended"))
    return stack, found[0]


def _given_ancestor(
    instance: Execution, instruction: ModificationInstruction, target: Target, mapping: ScopeExecutions
) -> tuple[list[Activity], Execution]:
    ancestor_id = instruction.ancestor_activity_instance_id
    tree = activity_instance_tree(instance.context, instance.id)
    ancestor = None if tree is None else find_activity_instance(tree, ancestor_id)
    if ancestor is None:
        raise BadInput(failure(instruction, f"Ancestor activity instance '{ancestor_id}' does not exist"))
    ancestor_scope = scope_of(instance.definition, ancestor)
    execution = mapping.of_activity_instance(ancestor_scope, ancestor)
    stack, scope = _climb(target.flow_scope, lambda candidate: candidate is ancestor_scope)
    if execution not in mapping.of(scope):
        reason = (
            f"Scope execution for '{ancestor_id}' cannot be found in parent hierarchy of flow element '{target.id}'"
        )
        raise BadInput(failure(instruction, reason))
    return stack, execution


def _climb(scope: Scope, is_found: Callable[[Scope], bool]) -> tuple[list[Activity], Scope]:
    stack: list[Activity] = []
    while isinstance(scope, Activity) and not is_found(scope):
        stack.insert(0, scope)
        scope = scope.flow_scope
    return stack, scope


def _flow_scope(plan: _Plan) -> Scope:
    if plan.topmost is not None:
        return plan.topmost.flow_scope
    assert plan.target.flow is not None
    return plan.target.flow.source.flow_scope


def _start_behavior(plan: _Plan) -> StartBehavior:
    topmost = plan.topmost
    if topmost is None:
        return StartBehavior.CONCURRENT_IN_FLOW_SCOPE
    if plan.stack:
        # Only the start event of an event sub-process interrupts: anything else in it is started beside the rest.
        second = plan.stack[1] if len(plan.stack) > 1 else plan.target.activity
        if topmost.initial is not second:
            return StartBehavior.CONCURRENT_IN_FLOW_SCOPE
    return topmost.start_behavior


def _start_canceling(plan: _Plan) -> None:
    """A boundary event, or an event behind an event-based gateway: what it interrupts is canceled first."""
    topmost = plan.topmost
    assert topmost is not None
    assert topmost.event_scope is not None
    holder = plan.mapping.only(topmost.event_scope)
    if holder is None:
        flow_scope_execution = plan.mapping.only(topmost.flow_scope)
        assert flow_scope_execution is not None
        _start_in(plan, flow_scope_execution)
        return
    holder.context.lifecycle.delete_cascade(
        holder,
        f"Cancelling activity {topmost.id} executed.",
        skip_custom_listeners=plan.manner.skip_custom_listeners,
        skip_io_mappings=plan.manner.skip_io_mappings,
    )
    parent = holder.parent
    assert parent is not None
    _start_on(plan, parent)


def _start_interrupting(plan: _Plan, scope: Scope) -> None:
    """A terminate end event, or the start event of an interrupting event sub-process: the scope is emptied first."""
    assert plan.topmost is not None
    holder = plan.mapping.only(scope)
    if holder is None:
        raise NotAllowed(failure(plan.instruction, f"there is no instance of '{scope.id}' to interrupt"))
    holder.context.lifecycle.interrupt(
        holder,
        f"Interrupting activity {plan.topmost.id} executed.",
        skip_custom_listeners=plan.manner.skip_custom_listeners,
        skip_io_mappings=plan.manner.skip_io_mappings,
    )
    holder.set_activity(None)
    holder.leave_activity_instance()
    _start_on(plan, holder)


def _start_in(plan: _Plan, scope_execution: Execution) -> None:
    """Beside what is active in the scope; a scope that is empty carries the new token itself."""
    flow_scope = _flow_scope(plan)
    is_empty = scope_execution.activity is None or scope_execution.is_ended
    if is_empty and not scope_execution.live_children:
        _start_on(plan, scope_execution)
    elif isinstance(flow_scope, Activity):
        _start_on(plan, element_of(flow_scope).create_inner_instance(scope_execution))
    else:
        _start_on(plan, scope_execution.create_concurrent())


def _start_on(plan: _Plan, execution: Execution) -> None:
    execution.skip_custom_listeners = plan.manner.skip_custom_listeners
    execution.skip_io_mappings = plan.manner.skip_io_mappings
    execution.activity_instance_id = None
    execution.is_ended = False
    start_stack(
        execution,
        Instantiation(
            activities=list(plan.stack),
            target_activity=plan.target.activity,
            target_transition=plan.target.flow,
            variables=dict(plan.instruction.variables),
            local_variables=dict(plan.instruction.local_variables),
        ),
    )
