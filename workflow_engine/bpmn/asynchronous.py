"""camunda:asyncBefore, asyncAfter, exclusive and failedJobRetryTimeCycle."""

from __future__ import annotations

from workflow_engine.bpmn.context import ParseContext
from workflow_engine.bpmn.data import JobDeclaration
from workflow_engine.bpmn.model import Activity
from workflow_engine.bpmn.xml import Node

CONTINUATION = "async-continuation"


def parse_async(context: ParseContext, node: Node, activity: Activity) -> None:
    """Continuations of a flow node.

    A multi-instance activity's attributes speak of its body, those of its loop characteristics of every single instance;
    a compensation handler has no flow around its body, so there they speak of the instance.
    """
    body = activity.flow_scope if activity.is_inner_of_multi_instance else None
    if isinstance(body, Activity) and not activity.is_for_compensation:
        set_async(context, node, body)
        loop = node.child("multiInstanceLoopCharacteristics")
        if loop is not None:
            set_async(context, loop, activity)
    else:
        set_async(context, node, activity)


def set_async(context: ParseContext, node: Node, activity: Activity) -> None:
    activity.async_before = node.camunda("async") == "true" or node.camunda("asyncBefore") == "true"
    activity.async_after = node.camunda("asyncAfter") == "true"
    activity.exclusive = (node.camunda("exclusive") or "true") == "true"
    if activity.async_before:
        activity.async_before_job = _declare(context, activity, "async-before")
    if activity.async_after:
        activity.async_after_job = _declare(context, activity, "async-after")


def _declare(context: ParseContext, activity: Activity, configuration: str) -> JobDeclaration:
    job = JobDeclaration(
        activity_id=activity.id, job_type=CONTINUATION, configuration=configuration, exclusive=activity.exclusive
    )
    context.process.jobs.append(job)
    return job


def parse_retry_cycle(context: ParseContext, node: Node, activity: Activity) -> None:
    """The retry cycle of an activity and, when it is multi-instance, of its body."""
    body = activity.flow_scope if activity.is_inner_of_multi_instance else None
    if not isinstance(body, Activity):
        if is_async(activity):
            set_retry_cycle(context, node, activity)
        return
    if is_async(body):
        set_retry_cycle(context, node, body)
    loop = node.child("multiInstanceLoopCharacteristics")
    if is_async(activity) and loop is not None:
        set_retry_cycle(context, loop, activity)


def is_async(activity: Activity) -> bool:
    return activity.async_before or activity.async_after


def set_retry_cycle(context: ParseContext, node: Node, activity: Activity) -> None:
    for namespace in ("fox", "camunda"):
        cycle = node.extension("failedJobRetryTimeCycle", namespace)
        if cycle is not None:
            if cycle.text:
                activity.retry_cycle = context.expression(cycle.text, cycle)
            return
