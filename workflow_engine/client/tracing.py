"""OpenTelemetry, where the worker's program has set it up: a span for each task, in the trace of the process that made it.

Without the package nothing happens. Calls of the engine carry the trace on, so its own spans belong to the task's.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

try:
    from opentelemetry import trace as _trace
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
except ImportError:  # pragma: no cover - it is optional
    _trace = None  # type: ignore[assignment]

if TYPE_CHECKING:
    from workflow_engine.client.task import Task


def tracer() -> Any:
    return None if _trace is None else _trace.get_tracer("workflow_engine.client")


@contextmanager
def of_task(task: Task) -> Iterator[None]:
    given = tracer()
    if given is None:
        yield
        return
    parent = None
    if task.traceparent is not None:
        parent = TraceContextTextMapPropagator().extract({"traceparent": task.traceparent})
    attributes = {
        "workflow_engine.external_task_id": task.id,
        "workflow_engine.topic_name": task.topic,
        "workflow_engine.process_instance_id": task.process_instance_id,
        "workflow_engine.process_definition_key": task.process_definition_key,
        "workflow_engine.activity_id": task.activity_id,
        "workflow_engine.worker_id": task.worker_id,
    }
    with given.start_as_current_span(
        f"{task.topic} process",
        context=parent,
        kind=_trace.SpanKind.CONSUMER,
        attributes=attributes,
        record_exception=False,
    ):
        yield


def failed(error: BaseException) -> None:
    """The type of the exception: what it says may be confidential."""
    if _trace is not None:
        _trace.get_current_span().set_status(_trace.Status(_trace.StatusCode.ERROR, type(error).__name__))


def headers() -> dict[str, str]:
    """What a call of the engine tells of the span that is open here."""
    carrier: dict[str, str] = {}
    if _trace is not None and _trace.get_current_span().get_span_context().is_valid:
        TraceContextTextMapPropagator().inject(carrier)
    return carrier
