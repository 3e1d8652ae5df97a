"""The addresses of the API, twice: as they are, and below engine/{name}/."""

from importlib import import_module

from django.urls import include, path, re_path
from django.urls.resolvers import URLPattern

from workflow_engine.rest.addresses import NAMESPACE
from workflow_engine.rest.base import NotSupported, UnknownAddress

app_name = NAMESPACE

# In the order in which addresses are tried: the busiest first.
_RESOURCES = (
    "external_task.urls", "process_definition.urls", "task.urls", "messages", "process_instance.urls", "execution.views", "job.urls",
    "event_subscription", "incident", "variable_instance", "deployment.urls", "migration", "modification", "moving_async", "batch.views", "engine", "description",
    "identity.users", "identity.groups", "identity.tenants", "identity.information", "authorization.views",
    "filter.views", "filter.running",
    "metrics", "prometheus", "schema_log", "telemetry",
    *(f"history.{name}" for name in (
        "asynchronous", "batch", "cleanup", "cleanable", "duration_report", "process_instance", "activity_instance", "variable_instance", "detail", "task", "task_report", "incident", "external_task_log", "job_log",
        "user_operation", "identity_link_log", "statistics",
    )),
)  # fmt: skip
NOT_SUPPORTED = (
    "case-definition", "case-instance", "case-execution", "decision-definition", "decision-requirements-definition",
    "history/case-definition", "history/case-instance", "history/case-activity-instance", "history/decision-definition",
    "history/decision-instance", "history/decision-requirements-definition",
)  # fmt: skip


def _patterns_of(resource: str) -> list[URLPattern]:
    patterns: list[URLPattern] = import_module(f"workflow_engine.rest.resources.{resource}").urlpatterns
    return patterns


PATTERNS = [pattern for resource in _RESOURCES for pattern in _patterns_of(resource)]
_patterns = [*PATTERNS, re_path(rf"^(?:{'|'.join(NOT_SUPPORTED)})(?:/.*)?$", NotSupported.as_view())]

urlpatterns = [
    *_patterns,
    path("engine/<str:engine_name>/", include(_patterns)),
    re_path(r"", UnknownAddress.as_view()),
]
