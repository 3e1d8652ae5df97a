"""Job definitions: what a process definition may make jobs for."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from rest_framework.request import Request

from workflow_engine.models import JobDefinition
from workflow_engine.rest import convert
from workflow_engine.rest.answers import json_answer, no_content
from workflow_engine.rest.base import EngineView
from workflow_engine.rest.listing.parameters import any_of, equals, flag, row_id
from workflow_engine.rest.listing.query import ListQuery
from workflow_engine.rest.listing.tenants import tenants_or_none
from workflow_engine.rest.listing.views import CountView, ListView, reading
from workflow_engine.rest.resources.job.views import accepted_retries
from workflow_engine.rest.rows import as_text, find_reference
from workflow_engine.services import management as service

VIEW = "view_jobdefinition"


class JobDefinitionQuery(ListQuery):
    parameters = {
        "jobDefinitionId": row_id("id"),
        "activityIdIn": any_of("activity_id"),
        "processDefinitionId": equals("process_definition_id"),
        "processDefinitionKey": equals("process_definition_key"),
        "jobType": equals("job_type"),
        "jobConfiguration": equals("job_configuration"),
        "active": flag(Q(is_suspended=False)),
        "suspended": flag(Q(is_suspended=True)),
        "withOverridingJobPriority": flag(Q(override_job_priority__isnull=False)),
        **tenants_or_none("includeJobDefinitionsWithoutTenantId"),
    }
    sortings = {
        "jobDefinitionId": "id",
        "activityId": "activity_id",
        "processDefinitionId": "process_definition_id",
        "processDefinitionKey": "process_definition_key",
        "jobType": "job_type",
        "jobConfiguration": "job_configuration",
        "tenantId": "tenant_id",
    }

    @classmethod
    def rows(cls) -> QuerySet[Any]:
        return JobDefinition.objects.all()


def job_definition_json(definition: JobDefinition) -> dict[str, Any]:
    return {
        "id": str(definition.pk),
        "processDefinitionId": definition.process_definition_id,
        "processDefinitionKey": definition.process_definition_key or None,
        "jobType": definition.job_type,
        "jobConfiguration": definition.job_configuration,
        "activityId": definition.activity_id or None,
        "suspended": definition.is_suspended,
        "overridingJobPriority": definition.override_job_priority,
        "tenantId": definition.tenant_id or None,
        "deploymentId": as_text(definition.deployment_id),
    }


class JobDefinitionList(ListView):
    permissions = reading(VIEW)
    query = JobDefinitionQuery

    def present(self, row: Any, query: ListQuery) -> Any:
        return job_definition_json(row)


class JobDefinitionCount(CountView):
    permissions = reading(VIEW)
    query = JobDefinitionQuery


class OneView(EngineView):
    def found(self) -> JobDefinition:
        definition: JobDefinition = find_reference(
            JobDefinition.objects.all(), self.kwargs["definition_id"], "Job definition"
        )
        return definition


class JobDefinitionView(OneView):
    permissions = {"GET": VIEW}

    def get(self, request: Request, definition_id: str) -> HttpResponse:
        return json_answer(job_definition_json(self.found()))


class Retries(OneView):
    """Of all jobs of the definition that have none left."""

    permissions = {"PUT": "set_retries"}

    def put(self, request: Request, definition_id: str) -> HttpResponse:
        body = self.body()
        service.set_job_definition_retries(
            str(self.found().pk), accepted_retries(body), due_date=body.date("dueDate"), user=self.user_id
        )
        return no_content()


class Suspended(OneView):
    permissions = {"PUT": "suspend_definition"}

    def put(self, request: Request, definition_id: str) -> HttpResponse:
        body = self.body()
        service.set_job_definition_suspended(
            str(self.found().pk),
            body.boolean("suspended"),
            include_jobs=body.boolean("includeJobs"),
            execution_date=body.date("executionDate"),
            user=self.user_id,
        )
        return no_content()


class JobPriority(OneView):
    permissions = {"PUT": "change_due_date"}

    def put(self, request: Request, definition_id: str) -> HttpResponse:
        body = self.body()
        priority = body.integer("priority", maximum=convert.LONG_MAX)
        if priority is None and body.boolean("includeJobs"):
            raise body.refusal("includeJobs", "cannot be given without a priority")
        service.set_job_definition_priority(
            str(self.found().pk), priority, include_jobs=body.boolean("includeJobs"), user=self.user_id
        )
        return no_content()
