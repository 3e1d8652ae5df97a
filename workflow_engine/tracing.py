"""OpenTelemetry, where the site has set it up (extra `otel`): spans of commands and jobs, and the way of a trace to the workers.

Without the package, and without a tracer provider of the site, nothing happens and nothing is paid for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from time import monotonic
from typing import Any

from workflow_engine import correlation
from workflow_engine.logs import summary

try:
    from opentelemetry import context as _context
    from opentelemetry import trace as _trace
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
except ImportError:  # pragma: no cover - the extra is not installed
    _trace = None  # type: ignore[assignment]

PREFIX = "workflow_engine."
_NOTHING = nullcontext()


ASK_EVERY = 1.0  # seconds

_provider: Any = None
_next_question = 0.0


def provider() -> Any:
    """The site's tracer provider; None if there is none. Once there is one, it stays; until then it is asked for seldom."""
    global _provider, _next_question
    if _provider is not None or _trace is None:
        return _provider
    now = monotonic()
    if now < _next_question:
        return None
    _next_question = now + ASK_EVERY
    found = _trace.get_tracer_provider()
    if not isinstance(found, (_trace.ProxyTracerProvider, _trace.NoOpTracerProvider)):
        _provider = found
    return _provider


def is_on() -> bool:
    return provider() is not None


@contextmanager
def span(name: str, *, is_consumer: bool = False, traceparent: str | None = None) -> Iterator[Any]:
    """Around one piece of work. None where nobody traces. An exception leaves its type in the span, not what it says."""
    given = provider()
    if given is None:
        yield None
        return
    kind = _trace.SpanKind.CONSUMER if is_consumer else _trace.SpanKind.INTERNAL
    with given.get_tracer("workflow_engine").start_as_current_span(
        PREFIX + name,
        context=_parent(traceparent),
        kind=kind,
        record_exception=False,
        set_status_on_exception=False,
    ) as opened:
        try:
            yield opened
        except BaseException as error:
            opened.set_status(_trace.Status(_trace.StatusCode.ERROR, summary(error)))
            raise


def describe(opened: Any, fields: Mapping[str, Any]) -> None:
    if opened is not None and opened.is_recording():
        opened.set_attributes({PREFIX + name: _attribute(value) for name, value in fields.items() if value is not None})


def continued(headers: Mapping[str, Any]) -> AbstractContextManager[None]:
    """The trace of a request, by the keys of its WSGI environment, unless the site's own instrumentation has taken it up."""
    given = headers.get("HTTP_TRACEPARENT")
    if given is None or not is_on() or _trace.get_current_span().get_span_context().is_valid:
        return _NOTHING
    parent = _parent(given)
    return _NOTHING if parent is None else _within(parent)


@contextmanager
def _within(parent: Any) -> Iterator[None]:
    token = _context.attach(parent)
    try:
        yield
    finally:
        _context.detach(token)


def traceparent() -> str | None:
    """The span that is open here, for those who go on with its trace; None if there is none."""
    if not is_on() or not _trace.get_current_span().get_span_context().is_valid:
        return None
    carrier: dict[str, str] = {}
    TraceContextTextMapPropagator().inject(carrier)
    return carrier.get("traceparent")


def _parent(given: str | None) -> Any:
    if given is None or not correlation.is_traceparent(given):
        return None
    return TraceContextTextMapPropagator().extract({"traceparent": given})


def _attribute(value: Any) -> Any:
    return value if isinstance(value, bool | int | float) else str(value)
