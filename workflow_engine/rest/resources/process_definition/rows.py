"""Process definitions as rows: what lists can ask for, and the JSON of one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import OuterRef, Q, QuerySet

from workflow_engine.models import EventSubscription, Incident, ProcessDefinition
from workflow_engine.rest import convert
from workflow_engine.rest.listing.parameters import Parameter, after, any_of, equals, flag, like, related, row_id
from workflow_engine.rest.listing.query import ListQuery
from workflow_engine.rest.listing.tenants import tenants_or_none


def _incidents() -> QuerySet[Any]:
    return Incident.objects.filter(process_definition_id=OuterRef("pk"))


def _message_starts() -> QuerySet[Any]:
    return EventSubscription.objects.of_start_events().messages().filter(process_definition_id=OuterRef("pk"))


class ProcessDefinitionQuery(ListQuery):
    parameters = {
        "processDefinitionId": equals("id"),
        "processDefinitionIdIn": any_of("id"),
        "name": equals("name"),
        "nameLike": like("name"),
        "deploymentId": row_id("deployment_id"),
        "deployedAfter": after("deployment__deployment_time"),
        # Dates in requests have milliseconds, dates in rows microseconds.
        "deployedAt": Parameter(
            convert.date,
            lambda at, _: Q(
                deployment__deployment_time__gte=at, deployment__deployment_time__lt=at + timedelta(milliseconds=1)
            ),
        ),
        "key": equals("key"),
        "keysIn": any_of("key"),
        "keyLike": like("key"),
        "category": equals("category"),
        "categoryLike": like("category"),
        "version": equals("version", convert.integer),
        "latestVersion": flag(lambda: Q(pk__in=ProcessDefinition.objects.latest().values("pk"))),
        "resourceName": equals("resource_name"),
        "resourceNameLike": like("resource_name"),
        # Starting is a permission of the caller here, not a property of definitions.
        "startableBy": Parameter(convert.text),
        "startablePermissionCheck": Parameter(convert.boolean),
        "active": flag(Q(is_suspended=False)),
        "suspended": flag(Q(is_suspended=True)),
        "incidentId": related(_incidents, row_id("id")),
        "incidentType": related(_incidents, equals("incident_type")),
        "incidentMessage": related(_incidents, equals("incident_message")),
        "incidentMessageLike": related(_incidents, like("incident_message")),
        "messageEventSubscriptionName": related(_message_starts, equals("event_name")),
        "versionTag": equals("version_tag"),
        "versionTagLike": like("version_tag"),
        "withoutVersionTag": flag(Q(version_tag__isnull=True)),
        "startableInTasklist": flag(Q(is_startable_in_tasklist=True)),
        "notStartableInTasklist": flag(Q(is_startable_in_tasklist=False)),
        **tenants_or_none("includeProcessDefinitionsWithoutTenantId"),
    }
    sortings = {
        "category": "category",
        "key": "key",
        "id": "id",
        "name": "name",
        "version": "version",
        "deploymentId": "deployment_id",
        "deployTime": "deployment__deployment_time",
        "tenantId": "tenant_id",
        "versionTag": "version_tag",
    }

    @classmethod
    def rows(cls) -> QuerySet[Any]:
        return ProcessDefinition.objects.all()


def process_definition_json(definition: ProcessDefinition) -> dict[str, Any]:
    return {
        "id": definition.pk,
        "key": definition.key,
        "category": definition.category,
        "description": definition.description,
        "name": definition.name,
        "version": definition.version,
        "resource": definition.resource_name,
        "deploymentId": str(definition.deployment_id),
        "diagram": None,
        "suspended": definition.is_suspended,
        "tenantId": definition.tenant_id or None,
        "versionTag": definition.version_tag,
        "historyTimeToLive": definition.history_time_to_live,
        "startableInTasklist": definition.is_startable_in_tasklist,
    }
