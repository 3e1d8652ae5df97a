"""Carries the instructions of a modification out, one after the other, and ends an instance that is left empty."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from workflow_engine.engine.commands import ModificationInstruction, ModifyProcessInstance
from workflow_engine.engine.errors import NotFound
from workflow_engine.engine.execution import Execution
from workflow_engine.engine.leaving import PROCESS_END
from workflow_engine.engine.modification.cancellation import (
    cancel,
    instructions_for_all,
    parent_scope,
    tidy_scope_of,
)
from workflow_engine.engine.modification.instantiation import instantiate
from workflow_engine.engine.modification.manner import Manner
from workflow_engine.engine.operations import perform

if TYPE_CHECKING:
    from workflow_engine.engine.context import CommandContext


def modify_process_instance(context: CommandContext, command: ModifyProcessInstance) -> None:
    instance = context.find_execution(command.process_instance_id)
    if instance is None or not instance.is_process_instance:
        raise NotFound(f"Process instance '{command.process_instance_id}' cannot be modified: it does not exist.")
    manner = Manner(
        skip_custom_listeners=command.skip_custom_listeners,
        skip_io_mappings=command.skip_io_mappings,
        is_external=command.is_external,
    )
    _modify(instance, list(_with_current_instances(instance, command.instructions)), manner)


def cancel_calling_activity(calling: Execution, manner: Manner) -> None:
    """A called instance was deleted: the activity that called it goes with it, and what is left empty by that."""
    instruction = ModificationInstruction(kind="cancel", activity_instance_id=calling.activity_instance_id)
    _modify(calling.process_instance, [instruction], manner)


def _with_current_instances(
    instance: Execution, instructions: Iterable[ModificationInstruction]
) -> Iterable[ModificationInstruction]:
    """Where only what is active now shall be canceled, it is looked up before any instruction starts something."""
    for instruction in instructions:
        if instruction.kind == "cancel" and instruction.cancel_current_active_activity_instances:
            yield from instructions_for_all(instance, instruction)
        else:
            yield instruction


def _modify(instance: Execution, instructions: list[ModificationInstruction], manner: Manner) -> None:
    # Between two instructions the instance may be empty without ending.
    instance.preserve_scope = True
    for instruction in instructions:
        carry_out(instance, instruction, manner)
    instance.preserve_scope = False
    if instance.live_children or instance.is_canceled or instance.is_removed:
        return
    if instance.activity is None:
        _delete_with_empty_callers(instance, manner)
    elif instance.is_ended:
        perform(instance, PROCESS_END)


def carry_out(instance: Execution, instruction: ModificationInstruction, manner: Manner) -> None:
    if instruction.kind == "cancel":
        cancel(instance, instruction, manner)
    else:
        instantiate(instance, instruction, manner)


def _delete_with_empty_callers(instance: Execution, manner: Manner) -> None:
    """Deletes the instance, and outwards every scope and calling instance that holds nothing else."""
    outermost = instance
    while (around := _scope_around(outermost)) is not None and len(around.live_children) <= 1:
        outermost = around
    outermost.context.lifecycle.delete_cascade(
        outermost,
        manner.reason,
        skip_custom_listeners=manner.skip_custom_listeners,
        skip_io_mappings=manner.skip_io_mappings,
        externally_terminated=manner.is_external,
    )
    tidy_scope_of(outermost)


def _scope_around(execution: Execution) -> Execution | None:
    calling = execution.super_execution
    if execution.parent is None and calling is not None:
        return calling if calling.is_scope else calling.parent
    return parent_scope(execution)
