"""/engine, /version, /telemetry, /schema and /metrics."""

from __future__ import annotations

from workflow_engine.rest.description.operations import PLAIN, Operation, answers, takes
from workflow_engine.rest.description.shapes import answer, request

answer("ProcessEngine", {"name": "text"})
answer("Version", {"version": "text"})
answer("SchemaLogEntry", {"id": "text", "timestamp": "date", "version": "text"})
answer("MetricsInterval", {"timestamp": "date", "name": "text?", "reporter": "text?", "value": "long"})
answer("MetricsSum", {"result": "long"})
answer("TelemetryConfiguration", {"enableTelemetry": "boolean"})
request("TelemetrySwitch", {"enableTelemetry": "boolean"})
answer("TelemetryData", {"installation": "text", "product": "Product"})
answer("Product", {"name": "text", "version": "text", "edition": "text", "internals": "Internals"})
answer("Named", {"vendor": "text", "version": "text"})
answer("MetricCount", {"count": "long"})
answer(
    "Internals",
    {
        "database": "Named", "application-server": "Named", "license-key": "null", "camunda-integration": "[text]",
        "commands": "{MetricCount}", "metrics": "{MetricCount}", "webapps": "[text]", "jdk": "Named",
        "data-collection-start-date": "date?",
    },
)  # fmt: skip

LISTS = {"/schema/log": "SchemaLogEntry"}
OPERATIONS = {
    "GET /engine": answers("[ProcessEngine]"),
    "GET /version": answers("Version"),
    "GET /openapi.json": Operation(answers={200: "object"}, errors=(501,), summary="This description"),
    "GET /docs/": Operation(answers={200: "page"}, summary="This description as a page"),
    "GET /metrics": answers(
        "[MetricsInterval]",
        query={
            "name": "text", "reporter": "text", "startDate": "date", "endDate": "date", "interval": "long",
            "aggregateByReporter": "boolean", "firstResult": "integer", "maxResults": "integer",
        },
    ),
    "GET /metrics/{name}/sum": answers("MetricsSum", query={"startDate": "date", "endDate": "date"}),
    "DELETE /metrics/task-worker": Operation(query={"date": "date"}),
    "GET /prometheus": Operation(answers={200: PLAIN}, errors=(501,), summary="The engine's figures for Prometheus"),
    "GET /telemetry/configuration": answers("TelemetryConfiguration"),
    "POST /telemetry/configuration": takes("TelemetrySwitch"),
    "GET /telemetry/data": answers("TelemetryData"),
}  # fmt: skip
