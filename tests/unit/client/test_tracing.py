"""The worker's spans: in the trace that made the task, and its calls carry them on."""

from collections.abc import Iterator

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from tests.unit.client.fake_engine import FakeEngine
from workflow_engine.client import Task, Worker, tracing

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(tracing, "tracer", lambda: provider.get_tracer("test"))
    yield exporter
    provider.shutdown()


def test_a_task_is_a_span_and_its_answer_carries_it(
    engine: FakeEngine, worker: Worker, spans: InMemorySpanExporter
) -> None:
    seen = []

    @worker.task("charge")
    def charge(task: Task) -> None:
        seen.append(task.traceparent)

    task_id = engine.add("charge")
    engine.tasks[task_id]["traceparent"] = f"00-{TRACE}-00f067aa0ba902b7-01"
    assert worker.run_once() == 1
    (span,) = spans.get_finished_spans()
    assert span.context is not None
    assert span.parent is not None
    assert (span.name, span.kind, span.status.status_code) == ("charge process", SpanKind.CONSUMER, StatusCode.UNSET)
    assert f"{span.context.trace_id:032x}" == TRACE
    assert f"{span.parent.span_id:016x}" == "00f067aa0ba902b7"
    assert dict(span.attributes or {})["workflow_engine.external_task_id"] == task_id
    assert seen == [f"00-{TRACE}-00f067aa0ba902b7-01"]
    fetch, complete = engine.headers
    assert "traceparent" not in fetch
    assert complete["traceparent"] == f"00-{TRACE}-{span.context.span_id:016x}-01"


def test_a_failure_tells_its_type_only(engine: FakeEngine, worker: Worker, spans: InMemorySpanExporter) -> None:
    @worker.task("charge")
    def charge() -> None:
        raise ValueError("s3cr3t-value")

    engine.add("charge")
    worker.run_once()
    (span,) = spans.get_finished_spans()
    assert (span.status.status_code, span.status.description) == (StatusCode.ERROR, "ValueError")
    assert span.parent is None
    assert "s3cr3t" not in span.to_json()


def test_without_a_provider_nothing_is_sent(engine: FakeEngine, worker: Worker) -> None:
    worker.task("charge")(lambda: None)
    engine.add("charge")
    assert worker.run_once() == 1
    assert not any("traceparent" in headers for headers in engine.headers)
