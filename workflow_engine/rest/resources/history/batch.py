"""/history/batch: all batches, also those that are over."""

from __future__ import annotations

from typing import Any

from django.db.models import Count as CountRows
from django.db.models import F, Q, QuerySet
from django.http import HttpResponse
from django.urls import path
from rest_framework.request import Request

from workflow_engine import clock, conf
from workflow_engine.models import Batch
from workflow_engine.rest.answers import json_answer, no_content
from workflow_engine.rest.base import EngineView
from workflow_engine.rest.listing.query import ListQuery
from workflow_engine.rest.listing.views import CountView, ListView
from workflow_engine.rest.resources.batch.rows import HistoricBatchQuery, historic_batch_json
from workflow_engine.rest.resources.batch.views import VIEW
from workflow_engine.rest.rows import find
from workflow_engine.services import batch as service


class List(ListView):
    shows_own = True
    permissions = {"GET": VIEW}
    query = HistoricBatchQuery

    def present(self, row: Any, query: ListQuery) -> Any:
        return historic_batch_json(row)


class Count(CountView):
    shows_own = True
    permissions = {"GET": VIEW}
    query = HistoricBatchQuery


class View(EngineView):
    shows_own = True
    permissions = {"GET": VIEW, "DELETE": "delete_batch_history"}

    def get(self, request: Request, batch_id: str) -> HttpResponse:
        return json_answer(historic_batch_json(find(HistoricBatchQuery.rows(), batch_id, "Historic batch")))

    def delete(self, request: Request, batch_id: str) -> HttpResponse:
        service.delete_history(batch_id, user=self.user_id)
        return no_content()


class CleanableQuery(ListQuery):
    """One row for each type of batch that there is."""

    sortings = {"finished": "finished"}
    default_order = ("type",)

    @classmethod
    def rows(cls) -> QuerySet[Any]:
        ended, due = Q(end_time__isnull=False), Q(end_time__isnull=False, removal_time__lte=clock.now())
        return Batch.objects.values("type").annotate(
            finished=CountRows("pk", filter=ended), cleanable=CountRows("pk", filter=due)
        )

    def count(self) -> int:
        return self.queryset().order_by().annotate(kind=F("type")).values("kind").distinct().count()


class Report(ListView):
    permissions = {"GET": VIEW}
    query = CleanableQuery

    def present(self, row: Any, query: ListQuery) -> Any:
        return {
            "batchType": row["type"],
            "historyTimeToLive": conf.current().batch_history_time_to_live,
            "finishedBatchesCount": row["finished"],
            "cleanableBatchesCount": row["cleanable"],
        }


class ReportCount(CountView):
    permissions = {"GET": VIEW}
    query = CleanableQuery


urlpatterns = [
    path("history/batch", List.as_view()),
    path("history/batch/count", Count.as_view()),
    path("history/batch/cleanable-batch-report", Report.as_view()),
    path("history/batch/cleanable-batch-report/count", ReportCount.as_view()),
    path("history/batch/<str:batch_id>", View.as_view()),
]
