"""The instructions of a plan resolved to elements of the two models, and questions about them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from workflow_engine.bpmn import behaviors
from workflow_engine.bpmn.model import Activity, ProcessDefinition, Scope
from workflow_engine.engine.migration.plan import MigrationInstruction, MigrationPlan


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """One instruction whose two elements exist."""

    source: Activity
    target: Activity
    instruction: MigrationInstruction

    def __str__(self) -> str:
        return str(self.instruction)


class Mapping:
    def __init__(self, source: ProcessDefinition, target: ProcessDefinition, pairs: Iterable[Pair] = ()) -> None:
        self.source, self.target = source, target
        self.pairs = list(pairs)

    @classmethod
    def of_plan(cls, plan: MigrationPlan, source: ProcessDefinition, target: ProcessDefinition) -> Mapping:
        pairs = (
            Pair(source.flow_nodes[one.source_activity_id], target.flow_nodes[one.target_activity_id], one)
            for one in plan.instructions
            if one.source_activity_id in source.flow_nodes and one.target_activity_id in target.flow_nodes
        )
        return cls(source, target, pairs)

    def from_source(self, scope: Scope) -> list[Pair]:
        return [pair for pair in self.pairs if pair.source is scope]

    def to_target(self, scope: Scope) -> list[Pair]:
        return [pair for pair in self.pairs if pair.target is scope]

    def pair_of(self, activity_id: str | None) -> Pair | None:
        return next((pair for pair in self.pairs if pair.source.id == activity_id), None)

    def target_of(self, scope: Scope) -> Scope | None:
        """Where the scope goes: the process goes to the process."""
        if not isinstance(scope, Activity):
            return self.target
        found = self.from_source(scope)
        return found[0].target if found else None


def enclosing(scope: Scope) -> Iterator[Scope]:
    """The scopes around it, from the inside out; the process is the last."""
    while isinstance(scope, Activity):
        scope = scope.flow_scope
        yield scope


def is_body(scope: Scope) -> bool:
    return isinstance(scope, Activity) and scope.is_multi_instance_body


def waits_passively(activity: Activity) -> bool:
    """No flow leads to it: a boundary event, or the start event of an event sub-process."""
    return activity.attached_to is not None or activity.behavior == behaviors.EVENT_SUB_PROCESS_START_EVENT


def has_event_trigger(activity: Activity) -> bool:
    """A timer or a subscription waits for it."""
    scope = activity.event_scope
    if scope is None:
        return False
    waiting = {one.activity_id for one in scope.timers} | {one.activity_id for one in scope.event_subscriptions}
    return activity.id in waiting
