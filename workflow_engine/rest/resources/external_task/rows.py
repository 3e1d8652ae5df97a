"""External tasks as rows: what lists can ask for, and the JSON of one."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from workflow_engine import clock
from workflow_engine.models import ExternalTask, Variable
from workflow_engine.rest import convert
from workflow_engine.rest.dates import format_date
from workflow_engine.rest.listing.parameters import (
    after,
    any_of,
    before,
    compare,
    equals,
    flag,
    like,
    option,
    row_id,
    row_ids,
    tenants,
)
from workflow_engine.rest.listing.query import ListQuery
from workflow_engine.rest.listing.variable_conditions import of_instance, variables

WITHOUT_RETRIES = Q(retries=0)


def _is_locked() -> Q:
    return Q(lock_expiration_time__gt=clock.now())


class ExternalTaskQuery(ListQuery):
    parameters = {
        "externalTaskId": row_id("id"),
        "externalTaskIdIn": row_ids("id"),
        "topicName": equals("topic_name"),
        "workerId": equals("worker_id"),
        "locked": flag(_is_locked),
        "notLocked": flag(lambda: Q(lock_expiration_time__isnull=True) | Q(lock_expiration_time__lte=clock.now())),
        "withRetriesLeft": flag(Q(retries__isnull=True) | Q(retries__gt=0)),
        "noRetriesLeft": flag(WITHOUT_RETRIES),
        "lockExpirationAfter": after("lock_expiration_time"),
        "lockExpirationBefore": before("lock_expiration_time"),
        "activityId": equals("activity_id"),
        "activityIdIn": any_of("activity_id"),
        "executionId": row_id("execution_id"),
        "processInstanceId": row_id("process_instance_id"),
        "processInstanceIdIn": row_ids("process_instance_id"),
        "processDefinitionId": equals("process_definition_id"),
        "processDefinitionKey": equals("process_definition_key"),
        "processDefinitionKeyIn": any_of("process_definition_key"),
        "processDefinitionName": equals("process_definition__name"),
        "processDefinitionNameLike": like("process_definition__name"),
        "businessKey": equals("business_key"),
        "active": flag(Q(is_suspended=False)),
        "suspended": flag(Q(is_suspended=True)),
        "priorityHigherThanOrEquals": compare("priority__gte", convert.long),
        "priorityLowerThanOrEquals": compare("priority__lte", convert.long),
        "variableNamesIgnoreCase": option(),
        "variableValuesIgnoreCase": option(),
        "processVariables": variables(of_instance(Variable)),
        **tenants(),
    }
    sortings = {
        "id": "id",
        "lockExpirationTime": "lock_expiration_time",
        "processInstanceId": "process_instance_id",
        "processDefinitionId": "process_definition_id",
        "processDefinitionKey": "process_definition_key",
        "taskPriority": "priority",
        "createTime": "create_time",
        "tenantId": "tenant_id",
    }

    @classmethod
    def rows(cls) -> QuerySet[Any]:
        return ExternalTask.objects.select_related("process_definition")


def external_task_json(task: ExternalTask) -> dict[str, Any]:
    return {
        "activityId": task.activity_id,
        "activityInstanceId": str(task.activity_instance_id),
        "errorMessage": task.error_message,
        "executionId": str(task.execution_id),
        "id": str(task.pk),
        "lockExpirationTime": format_date(task.lock_expiration_time),
        "createTime": format_date(task.create_time),
        "processDefinitionId": task.process_definition_id,
        "processDefinitionKey": task.process_definition_key,
        "processDefinitionVersionTag": task.process_definition.version_tag,
        "processInstanceId": str(task.process_instance_id),
        "retries": task.retries,
        "suspended": task.is_suspended,
        "workerId": task.worker_id,
        "topicName": task.topic_name,
        "tenantId": task.tenant_id or None,
        "priority": task.priority,
        "businessKey": task.business_key,
    }
