"""Process instances as rows: what lists can ask for, and the JSON of one."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from workflow_engine.models import Execution, Incident, ProcessInstance, Variable
from workflow_engine.rest import convert
from workflow_engine.rest.listing.parameters import (
    NOTHING,
    Parameter,
    any_of,
    equals,
    flag,
    like,
    none_of,
    option,
    related,
    row_id,
    row_ids,
    tenants,
)
from workflow_engine.rest.listing.query import ListQuery
from workflow_engine.rest.listing.variable_conditions import of_scope, variables
from workflow_engine.rest.rows import as_text


def _incidents() -> QuerySet[Any]:
    return Incident.objects.filter(process_instance_id=OuterRef("pk"))


def _executions() -> QuerySet[Any]:
    return Execution.objects.filter(process_instance_id=OuterRef("pk"), is_active=True)


def _callers() -> QuerySet[Any]:
    """Of the listed instance: the execution that called it."""
    return Execution.objects.filter(pk=OuterRef("super_execution_id"))


def _called() -> QuerySet[Any]:
    return Execution.objects.filter(super_execution__process_instance_id=OuterRef("pk"))


def no_such(converter: Any = convert.text) -> Parameter:
    """Asks for something of case management, which no row has."""
    return Parameter(converter, lambda value, _: NOTHING)


class ProcessInstanceQuery(ListQuery):
    has_or_queries = True
    parameters = {
        "processInstanceIds": row_ids("id"),
        "businessKey": equals("business_key"),
        "businessKeyLike": like("business_key"),
        "caseInstanceId": no_such(),
        "processDefinitionId": equals("process_definition_id"),
        "processDefinitionKey": equals("process_definition__key"),
        "processDefinitionKeyIn": any_of("process_definition__key"),
        "processDefinitionKeyNotIn": none_of("process_definition__key"),
        "deploymentId": row_id("process_definition__deployment_id"),
        "superProcessInstance": related(_callers, row_id("process_instance_id")),
        "subProcessInstance": related(_called, row_id("pk")),
        "superCaseInstance": no_such(),
        "subCaseInstance": no_such(),
        "active": flag(Q(is_suspended=False)),
        "suspended": flag(Q(is_suspended=True)),
        "withIncident": flag(lambda: Q(Exists(_incidents()))),
        "incidentId": related(_incidents, row_id("id")),
        "incidentType": related(_incidents, equals("incident_type")),
        "incidentMessage": related(_incidents, equals("incident_message")),
        "incidentMessageLike": related(_incidents, like("incident_message")),
        "processDefinitionWithoutTenantId": flag(Q(process_definition__tenant_id="")),
        "activityIdIn": related(_executions, any_of("activity_id")),
        "rootProcessInstances": flag(Q(super_execution__isnull=True)),
        "rootProcessInstanceId": row_id("root_process_instance_id"),
        "leafProcessInstances": flag(lambda: ~Q(Exists(_called()))),
        "variableNamesIgnoreCase": option(),
        "variableValuesIgnoreCase": option(),
        "variables": variables(of_scope(Variable)),
        **tenants(),
    }
    sortings = {
        "instanceId": "id",
        "definitionKey": "process_definition__key",
        "definitionId": "process_definition_id",
        "tenantId": "tenant_id",
        "businessKey": "business_key",
    }

    @classmethod
    def rows(cls) -> QuerySet[Any]:
        return ProcessInstance.objects.annotate(definition_key=F("process_definition__key"))


def process_instance_json(instance: Any, links: list[Any] | None = None) -> dict[str, Any]:
    """Of a row of `ProcessInstanceQuery`."""
    return {
        "links": links or [],
        "id": str(instance.pk),
        "definitionId": instance.process_definition_id,
        "definitionKey": instance.definition_key,
        "businessKey": instance.business_key,
        "caseInstanceId": None,
        "ended": False,
        "suspended": instance.is_suspended,
        "tenantId": instance.tenant_id or None,
    }


def started_instance_json(started: Any, definition_key: str) -> dict[str, Any]:
    """Of what `services.runtime` gives for a start: it may have ended already, then no row of it is left."""
    return {
        "links": [],
        "id": str(started.id),
        "definitionId": started.process_definition_id,
        "definitionKey": definition_key,
        "businessKey": started.business_key,
        "caseInstanceId": None,
        "ended": started.is_ended,
        "suspended": started.is_suspended,
        "tenantId": as_text(started.tenant_id or None),
        "alreadyExisted": started.already_existed,
    }
