"""OpenTelemetry: spans of commands and jobs, the trace of a request, and its way to the worker."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from tests.rest.conftest import Api, process
from workflow_engine import handlers, models, tracing
from workflow_engine.sweeper import jobs

pytestmark = pytest.mark.django_db(transaction=True)

Waiting = Callable[..., dict[str, Any]]
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = f"00-{TRACE}-00f067aa0ba902b7-01"
FETCH = {"workerId": "w", "maxTasks": 1, "topics": [{"topicName": "work", "lockDuration": 60_000}]}
SECRET = "s3cr3t-value"


class Exported(InMemorySpanExporter):
    def of(self, name: str) -> list[ReadableSpan]:
        return [span for span in self.get_finished_spans() if span.name == f"workflow_engine.{name}"]


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> Iterator[Exported]:
    exporter, provider = Exported(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(tracing, "provider", lambda: provider)
    yield exporter
    provider.shutdown()


def trace_id(span: ReadableSpan) -> str:
    assert span.context is not None
    return f"{span.context.trace_id:032x}"


def test_a_command_is_a_span_of_the_requests_trace(api: Api, spans: Exported, waiting_task: Waiting) -> None:
    task = waiting_task()
    api.post("/external-task/fetchAndLock", FETCH).ok()
    complete = f"/external-task/{task['id']}/complete"
    answer = api.post(complete, {"workerId": "w"}, HTTP_TRACEPARENT=PARENT)
    assert (answer.status, answer.headers["X-Request-ID"]) == (204, TRACE)
    (span,) = spans.of("CompleteExternalTask")
    assert trace_id(span) == TRACE
    assert span.parent is not None
    assert f"{span.parent.span_id:016x}" == "00f067aa0ba902b7"
    attributes = dict(span.attributes or {})
    assert attributes["workflow_engine.process_instance_id"] == task["processInstanceId"]
    assert attributes["workflow_engine.external_task_id"] == task["id"]
    assert attributes["workflow_engine.worker_id"] == "w"
    assert span.status.status_code is StatusCode.UNSET


def test_the_trace_reaches_the_worker_and_its_answer_goes_on_with_it(api: Api, spans: Exported) -> None:
    body = '<bpmn:startEvent id="s"/>'
    for before, name in (("s", "one"), ("one", "two")):
        body += f'<bpmn:serviceTask id="{name}" camunda:type="external" camunda:topic="work"/>'
        body += f'<bpmn:sequenceFlow id="to_{name}" sourceRef="{before}" targetRef="{name}"/>'
    api.deploy(process("traced", body)).ok()
    api.post("/process-definition/key/traced/start", {}, HTTP_TRACEPARENT=PARENT).ok()
    (first,) = api.post("/external-task/fetchAndLock", FETCH).ok()
    (started,) = spans.of("StartProcessInstance")
    assert started.context is not None
    assert first["traceparent"] == f"00-{TRACE}-{started.context.span_id:016x}-01"
    complete = f"/external-task/{first['id']}/complete"
    api.post(complete, {"workerId": "w"}, HTTP_TRACEPARENT=first["traceparent"]).ok()
    (second,) = api.post("/external-task/fetchAndLock", FETCH).ok()
    assert second["traceparent"].startswith(f"00-{TRACE}-")
    assert second["traceparent"] != first["traceparent"]
    assert {trace_id(span) for span in spans.of("CompleteExternalTask")} == {TRACE}


def test_without_tracing_answers_are_as_ever(api: Api, waiting_task: Waiting) -> None:
    waiting_task()
    (task,) = api.post("/external-task/fetchAndLock", FETCH, HTTP_TRACEPARENT=PARENT).ok()
    assert "traceparent" not in task
    assert models.ExternalTask.objects.get().traceparent is None


@pytest.mark.parametrize("wrong", ["nonsense", f"00-{'0' * 32}-00f067aa0ba902b7-01", "x" * 5_000])
def test_a_wrong_traceparent_begins_a_new_trace(api: Api, spans: Exported, waiting_task: Waiting, wrong: str) -> None:
    waiting_task()
    (task,) = api.post("/external-task/fetchAndLock", FETCH).ok()
    api.post(f"/external-task/{task['id']}/complete", {"workerId": "w"}, HTTP_TRACEPARENT=wrong).ok()
    (span,) = spans.of("CompleteExternalTask")
    assert span.parent is None


def test_a_span_of_the_site_itself_is_the_parent(api: Api, spans: Exported, waiting_task: Waiting) -> None:
    task = waiting_task()
    with tracing.span("site"):
        path = f"/external-task/{task['id']}/retries"
        api.put(path, {"retries": 3}, HTTP_TRACEPARENT=PARENT).ok()
    (command,), (site,) = spans.of("SetExternalTaskRetries"), spans.of("site")
    assert command.parent is not None
    assert site.context is not None
    assert command.parent.span_id == site.context.span_id


def test_a_job_is_a_span_and_its_failure_tells_no_secret(api: Api, spans: Exported) -> None:
    def fail(execution: Any) -> None:
        raise ValueError(SECRET)

    handlers.register("tracing_test", fail)
    try:
        work = '<bpmn:serviceTask id="work" camunda:delegateExpression="${tracing_test}" camunda:asyncBefore="true"/>'
        flow = '<bpmn:sequenceFlow id="f" sourceRef="s" targetRef="work"/>'
        api.deploy(process("job", f'<bpmn:startEvent id="s"/>{work}{flow}')).ok()
        instance = api.start("job", variables={"card": {"value": SECRET, "type": "String"}})
        assert jobs.run_once("sweeper-1") == {"failed": 1}
    finally:
        handlers.unregister("tracing_test")
    (span,) = spans.of("ExecuteJob")
    attributes = dict(span.attributes or {})
    assert attributes["workflow_engine.process_instance_id"] == instance["id"]
    assert attributes["workflow_engine.activity_id"] == "work"
    assert span.status.status_code is StatusCode.ERROR
    assert "HandlerFailed" in str(span.status.description)
    assert SECRET not in "".join(span.to_json() for span in spans.get_finished_spans())


def test_the_package_may_be_absent() -> None:
    """A program that cannot import it works, and traces nothing."""
    program = """
import sys
sys.modules["opentelemetry"] = None
import django
from django.conf import settings
settings.configure()
from workflow_engine import tracing
from workflow_engine.client import tracing as of_client
assert not tracing.is_on() and tracing.traceparent() is None and of_client.headers() == {}
with tracing.span("x") as span, tracing.continued({"HTTP_TRACEPARENT": "x"}):
    assert span is None
with of_client.of_task(None):
    of_client.failed(ValueError())
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


def test_a_site_without_provider_traces_nothing() -> None:
    """The package alone is not enough: the site has to set up where spans go."""
    program = """
import django
from django.conf import settings
settings.configure()
from workflow_engine import tracing
assert not tracing.is_on()
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
trace.set_tracer_provider(TracerProvider())
tracing._next_question = 0.0
assert tracing.is_on()
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
