"""Values that hang on the elements of a process definition. Each is frozen and knows nothing of its element."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workflow_engine.expressions import Expression


@dataclass(frozen=True, kw_only=True, slots=True)
class Script:
    """A script of a script task, condition, listener or parameter. `source` or `resource` (an expression) is set."""

    format: str  # "javascript", "groovy", "juel" ...
    source: str | None = None
    source_expression: Expression | None = None  # set beside `source` when that is an expression yielding the script
    resource: Expression | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ListValue:
    """camunda:list: items are Expression, Script, ListValue or MapValue."""

    items: tuple[object, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class MapValue:
    """camunda:map: values as in ListValue; keys are expressions."""

    entries: tuple[tuple[Expression, object], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Parameter:
    """camunda:inputParameter / outputParameter. `value` is Expression, Script, ListValue, MapValue or None (empty)."""

    name: str
    value: object


@dataclass(frozen=True, kw_only=True, slots=True)
class IoMapping:
    inputs: tuple[Parameter, ...] = ()
    outputs: tuple[Parameter, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldInjection:
    """camunda:field: a text or an expression handed to a Python handler."""

    name: str
    value: Expression
    text: str | None = None  # set: this text verbatim, whatever it looks like


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceImplementation:
    """How a task or listener is carried out. `kind`: "external", "expression", "delegate_expression", "class", "dmn",
    "connector". `expression` is set for the two expression kinds, `name` for "class"; a "dmn" keeps its reference in `name`."""

    kind: str
    expression: Expression | None = None
    name: str | None = None
    io_mapping: IoMapping | None = None  # of a "connector", whose id is the name


@dataclass(frozen=True, kw_only=True, slots=True)
class Listener:
    """Execution, task or flow listener. One of `service` and `script` is set. `timer` only for task timeout listeners."""

    event: str  # "start", "end", "take"; "create", "assignment", "update", "complete", "delete", "timeout"
    id: str | None = None
    service: ServiceImplementation | None = None
    script: Script | None = None
    fields: tuple[FieldInjection, ...] = ()
    timer: TimerDefinition | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class TimerDefinition:
    """`kind`: "date", "duration" or "cycle"; `expression` yields ISO 8601 text, a cron text, a datetime or a duration."""

    kind: str
    expression: Expression


@dataclass(frozen=True, kw_only=True, slots=True)
class JobDeclaration:
    """One row of /job-definition.

    `job_type`: "async-continuation", "timer-transition" (boundary), "timer-intermediate-transition",
    "timer-start-event", "timer-start-event-subprocess", "timer-task-listener".
    `configuration`: "async-before" or "async-after" for continuations, "DURATION: PT1H", "DATE: ...", "CYCLE: ..." for timers.
    """

    activity_id: str
    job_type: str
    configuration: str
    exclusive: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class TimerDeclaration:
    """A timer that the scope creates when it starts. `activity_id` is the element that fires (boundary event, start event
    of an event sub-process, the catching event itself, or a start event of the process)."""

    activity_id: str
    timer: TimerDefinition
    job: JobDeclaration
    is_interrupting: bool = True
    listener_id: str | None = None  # of a task timeout listener


@dataclass(frozen=True, kw_only=True, slots=True)
class EventSubscriptionDeclaration:
    """A message or signal (or conditional, compensate) subscription that the scope creates when it starts.

    `name` is None for conditional ones. `activity_id` is the element that receives. `is_start_event`: a start event of the
    process (subscribed at deployment) or of an event sub-process.
    """

    event_type: str  # "message", "signal", "conditional"
    name: Expression | None
    activity_id: str
    is_start_event: bool = False
    is_async: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class ConditionalEvent:
    """camunda:variableName and camunda:variableEvents narrow what re-evaluates the condition."""

    activity_id: str
    condition: Expression | Script
    is_interrupting: bool = True
    is_start_event: bool = False  # of a process: starts an instance, is never evaluated within one
    variable_name: str | None = None
    variable_events: frozenset[str] = frozenset()  # of "create", "update", "delete"; empty: all


@dataclass(frozen=True, kw_only=True, slots=True)
class ErrorHandler:
    """A boundary event or event sub-process start that catches errors. `code` None catches every error."""

    handler_activity_id: str  # the boundary event, or the start event inside the event sub-process
    code: str | None = None
    code_variable: str | None = None
    message_variable: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class EscalationHandler:
    handler_activity_id: str  # the boundary event or the start event of the event sub-process
    code: str | None = None
    code_variable: str | None = None
    is_interrupting: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class ThrownError:
    """Of an error end event, or a camunda:errorEventDefinition (then with `condition`)."""

    code: str | None
    message: Expression | None = None
    condition: Expression | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ThrownEscalation:
    code: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class VariableMapping:
    """camunda:in / camunda:out. `all_variables`, or a source (name or expression) to a target, or a business key."""

    source: str | None = None
    source_expression: Expression | None = None
    target: str | None = None
    all_variables: bool = False
    local: bool = False
    business_key: Expression | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class SignalReference:
    name: Expression
    is_async: bool = False
    mappings: tuple[VariableMapping, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class CallBinding:
    """Of a call activity. `binding`: "latest", "deployment", "version", "versionTag". `is_case`: camunda:caseRef."""

    called_element: Expression
    binding: str = "latest"
    version: Expression | None = None
    version_tag: Expression | None = None
    tenant_id: Expression | None = None
    business_key: Expression | None = None
    inputs: tuple[VariableMapping, ...] = ()
    outputs: tuple[VariableMapping, ...] = ()
    variable_mapping_delegate: ServiceImplementation | None = None
    is_case: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class DecisionBinding:
    """Of a business rule task with camunda:decisionRef. `map_result`: "singleEntry", "singleResult", "collectEntries" or
    "resultList"."""

    decision: Expression
    binding: str = "latest"
    version: Expression | None = None
    version_tag: Expression | None = None
    tenant_id: Expression | None = None
    map_result: str = "resultList"


@dataclass(frozen=True, kw_only=True, slots=True)
class MultiInstance:
    """`collection` is an expression or a variable name; one of `cardinality` and `collection` is set."""

    is_sequential: bool
    cardinality: Expression | None = None
    collection_expression: Expression | None = None
    collection_variable: str | None = None
    element_variable: str | None = None
    completion_condition: Expression | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class FormField:
    id: str
    type: str  # "string", "long", "boolean", "date", "enum", or the site's own
    label: Expression | None = None
    default: Expression | None = None
    constraints: tuple[tuple[str, str], ...] = ()  # ("required", ""), ("min", "3") ...
    properties: Mapping[str, str] | None = None
    values: tuple[tuple[str, str], ...] = ()  # of an enum: id, name
    date_pattern: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class FormProperty:
    """camunda:formProperty, the older way to say what camunda:formField says."""

    id: str
    type: str | None = None
    name: str | None = None
    is_required: bool = False
    is_readable: bool = True
    is_writable: bool = True
    variable: str | None = None
    expression: Expression | None = None
    default: Expression | None = None
    values: tuple[tuple[str, str], ...] = ()  # of an enum: id, name
    date_pattern: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Form:
    """The form of a user task or of the process's start event."""

    key: Expression | None = None
    ref: Expression | None = None  # id of a deployed form
    ref_binding: str | None = None  # "deployment", "latest", "version"
    ref_version: Expression | None = None
    fields: tuple[FormField, ...] = ()
    properties: tuple[FormProperty, ...] = ()
    business_key_field: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class UserTaskDefinition:
    name: Expression | None = None
    documentation: Expression | None = None
    assignee: Expression | None = None
    candidate_users: tuple[Expression, ...] = ()
    candidate_groups: tuple[Expression, ...] = ()
    due_date: Expression | None = None
    follow_up_date: Expression | None = None
    priority: Expression | None = None
    form_key: Expression | None = None
    form_fields: tuple[FormField, ...] = ()
    business_key_field: str | None = None
    form: Form | None = None  # all of the above about forms, and references to deployed ones
    listeners: Mapping[str, tuple[Listener, ...]] | None = None  # by task event
    timeout_timers: tuple[TimerDeclaration, ...] = ()
