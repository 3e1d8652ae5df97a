"""The addresses below /process-definition: each action of one definition by id, by key, and by key and tenant."""

from typing import Any

from django.urls import path

from workflow_engine.rest.resources.process_definition import called, forms, start, statistics, views

_ACTIONS: dict[str, Any] = {
    "/start": start.Start,
    "": views.Definition,
    "/xml": views.Xml,
    "/diagram": views.Diagram,
    "/suspended": views.Suspended,
    "/history-time-to-live": views.TimeToLive,
    "/submit-form": start.SubmitForm,
    "/statistics": statistics.ActivityStatistics,
    "/startForm": forms.StartForm,
    "/form-variables": forms.FormVariables,
    "/rendered-form": forms.RenderedForm,
    "/deployed-start-form": forms.DeployedStartForm,
}
_NAMES = (
    "process-definition/key/<str:key>",
    "process-definition/key/<str:key>/tenant-id/<str:tenant_id>",
    "process-definition/<str:definition_id>",
)

urlpatterns = [
    path(
        "process-definition/<str:definition_id>/static-called-process-definitions",
        called.StaticCalledDefinitions.as_view(),
    ),
    path("process-definition", views.DefinitionList.as_view()),
    path("process-definition/count", views.DefinitionCount.as_view()),
    path("process-definition/statistics", statistics.Statistics.as_view()),
    path("process-definition/suspended", views.Suspended.as_view()),
    *(path(f"{name}{action}", view.as_view()) for action, view in _ACTIONS.items() for name in _NAMES),
]
