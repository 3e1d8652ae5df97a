"""The definition while it is being built: lists where the finished model has tuples, and lookups by id.

`ProcessDraft.finish` moves everything into the model and freezes it. Never validates; that is the parsing functions' duty.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from workflow_engine.bpmn.data import (
    ConditionalEvent,
    ErrorHandler,
    EscalationHandler,
    EventSubscriptionDeclaration,
    JobDeclaration,
    TimerDeclaration,
)
from workflow_engine.bpmn.java_order import in_java_order
from workflow_engine.bpmn.model import Activity, ProcessDefinition, Scope, SequenceFlow
from workflow_engine.bpmn.xml import Node


@dataclass(slots=True, eq=False)
class ScopeDraft:
    """What has been found for one scope so far."""

    activities: list[Activity] = field(default_factory=list)
    event_activities: list[Activity] = field(default_factory=list)
    event_subscriptions: list[EventSubscriptionDeclaration] = field(default_factory=list)
    unique_keys: set[tuple[object, ...]] = field(default_factory=set)  # of what may be there only once
    timers: list[TimerDeclaration] = field(default_factory=list)
    conditional_events: list[ConditionalEvent] = field(default_factory=list)
    error_handlers: list[tuple[int, ErrorHandler]] = field(default_factory=list)  # with precedence
    escalation_handlers: list[EscalationHandler] = field(default_factory=list)
    escalation_codes: dict[bool, set[str | None]] = field(default_factory=dict)  # by: of an event sub-process?
    outgoing: list[SequenceFlow] = field(default_factory=list)
    incoming: list[SequenceFlow] = field(default_factory=list)
    is_sub_process: bool = False  # process, sub-process or transaction: what sequence flows may not leave

    def claim(self, *key: object) -> bool:
        """False if the scope has this already."""
        if key in self.unique_keys:
            return False
        self.unique_keys.add(key)
        return True


class ProcessDraft:
    """One process under construction."""

    def __init__(self, definition: ProcessDefinition) -> None:
        self.definition = definition
        self.drafts: dict[Scope, ScopeDraft] = {definition: ScopeDraft(is_sub_process=True)}
        self.nodes: dict[Activity, Node] = {}
        self.activities: dict[str, Activity] = {}
        self.flows: dict[str, SequenceFlow] = {}
        self.jobs: list[JobDeclaration] = []

    def __getitem__(self, scope: Scope) -> ScopeDraft:
        return self.drafts[scope]

    def add(self, activity: Activity, flow_scope: Scope, node: Node) -> None:
        activity.process = self.definition
        activity.flow_scope = flow_scope
        self.drafts[activity] = ScopeDraft()
        self.nodes[activity] = node
        self.activities[activity.id] = activity
        self.drafts[flow_scope].activities.append(activity)

    def catch_for(self, activity: Activity, event_scope: Scope) -> None:
        """Makes `activity` a receiver of events of `event_scope`."""
        activity.event_scope = event_scope
        self.drafts[event_scope].event_activities.append(activity)

    def find_at_level(self, activity_id: str | None, scope: Scope) -> Activity | None:
        """The activity of this id that is directly in `scope`, looking through multi-instance bodies."""
        activity = self.activities.get(activity_id) if activity_id is not None else None
        return activity if activity is not None and self.level_of(activity) is scope else None

    def level_of(self, activity: Activity) -> Scope:
        level = activity.flow_scope
        while not self.drafts[level].is_sub_process:
            if not isinstance(level, Activity):  # pragma: no cover - a process is a sub-process scope
                break
            level = level.flow_scope
        return level

    def finish(self) -> ProcessDefinition:
        for scope, draft in self.drafts.items():
            self._finish_scope(scope, draft)
        definition = self.definition
        definition.flow_nodes = dict(sorted(self.activities.items(), key=lambda item: self._position(item[1])))
        definition.flows = self.flows
        order = {activity.id: self._position(activity) for activity in self.activities.values()}
        definition.job_declarations = tuple(sorted(self.jobs, key=lambda job: order[job.activity_id]))
        for flow in self.flows.values():
            flow.freeze()
        for scope in self.drafts:
            scope.freeze()
        return definition

    def _finish_scope(self, scope: Scope, draft: ScopeDraft) -> None:
        scope.activities = tuple(sorted(draft.activities, key=self._position))
        scope.event_activities = tuple(sorted(draft.event_activities, key=self._position))
        scope.event_subscriptions = tuple(in_java_order(draft.event_subscriptions, key=lambda found: found.activity_id))
        scope.timers = tuple(draft.timers)
        scope.conditional_events = tuple(draft.conditional_events)
        ordered = sorted(draft.error_handlers, key=lambda item: -item[0])
        scope.error_handlers = tuple(handler for _, handler in ordered)
        scope.escalation_handlers = tuple(draft.escalation_handlers)
        if isinstance(scope, Activity):
            scope.outgoing = tuple(draft.outgoing)
            scope.incoming = tuple(draft.incoming)

    def _position(self, activity: Activity) -> int:
        return self.nodes[activity].position
