"""User tasks as rows: what lists can ask for."""

from __future__ import annotations

from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet
from django.db.models.functions import Lower

from workflow_engine.models import UserTask, Variable
from workflow_engine.rest import convert
from workflow_engine.rest.errors import RestError
from workflow_engine.rest.listing.moments import same_moment
from workflow_engine.rest.listing.parameters import (
    Parameter,
    after,
    any_of,
    before,
    compare,
    equals,
    flag,
    like,
    like_text,
    none_of,
    opposite,
    option,
    row_id,
    row_ids,
    same_text,
    tenants,
)
from workflow_engine.rest.listing.query import ListQuery
from workflow_engine.rest.listing.variable_conditions import VIEW_VARIABLES, of_instance, variables
from workflow_engine.rest.listing.variable_sorting import NO_VALUE, by_variable
from workflow_engine.rest.resources.process_instance.rows import no_such
from workflow_engine.rest.resources.task import candidates

_CASE = (
    "caseInstanceId", "caseInstanceBusinessKey", "caseInstanceBusinessKeyLike", "caseDefinitionId", "caseDefinitionKey",
    "caseDefinitionName", "caseDefinitionNameLike", "caseExecutionId",
)  # fmt: skip
# Camunda forbids expressions in such queries too, unless a site allows them.
_EXPRESSIONS = (
    "processInstanceBusinessKey", "processInstanceBusinessKeyLike", "assignee", "assigneeLike", "owner", "candidateGroup", "candidateUser",
    "involvedUser", "dueDate", "dueAfter", "dueBefore", "followUpDate", "followUpAfter", "followUpBefore", "followUpBeforeOrNotExistent",
    "createdOn", "createdAfter", "createdBefore", "updatedAfter", "candidateGroups",
)  # fmt: skip
DELEGATION_STATES = ("PENDING", "RESOLVED")


def _refuse_expression(raw: Any) -> Any:
    raise RestError("Expressions are forbidden in adhoc queries.", type_name="BadUserRequestException")


def _delegation_state(raw: Any) -> str:
    if raw not in DELEGATION_STATES:
        raise ValueError("must be PENDING or RESOLVED")
    return str(raw)


def _scope(column: str) -> QuerySet[Any]:
    """The variables of the task's instance or execution, without its own."""
    return Variable.objects.filter(execution_id=OuterRef(column), task_id__isnull=True)


class TaskQuery(ListQuery):
    has_or_queries = True
    parameters = {
        "taskId": row_id("id"),
        "taskIdIn": row_ids("id"),
        "processInstanceId": row_id("process_instance_id"),
        "processInstanceIdIn": row_ids("process_instance_id"),
        "processInstanceBusinessKey": equals("process_instance__business_key"),
        "processInstanceBusinessKeyIn": any_of("process_instance__business_key"),
        "processInstanceBusinessKeyLike": like("process_instance__business_key"),
        "processDefinitionId": equals("process_definition_id"),
        "processDefinitionKey": equals("process_definition__key"),
        "processDefinitionKeyIn": any_of("process_definition__key"),
        "processDefinitionName": equals("process_definition__name"),
        "processDefinitionNameLike": like("process_definition__name"),
        "executionId": row_id("execution_id"),
        "activityInstanceIdIn": row_ids("activity_instance_id"),
        "assignee": equals("assignee"),
        "assigneeLike": like("assignee"),
        "assigneeIn": any_of("assignee"),
        "assigneeNotIn": Parameter(
            convert.text_list, lambda names, _: Q(assignee__isnull=False) & ~Q(assignee__in=names) if names else None
        ),
        "owner": equals("owner"),
        "assigned": flag(Q(assignee__isnull=False)),
        "unassigned": flag(Q(assignee__isnull=True)),
        "taskDefinitionKey": equals("task_definition_key"),
        "taskDefinitionKeyIn": any_of("task_definition_key"),
        "taskDefinitionKeyNotIn": none_of("task_definition_key"),
        "taskDefinitionKeyLike": like("task_definition_key"),
        "name": same_text("name"),
        "nameNotEqual": opposite(same_text("name")),
        "nameLike": like_text("name"),
        "nameNotLike": opposite(like_text("name")),
        "description": same_text("description"),
        "descriptionLike": like_text("description"),
        "priority": equals("priority", convert.integer),
        "maxPriority": compare("priority__lte", convert.integer),
        "minPriority": compare("priority__gte", convert.integer),
        "dueDate": same_moment("due_date"),
        "dueAfter": after("due_date"),
        "dueBefore": before("due_date"),
        "withoutDueDate": flag(Q(due_date__isnull=True)),
        "followUpDate": same_moment("follow_up_date"),
        "followUpAfter": after("follow_up_date"),
        "followUpBefore": before("follow_up_date"),
        "followUpBeforeOrNotExistent": Parameter(
            convert.date, lambda at, _: Q(follow_up_date__lt=at) | Q(follow_up_date__isnull=True)
        ),
        "createdOn": same_moment("create_time"),
        "createdAfter": after("create_time"),
        "createdBefore": before("create_time"),
        "updatedAfter": Parameter(
            convert.date, lambda at, _: Q(last_updated__gt=at) | Q(last_updated__isnull=True, create_time__gt=at)
        ),
        "delegationState": equals("delegation_state", _delegation_state),
        "active": flag(Q(is_suspended=False)),
        "suspended": flag(Q(is_suspended=True)),
        "parentTaskId": row_id("parent_task_id"),
        "variableNamesIgnoreCase": option(),
        "variableValuesIgnoreCase": option(),
        "taskVariables": variables(candidates.variables_of_task),
        "processVariables": variables(of_instance(Variable)),
        "caseInstanceVariables": no_such(lambda raw: raw),
        "withCommentAttachmentInfo": option(),
        "withTaskVariablesInReturn": option(permission=VIEW_VARIABLES),
        "withTaskLocalVariablesInReturn": option(permission=VIEW_VARIABLES),
        **candidates.PARAMETERS,
        **{name: no_such() for name in _CASE},
        **{f"{name}Expression": Parameter(_refuse_expression) for name in _EXPRESSIONS},
        **tenants(),
    }
    sortings = {
        "instanceId": "process_instance_id",
        "dueDate": "due_date",
        "followUpDate": "follow_up_date",
        "executionId": "execution_id",
        "assignee": "assignee",
        "created": "create_time",
        "lastUpdated": "last_updated",
        "description": "description",
        "id": "id",
        "name": "name",
        "nameCaseInsensitive": Lower("name"),
        "priority": "priority",
        "tenantId": "tenant_id",
        **dict.fromkeys(("caseInstanceId", "caseExecutionId"), NO_VALUE),
    }
    variable_sortings = {
        "processVariable": by_variable(lambda: _scope("process_instance_id")),
        "executionVariable": by_variable(lambda: _scope("execution_id")),
        "taskVariable": by_variable(candidates.variables_of_task),
        "caseInstanceVariable": by_variable(None),
        "caseExecutionVariable": by_variable(None),
    }
    check = staticmethod(candidates.check)

    @classmethod
    def rows(cls) -> QuerySet[Any]:
        return UserTask.objects.annotate(definition_key=F("process_definition__key"))
