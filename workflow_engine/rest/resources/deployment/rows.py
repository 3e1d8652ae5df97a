"""Deployments as rows: what lists can ask for, and the JSON of one."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest

from workflow_engine.models import Deployment, ProcessDefinition, Resource
from workflow_engine.rest.addresses import link
from workflow_engine.rest.dates import format_date
from workflow_engine.rest.listing.parameters import after, before, equals, flag, like, row_id
from workflow_engine.rest.listing.query import ListQuery
from workflow_engine.rest.listing.tenants import tenants_or_none
from workflow_engine.rest.resources.process_definition.rows import process_definition_json


class DeploymentQuery(ListQuery):
    parameters = {
        "id": row_id("id"),
        "name": equals("name"),
        "nameLike": like("name"),
        "source": equals("source"),
        "withoutSource": flag(Q(source__isnull=True)),
        "after": after("deployment_time"),
        "before": before("deployment_time"),
        **tenants_or_none("includeDeploymentsWithoutTenantId"),
    }
    sortings = {"id": "id", "name": "name", "deploymentTime": "deployment_time", "tenantId": "tenant_id"}

    @classmethod
    def rows(cls) -> QuerySet[Any]:
        return Deployment.objects.all()


def deployment_json(deployment: Deployment, links: list[Any] | None = None) -> dict[str, Any]:
    return {
        "links": links or [],
        "id": str(deployment.pk),
        "name": deployment.name,
        "source": deployment.source,
        "deploymentTime": format_date(deployment.deployment_time),
        "tenantId": deployment.tenant_id or None,
    }


def new_deployment_json(
    request: HttpRequest, deployment: Deployment, definitions: list[ProcessDefinition]
) -> dict[str, Any]:
    return {
        **deployment_json(deployment, [link(request, f"deployment/{deployment.pk}")]),
        "deployedProcessDefinitions": {definition.pk: process_definition_json(definition) for definition in definitions}
        or None,
        "deployedCaseDefinitions": None,
        "deployedDecisionDefinitions": None,
        "deployedDecisionRequirementsDefinitions": None,
    }


def resource_json(resource: Resource) -> dict[str, Any]:
    return {"id": str(resource.pk), "name": resource.name, "deploymentId": str(resource.deployment_id)}
