"""Attachments of user tasks: files and addresses, added and deleted also after the task has ended."""

from __future__ import annotations

from typing import Any

from workflow_engine import clock, ids, models
from workflow_engine.engine.errors import BadInput, NotFound
from workflow_engine.services import operation_log
from workflow_engine.services.task_contents import belongings, changing, entry
from workflow_engine.services.who import name_of
from workflow_engine.store import database
from workflow_engine.store.retry import repeating


def create(
    task_id: str,
    *,
    name: str | None = None,
    description: str | None = None,
    type: str | None = None,
    url: str | None = None,
    content: bytes | None = None,
    user: Any = None,
    using: str | None = None,
) -> models.Attachment:
    """With content the address is not kept."""
    if content is None and not url:
        raise BadInput("No content or url to remote content exists to create the task attachment.")
    alias, who = database.alias(using), name_of(user)

    def run() -> models.Attachment:
        with changing(task_id, who, alias) as task:
            attachment: models.Attachment = models.Attachment.objects.using(alias).create(
                id=ids.new_id(str(task.pk)),
                name=name,
                description=description,
                type=type,
                user_id=who,
                create_time=clock.now(alias),
                url=url if content is None else None,
                content=content,
                **belongings(task),
            )
            log = entry("AddAttachment", "Attachment", task, property="name", new_value=name)
            operation_log.write([log], who, alias)
            return attachment

    return repeating(alias, run)


def delete(task_id: str, attachment_id: str, *, user: Any = None, using: str | None = None) -> None:
    alias, who = database.alias(using), name_of(user)

    def run() -> None:
        with changing(task_id, who, alias) as task:
            rows = models.Attachment.objects.using(alias).filter(task_id=task.pk).by_id(attachment_id)
            attachment = rows.without_content().first()
            if attachment is None:
                raise NotFound(missing(task_id, attachment_id))
            attachment.delete()
            log = entry("DeleteAttachment", "Attachment", task, property="name", new_value=attachment.name)
            operation_log.write([log], who, alias)

    repeating(alias, run)


def missing(task_id: str, attachment_id: str) -> str:
    return (
        "Deletion is not possible. No attachment exists for task id"
        f" '{task_id[:300]}' and attachment id '{attachment_id[:300]}'."
    )
