"""The order in which things happen: a stack of operations, run depth first.

An operation either runs at once or, when it is `queued` and another one is running, waits on top of the stack until the
running one has returned. That keeps the Python stack flat in long or looping processes, and starts what was pushed last
first: who forks pushes in reverse order.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workflow_engine.engine.handlers import BpmnError

if TYPE_CHECKING:
    from workflow_engine.engine.execution import Execution


@dataclass(frozen=True, slots=True)
class Operation:
    """One step of an execution. `async_kind`: the continuation that replaces it by a job, where the model asks for one."""

    name: str  # Camunda's canonical name: it is kept in the job's configuration
    run: Callable[[Execution], None]
    queued: bool = False
    async_kind: str | None = None  # "before" or "after"
    follows_replacement: bool = True
    dropped_if_canceled: bool = False
    dropped_if_ended: bool = False


def perform(execution: Execution, operation: Operation) -> None:
    """Runs the operation, or makes a job of it where the activity is asynchronous at this point."""
    if _is_asynchronous(execution, operation):
        _schedule(execution, operation, execution.context.jobs.create_continuation)
    else:
        _schedule(execution, operation, _run)


def perform_now(execution: Execution, operation: Operation) -> None:
    """Runs the operation without looking for an asynchronous continuation: its job is what runs it."""
    _schedule(execution, operation, _run)


def _is_asynchronous(execution: Execution, operation: Operation) -> bool:
    activity = execution.activity
    if operation.async_kind is None or activity is None or execution.ignore_async:
        return False
    if operation.async_kind == "after":
        return activity.async_after
    # The first activity of an instance: its job was made when the instance started.
    is_first = execution.is_starting_instance and operation.name == "activity-start-create-scope"
    return activity.async_before and not is_first


def _schedule(execution: Execution, operation: Operation, step: Callable[[Execution, Operation], object]) -> None:
    if not operation.queued:
        step(execution, operation)
        return
    context = execution.context
    context.queue.append(lambda: step(execution, operation))
    if context.is_executing:
        return
    context.is_executing = True
    try:
        while context.queue:
            context.queue.pop()()
    finally:
        context.is_executing = False


def _run(execution: Execution, operation: Operation) -> None:
    """The tree may have changed since the operation was asked for: another execution carries on, or none."""
    if operation.follows_replacement and execution.replaced_by is not None:
        execution = execution.replaced_by
    if operation.dropped_if_canceled and execution.is_canceled:
        return
    if operation.dropped_if_ended and execution.is_ended:
        return
    try:
        operation.run(execution)
    except BpmnError as error:
        _throw(execution, error)


def _throw(execution: Execution, error: BpmnError) -> None:
    """A listener threw a business error: it goes the way that an error of the activity itself would."""
    from workflow_engine.engine.errors_thrown import propagate_error

    # The activity ends now; its end listeners must not run (and fail) a second time.
    execution.has_failed_listener = True
    propagate_error(execution, error.code, error.message)
