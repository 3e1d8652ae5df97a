"""/history/identity-link-log: to whom tasks were offered."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import path

from workflow_engine.models import HistoricIdentityLink
from workflow_engine.rest.dates import format_date
from workflow_engine.rest.listing.parameters import after, before, equals, row_id, tenants
from workflow_engine.rest.listing.query import ListQuery
from workflow_engine.rest.listing.views import CountView, ListView
from workflow_engine.rest.resources.history.common import key_of, removal_time, with_definition
from workflow_engine.rest.rows import as_text

VIEW = "view_historicidentitylink"


class IdentityLinkLogQuery(ListQuery):
    parameters = {
        "type": equals("type"),
        "userId": equals("user_id"),
        "groupId": equals("group_id"),
        "dateBefore": before("time"),
        "dateAfter": after("time"),
        "taskId": row_id("task_id"),
        "processDefinitionId": equals("process_definition_id"),
        "processDefinitionKey": equals("process_definition__key"),
        "operationType": equals("operation_type"),
        "assignerId": equals("assigner_id"),
        **tenants(),
    }
    sortings = {
        "time": "time",
        "type": "type",
        "userId": "user_id",
        "groupId": "group_id",
        "taskId": "task_id",
        "processDefinitionId": "process_definition_id",
        "processDefinitionKey": "process_definition__key",
        "operationType": "operation_type",
        "assignerId": "assigner_id",
        "tenantId": "tenant_id",
    }

    @classmethod
    def rows(cls) -> QuerySet[Any]:
        return with_definition(HistoricIdentityLink.objects)


def identity_link_log_json(link: Any) -> dict[str, Any]:
    return {
        "id": str(link.pk),
        "time": format_date(link.time),
        "type": link.type,
        "userId": link.user_id,
        "groupId": link.group_id,
        "taskId": as_text(link.task_id),
        "processDefinitionId": link.process_definition_id,
        "processDefinitionKey": key_of(link),
        "operationType": link.operation_type,
        "assignerId": link.assigner_id,
        "tenantId": link.tenant_id or None,
        "removalTime": removal_time(link),
        "rootProcessInstanceId": as_text(link.root_process_instance_id),
    }


class List(ListView):
    permissions = {"GET": VIEW}
    query = IdentityLinkLogQuery

    def present(self, row: Any, query: ListQuery) -> Any:
        return identity_link_log_json(row)


class Count(CountView):
    permissions = {"GET": VIEW}
    query = IdentityLinkLogQuery


urlpatterns = [
    path("history/identity-link-log", List.as_view()),
    path("history/identity-link-log/count", Count.as_view()),
]
