"""Starting instances. Where the business key is unique, a second start answers with the instance that exists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from workflow_engine import models
from workflow_engine.engine.commands import ModificationInstruction, StartProcessInstance
from workflow_engine.services.command import execute
from workflow_engine.services.errors import BusinessKeyTaken
from workflow_engine.services.repository.lookups import latest_definition
from workflow_engine.services.results import StartedInstance
from workflow_engine.services.who import name_of
from workflow_engine.store import database


def start_process_instance(
    process_definition_id: str,
    *,
    business_key: str | None = None,
    variables: Mapping[str, Any] | None = None,
    start_activity_id: str | None = None,
    start_instructions: Sequence[ModificationInstruction] = (),
    skip_custom_listeners: bool = False,
    skip_io_mappings: bool = False,
    restarted_process_instance_id: str | None = None,
    form_fields: Mapping[str, str] | None = None,
    user: Any = None,
    using: str | None = None,
) -> StartedInstance:
    """Starts an instance of this definition and runs it to its first wait states."""
    command = StartProcessInstance(
        process_definition_id=process_definition_id,
        business_key=business_key,
        variables=variables or {},
        start_activity_id=start_activity_id,
        start_instructions=tuple(start_instructions),
        skip_custom_listeners=skip_custom_listeners,
        skip_io_mappings=skip_io_mappings,
        restarted_process_instance_id=restarted_process_instance_id,
        form_fields=form_fields or {},
    )
    try:
        execution = execute(command, user=name_of(user), using=using)
    except BusinessKeyTaken as taken:
        return existing_instance(taken.process_instance_id, database.alias(using))
    return StartedInstance(
        id=execution.id,
        process_definition_id=process_definition_id,
        process_definition_key=key_of(process_definition_id),
        business_key=execution.business_key,
        tenant_id=execution.tenant_id,
        is_ended=execution.is_ended,
        is_suspended=execution.is_suspended,
    )


start_process_instance_by_id = start_process_instance


def start_process_instance_by_key(
    key: str, *, tenant_id: str | None = None, using: str | None = None, **options: Any
) -> StartedInstance:
    """Of the newest version of the key; `options` as for `start_process_instance`."""
    return start_process_instance(latest_definition(key, tenant_id, using=using).pk, using=using, **options)


def start_process_instance_by_message(
    message_name: str, *, tenant_id: str | None = None, using: str | None = None, **options: Any
) -> StartedInstance:
    """By the message start event that waits for this name; `options` as for `start_process_instance`."""
    from workflow_engine.services.message import find_message_start

    process_definition_id, activity_id = find_message_start(message_name, tenant_id, database.alias(using))
    return start_process_instance(process_definition_id, start_activity_id=activity_id, using=using, **options)


def existing_instance(process_instance_id: str, using: str) -> StartedInstance:
    """What is known of an instance that may have ended long ago."""
    running = models.ProcessInstance.objects.using(using).by_id(process_instance_id).first()
    if running is not None:
        definition_id, business_key, tenant_id = running.process_definition_id, running.business_key, running.tenant_id
    else:
        known = models.HistoricProcessInstance.objects.using(using).by_id(process_instance_id).first()
        key = models.BusinessKey.objects.using(using).filter(process_instance_id=process_instance_id).first()
        definition_id = "" if known is None else known.process_definition_id
        business_key, tenant_id = (None, "") if key is None else (key.business_key, key.tenant_id)
    return StartedInstance(
        id=process_instance_id,
        process_definition_id=definition_id,
        process_definition_key=key_of(definition_id),
        business_key=business_key,
        tenant_id=tenant_id,
        is_ended=running is None,
        is_suspended=running is not None and running.is_suspended,
        already_existed=True,
    )


def key_of(process_definition_id: str) -> str:
    """The key that a definition's id begins with."""
    return process_definition_id.rsplit(":", 2)[0]
