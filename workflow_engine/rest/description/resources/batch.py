"""/batch and /history/batch."""

from __future__ import annotations

from workflow_engine.rest.description.operations import Operation, answers, takes
from workflow_engine.rest.description.shapes import answer

_BATCH = answer(
    "Batch",
    {
        "id": "text", "type": "text", "totalJobs": "integer", "jobsCreated": "integer", "batchJobsPerSeed": "integer",
        "invocationsPerBatchJob": "integer", "seedJobDefinitionId": "text?", "monitorJobDefinitionId": "text?",
        "batchJobDefinitionId": "text?", "suspended": "boolean", "tenantId": "text?", "createUserId": "text?", "startTime": "date?",
        "executionStartTime": "date?",
    },
)  # fmt: skip
answer("BatchStatistics", {**_BATCH, "remainingJobs": "integer", "completedJobs": "integer", "failedJobs": "integer"})
answer(
    "HistoricBatch",
    {
        "id": "text", "type": "text", "totalJobs": "integer", "batchJobsPerSeed": "integer", "invocationsPerBatchJob": "integer",
        "seedJobDefinitionId": "text?", "monitorJobDefinitionId": "text?", "batchJobDefinitionId": "text?", "tenantId": "text?",
        "createUserId": "text?", "startTime": "date", "endTime": "date?", "removalTime": "date?", "executionStartTime": "date?",
    },
)  # fmt: skip
answer(
    "CleanableBatchReport",
    {"batchType": "text", "historyTimeToLive": "integer?", "finishedBatchesCount": "long", "cleanableBatchesCount": "long"},
)  # fmt: skip

LISTS = {
    "/batch": "Batch",
    "/batch/statistics": "BatchStatistics",
    "/history/batch": "HistoricBatch",
    "/history/batch/cleanable-batch-report": "CleanableBatchReport",
}
OPERATIONS = {
    "GET /batch/{id}": answers("Batch"),
    "DELETE /batch/{id}": Operation(query={"cascade": "boolean"}),
    "PUT /batch/{id}/suspended": takes("Suspension"),
    "GET /history/batch/{id}": answers("HistoricBatch"),
    "DELETE /history/batch/{id}": takes(None),
}
