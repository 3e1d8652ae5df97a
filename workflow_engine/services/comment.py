"""Comments on user tasks: writing one, also after the task has ended; changing and deleting while it runs."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from workflow_engine import clock, ids, models
from workflow_engine.engine.errors import BadInput
from workflow_engine.services import operation_log
from workflow_engine.services.task_contents import belongings, changing, check_history, entry
from workflow_engine.services.who import name_of
from workflow_engine.store import database
from workflow_engine.store.retry import repeating

# The log tells what a comment was about, not all of it.
LOGGED_LENGTH = 163


def create(
    task_id: str, message: str, *, process_instance_id: str | None = None, user: Any = None, using: str | None = None
) -> models.Comment:
    """With the id of the task's own process instance, it is shown there as well."""
    alias, who = database.alias(using), name_of(user)

    def run() -> models.Comment:
        with changing(task_id, who, alias) as task:
            if process_instance_id is not None and ids.canonical(process_instance_id) != str(task.process_instance_id):
                raise BadInput(
                    f"Cannot comment task '{task_id}' for process instance '{process_instance_id}':"
                    f" it belongs to '{task.process_instance_id}'."
                )
            comment: models.Comment = models.Comment.objects.using(alias).create(
                id=ids.new_id(str(task.pk)),
                user_id=who,
                time=clock.now(alias),
                message=message,
                is_of_process_instance=process_instance_id is not None,
                **belongings(task),
            )
            return comment

    return repeating(alias, run)


def change(task_id: str, comment_id: str, message: str, *, user: Any = None, using: str | None = None) -> None:
    alias, who = database.alias(using), name_of(user)

    def run() -> None:
        with changing(task_id, who, alias) as task:
            _check_running(task)
            comment = _of_task(task, alias).by_id(comment_id).first()
            if comment is None:
                raise BadInput(f"No comment exists with commentId: {comment_id} and taskId: {task_id}")
            _write(comment, message, task, who, alias)

    repeating(alias, run)


def delete(task_id: str, comment_id: str | None = None, *, user: Any = None, using: str | None = None) -> None:
    """One, or all of the task. What is not there needs no deleting."""
    alias, who = database.alias(using), name_of(user)

    def run() -> None:
        with changing(task_id, who, alias) as task:
            _check_running(task)
            rows = _of_task(task, alias)
            (rows if comment_id is None else rows.by_id(comment_id)).delete()
            operation_log.write([entry("DeleteComment", "Comment", task, property="comment")], who, alias)

    repeating(alias, run)


def change_of_process_instance(
    process_instance_id: str, comment_id: str, message: str, *, user: Any = None, using: str | None = None
) -> None:
    alias = database.alias(using)
    with transaction.atomic(using=alias):
        _running_instance(process_instance_id, alias)
        comment = _of_instance(process_instance_id, alias).by_id(comment_id).select_for_update().first()
        if comment is None:
            raise BadInput(
                f"No comment exists with commentId: {comment_id} and processInstanceId: {process_instance_id}"
            )
        task = models.HistoricTaskInstance.objects.using(alias).by_id(comment.task_id).get()
        _write(comment, message, task, name_of(user), alias)


def delete_of_process_instance(
    process_instance_id: str, comment_id: str | None = None, *, user: Any = None, using: str | None = None
) -> None:
    """One, or all that are shown with the instance."""
    alias = database.alias(using)
    with transaction.atomic(using=alias):
        instance = _running_instance(process_instance_id, alias)
        rows = _of_instance(process_instance_id, alias)
        (rows if comment_id is None else rows.by_id(comment_id)).delete()
        log = operation_log.Entry(
            operation_type="DeleteComment",
            entity_type="Comment",
            category=operation_log.TASK_WORKER,
            property="comment",
            process_instance_id=str(instance.pk),
            root_process_instance_id=str(instance.root_process_instance_id),
            process_definition_id=instance.process_definition_id,
            process_definition_key=instance.process_definition_key,
            tenant_id=instance.tenant_id,
        )
        operation_log.write([log], name_of(user), alias)


def _write(comment: Any, message: str, task: models.HistoricTaskInstance, who: str | None, using: str) -> None:
    before = comment.message
    comment.message, comment.user_id, comment.time = message, who, clock.now(using)
    comment.save(using=using, update_fields=["message", "user_id", "time"])
    log = entry(
        "UpdateComment", "Comment", task, property="comment", org_value=shortened(before), new_value=shortened(message)
    )
    operation_log.write([log], who, using)


def shortened(message: str) -> str:
    line = " ".join(message.split())
    return line if len(line) <= LOGGED_LENGTH else line[: LOGGED_LENGTH - 3] + "..."


def _of_task(task: models.HistoricTaskInstance, using: str) -> Any:
    return models.Comment.objects.using(using).filter(partition=task.partition, task_id=task.pk)


def _of_instance(process_instance_id: str, using: str) -> Any:
    return models.Comment.objects.using(using).for_instance(process_instance_id).filter(is_of_process_instance=True)


def _check_running(task: models.HistoricTaskInstance) -> None:
    if task.end_time is not None:
        raise BadInput(f"No task exists with taskId: {task.pk}: the task has ended, and its comments stay as they are.")


def _running_instance(process_instance_id: str, using: str) -> models.HistoricProcessInstance:
    check_history()
    rows = models.HistoricProcessInstance.objects.using(using).by_id(process_instance_id)
    instance: models.HistoricProcessInstance | None = rows.filter(end_time__isnull=True).first()
    if instance is None:
        raise BadInput(f"No processInstance exists with processInstanceId: {process_instance_id}: it has ended.")
    return instance
