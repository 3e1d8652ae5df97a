"""What a worker says about a task that it holds: commands for the engine, as they move the process on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflow_engine.engine import commands
from workflow_engine.services.command import execute
from workflow_engine.services.who import name_of


def complete(
    task_id: str,
    worker_id: str | None,
    variables: Mapping[str, Any] | None = None,
    *,
    local_variables: Mapping[str, Any] | None = None,
    lock_token: str | None = None,
    user: Any = None,
    using: str | None = None,
) -> None:
    """The work is done: the process goes on. `worker_id` None is an operator's completion."""
    command = commands.CompleteExternalTask(
        task_id=task_id,
        worker_id=worker_id,
        variables=variables or {},
        local_variables=local_variables or {},
        lock_token=lock_token,
    )
    execute(command, user=name_of(user), using=using)


def failure(
    task_id: str,
    worker_id: str,
    *,
    error_message: str | None = None,
    error_details: str | None = None,
    retries: int = 0,
    retry_timeout: int = 0,
    variables: Mapping[str, Any] | None = None,
    local_variables: Mapping[str, Any] | None = None,
    lock_token: str | None = None,
    user: Any = None,
    using: str | None = None,
) -> None:
    """The work failed; at zero retries an incident opens. `retry_timeout` in milliseconds."""
    command = commands.FailExternalTask(
        task_id=task_id,
        worker_id=worker_id,
        error_message=error_message,
        error_details=error_details,
        retries=retries,
        retry_timeout=retry_timeout,
        variables=variables or {},
        local_variables=local_variables or {},
        lock_token=lock_token,
    )
    execute(command, user=name_of(user), using=using)


def bpmn_error(
    task_id: str,
    worker_id: str,
    error_code: str,
    *,
    error_message: str | None = None,
    variables: Mapping[str, Any] | None = None,
    lock_token: str | None = None,
    user: Any = None,
    using: str | None = None,
) -> None:
    """The work ended in a business error that the model may catch."""
    command = commands.ThrowExternalTaskError(
        task_id=task_id,
        worker_id=worker_id,
        error_code=error_code,
        error_message=error_message,
        variables=variables or {},
        lock_token=lock_token,
    )
    execute(command, user=name_of(user), using=using)


def set_retries(task_id: str, retries: int, *, user: Any = None, using: str | None = None) -> None:
    """Above zero resolves the incident, at zero opens one."""
    execute(commands.SetExternalTaskRetries(task_id=task_id, retries=retries), user=name_of(user), using=using)
