"""/history/process-definition/cleanable-process-instance-report: what the next cleanup would find."""

from __future__ import annotations

from typing import Any

from django.db.models import Count as CountRows
from django.db.models import IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import path

from workflow_engine import clock
from workflow_engine.models import HistoricProcessInstance, ProcessDefinition
from workflow_engine.rest.listing.parameters import any_of, flag, tenants
from workflow_engine.rest.listing.query import ListQuery
from workflow_engine.rest.listing.views import CountView, ListView

VIEW = "view_historicprocessinstance"


def _counted(condition: Q) -> Coalesce:
    ended = HistoricProcessInstance.objects.filter(condition, process_definition_id=OuterRef("pk"))
    numbers = ended.order_by().values("process_definition_id").annotate(number=CountRows("pk")).values("number")
    return Coalesce(Subquery(numbers, output_field=IntegerField()), 0)


class CleanableQuery(ListQuery):
    parameters = {
        "processDefinitionIdIn": any_of("pk"),
        "processDefinitionKeyIn": any_of("key"),
        "compact": flag(Q(finished__gt=0)),
        **tenants(),
    }
    sortings = {"finished": "finished"}

    @classmethod
    def rows(cls) -> QuerySet[Any]:
        # Only roots have a removal time: what they called goes with them.
        due = Q(end_time__isnull=False, root_process_instance__removal_time__lte=clock.now())
        return ProcessDefinition.objects.annotate(finished=_counted(Q(end_time__isnull=False)), cleanable=_counted(due))


class Report(ListView):
    permissions = {"GET": VIEW}
    query = CleanableQuery

    def present(self, row: Any, query: ListQuery) -> Any:
        return {
            "processDefinitionId": row.pk,
            "processDefinitionKey": row.key,
            "processDefinitionName": row.name,
            "processDefinitionVersion": row.version,
            "historyTimeToLive": row.history_time_to_live,
            "finishedProcessInstanceCount": row.finished,
            "cleanableProcessInstanceCount": row.cleanable,
            "tenantId": row.tenant_id or None,
        }


class Count(CountView):
    permissions = {"GET": VIEW}
    query = CleanableQuery


ADDRESS = "history/process-definition/cleanable-process-instance-report"
urlpatterns = [path(ADDRESS, Report.as_view()), path(f"{ADDRESS}/count", Count.as_view())]
