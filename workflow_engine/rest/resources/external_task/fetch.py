"""POST /external-task/fetchAndLock: hands out tasks at once, or waits for some. A hot path: plain values, no serializers."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from workflow_engine.rest.answers import json_answer
from workflow_engine.rest.base import EngineView
from workflow_engine.rest.dates import format_date
from workflow_engine.rest.errors import RestError
from workflow_engine.rest.limits import limits
from workflow_engine.rest.long_polling import Wish, poll
from workflow_engine.rest.request_body import Body
from workflow_engine.rest.variables.accepted import plain_values
from workflow_engine.rest.variables.presented import presented_variables
from workflow_engine.rest.worker_tokens import WorkerPrincipal
from workflow_engine.services import external_task as service

SORTINGS = ("createTime",)


class FetchAndLock(EngineView):
    permissions = {"POST": "fetch_external_task"}
    knows_definitions = True

    def post(self, request: Request) -> HttpResponse:
        body = self.body()
        wait = body.integer("asyncResponseTimeout", 0, maximum=limits().max_wait_milliseconds)
        items = self._topics(body)
        topics = [_topic(item) for item in items]
        if not topics:
            return json_answer([])
        arguments = {
            "worker_id": body.required_text("workerId"),
            "max_tasks": body.integer("maxTasks", 0, minimum=0, maximum=limits().max_tasks),
            "use_priority": body.boolean("usePriority"),
            "create_time_order": _create_time_order(body),
            "user": request.user,
            "visibility": self.visibility,
        }
        deserialized = {
            topic.topic_name for topic, item in zip(topics, items, strict=True) if item.boolean("deserializeValues")
        }
        wish = Wish(
            topics=tuple(topic.topic_name for topic in topics),
            seconds=wait / 1000,
            max_tasks=arguments["max_tasks"],
            is_selective=any(topic.is_selective for topic in topics)
            or (wait > 0 and self.visibility is not None and self.visibility.may_withhold_tasks),
        )
        tasks = poll(request._request, wish, lambda: service.fetch_and_lock(topics=topics, **arguments))
        return json_answer([_locked_task_json(task, task.topic_name in deserialized) for task in tasks])

    def _topics(self, body: Body) -> list[Body]:
        topics = body.objects("topics") or []
        if len(topics) > limits().max_topics:
            raise body.refusal("topics", f"holds {len(topics)} topics, at most {limits().max_topics} are allowed")
        user = self.request.user
        if isinstance(user, WorkerPrincipal):
            for topic in topics:
                if not user.may_work_on(topic.required_text("topicName")):
                    raise PermissionDenied(
                        f"The worker '{user.username}' may not work on topic '{topic.text('topicName')}'."
                    )
        return topics


def _topic(item: Body) -> service.Topic:
    variables = item.text_list("variables")
    return service.Topic(
        topic_name=item.required_text("topicName"),
        lock_duration=item.integer("lockDuration", 0, minimum=1, maximum=limits().max_lock_milliseconds),
        variables=None if variables is None else tuple(variables),
        local_variables=item.boolean("localVariables"),
        business_key=item.text("businessKey"),
        process_definition_id=item.text("processDefinitionId", 320),
        process_definition_id_in=_tuple(item, "processDefinitionIdIn"),
        process_definition_key=item.text("processDefinitionKey"),
        process_definition_key_in=_tuple(item, "processDefinitionKeyIn"),
        process_definition_version_tag=item.text("processDefinitionVersionTag"),
        process_variables=plain_values(item, "processVariables"),
        without_tenant_id=item.boolean("withoutTenantId"),
        tenant_id_in=_tuple(item, "tenantIdIn"),
        include_extension_properties=item.boolean("includeExtensionProperties"),
    )


def _tuple(item: Body, name: str) -> tuple[str, ...] | None:
    values = item.text_list(name)
    return tuple(values) if values else None


def _create_time_order(body: Body) -> str | None:
    """`sorting` knows only createTime; absent, tasks come in the order of their ids."""
    chosen = None
    for item in body.objects("sorting") or ():
        if (by := item.required_text("sortBy")) not in SORTINGS:
            raise RestError(f"Cannot set query sortBy parameter to value {by!r}: it must be createTime.")
        chosen = item.required_text("sortOrder")
        if chosen not in ("asc", "desc"):
            raise RestError(f"Cannot set query sortOrder parameter to value {chosen!r}: it must be asc or desc.")
    return chosen


def _locked_task_json(task: Any, deserialize: bool) -> dict[str, Any]:
    found = {
        "activityId": task.activity_id,
        "activityInstanceId": str(task.activity_instance_id),
        "errorMessage": task.error_message,
        "errorDetails": task.error_details,
        "executionId": str(task.execution_id),
        "id": str(task.id),
        "lockExpirationTime": format_date(task.lock_expiration_time),
        "createTime": format_date(task.create_time),
        "processDefinitionId": task.process_definition_id,
        "processDefinitionKey": task.process_definition_key,
        "processDefinitionVersionTag": task.process_definition_version_tag,
        "processInstanceId": str(task.process_instance_id),
        "retries": task.retries,
        "suspended": task.is_suspended,
        "workerId": task.worker_id,
        "topicName": task.topic_name,
        "tenantId": task.tenant_id or None,
        "variables": presented_variables(task.variables, deserialize=deserialize),
        "priority": task.priority,
        "businessKey": task.business_key,
        "extensionProperties": dict(task.extension_properties or {}),
        "lockToken": str(task.lock_token),
    }
    if task.traceparent is not None:
        found["traceparent"] = task.traceparent
    return found
