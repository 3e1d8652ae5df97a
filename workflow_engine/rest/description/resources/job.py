"""/job and /job-definition."""

from __future__ import annotations

from workflow_engine.rest.description.operations import Operation, answers, takes, text
from workflow_engine.rest.description.shapes import answer, request

answer(
    "Job",
    {
        "id": "text", "jobDefinitionId": "text?", "processInstanceId": "text?", "processDefinitionId": "text?",
        "processDefinitionKey": "text?", "executionId": "text?", "exceptionMessage": "text?", "failedActivityId": "text?",
        "retries": "integer", "dueDate": "date?", "suspended": "boolean", "priority": "long", "tenantId": "text?", "createTime": "date?",
        "batchId": "text?",
    },
)  # fmt: skip
answer(
    "JobDefinition",
    {
        "id": "text", "processDefinitionId": "text?", "processDefinitionKey": "text?", "jobType": "text", "jobConfiguration": "text?",
        "activityId": "text?", "suspended": "boolean", "overridingJobPriority": "long?", "tenantId": "text?", "deploymentId": "text?",
    },
)  # fmt: skip
request("JobDueDate", {"duedate": "date", "cascade": "boolean"})
request("JobDefinitionSuspension", {"suspended": "boolean", "includeJobs": "boolean", "executionDate": "date"})
request("JobDefinitionPriority", {"priority": "long", "includeJobs": "boolean"})
request(
    "JobDefinitionsSuspension",
    {
        "jobDefinitionId": "text", "processDefinitionId": "text", "processDefinitionKey": "text", "processDefinitionTenantId": "text",
        "processDefinitionWithoutTenantId": "boolean", "suspended": "boolean", "includeJobs": "boolean", "executionDate": "date",
    },
)  # fmt: skip
request(
    "JobsSuspension",
    {
        "jobDefinitionId": "text", "processInstanceId": "text", "processDefinitionId": "text", "processDefinitionKey": "text",
        "processDefinitionTenantId": "text", "processDefinitionWithoutTenantId": "boolean", "suspended": "boolean",
    },
)  # fmt: skip
request("JobRetries", {"jobIds": "[text]", "jobQuery": "JobQuery", "retries": "integer", "dueDate": "date"})

LISTS = {"/job": "Job", "/job-definition": "JobDefinition"}
OPERATIONS = {
    "GET /job/{id}": answers("Job"),
    "DELETE /job/{id}": takes(None),
    "POST /job/{id}/execute": takes(None),
    "PUT /job/{id}/retries": takes("Retries"),
    "PUT /job/{id}/duedate": takes("JobDueDate"),
    "POST /job/{id}/duedate/recalculate": Operation(query={"creationDateBased": "boolean"}),
    "PUT /job/{id}/suspended": takes("Suspension"),
    "PUT /job/{id}/priority": takes("Priority"),
    "GET /job/{id}/stacktrace": text(),
    "PUT /job/suspended": takes("JobsSuspension"),
    "POST /job/retries": answers("Batch", body="JobRetries"),
    "GET /job-definition/{id}": answers("JobDefinition"),
    "PUT /job-definition/{id}/retries": takes("Retries"),
    "PUT /job-definition/{id}/suspended": takes("JobDefinitionSuspension"),
    "PUT /job-definition/{id}/jobPriority": takes("JobDefinitionPriority"),
    "PUT /job-definition/suspended": takes("JobDefinitionsSuspension"),
}
