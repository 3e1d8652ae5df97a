"""The JSON of a user task and of its form."""

from __future__ import annotations

from typing import Any

from workflow_engine.models import Attachment, Comment, UserTask
from workflow_engine.rest.dates import format_date
from workflow_engine.rest.forms.answers import form_ref_json
from workflow_engine.rest.rows import as_text
from workflow_engine.services.form import task_form_keys


def task_json(task: UserTask) -> dict[str, Any]:
    form = task_form_keys(task)
    return {
        "id": str(task.pk),
        "name": task.name,
        "assignee": task.assignee,
        "created": format_date(task.create_time),
        "due": format_date(task.due_date),
        "followUp": format_date(task.follow_up_date),
        "lastUpdated": format_date(task.last_updated),
        "delegationState": task.delegation_state,
        "description": task.description,
        "executionId": as_text(task.execution_id),
        "owner": task.owner,
        "parentTaskId": as_text(task.parent_task_id),
        "priority": task.priority,
        "processDefinitionId": task.process_definition_id,
        "processInstanceId": as_text(task.process_instance_id),
        "taskDefinitionKey": task.task_definition_key,
        "caseExecutionId": None,
        "caseInstanceId": None,
        "caseDefinitionId": None,
        "suspended": task.is_suspended,
        "formKey": form.key,
        "camundaFormRef": form_ref_json(form),
        "tenantId": task.tenant_id or None,
        "taskState": task.task_state,
    }


def comment_attachment_info(tasks: list[UserTask]) -> dict[Any, dict[str, bool]]:
    """By task, whether there are any: two statements for all of them."""
    task_ids = [task.pk for task in tasks]
    partitions = {task.partition for task in tasks}

    def having(model: Any) -> set[Any]:
        rows = model.objects.filter(partition__in=partitions, task_id__in=task_ids)
        return set(rows.order_by().values_list("task_id", flat=True).distinct())

    commented, attached = having(Comment), having(Attachment)
    return {task_id: {"comment": task_id in commented, "attachment": task_id in attached} for task_id in task_ids}
