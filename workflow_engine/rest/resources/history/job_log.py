"""/history/job-log."""

from __future__ import annotations

from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.urls import path
from rest_framework.request import Request

from workflow_engine.models import HistoricJobLog, JobDefinition
from workflow_engine.rest import convert
from workflow_engine.rest.answers import json_answer, text_answer
from workflow_engine.rest.base import EngineView
from workflow_engine.rest.dates import format_date
from workflow_engine.rest.listing.parameters import any_of, compare, equals, row_id, row_ids, tenants
from workflow_engine.rest.listing.query import ListQuery
from workflow_engine.rest.listing.views import CountView, ListView, reading
from workflow_engine.rest.resources.history.common import (
    key_of,
    log_states,
    removal_time,
    shown_log_states,
    with_definition,
)
from workflow_engine.rest.rows import as_text, find

VIEW = "view_historicjoblog"


class JobLogQuery(ListQuery):
    parameters = {
        "logId": row_id("id"),
        "jobId": row_id("job_id"),
        "jobExceptionMessage": equals("job_exception_message"),
        "jobDefinitionId": row_id("job_definition_id"),
        "jobDefinitionType": equals("job_definition_type"),
        "jobDefinitionConfiguration": equals("configuration"),
        "activityIdIn": any_of("activity_id"),
        "failedActivityIdIn": any_of("failed_activity_id"),
        "executionIdIn": row_ids("execution_id"),
        "processInstanceId": row_id("process_instance_id"),
        "processDefinitionId": equals("process_definition_id"),
        "processDefinitionKey": equals("process_definition__key"),
        "deploymentId": row_id("deployment_id"),
        "hostname": equals("hostname"),
        "jobPriorityLowerThanOrEquals": compare("job_priority__lte", convert.long),
        "jobPriorityHigherThanOrEquals": compare("job_priority__gte", convert.long),
        **log_states(),
        **tenants(),
    }
    sortings = {
        "timestamp": "timestamp",
        "jobId": "job_id",
        "jobDefinitionId": "job_definition_id",
        "jobDueDate": "job_due_date",
        "jobRetries": "job_retries",
        "jobPriority": "job_priority",
        "activityId": "activity_id",
        "executionId": "execution_id",
        "processInstanceId": "process_instance_id",
        "processDefinitionId": "process_definition_id",
        "processDefinitionKey": "process_definition__key",
        "deploymentId": "deployment_id",
        "hostname": "hostname",
        "occurrence": "sequence",
        "tenantId": "tenant_id",
    }

    @classmethod
    def rows(cls) -> QuerySet[Any]:
        # As the model declares it ("async-before", "DURATION: PT1H"); the row has what the job's handler needs.
        declared = JobDefinition.objects.filter(pk=OuterRef("job_definition_id")).values("job_configuration")
        configuration = Coalesce(Subquery(declared), F("job_definition_configuration"))
        logs = with_definition(HistoricJobLog.objects).annotate(configuration=configuration)
        return logs.defer("job_exception_stacktrace")


def job_log_json(log: Any) -> dict[str, Any]:
    return {
        "id": str(log.pk),
        "timestamp": format_date(log.timestamp),
        "removalTime": removal_time(log),
        "jobId": str(log.job_id),
        "jobDueDate": format_date(log.job_due_date),
        "jobRetries": log.job_retries,
        "jobPriority": log.job_priority,
        "jobExceptionMessage": log.job_exception_message,
        "jobDefinitionId": as_text(log.job_definition_id),
        "jobDefinitionType": log.job_definition_type,
        "jobDefinitionConfiguration": log.configuration,
        "activityId": log.activity_id,
        "failedActivityId": log.failed_activity_id,
        "executionId": as_text(log.execution_id),
        "processInstanceId": as_text(log.process_instance_id),
        "processDefinitionId": log.process_definition_id,
        "processDefinitionKey": key_of(log),
        "deploymentId": as_text(log.deployment_id),
        "tenantId": log.tenant_id or None,
        "hostname": log.hostname,
        "rootProcessInstanceId": as_text(log.root_process_instance_id),
        "batchId": as_text(log.batch_id),
        **shown_log_states(log.state),
    }


class List(ListView):
    permissions = reading(VIEW)
    query = JobLogQuery

    def present(self, row: Any, query: ListQuery) -> Any:
        return job_log_json(row)


class Count(CountView):
    permissions = reading(VIEW)
    query = JobLogQuery


class View(EngineView):
    permissions = {"GET": VIEW}

    def get(self, request: Request, log_id: str) -> HttpResponse:
        return json_answer(job_log_json(self.found(log_id)))

    def found(self, log_id: str) -> Any:
        return find(JobLogQuery.rows(), log_id, "Historic job log")


class Stacktrace(View):
    def get(self, request: Request, log_id: str) -> HttpResponse:
        return text_answer(self.found(log_id).job_exception_stacktrace)


urlpatterns = [
    path("history/job-log", List.as_view()),
    path("history/job-log/count", Count.as_view()),
    path("history/job-log/<str:log_id>", View.as_view()),
    path("history/job-log/<str:log_id>/stacktrace", Stacktrace.as_view()),
]
