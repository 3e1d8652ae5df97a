"""Every kind of batch by Camunda's name: what it does to one item, and what the user operation log says of it.

`run` does one item in the transaction that the caller has opened, and raises what is wrong with it. The options are those
with which the batch was created. Nobody is named as the one who does it, as in Camunda: the log tells of the batch as a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from workflow_engine.engine.errors import NotFound
from workflow_engine.services import external_task, history, management, message, runtime
from workflow_engine.services.batch import changing

Options = Mapping[str, Any]
Run = Callable[[str, Options, str], None]

DELETION, HISTORIC_DELETION = "instance-deletion", "historic-instance-deletion"
JOB_RETRIES, EXTERNAL_TASK_RETRIES = "set-job-retries", "set-external-task-retries"
MIGRATION, MODIFICATION, RESTART = "instance-migration", "instance-modification", "instance-restart"
SUSPENSION, MESSAGE, VARIABLES = "instance-update-suspension-state", "correlate-message", "set-variables"
REMOVAL_TIME, BATCH_REMOVAL_TIME = "process-set-removal-time", "batch-set-removal-time"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """`empty`: what to tell whoever asks for a batch of nothing. `told`: the options that the operation log shows."""

    run: Run
    empty: str
    operation: str
    entity: str = "ProcessInstance"
    told: tuple[tuple[str, str], ...] = ()  # (option, the log's name for it)


def _delete(item: str, options: Options, using: str) -> None:
    rest = {name: value for name, value in options.items() if name != "fail_if_not_exists"}
    try:
        runtime.delete_process_instance(item, using=using, **rest)
    except NotFound:
        # Called instances go with those that called them, so one that is gone is no failure by itself.
        if options.get("fail_if_not_exists"):
            raise


def _delete_history(item: str, options: Options, using: str) -> None:
    if options.get("fail_if_not_exists"):
        history.delete_historic_process_instance(item, using=using)
        return
    with suppress(NotFound):
        history.delete_historic_process_instance(item, using=using)


def _set_job_retries(item: str, options: Options, using: str) -> None:
    management.set_job_retries(item, using=using, **options)


def _set_external_task_retries(item: str, options: Options, using: str) -> None:
    external_task.set_retries(item, using=using, **options)


def _migrate(item: str, options: Options, using: str) -> None:
    rest = {name: value for name, value in options.items() if name != "plan"}
    runtime.migrate_together(options["plan"], [item], using=using, **rest)


def _modify(item: str, options: Options, using: str) -> None:
    rest = {name: value for name, value in options.items() if name != "process_definition_id"}
    runtime.modify_together(options["process_definition_id"], [item], using=using, **rest)


def _restart(item: str, options: Options, using: str) -> None:
    rest = {name: value for name, value in options.items() if name != "process_definition_id"}
    runtime.restart_together(options["process_definition_id"], [item], using=using, **rest)


def _suspend(item: str, options: Options, using: str) -> None:
    change = runtime.suspend_process_instance if options["is_suspended"] else runtime.activate_process_instance
    with suppress(NotFound):  # ended meanwhile
        change(item, using=using)


def _correlate(item: str, options: Options, using: str) -> None:
    message.correlate_within_instance(item, using=using, **options)


def _set_variables(item: str, options: Options, using: str) -> None:
    runtime.set_variables(item, options["variables"], using=using)


def _set_removal_time(item: str, options: Options, using: str) -> None:
    history.set_removal_time(item, using=using, **options)


def _set_batch_removal_time(item: str, options: Options, using: str) -> None:
    changing.set_removal_time(item, using=using, **options)


_RETRIES, _REASON = ("retries", "retries"), ("reason", "deleteReason")
_REMOVAL = (("mode", "mode"), ("removal_time", "removalTime"), ("hierarchical", "hierarchical"))

KINDS: dict[str, Kind] = {
    DELETION: Kind(run=_delete, empty="processInstanceIds is empty", operation="Delete", told=(_REASON,)),
    HISTORIC_DELETION: Kind(
        run=_delete_history,
        empty="historicProcessInstanceIds is empty",
        operation="DeleteHistory",
        told=(("delete_reason", "deleteReason"),),
    ),
    JOB_RETRIES: Kind(
        run=_set_job_retries, empty="jobIds is empty", operation="SetJobRetries", entity="Job", told=(_RETRIES,)
    ),
    EXTERNAL_TASK_RETRIES: Kind(
        run=_set_external_task_retries,
        empty="externalTaskIds is empty",
        operation="SetExternalTaskRetries",
        entity="ExternalTask",
        told=(_RETRIES,),
    ),
    MIGRATION: Kind(
        run=_migrate, empty="Process instance ids cannot empty: process instance ids is empty", operation="Migrate"
    ),
    MODIFICATION: Kind(
        run=_modify,
        empty="Process instance ids cannot be empty: Process instance ids is empty",
        operation="ModifyProcessInstance",
    ),
    RESTART: Kind(run=_restart, empty="processInstanceIds is empty", operation="RestartProcessInstance"),
    SUSPENSION: Kind(
        run=_suspend,
        empty="No process instance ids given: process Instance Ids is empty",
        operation="UpdateSuspensionState",
        told=(("is_suspended", "suspended"),),
    ),
    MESSAGE: Kind(
        run=_correlate,
        empty="No process instances found.",
        operation="CorrelateMessage",
        told=(("message_name", "messageName"),),
    ),
    VARIABLES: Kind(run=_set_variables, empty="No process instances found.", operation="SetVariables"),
    REMOVAL_TIME: Kind(
        run=_set_removal_time, empty="historicProcessInstances is empty", operation="SetRemovalTime", told=_REMOVAL
    ),
    BATCH_REMOVAL_TIME: Kind(
        run=_set_batch_removal_time,
        empty="historicBatches is empty",
        operation="SetRemovalTime",
        entity="Batch",
        told=_REMOVAL[:2],
    ),
}
