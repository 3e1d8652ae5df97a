"""Executions as rows: what lists can ask for, and the JSON of one."""

from __future__ import annotations

from typing import Any

from django.db.models import OuterRef, Q, QuerySet

from workflow_engine.models import EventSubscription, Execution, Incident, Variable
from workflow_engine.rest.listing.parameters import equals, flag, like, option, related, row_id, tenants
from workflow_engine.rest.listing.query import ListQuery
from workflow_engine.rest.listing.variable_conditions import of_instance, of_scope, variables


def _incidents() -> QuerySet[Any]:
    return Incident.objects.filter(execution_id=OuterRef("pk"))


def _subscriptions(event_type: str) -> Any:
    return lambda: EventSubscription.objects.filter(event_type=event_type, execution_id=OuterRef("pk"))


class ExecutionQuery(ListQuery):
    parameters = {
        "businessKey": equals("process_instance__business_key"),
        "processDefinitionId": equals("process_definition_id"),
        "processDefinitionKey": equals("process_definition__key"),
        "processInstanceId": row_id("process_instance_id"),
        "activityId": equals("activity_id"),
        "signalEventSubscriptionName": related(_subscriptions("signal"), equals("event_name")),
        "messageEventSubscriptionName": related(_subscriptions("message"), equals("event_name")),
        "active": flag(Q(is_suspended=False)),
        "suspended": flag(Q(is_suspended=True)),
        "incidentId": related(_incidents, row_id("id")),
        "incidentType": related(_incidents, equals("incident_type")),
        "incidentMessage": related(_incidents, equals("incident_message")),
        "incidentMessageLike": related(_incidents, like("incident_message")),
        "variableNamesIgnoreCase": option(),
        "variableValuesIgnoreCase": option(),
        "variables": variables(of_scope(Variable)),
        "processVariables": variables(of_instance(Variable)),
        **tenants(),
    }
    sortings = {
        "instanceId": "id",
        "definitionKey": "process_definition__key",
        "definitionId": "process_definition_id",
        "tenantId": "tenant_id",
    }

    @classmethod
    def rows(cls) -> QuerySet[Any]:
        return Execution.objects.all()


def execution_json(execution: Any) -> dict[str, Any]:
    return {
        "id": str(execution.pk),
        "processInstanceId": str(execution.process_instance_id),
        "ended": False,
        "tenantId": execution.tenant_id or None,
    }
