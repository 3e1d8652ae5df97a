"""Timer event definitions."""

from __future__ import annotations

from workflow_engine.bpmn.context import ParseContext
from workflow_engine.bpmn.data import JobDeclaration, TimerDeclaration, TimerDefinition
from workflow_engine.bpmn.model import Activity
from workflow_engine.bpmn.problems import ModelError
from workflow_engine.bpmn.xml import Node

BOUNDARY = "timer-transition"
INTERMEDIATE = "timer-intermediate-transition"
PROCESS_START = "timer-start-event"
SUB_PROCESS_START = "timer-start-event-subprocess"
TASK_LISTENER = "timer-task-listener"

# In the order of preference where a model gives several.
_KINDS = (("timeDate", "date"), ("timeCycle", "cycle"), ("timeDuration", "duration"))


def parse_timer(
    context: ParseContext,
    node: Node,
    activity: Activity,
    job_type: str,
    *,
    is_interrupting: bool = False,
    listener_id: str | None = None,
) -> TimerDeclaration:
    """The timer that fires `activity`. Also declares its job."""
    if context.process.nodes[activity].id is None:
        raise ModelError("An element with a timer must have an id.", node)
    timer = _definition(context, node)
    job = JobDeclaration(
        activity_id=activity.id,
        job_type=job_type,
        configuration=f"{timer.kind.upper()}: {timer.expression.text}",
        exclusive=(node.camunda("exclusive") or "true") == "true",
    )
    context.process.jobs.append(job)
    return TimerDeclaration(
        activity_id=activity.id, timer=timer, job=job, is_interrupting=is_interrupting, listener_id=listener_id
    )


def warn_of_cycle(context: ParseContext, node: Node, what: str) -> None:
    if node.child("timeCycle") is not None:
        context.warning(f"A time cycle is not recommended on {what}: it can fire only once.", node)


def _definition(context: ParseContext, node: Node) -> TimerDefinition:
    for tag, kind in _KINDS:
        child = node.child(tag)
        if child is not None:
            return TimerDefinition(kind=kind, expression=context.expression(child.text.strip(), child))
    raise ModelError("The timer needs one of 'timeDate', 'timeCycle' and 'timeDuration'.", node)
