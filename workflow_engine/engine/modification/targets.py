"""What an instruction starts: an activity, or a flow past its source."""

from __future__ import annotations

from dataclasses import dataclass

from workflow_engine.bpmn import behaviors
from workflow_engine.bpmn.model import Activity, ProcessDefinition, Scope, SequenceFlow
from workflow_engine.engine.commands import ModificationInstruction
from workflow_engine.engine.errors import BadInput
from workflow_engine.engine.modification.manner import failure


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Exactly one of `activity` and `flow` is set."""

    activity: Activity | None = None
    flow: SequenceFlow | None = None

    @property
    def id(self) -> str:
        return (self.activity or self.flow).id  # type: ignore[union-attr]

    @property
    def flow_scope(self) -> Scope:
        if self.activity is not None:
            return self.activity.flow_scope
        assert self.flow is not None
        return self.flow.source.flow_scope

    @property
    def first_activity(self) -> Activity:
        """Where an instance that starts with this instruction begins."""
        if self.activity is not None:
            return self.activity
        assert self.flow is not None
        return self.flow.target


def find_target(definition: ProcessDefinition, instruction: ModificationInstruction) -> Target:
    if instruction.kind == "startTransition":
        flow = definition.flows.get(instruction.transition_id or "")
        if flow is None:
            raise _unknown(definition, instruction, instruction.transition_id)
        return Target(flow=flow)
    activity = definition.flow_nodes.get(instruction.activity_id or "")
    if activity is None:
        raise _unknown(definition, instruction, instruction.activity_id)
    if instruction.kind == "startAfterActivity":
        return Target(flow=_only_outgoing(activity, instruction))
    if instruction.kind != "startBeforeActivity":
        raise BadInput(
            f"'{instruction.kind}' is no instruction: startBeforeActivity, startAfterActivity, startTransition or cancel"
            " is needed."
        )
    if activity.behavior == behaviors.COMPENSATION_BOUNDARY_EVENT:
        raise BadInput(
            f"Cannot start before activity '{activity.id}': it is a compensation boundary event, which is never reached."
        )
    return Target(activity=activity)


def _unknown(definition: ProcessDefinition, instruction: ModificationInstruction, element_id: str | None) -> BadInput:
    reason = f"Element '{element_id}' does not exist in process '{definition.definition_id}'"
    return BadInput(failure(instruction, reason))


def _only_outgoing(activity: Activity, instruction: ModificationInstruction) -> SequenceFlow:
    if not activity.outgoing:
        reason = f"Cannot start after activity '{activity.id}': it has no outgoing sequence flow to take"
        raise BadInput(failure(instruction, reason))
    if len(activity.outgoing) > 1:
        reason = f"Cannot start after activity '{activity.id}': it has more than one outgoing sequence flow"
        raise BadInput(failure(instruction, reason))
    return activity.outgoing[0]
