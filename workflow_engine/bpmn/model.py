"""The frozen process definition: what a BPMN process means to the engine.

Everything the engine asks at run time is resolved here once, at parse time: scopes, event scopes, start behaviours,
subscriptions, timers, handlers. References are direct objects, so a definition is built by the parser and then frozen.
Never holds run-time state and never imports Django.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from workflow_engine.bpmn.data import (
    CallBinding,
    ConditionalEvent,
    DecisionBinding,
    ErrorHandler,
    EscalationHandler,
    EventSubscriptionDeclaration,
    FieldInjection,
    Form,
    IoMapping,
    JobDeclaration,
    Listener,
    MultiInstance,
    Script,
    ServiceImplementation,
    SignalReference,
    ThrownError,
    ThrownEscalation,
    TimerDeclaration,
    UserTaskDefinition,
)
from workflow_engine.expressions import Expression

MULTI_INSTANCE_SUFFIX = "#multiInstanceBody"


class StartBehavior(Enum):
    """What happens around an activity that is started by an event instead of a sequence flow."""

    DEFAULT = "default"  # reached by a sequence flow or as the first activity of its scope
    CONCURRENT_IN_FLOW_SCOPE = "concurrent in flow scope"  # non-interrupting boundary or event sub-process start
    INTERRUPT_FLOW_SCOPE = "interrupt flow scope"  # terminate end event
    INTERRUPT_EVENT_SCOPE = "interrupt event scope"  # interrupting start event of an event sub-process
    CANCEL_EVENT_SCOPE = "cancel event scope"  # interrupting boundary event; event behind an event-based gateway


class Freezable:
    """Refuses assignment once `freeze` was called."""

    __slots__ = ("_frozen",)

    def __setattr__(self, name: str, value: Any) -> None:
        if getattr(self, "_frozen", False):
            raise AttributeError(f"{type(self).__name__} is frozen: cannot set {name!r}")
        object.__setattr__(self, name, value)

    def freeze(self) -> None:
        object.__setattr__(self, "_frozen", True)


class SequenceFlow(Freezable):
    """One sequence flow. `condition` is None for an unconditional flow."""

    __slots__ = ("id", "name", "line", "source", "target", "condition", "listeners")

    def __init__(self, id: str, source: Activity, target: Activity, *, name: str | None = None, line: int = 0) -> None:
        self.id = id
        self.name = name
        self.line = line
        self.source = source
        self.target = target
        self.condition: Expression | Script | None = None
        self.listeners: tuple[Listener, ...] = ()

    def __repr__(self) -> str:
        return f"SequenceFlow({self.id}: {self.source.id} -> {self.target.id})"


class Scope(Freezable):
    """What a process definition and an activity have in common: both may contain activities and catch events."""

    __slots__ = (
        "id",
        "name",
        "line",
        "activities",
        "event_activities",
        "initial",
        "listeners",
        "properties",
        "event_subscriptions",
        "timers",
        "error_handlers",
        "escalation_handlers",
        "conditional_events",
    )

    def __init__(self, id: str, *, name: str | None = None, line: int = 0) -> None:
        self.id = id
        self.name = name
        self.line = line
        # Direct children in document order; a multi-instance body stands in place of its inner activity.
        self.activities: tuple[Activity, ...] = ()
        # Whose `event_scope` this is: boundary events, event sub-processes and their start events, events behind an
        # event-based gateway; a catching event or receive task is its own.
        self.event_activities: tuple[Activity, ...] = ()
        self.initial: Activity | None = None  # the none start event (or the only child of a multi-instance body)
        self.listeners: Mapping[str, tuple[Listener, ...]] = {}  # by event name: "start", "end"
        self.properties: Mapping[str, str] = {}  # camunda:properties, in document order
        # What this scope's execution waits for while it lives (boundary events, event sub-process starts, receive ...).
        self.event_subscriptions: tuple[EventSubscriptionDeclaration, ...] = ()
        self.timers: tuple[TimerDeclaration, ...] = ()
        self.conditional_events: tuple[ConditionalEvent, ...] = ()
        # Ordered as they are tried: specific codes before catch-alls, event sub-processes before boundary events.
        self.error_handlers: tuple[ErrorHandler, ...] = ()
        self.escalation_handlers: tuple[EscalationHandler, ...] = ()

    is_scope: bool = True


class Activity(Scope):
    """One flow node. Which attributes are set depends on `behavior`; all the others keep their empty defaults."""

    __slots__ = (
        "behavior",
        "documentation",
        "element",
        "type",
        "process",
        "flow_scope",
        "event_scope",
        "is_scope",
        "start_behavior",
        "outgoing",
        "incoming",
        "default_flow",
        "async_before",
        "async_after",
        "exclusive",
        "async_before_job",
        "async_after_job",
        "job_priority",
        "retry_cycle",
        "is_for_compensation",
        "compensation_handler",
        "attached_to",
        "cancel_activity",
        "triggered_by_event",
        "consumes_compensation",
        "throws_compensation",
        "io_mapping",
        "service",
        "topic",
        "task_priority",
        "external_task_retries",
        "result_variable",
        "fields",
        "error_mappings",
        "script",
        "user_task",
        "call",
        "decision",
        "multi_instance",
        "message_name",
        "signal",
        "error",
        "escalation",
        "compensate_ref",
        "wait_for_completion",
        "link_name",
        "condition",
        "catch_event_type",
    )

    def __init__(self, id: str, behavior: str, *, name: str | None = None, line: int = 0) -> None:
        super().__init__(id, name=name, line=line)
        self.behavior = behavior  # key of the engine's element registry, see BEHAVIORS below
        self.documentation: str | None = None
        self.element = ""  # BPMN tag: "serviceTask", "boundaryEvent"
        self.type = ""  # Camunda's activity type in history: "serviceTask", "boundaryTimer", "noneEndEvent"
        self.process: ProcessDefinition = None  # type: ignore[assignment]  # set by the parser before freezing
        self.flow_scope: Scope = None  # type: ignore[assignment]  # parent: process, sub-process or multi-instance body
        self.event_scope: Scope | None = None  # boundary: the host (or its body); event sub-process: its flow scope
        self.is_scope = False
        self.start_behavior = StartBehavior.DEFAULT
        self.outgoing: tuple[SequenceFlow, ...] = ()
        self.incoming: tuple[SequenceFlow, ...] = ()
        self.default_flow: SequenceFlow | None = None
        self.async_before = False
        self.async_after = False
        self.exclusive = True
        self.async_before_job: JobDeclaration | None = None
        self.async_after_job: JobDeclaration | None = None
        self.job_priority: Expression | None = None
        self.retry_cycle: Expression | None = None  # camunda:failedJobRetryTimeCycle
        self.is_for_compensation = False
        self.compensation_handler: Activity | None = None  # of this activity (boundary) or scope (event sub-process)
        self.attached_to: Activity | None = None  # boundary events
        self.cancel_activity = True  # boundary: cancelActivity; start of an event sub-process: isInterrupting
        self.triggered_by_event = False
        self.consumes_compensation = True  # False: compensation of an outer scope looks through this scope
        self.throws_compensation = False
        self.io_mapping: IoMapping | None = None
        self.service: ServiceImplementation | None = None  # service, send, business rule task, message throw, listener
        self.topic: Expression | None = None
        self.task_priority: Expression | None = None
        self.external_task_retries: Expression | None = None  # zeebe:taskDefinition retries
        self.result_variable: str | None = None
        self.fields: tuple[FieldInjection, ...] = ()
        self.error_mappings: tuple[ThrownError, ...] = ()  # camunda:errorEventDefinition of external tasks
        self.script: Script | None = None
        self.user_task: UserTaskDefinition | None = None
        self.call: CallBinding | None = None
        self.decision: DecisionBinding | None = None
        self.multi_instance: MultiInstance | None = None  # only on a multi-instance body
        self.message_name: Expression | None = None  # receive task, message events
        self.signal: SignalReference | None = None  # throwing signal events
        self.error: ThrownError | None = None  # error end event
        self.escalation: ThrownEscalation | None = None  # throwing escalation events
        self.compensate_ref: str | None = None  # activityRef of a throwing compensation event
        self.wait_for_completion = True
        self.link_name: str | None = None
        self.condition: Expression | Script | None = None
        self.catch_event_type: str | None = None  # "message", "signal", "timer", "conditional" of a catching event

    @property
    def is_multi_instance_body(self) -> bool:
        return self.multi_instance is not None

    @property
    def is_inner_of_multi_instance(self) -> bool:
        """A body may also contain the compensation handler of its instances, which is none itself."""
        scope = self.flow_scope
        return isinstance(scope, Activity) and scope.multi_instance is not None and scope.initial is self

    def __repr__(self) -> str:
        return f"Activity({self.id}: {self.behavior})"


class ProcessDefinition(Scope):
    """One executable process of a deployed file. `flow_nodes` and `flows` find anything by id."""

    __slots__ = (
        "key",
        "definition_id",
        "version",
        "version_tag",
        "deployment_id",
        "tenant_id",
        "resource_name",
        "is_executable",
        "is_startable_in_tasklist",
        "history_time_to_live",
        "job_priority",
        "task_priority",
        "candidate_starter_users",
        "candidate_starter_groups",
        "category",
        "documentation",
        "flow_nodes",
        "flows",
        "start_events",
        "start_form",
        "initiator_variable",
        "job_declarations",
        "has_conditional_events",
        "unique_business_key",
        "warnings",
    )

    is_scope = True

    def __init__(self, key: str, *, name: str | None = None, line: int = 0) -> None:
        super().__init__(key, name=name, line=line)
        self.key = key
        self.definition_id = ""  # "key:version:uuid", set when the definition is stored or loaded
        self.version = 0
        self.version_tag: str | None = None
        self.deployment_id: str | None = None
        self.tenant_id: str | None = None
        self.resource_name = ""
        self.is_executable = True
        self.is_startable_in_tasklist = True
        self.history_time_to_live: int | None = None  # days
        self.job_priority: Expression | None = None
        self.task_priority: Expression | None = None
        self.candidate_starter_users: tuple[str, ...] = ()
        self.candidate_starter_groups: tuple[str, ...] = ()
        self.category: str | None = None  # the file's targetNamespace
        self.documentation: str | None = None
        self.flow_nodes: Mapping[str, Activity] = {}  # every activity at any depth, bodies included
        self.flows: Mapping[str, SequenceFlow] = {}
        self.start_events: tuple[Activity, ...] = ()  # top-level start events of any kind
        self.start_form: Form | None = None  # of the initial start event
        self.initiator_variable: str | None = None  # camunda:initiator: takes the user who starts
        self.job_declarations: tuple[JobDeclaration, ...] = ()  # rows of /job-definition, in document order
        self.has_conditional_events = False
        self.unique_business_key = False  # extension property "unique-business-key"
        self.warnings: tuple[Any, ...] = ()  # Problem values that do not refuse the deployment

    @property
    def flow_scope(self) -> None:
        return None

    def activity(self, activity_id: str) -> Activity:
        """The flow node of this id; KeyError if the definition has none."""
        return self.flow_nodes[activity_id]

    def __repr__(self) -> str:
        return f"ProcessDefinition({self.definition_id or self.key})"


@dataclass(frozen=True, kw_only=True)
class ParsedResource:
    """What one BPMN file yields: its executable processes, in document order."""

    resource_name: str
    processes: tuple[ProcessDefinition, ...] = ()
    warnings: tuple[Any, ...] = field(default=())
