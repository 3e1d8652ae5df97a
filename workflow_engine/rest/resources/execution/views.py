"""Executions: lists, one, its variables, and what wakes it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.http import HttpResponse
from django.urls import path
from rest_framework.request import Request

from workflow_engine import ids
from workflow_engine.engine import commands
from workflow_engine.models import EventSubscription, Execution
from workflow_engine.rest.answers import json_answer, no_content
from workflow_engine.rest.base import EngineView
from workflow_engine.rest.errors import NotFound
from workflow_engine.rest.listing.query import ListQuery
from workflow_engine.rest.listing.views import CountView, ListView, reading
from workflow_engine.rest.resources.event_subscription import event_subscription_json
from workflow_engine.rest.resources.execution.rows import ExecutionQuery, execution_json
from workflow_engine.rest.resources.incident import incident_json
from workflow_engine.rest.rows import find
from workflow_engine.rest.variables.accepted import accepted_variables
from workflow_engine.rest.variables.reading import local_variables
from workflow_engine.rest.variables.views import ScopeView, scope_views
from workflow_engine.services import runtime as service

VIEW = "view_execution"


class ExecutionList(ListView):
    permissions = reading(VIEW)
    query = ExecutionQuery

    def present(self, row: Any, query: ListQuery) -> Any:
        return execution_json(row)


class ExecutionCount(CountView):
    permissions = reading(VIEW)
    query = ExecutionQuery


class ExecutionView(EngineView):
    permissions = {"GET": VIEW}

    def get(self, request: Request, execution_id: str) -> HttpResponse:
        return json_answer(execution_json(find(Execution.objects, execution_id, "Execution")))


class Signal(EngineView):
    """Wakes an execution that waits in a receive task or the like."""

    permissions = {"POST": "correlate_message"}

    def post(self, request: Request, execution_id: str) -> HttpResponse:
        body = self.body()
        self.execute(
            commands.SignalExecution(
                execution_id=execution_id,
                signal_name=body.text("signalName"),
                variables=accepted_variables(body, "variables", may_be_transient=True),
            )
        )
        return no_content()


class MessageSubscription(EngineView):
    permissions = {"GET": VIEW, "POST": "correlate_message"}

    def found(self) -> EventSubscription:
        execution_id, name = self.kwargs["execution_id"], self.kwargs["message_name"]
        rows = EventSubscription.objects.in_partition(execution_id).messages(name)
        subscription: EventSubscription | None = rows.filter(execution_id=ids.canonical(execution_id)).first()
        if subscription is None:
            raise NotFound(
                f"Message event subscription for execution {execution_id[:300]} named {name[:300]} does not exist"
            )
        return subscription

    def get(self, request: Request, execution_id: str, message_name: str) -> HttpResponse:
        return json_answer(event_subscription_json(self.found()))


class Trigger(MessageSubscription):
    http_method_names = ["post", "options"]

    def post(self, request: Request, execution_id: str, message_name: str) -> HttpResponse:
        body = self.body()
        self.execute(
            commands.TriggerEventSubscription(
                subscription_id=str(self.found().pk),
                variables=accepted_variables(body, "variables", may_be_transient=True),
                local_variables=accepted_variables(body, "variablesLocal", may_be_transient=True),
            )
        )
        return no_content()


class CreateIncident(EngineView):
    permissions = {"POST": "resolve_incident"}

    def post(self, request: Request, execution_id: str) -> HttpResponse:
        body = self.body()
        find(Execution.objects, execution_id, "Execution")
        incident = service.create_incident(
            execution_id,
            incident_type=body.required_text("incidentType"),
            configuration=body.text("configuration"),
            message=body.text("message", 4_000),
            user=self.user_id,
        )
        return json_answer(incident_json(incident))


class LocalScope(ScopeView):
    what = "execution"
    is_local = True

    def read(self, names: Collection[str] | None = None) -> dict[str, Any]:
        return local_variables(self.target()["execution_id"], names)

    def target(self) -> dict[str, Any]:
        return {"execution_id": str(find(Execution.objects, self.kwargs["execution_id"], "Execution").pk)}


variables, variable, variable_data = scope_views(LocalScope)

urlpatterns = [
    path("execution", ExecutionList.as_view()),
    path("execution/count", ExecutionCount.as_view()),
    path("execution/<str:execution_id>", ExecutionView.as_view()),
    path("execution/<str:execution_id>/signal", Signal.as_view()),
    path("execution/<str:execution_id>/create-incident", CreateIncident.as_view()),
    # A message name may hold a slash.
    path("execution/<str:execution_id>/messageSubscriptions/<path:message_name>/trigger", Trigger.as_view()),
    path("execution/<str:execution_id>/messageSubscriptions/<path:message_name>", MessageSubscription.as_view()),
    path("execution/<str:execution_id>/localVariables", variables),
    path("execution/<str:execution_id>/localVariables/<str:name>", variable),
    path("execution/<str:execution_id>/localVariables/<str:name>/data", variable_data),
]
