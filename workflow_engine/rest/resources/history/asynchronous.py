"""What a batch does with the history of many process instances and batches."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import path
from rest_framework.request import Request

from workflow_engine.models import Batch
from workflow_engine.rest.errors import RestError
from workflow_engine.rest.request_body import Body
from workflow_engine.rest.resources.batch.creating import CreateBatch, together
from workflow_engine.rest.resources.batch.rows import HistoricBatchQuery
from workflow_engine.rest.resources.process_instance.views import MAX_TEXT

BAD_REQUEST = "BadUserRequestException"
_MODES = {
    "absoluteRemovalTime": "ABSOLUTE_REMOVAL_TIME",
    "clearedRemovalTime": "CLEARED_REMOVAL_TIME",
    "calculatedRemovalTime": "CALCULATED_REMOVAL_TIME",
}


class Delete(CreateBatch):
    permissions = {"POST": "delete_history"}

    def post(self, request: Request) -> HttpResponse:
        body = self.body()
        options = {
            "delete_reason": body.text("deleteReason", MAX_TEXT),
            "fail_if_not_exists": body.boolean("failIfNotExists"),
        }
        return self.created("historic-instance-deletion", self.ended(body), options)


class RemovalTimeOfInstances(CreateBatch):
    permissions = {"POST": "delete_history"}

    def post(self, request: Request) -> HttpResponse:
        body = self.body()
        chosen = _chosen(body, "historicProcessInstanceIds", "historicProcessInstanceQuery")
        options = {**accepted_removal_time(chosen), "hierarchical": body.boolean("hierarchical")}
        return self.created("process-set-removal-time", self.ended(body), options)


class RemovalTimeOfBatches(CreateBatch):
    permissions = {"POST": "delete_batch_history"}
    knows_definitions = False

    def post(self, request: Request) -> HttpResponse:
        body = self.body()
        options = accepted_removal_time(_chosen(body, "historicBatchIds", "historicBatchQuery"))
        batches = together(
            self.named(body, "historicBatchIds", Batch, "Historic batch"),
            self.found(body, "historicBatchQuery", HistoricBatchQuery),
        )
        return self.created("batch-set-removal-time", batches, options)


def _chosen(body: Body, *names: str) -> Body:
    if all(body.values.get(name) is None for name in names):
        raise RestError("Neither query nor ids provided.", type_name=BAD_REQUEST)
    return body


def accepted_removal_time(body: Body) -> dict[str, Any]:
    moment = body.date("absoluteRemovalTime")
    modes = [_MODES["absoluteRemovalTime"]] if moment is not None else []
    modes += [_MODES[name] for name in ("clearedRemovalTime", "calculatedRemovalTime") if body.boolean(name)]
    if not modes:
        raise RestError("removalTime is null", type_name=BAD_REQUEST)
    if len(modes) > 1:
        raise RestError("The removal time modes are mutually exclusive: mode is not null", type_name=BAD_REQUEST)
    return {"mode": modes[0], "removal_time": moment}


urlpatterns = [
    path("history/process-instance/delete", Delete.as_view()),
    path("history/process-instance/set-removal-time", RemovalTimeOfInstances.as_view()),
    path("history/batch/set-removal-time", RemovalTimeOfBatches.as_view()),
]
