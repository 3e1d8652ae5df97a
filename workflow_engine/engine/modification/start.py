"""Starting an instance with instructions instead of its start event."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflow_engine.bpmn.model import ProcessDefinition
from workflow_engine.engine.commands import StartProcessInstance
from workflow_engine.engine.execution import Execution
from workflow_engine.engine.leaving import PROCESS_END
from workflow_engine.engine.modification.manner import Manner
from workflow_engine.engine.modification.modify import carry_out
from workflow_engine.engine.modification.targets import find_target
from workflow_engine.engine.operations import perform
from workflow_engine.engine.start import create_process_instance, start_process_instance

if TYPE_CHECKING:
    from workflow_engine.engine.context import CommandContext


def start_with_instructions(
    context: CommandContext, definition: ProcessDefinition, command: StartProcessInstance
) -> Execution:
    # As in Camunda: what an instance cancels before it has begun counts for nothing.
    instructions = [instruction for instruction in command.start_instructions if instruction.kind != "cancel"]
    if not instructions:
        return start_process_instance(
            context, definition, business_key=command.business_key, variables=command.variables
        )
    first = find_target(definition, instructions[0]).first_activity
    instance = create_process_instance(context, definition, business_key=command.business_key, super_execution=None)
    instance.skip_custom_listeners = command.skip_custom_listeners
    instance.set_activity(first)
    _begin(instance, command)
    instance.preserve_scope = True
    manner = Manner(skip_custom_listeners=command.skip_custom_listeners, skip_io_mappings=command.skip_io_mappings)
    for instruction in instructions:
        carry_out(instance, instruction, manner)
    instance.preserve_scope = False
    if not instance.live_children and instance.is_ended and not instance.is_removed:
        perform(instance, PROCESS_END)
    return instance


def _begin(instance: Execution, command: StartProcessInstance) -> None:
    """The instance exists, its start listeners have run, and it is nowhere yet."""
    lifecycle = instance.context.lifecycle
    lifecycle.initialize(instance)
    lifecycle.history.process_started(instance, restarted_process_instance_id=command.restarted_process_instance_id)
    instance.context.variables.set_all(instance, command.variables)
    # Only now: while it seems to be inside an activity, its variables would count as that activity's own.
    instance.activity_instance_id = instance.id
    lifecycle.initialize_timers(instance)
    lifecycle.fire_listeners(instance, instance.definition, "start")
    instance.set_activity(None)
