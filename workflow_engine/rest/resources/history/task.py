"""/history/task."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import path

from workflow_engine.models import HistoricIdentityLink, HistoricTaskInstance, HistoricVariableInstance
from workflow_engine.rest import convert
from workflow_engine.rest.dates import format_date
from workflow_engine.rest.listing.moments import same_moment
from workflow_engine.rest.listing.parameters import (
    after,
    any_of,
    before,
    equals,
    flag,
    like,
    like_text,
    option,
    related,
    row_id,
    row_ids,
    same_text,
    tenants,
)
from workflow_engine.rest.listing.query import ListQuery
from workflow_engine.rest.listing.variable_conditions import of_instance, variables
from workflow_engine.rest.listing.views import CountView, ListView, reading
from workflow_engine.rest.resources.history.common import DURATION, key_of, removal_time, with_definition
from workflow_engine.rest.resources.process_instance.rows import no_such
from workflow_engine.rest.rows import as_text

VIEW = "view_historictaskinstance"
_CASE = ("caseInstanceId", "caseExecutionId", "caseDefinitionId", "caseDefinitionKey", "caseDefinitionName")


def _links() -> QuerySet[Any]:
    return HistoricIdentityLink.objects.filter(task_id=OuterRef("pk"))


def _candidates() -> QuerySet[Any]:
    return _links().filter(type="candidate", operation_type="add")


def _has_candidate_group() -> Q:
    return Q(Exists(_candidates().filter(group_id__isnull=False)))


def _task_variables() -> QuerySet[Any]:
    return HistoricVariableInstance.objects.filter(task_id=OuterRef("pk"))


class HistoricTaskQuery(ListQuery):
    has_or_queries = True
    parameters = {
        "taskId": row_id("id"),
        "taskParentTaskId": row_id("parent_task_id"),
        "processInstanceId": row_id("process_instance_id"),
        "rootProcessInstanceId": row_id("root_process_instance_id"),
        "processInstanceBusinessKey": equals("process_instance__business_key"),
        "processInstanceBusinessKeyIn": any_of("process_instance__business_key"),
        "processInstanceBusinessKeyLike": like("process_instance__business_key"),
        "executionId": row_id("execution_id"),
        "processDefinitionId": equals("process_definition_id"),
        "processDefinitionKey": equals("process_definition__key"),
        "processDefinitionName": equals("process_definition__name"),
        "activityInstanceIdIn": row_ids("activity_instance_id"),
        "taskName": same_text("name"),
        "taskNameLike": like_text("name"),
        "taskDescription": same_text("description"),
        "taskDescriptionLike": like_text("description"),
        "taskDefinitionKey": equals("task_definition_key"),
        "taskDefinitionKeyIn": any_of("task_definition_key"),
        "taskDeleteReason": equals("delete_reason"),
        "taskDeleteReasonLike": like("delete_reason"),
        "taskAssignee": equals("assignee"),
        "taskAssigneeLike": like("assignee"),
        "taskOwner": equals("owner"),
        "taskOwnerLike": like("owner"),
        "taskPriority": equals("priority", convert.integer),
        "assigned": flag(Q(assignee__isnull=False)),
        "unassigned": flag(Q(assignee__isnull=True)),
        "finished": flag(Q(end_time__isnull=False)),
        "unfinished": flag(Q(end_time__isnull=True)),
        "processFinished": flag(Q(process_instance__end_time__isnull=False)),
        "processUnfinished": flag(Q(process_instance__isnull=False, process_instance__end_time__isnull=True)),
        "taskDueDate": same_moment("due_date"),
        "taskDueDateBefore": before("due_date", inclusive=True),
        "taskDueDateAfter": after("due_date", inclusive=True),
        "withoutTaskDueDate": flag(Q(due_date__isnull=True)),
        "taskFollowUpDate": same_moment("follow_up_date"),
        "taskFollowUpDateBefore": before("follow_up_date", inclusive=True),
        "taskFollowUpDateAfter": after("follow_up_date", inclusive=True),
        "startedBefore": before("start_time", inclusive=True),
        "startedAfter": after("start_time", inclusive=True),
        "finishedBefore": before("end_time", inclusive=True),
        "finishedAfter": after("end_time", inclusive=True),
        "variableNamesIgnoreCase": option(),
        "variableValuesIgnoreCase": option(),
        "taskVariables": variables(_task_variables),
        "processVariables": variables(of_instance(HistoricVariableInstance)),
        "taskInvolvedUser": related(_links, equals("user_id")),
        "taskInvolvedGroup": related(_links, equals("group_id")),
        "taskHadCandidateUser": related(_candidates, equals("user_id")),
        "taskHadCandidateGroup": related(_candidates, equals("group_id")),
        "withCandidateGroups": flag(_has_candidate_group),
        "withoutCandidateGroups": flag(lambda: ~_has_candidate_group()),
        **{name: no_such() for name in _CASE},
        **tenants(),
    }
    sortings = {
        "taskId": "id",
        "activityInstanceId": "activity_instance_id",
        "processDefinitionId": "process_definition_id",
        "processInstanceId": "process_instance_id",
        "executionId": "execution_id",
        "duration": DURATION,
        "endTime": "end_time",
        "startTime": "start_time",
        "taskName": "name",
        "taskDescription": "description",
        "assignee": "assignee",
        "owner": "owner",
        "dueDate": "due_date",
        "followUpDate": "follow_up_date",
        "deleteReason": "delete_reason",
        "taskDefinitionKey": "task_definition_key",
        "priority": "priority",
        "tenantId": "tenant_id",
        # Tasks of cases do not exist, so these are the same for every task.
        "caseDefinitionId": "id",
        "caseExecutionId": "id",
        "caseInstanceId": "id",
    }

    @classmethod
    def rows(cls) -> QuerySet[Any]:
        return with_definition(HistoricTaskInstance.objects)


def historic_task_json(task: Any) -> dict[str, Any]:
    return {
        "id": str(task.pk),
        "processDefinitionKey": key_of(task),
        "processDefinitionId": task.process_definition_id,
        "processInstanceId": as_text(task.process_instance_id),
        "executionId": as_text(task.execution_id),
        "caseDefinitionKey": None,
        "caseDefinitionId": None,
        "caseInstanceId": None,
        "caseExecutionId": None,
        "activityInstanceId": as_text(task.activity_instance_id),
        "name": task.name,
        "description": task.description,
        "deleteReason": task.delete_reason,
        "owner": task.owner,
        "assignee": task.assignee,
        "startTime": format_date(task.start_time),
        "endTime": format_date(task.end_time),
        "duration": task.duration_in_millis,
        "taskDefinitionKey": task.task_definition_key,
        "priority": task.priority,
        "due": format_date(task.due_date),
        "parentTaskId": as_text(task.parent_task_id),
        "followUp": format_date(task.follow_up_date),
        "tenantId": task.tenant_id or None,
        "removalTime": removal_time(task) or format_date(task.removal_time),
        "rootProcessInstanceId": as_text(task.root_process_instance_id),
        "taskState": task.task_state,
    }


class List(ListView):
    permissions = reading(VIEW)
    query = HistoricTaskQuery

    def present(self, row: Any, query: ListQuery) -> Any:
        return historic_task_json(row)


class Count(CountView):
    permissions = reading(VIEW)
    query = HistoricTaskQuery


urlpatterns = [path("history/task", List.as_view()), path("history/task/count", Count.as_view())]
