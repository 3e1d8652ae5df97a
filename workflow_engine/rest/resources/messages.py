"""/message, /signal and /condition: events from outside."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import path
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from workflow_engine.engine import commands
from workflow_engine.models import Execution
from workflow_engine.models.worker_credential import Verb
from workflow_engine.rest.answers import json_answer, no_content
from workflow_engine.rest.base import EngineView
from workflow_engine.rest.errors import RestError
from workflow_engine.rest.idempotency import idempotent
from workflow_engine.rest.request_body import Body
from workflow_engine.rest.resources.process_instance.rows import started_instance_json
from workflow_engine.rest.rows import find
from workflow_engine.rest.variables.accepted import accepted_variables
from workflow_engine.rest.variables.presented import presented_variables
from workflow_engine.rest.variables.reading import variables_of_instance
from workflow_engine.services import condition
from workflow_engine.services import message as service


class Message(EngineView):
    permissions = {"POST": "correlate_message"}
    knows_definitions = True  # the service finds receivers only among what the caller may see

    @idempotent
    def post(self, request: Request) -> HttpResponse:
        body = self.body()
        if not body.text("messageName"):
            raise RestError("No message name supplied")
        _check_tenant(body)
        with_result, with_variables = body.boolean("resultEnabled"), body.boolean("variablesInResultEnabled")
        if with_variables:
            self.require("view_variables")
        if with_variables and not with_result:
            raise RestError("Parameter 'variablesInResultEnabled' cannot be used without 'resultEnabled' set to true.")
        results = service.correlate_message(
            body.required_text("messageName"),
            business_key=body.text("businessKey"),
            process_instance_id=body.text("processInstanceId"),
            tenant_id="" if body.boolean("withoutTenantId") else body.text("tenantId"),
            correlation_keys=accepted_variables(body, "correlationKeys"),
            local_correlation_keys=accepted_variables(body, "localCorrelationKeys"),
            variables=accepted_variables(body, "processVariables", may_be_transient=True),
            local_variables=accepted_variables(body, "processVariablesLocal", may_be_transient=True),
            triggered_scope_variables=accepted_variables(
                body, "processVariablesToTriggeredScope", may_be_transient=True
            ),
            all=body.boolean("all"),
            user=self.user_id,
        )
        if not with_result:
            return no_content()
        return json_answer([_result_json(result, with_variables) for result in results])


def _check_tenant(body: Body) -> None:
    if body.text("tenantId") is not None and body.boolean("withoutTenantId"):
        raise RestError("Parameter 'tenantId' cannot be used together with parameter 'withoutTenantId'.")


def _result_json(result: Any, with_variables: bool) -> dict[str, Any]:
    """One correlation: an execution that went on, or an instance that started."""
    started = result.process_instance
    answer: dict[str, Any] = {
        "resultType": "ProcessDefinition" if started is not None else "Execution",
        "execution": None,
        "processInstance": None if started is None else started_instance_json(started, started.process_definition_key),
    }
    if started is None:
        answer["execution"] = {
            "id": str(result.execution_id),
            "processInstanceId": str(result.process_instance_id),
            "ended": result.is_ended,
            "tenantId": result.tenant_id or None,
        }
    if with_variables:
        instance_id = str(started.id if started is not None else result.process_instance_id)
        answer["variables"] = presented_variables(variables_of_instance(instance_id), deserialize=False)
    return answer


class Signal(EngineView):
    permissions = {"POST": "correlate_message"}
    verbs = {"POST": Verb.SIGNAL}
    knows_definitions = True

    def post(self, request: Request) -> HttpResponse:
        body = self.body()
        if not (name := body.text("name")):
            raise RestError("No signal name given")
        execution_id, tenant_id, without = (
            body.text("executionId"),
            body.text("tenantId"),
            body.boolean("withoutTenantId"),
        )
        if execution_id is not None:
            if tenant_id is not None or without:
                raise RestError(
                    "Cannot specify a tenant-id when deliver a signal to a single execution.",
                    type_name="BadUserRequestException",
                )
            find(Execution.objects, execution_id, "Execution")
        elif self.definitions is not None:
            raise PermissionDenied("A signal for everybody needs the permission for every process definition.")
        _check_tenant(body)
        tenants = ("",) if without else None if tenant_id is None else (tenant_id,)
        service.throw_signal(
            commands.ThrowSignal(
                name=name,
                variables=accepted_variables(body, "variables", may_be_transient=True),
                execution_id=execution_id,
                tenant_ids=tenants,
            ),
            user=self.user_id,
        )
        return no_content()


class Condition(EngineView):
    """Starts the processes whose conditional start event holds for the variables."""

    permissions = {"POST": "start_process"}

    def post(self, request: Request) -> HttpResponse:
        body = self.body()
        _check_tenant(body)
        started = condition.evaluate_start_conditions(
            accepted_variables(body, "variables", may_be_transient=True),
            business_key=body.text("businessKey"),
            process_definition_id=body.text("processDefinitionId", 320),
            tenant_id="" if body.boolean("withoutTenantId") else body.text("tenantId"),
            user=self.user_id,
        )
        return json_answer([started_instance_json(one, one.process_definition_key) for one in started])


urlpatterns = [
    path("message", Message.as_view()),
    path("signal", Signal.as_view()),
    path("condition", Condition.as_view()),
]
