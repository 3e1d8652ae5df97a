"""The rules for instructions of a plan. Each gives the sentences that tell what is wrong with one instruction."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import takewhile

from workflow_engine.bpmn import behaviors
from workflow_engine.bpmn.model import Activity, ProcessDefinition
from workflow_engine.engine.migration.mapping import (
    Mapping,
    Pair,
    enclosing,
    has_event_trigger,
    is_body,
    waits_passively,
)
from workflow_engine.engine.migration.plan import InstructionReport, MigrationInstruction, MigrationPlan

Rule = Callable[[Pair, Mapping], Iterator[str]]

_EQUIVALENT = {behaviors.EVENT_SUB_PROCESS: behaviors.SUB_PROCESS}
_JOINS = (behaviors.PARALLEL_GATEWAY, behaviors.INCLUSIVE_GATEWAY)
CONDITIONAL = (behaviors.CONDITIONAL_CATCH_EVENT, behaviors.CONDITIONAL_BOUNDARY_EVENT)


def validate_plan(plan: MigrationPlan, source: ProcessDefinition, target: ProcessDefinition) -> list[InstructionReport]:
    """What is wrong with the plan, for each instruction that is not acceptable."""
    mapping = Mapping.of_plan(plan, source, target)
    by_instruction = {id(pair.instruction): pair for pair in mapping.pairs}
    reports = []
    for instruction in plan.instructions:
        pair = by_instruction.get(id(instruction))
        failures = _unknown(instruction, source, target) if pair is None else failures_of(pair, mapping, RULES)
        if failures:
            reports.append(InstructionReport(instruction=instruction, failures=tuple(failures)))
    return reports


def failures_of(pair: Pair, mapping: Mapping, rules: tuple[Rule, ...]) -> list[str]:
    return [failure for rule in rules for failure in rule(pair, mapping)]


def _unknown(instruction: MigrationInstruction, source: ProcessDefinition, target: ProcessDefinition) -> list[str]:
    found = []
    if instruction.source_activity_id not in source.flow_nodes:
        found.append(f"Source activity '{instruction.source_activity_id}' does not exist")
    if instruction.target_activity_id not in target.flow_nodes:
        found.append(f"Target activity '{instruction.target_activity_id}' does not exist")
    return found


def _same_behavior(pair: Pair, mapping: Mapping) -> Iterator[str]:
    old, new = pair.source.behavior, pair.target.behavior
    if _EQUIVALENT.get(old, old) != _EQUIVALENT.get(new, new):
        yield f"Activities have incompatible types ({old} is not compatible with {new})"


def _same_event_type(pair: Pair, mapping: Mapping) -> Iterator[str]:
    events = [one for one in (pair.source, pair.target) if waits_passively(one) or one.catch_event_type is not None]
    if len(events) == 2 and pair.source.type != pair.target.type:
        yield f"Events are not of the same type ({pair.source.type} != {pair.target.type})"


def _only_once(pair: Pair, mapping: Mapping) -> Iterator[str]:
    others = mapping.from_source(pair.source)
    if len(others) > 1:
        yield f"There are multiple mappings for source activity id '{pair.source.id}': {', '.join(map(str, others))}"


def _adds_no_body(pair: Pair, mapping: Mapping) -> Iterator[str]:
    for scope in takewhile(lambda scope: not mapping.to_target(scope), enclosing(pair.target)):
        if is_body(scope):
            yield (
                f"Target activity '{pair.target.id}' is a descendant of multi-instance body '{scope.id}' that is not mapped"
                " from the source process definition."
            )
            return


def _adds_no_inner(pair: Pair, mapping: Mapping) -> Iterator[str]:
    if is_body(pair.target) and pair.target.initial is not None and not mapping.to_target(pair.target.initial):
        yield "Must map the inner activity of a multi-instance body when the body is mapped"


def _removes_no_inner(pair: Pair, mapping: Mapping) -> Iterator[str]:
    if is_body(pair.source) and pair.source.initial is not None and not mapping.from_source(pair.source.initial):
        yield "Cannot remove the inner activity of a multi-instance body when the body migrates"


def _joins_as_many(pair: Pair, mapping: Mapping) -> Iterator[str]:
    """More tokens than flows lead to a gateway would wait there for ever."""
    if pair.target.behavior not in _JOINS:
        return
    if len(pair.source.incoming) > len(pair.target.incoming):
        yield "The target gateway must have at least the same number of incoming sequence flows that the source gateway has"
    scope = pair.source.flow_scope
    if isinstance(scope, Activity) and not mapping.from_source(scope):
        yield f"The gateway's flow scope '{scope.id}' must be mapped"
    if len(mapping.to_target(pair.target)) > 1:
        yield f"Only one gateway can be mapped to gateway '{pair.target.id}'"


def _same_event_scope(pair: Pair, mapping: Mapping) -> Iterator[str]:
    """A boundary event stays at its host."""
    if pair.source.behavior == behaviors.COMPENSATION_BOUNDARY_EVENT:
        return
    old, new = pair.source.event_scope, pair.target.event_scope
    if old is None or old is pair.source.flow_scope:
        return
    if new is None:
        yield (
            f"The source activity's event scope ({old.id}) must be mapped but the target activity has no event scope"
        )
    elif mapping.target_of(old) is not new:
        yield f"The source activity's event scope ({old.id}) must be mapped to the target activity's event scope ({new.id})"


def _has_trigger(pair: Pair, mapping: Mapping) -> Iterator[str]:
    if pair.instruction.update_event_trigger and not has_event_trigger(pair.source):
        yield "Cannot update event trigger because the activity does not define a persistent event trigger"


def _stays_nested(pair: Pair, mapping: Mapping) -> Iterator[str]:
    for scope in enclosing(pair.source):
        around = mapping.target_of(scope)
        if around is None:
            continue
        if around not in enclosing(pair.target):
            yield (
                f"The closest mapped ancestor '{scope.id}' is mapped to scope '{around.id}' which is not an ancestor of target"
                f" scope '{pair.target.id}'"
            )
        return


def _updates_condition(pair: Pair, mapping: Mapping) -> Iterator[str]:
    if is_conditional(pair.source) and not pair.instruction.update_event_trigger:
        yield (
            f"Conditional event has to migrate with update event trigger. Activity id: '{pair.source.id}' is a conditional"
            " event, its condition is always taken from the target"
        )


def is_conditional(activity: Activity) -> bool:
    return activity.behavior in CONDITIONAL or activity.catch_event_type == "conditional"


# The inner activity of a body is mapped after the body: the generator asks for it only at its end.
INNER_RULES: tuple[Rule, ...] = (_adds_no_inner, _removes_no_inner)
FIRST_RULES: tuple[Rule, ...] = (
    _same_behavior, _same_event_type, _only_once, _adds_no_body, _joins_as_many, _same_event_scope, _has_trigger,
    _stays_nested, _updates_condition,
)  # fmt: skip
RULES = FIRST_RULES + INNER_RULES
