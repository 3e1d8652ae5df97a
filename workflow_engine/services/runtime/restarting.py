"""Starting ended instances again, where an operator says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction

from workflow_engine import ids, models
from workflow_engine.engine.commands import ModificationInstruction
from workflow_engine.engine.errors import BadInput, NotAllowed, NotFound
from workflow_engine.services import operation_log
from workflow_engine.services.results import StartedInstance
from workflow_engine.services.runtime.starting import start_process_instance
from workflow_engine.services.visibility import is_visible
from workflow_engine.services.who import name_of
from workflow_engine.store import database
from workflow_engine.store.retry import repeating


def restart_together(
    process_definition_id: str,
    process_instance_ids: Iterable[str],
    instructions: Sequence[ModificationInstruction],
    *,
    initial_variables: bool = False,
    without_business_key: bool = False,
    skip_custom_listeners: bool = False,
    skip_io_mappings: bool = False,
    user: Any = None,
    using: str | None = None,
) -> dict[str, StartedInstance]:
    """All in one transaction: the first refusal restarts nobody. Tells by the id of the ended instance what was started for it.

    The new instance has the last variables of the process instance's scope, or those that it was started with (these need
    the history level "full").
    """
    if not instructions:
        raise BadInput("Restart instructions cannot be empty")
    alias = database.alias(using)

    def once() -> dict[str, StartedInstance]:
        with transaction.atomic(using=alias):
            return {
                process_instance_id: _restart(
                    ended_instance(process_instance_id, process_definition_id, using=using),
                    instructions,
                    initial_variables=initial_variables,
                    without_business_key=without_business_key,
                    skip_custom_listeners=skip_custom_listeners,
                    skip_io_mappings=skip_io_mappings,
                    user=user,
                    using=using,
                )
                for process_instance_id in sorted(set(process_instance_ids))
            }

    return repeating(alias, once)


def ended_instance(
    process_instance_id: str, process_definition_id: str, *, using: str | None = None
) -> models.HistoricProcessInstance:
    """The ended instance of this definition; refused if it is none."""
    rows = models.HistoricProcessInstance.objects.using(database.alias(using))
    known = ids.canonical(process_instance_id) is not None
    found: models.HistoricProcessInstance | None = rows.by_id(process_instance_id).first() if known else None
    if found is None or not is_visible(found):
        raise NotFound(f"Historic process instance '{process_instance_id}' cannot be found.")
    if found.end_time is None:
        raise NotAllowed(
            f"Historic process instance '{process_instance_id}' cannot be restarted. It is not completed or terminated."
        )
    if found.process_definition_id != process_definition_id:
        raise NotAllowed(
            f"Historic process instance '{process_instance_id}' cannot be restarted. Its process definition"
            f" '{found.process_definition_id}' is not '{process_definition_id}'."
        )
    return found


def _restart(
    ended: models.HistoricProcessInstance,
    instructions: Sequence[ModificationInstruction],
    *,
    initial_variables: bool,
    without_business_key: bool,
    user: Any,
    using: str | None,
    **skips: Any,
) -> StartedInstance:
    started = start_process_instance(
        ended.process_definition_id,
        business_key=None if without_business_key else ended.business_key,
        variables=_initial_variables(ended, using) if initial_variables else _last_variables(ended, using),
        start_instructions=instructions,
        restarted_process_instance_id=str(ended.pk),
        user=user,
        using=using,
        **skips,
    )
    if started.already_existed:
        raise NotAllowed(
            f"Historic process instance '{ended.pk}' cannot be restarted with its business key '{ended.business_key}': it is"
            f" unique and belongs to process instance '{started.id}'. Restart it without the business key."
        )
    entry = operation_log.Entry(
        operation_type="RestartProcessInstance",
        entity_type="ProcessInstance",
        process_instance_id=str(ended.pk),
        root_process_instance_id=str(ended.root_process_instance_id),
        process_definition_id=ended.process_definition_id,
        process_definition_key=ended.process_definition_key,
        tenant_id=ended.tenant_id,
        property="restartedAs",
        new_value=started.id,
    )
    operation_log.write([entry], name_of(user), database.alias(using))
    return started


def _last_variables(ended: models.HistoricProcessInstance, using: str | None) -> dict[str, Any]:
    rows = models.HistoricVariableInstance.objects.using(database.alias(using)).for_instance(str(ended.pk))
    found = rows.filter(activity_instance_id=ended.pk, task_id__isnull=True, state="CREATED")
    return {row.name: row.value for row in found.order_by("pk")}


def _initial_variables(ended: models.HistoricProcessInstance, using: str | None) -> dict[str, Any]:
    rows = models.HistoricDetail.objects.using(database.alias(using)).for_instance(str(ended.pk))
    return {row.name: row.value for row in rows.filter(is_initial=True).order_by("-sequence", "-pk")}
